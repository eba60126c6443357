CREATE TABLE readings (at date NOT NULL, value real, PRIMARY KEY (at)) PARTITION BY RANGE (at);
CREATE TABLE readings_2023 PARTITION OF readings FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE copied (LIKE readings INCLUDING ALL, extra int);
CREATE TABLE selected AS SELECT * FROM readings;
CREATE TABLE parent (a int);
CREATE TABLE child (b int) INHERITS (parent);
ALTER TABLE parent ADD COLUMN c int;
CREATE FOREIGN DATA WRAPPER nothing;
DO $$ BEGIN EXECUTE 'ALTER TABLE parent ADD COLUMN d int'; END $$;
