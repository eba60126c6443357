-- Columns of all kinds
CREATE UNLOGGED TABLE hops (
    id smallserial, alpha real, beta double precision, oil float(20), acid float, aroma varchar,
    grown interval year to month, dried interval second(3), picked time(2), sold timetz,
    checked timestamp(0) without time zone, mask bit, flags bit varying(8), tag "char",
    cost money, seen timestamp with time zone[], raw bytea, doc jsonb DEFAULT '{}',
    bits bit(3)[], parts decimal(7), code bpchar, span int4range, place point, key uuid
);
ALTER TABLE hops ADD PRIMARY KEY (id), ADD CONSTRAINT hop_names UNIQUE NULLS NOT DISTINCT (aroma, tag);
CREATE UNIQUE INDEX ON hops ((lower(aroma)), (doc ->> 'country')) WHERE aroma IS NOT NULL;
CREATE INDEX hops_doc ON hops USING gin (doc jsonb_path_ops);
CREATE INDEX ON hops ((doc -> 'a'), lower(aroma), upper(aroma), (parts::text), (acid + 1));
