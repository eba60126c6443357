-- The names of the first one's key and sequence are still taken.
CREATE TABLE breweries (id SERIAL PRIMARY KEY, name TEXT UNIQUE, maker INT REFERENCES makers);
CREATE TABLE IF NOT EXISTS breweries (something ELSEWHERE_DEFINED);
ALTER TABLE breweries ADD COLUMN IF NOT EXISTS maker TEXT UNIQUE;
CREATE INDEX IF NOT EXISTS "Strongest" ON breweries (name);
