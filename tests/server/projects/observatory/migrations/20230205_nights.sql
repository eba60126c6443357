SET search_path = sky, public;
CREATE TABLE nights (
    night date NOT NULL,
    dome smallint NOT NULL,
    seeing real,
    clouds smallint DEFAULT 0,
    quality real GENERATED ALWAYS AS (seeing * 2) STORED,
    CONSTRAINT nights_key UNIQUE (night, dome) DEFERRABLE,
    UNIQUE (night, dome, seeing)
);
ALTER TABLE nights ADD PRIMARY KEY (night, dome);
CREATE TABLE logs (
    night date, dome smallint, line text,
    CONSTRAINT log_night FOREIGN KEY (night, dome) REFERENCES nights (night, dome)
);
ALTER TABLE logs ALTER line SET STORAGE EXTERNAL, ALTER COLUMN line SET STATISTICS 50;
