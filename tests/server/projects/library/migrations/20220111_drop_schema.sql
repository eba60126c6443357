CREATE SCHEMA archive AUTHORIZATION CURRENT_USER;
ALTER TABLE loans SET SCHEMA archive;
CREATE TABLE archive."Notes" (loan bigint REFERENCES archive.loans ON DELETE CASCADE, note text);
ALTER SCHEMA archive RENAME TO attic;
ALTER TABLE attic."Notes" ADD id serial;
CREATE TABLE readers (loan bigint REFERENCES attic.loans, "Notes" int);
DROP SCHEMA attic CASCADE;
