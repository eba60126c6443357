CREATE TABLE t (
    id SERIAL PRIMARY KEY,
    name TEXT,
    n INTEGER,
    active BOOLEAN,
    data JSONB,
    txt TEXT,
    ts TIMESTAMPTZ DEFAULT now()
);
CREATE TABLE kv (k TEXT PRIMARY KEY, v TEXT);
INSERT INTO t (name, n, active, data, txt) VALUES
    ('alice', 1, TRUE, '{"k": 1}', 'one'),
    ('bob', 2, FALSE, '{"j": 2}', 'two');
INSERT INTO kv (k, v) VALUES ('k', 'v');
