ALTER TABLE sky.nights DROP CONSTRAINT nights_pkey CASCADE;
DROP INDEX sky.exposures_by_time;
DROP SEQUENCE IF EXISTS public.no_sequence;
ALTER TABLE observers DROP COLUMN mentor;
ALTER TABLE observers ADD COLUMN mentor text, ADD UNIQUE (email), ADD UNIQUE (email);
CREATE VIEW sky.seen AS SELECT e.id, e.taken FROM sky.exposures AS e;
CREATE VIEW all_seen AS SELECT * FROM sky.seen;
