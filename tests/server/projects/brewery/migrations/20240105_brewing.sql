CREATE TABLE breweries (
    id SERIAL PRIMARY KEY,
    name VARCHAR(120) NOT NULL UNIQUE,
    "Founded In" SMALLINT CHECK ("Founded In" > 1000),
    opened TIMESTAMPTZ DEFAULT now()
);
CREATE TABLE IF NOT EXISTS beers (
    brewery_id INT NOT NULL REFERENCES breweries (id) ON DELETE CASCADE,
    code CHAR(6) NOT NULL,
    name TEXT NOT NULL DEFAULT 'unnamed',
    strength NUMERIC(4, 2),
    PRIMARY KEY (brewery_id, code),
    UNIQUE (brewery_id, name)
);
CREATE INDEX ON beers (name);
CREATE INDEX beers_strength_idx ON beers USING btree (strength DESC NULLS LAST) WHERE strength > 0;
