DROP VIEW sky.seen CASCADE;
DROP FOREIGN DATA WRAPPER nothing;
DROP TABLE readings;
DROP TABLE sky.exposures, exposures CASCADE;
ALTER TABLE sky.instruments DROP COLUMN "Name", ADD COLUMN "Name" varchar(9) COLLATE "C";
