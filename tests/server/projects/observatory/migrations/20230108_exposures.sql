CREATE TABLE exposures (
    id bigint DEFAULT nextval('exposure_numbers'::regclass) NOT NULL,
    telescope int CONSTRAINT exposure_telescope REFERENCES sky.telescopes ON DELETE RESTRICT,
    observer name NOT NULL,
    band sky."Band",
    aim coordinates,
    taken timestamptz(3) NOT NULL DEFAULT date_trunc('second', now()),
    seconds double precision CONSTRAINT positive_time CHECK (seconds > 0) NOT NULL,
    frames integer[][] DEFAULT '{{1,2},{3,4}}' NOT NULL,
    meta json NULL,
    CONSTRAINT exposures_pk PRIMARY KEY (id),
    FOREIGN KEY (observer) REFERENCES observers (login) ON UPDATE CASCADE,
    CHECK (seconds < 10000 AND taken > '2000-01-01'), CHECK (true), CHECK (seconds <> 7)
);
ALTER SEQUENCE exposure_numbers OWNED BY exposures.id;
CREATE INDEX exposures_by_time ON exposures (taken DESC, telescope) INCLUDE (observer, band);
CREATE INDEX ON exposures USING hash (observer);
CREATE INDEX ON exposures USING brin (taken) WITH (pages_per_range = 32);
