CREATE VIEW strong AS SELECT b.name, b.strength FROM "Beers" b WHERE b.strength > 8;
CREATE OR REPLACE VIEW strong AS SELECT b.name, b.strength, 1 AS one FROM "Beers" b WHERE b.strength > 9;
CREATE MATERIALIZED VIEW IF NOT EXISTS counts AS SELECT brewery_id, count(*) FROM "Beers" GROUP BY 1;
CREATE UNIQUE INDEX counts_key ON counts (brewery_id);
CREATE VIEW best AS SELECT name FROM strong;
ALTER VIEW best RENAME TO finest;
ALTER TABLE "Beers" DROP COLUMN strength CASCADE;
