BEGIN;
CREATE TYPE stage AS ENUM ('mash', 'boil', 'ferment', 'done');
CREATE DOMAIN litres AS numeric(8, 1) CHECK (VALUE >= 0);
CREATE TABLE batches (
    number BIGINT GENERATED ALWAYS AS IDENTITY (START WITH 100) PRIMARY KEY,
    brewery_id INTEGER NOT NULL,
    beer_code CHARACTER(6) NOT NULL,
    stage stage NOT NULL DEFAULT 'mash',
    volume litres,
    steps stage[] DEFAULT ARRAY['mash']::stage[],
    notes TEXT ARRAY,
    brewed DATE DEFAULT CURRENT_DATE,
    CONSTRAINT of_beer FOREIGN KEY (brewery_id, beer_code) REFERENCES beers (brewery_id, code)
        MATCH FULL ON UPDATE CASCADE ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    EXCLUDE USING btree (brewed WITH =, number WITH =)
);
COMMIT;
