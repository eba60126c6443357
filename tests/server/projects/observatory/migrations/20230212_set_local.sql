BEGIN;
SET LOCAL search_path TO sky;
CREATE TABLE plans (id serial PRIMARY KEY, goal text UNIQUE);
COMMIT;
CREATE TABLE plans (id bigserial PRIMARY KEY, detail varchar(3)[] UNIQUE);
SET SCHEMA 'sky';
ALTER TABLE plans ADD note text;
SET search_path TO DEFAULT;
