CREATE TYPE "Mood" AS ENUM ('sad', 'ok');
CREATE DOMAIN public.isbn AS varchar(13);
CREATE TYPE pages AS RANGE (subtype = int4);
ALTER TABLE books ADD mood "Mood" DEFAULT 'ok'::"Mood", ADD other public.isbn[], ADD p pages;
ALTER TABLE books ALTER COLUMN isbn TYPE isbn;
CREATE VIEW cheap AS SELECT b.* FROM books b JOIN authors a ON a.id = b.author_id WHERE price < 5;
DROP DOMAIN isbn CASCADE;
DROP TYPE IF EXISTS "Mood", no_type CASCADE;
