CREATE SCHEMA cellar
    CREATE TABLE casks (id SERIAL PRIMARY KEY, wood TEXT)
    CREATE INDEX ON casks (wood)
    CREATE VIEW oak AS SELECT * FROM casks WHERE wood = 'oak';
CREATE TABLE cellar.fillings (
    cask INT REFERENCES cellar.casks, batch BIGINT REFERENCES public.batches (number),
    filled DATE, PRIMARY KEY (cask, filled)
);
SET search_path TO cellar, public;
CREATE TABLE tastings (filling_cask INT, filled DATE, score INT,
    FOREIGN KEY (filling_cask, filled) REFERENCES fillings, batch INT);
ALTER TABLE tastings ADD FOREIGN KEY (batch) REFERENCES makers (id);
CREATE INDEX ON tastings (filling_cask, filled);
RESET search_path;
