SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.authors (id integer NOT NULL, name character varying(80) NOT NULL);
CREATE SEQUENCE public.authors_id_seq AS integer START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE public.authors_id_seq OWNED BY public.authors.id;
ALTER TABLE ONLY public.authors ALTER COLUMN id SET DEFAULT nextval('public.authors_id_seq'::regclass);
ALTER TABLE ONLY public.authors ADD CONSTRAINT authors_pkey PRIMARY KEY (id);
CREATE INDEX authors_name ON public.authors USING btree (name varchar_pattern_ops);
