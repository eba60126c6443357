ALTER TABLE breweries RENAME COLUMN "Founded In" TO founded;
ALTER TABLE beers RENAME code TO beer_code;
ALTER TABLE IF EXISTS beers RENAME TO "Beers";
ALTER TABLE batches RENAME CONSTRAINT of_beer TO batch_of_beer;
ALTER INDEX beers_strength_idx RENAME TO "Strongest";
ALTER TABLE breweries RENAME TO makers;
ALTER TYPE stage RENAME TO brewing_stage;
ALTER TYPE brewing_stage ADD VALUE IF NOT EXISTS 'lost' BEFORE 'done';
ALTER TYPE brewing_stage RENAME VALUE 'lost' TO 'poured';
