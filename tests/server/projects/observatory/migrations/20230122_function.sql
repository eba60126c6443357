CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    NEW.taken := now();
    RETURN NEW;
END;
$body$;
CREATE TRIGGER touched BEFORE UPDATE ON exposures FOR EACH ROW EXECUTE FUNCTION touch();
CREATE OR REPLACE FUNCTION sums(integer, integer) RETURNS integer LANGUAGE sql
    RETURN $1 + $2;
DO $$ BEGIN RAISE NOTICE 'nothing; CREATE nothing'; END $$;
COMMENT ON TABLE exposures IS 'DROP TABLE exposures;';
GRANT SELECT ON exposures TO PUBLIC;
