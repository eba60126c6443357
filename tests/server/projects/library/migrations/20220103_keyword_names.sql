CREATE TABLE value (key text PRIMARY KEY, type text, name text, date date, timestamp timestamp,
    text text, level int, role int, action text, index int, schema text, exclude boolean, "user" text,
    comment text, position int, values_ int, first int, data bytea, version int, status text,
    storage text, compression text, generated text, references_ text, range int4range, year int,
    interval_ interval, "time" time, zone text, default_ text DEFAULT 'x''y', key_type int, UNIQUE (type, key_type));
CREATE INDEX index_ ON value (name, date) WHERE type = 'a' AND status IS NOT NULL;
ALTER TABLE value ADD "column" int, ADD COLUMN set int, ADD enum int DEFAULT 1;
ALTER TABLE value DROP type;
