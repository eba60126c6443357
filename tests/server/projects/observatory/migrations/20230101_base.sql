CREATE SCHEMA IF NOT EXISTS sky;
CREATE TYPE sky."Band" AS ENUM ('U', 'B', 'V');
CREATE TYPE coordinates AS (ra double precision, dec double precision);
CREATE SEQUENCE exposure_numbers START 1000;
CREATE TABLE sky.telescopes (
    id integer DEFAULT nextval('exposure_numbers') PRIMARY KEY,
    "Name" text UNIQUE NOT NULL,
    aperture numeric
);
CREATE TABLE observers (login name PRIMARY KEY, email text NOT NULL, mentor name REFERENCES observers);
