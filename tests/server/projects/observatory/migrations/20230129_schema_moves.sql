ALTER TABLE exposures SET SCHEMA sky;
ALTER TABLE sky.telescopes RENAME TO instruments;
ALTER TYPE sky."Band" SET SCHEMA public;
ALTER TABLE sky.instruments ADD COLUMN filters "Band"[];
CREATE TABLE exposures (id int PRIMARY KEY, original bigint REFERENCES sky.exposures);
