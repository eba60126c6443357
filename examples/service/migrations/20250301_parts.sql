-- What the shop sells besides repairs.
CREATE TABLE IF NOT EXISTS parts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    number TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,  -- not an AUTOINCREMENT
    brand TEXT,
    price NUMERIC(8, 2),
    stock INTEGER NOT NULL DEFAULT 0,
    labels JSONB NOT NULL DEFAULT '{}',
    counted_at DATETIME
);

CREATE INDEX parts_by_brand ON parts (brand);
