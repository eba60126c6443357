CREATE INDEX ON exposures (telescope);
CREATE INDEX ON exposures (telescope);
CREATE INDEX ON exposures (telescope, telescope);
CREATE INDEX ON exposures (coalesce(observer, 'x'), (seconds * 2), (seconds * 3), (CASE WHEN true THEN 1 END));
CREATE INDEX ON exposures ((telescope::bigint), ((aim).ra), (seconds IS NULL));
CREATE INDEX ON exposures (abs(telescope), (abs(telescope)::bigint), pg_catalog.abs(telescope));
CREATE UNIQUE INDEX ON exposures (id) WHERE telescope IS NULL;
