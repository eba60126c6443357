ALTER TABLE value RENAME TO value_old;
CREATE TABLE value (key text PRIMARY KEY, val text, UNIQUE (val), UNIQUE (val, key));
INSERT INTO value SELECT key, name FROM value_old;
DROP TABLE value_old;
CREATE TABLE old_value (id serial PRIMARY KEY);
ALTER TABLE old_value RENAME TO swap;
ALTER TABLE value RENAME TO old_value;
ALTER TABLE swap RENAME TO value;
