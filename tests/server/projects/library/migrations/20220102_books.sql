create table if not exists books(id serial primary key,isbn varchar(13)unique not null,title text not null,
author_id int references authors(id)on delete set null,price decimal(8,2)default 0.00,tags text[]default'{}',
data jsonb not null default'{}'::jsonb,created timestamp default current_timestamp,active boolean default true);
create index if not exists idx_books_author on books(author_id);
create unique index if not exists idx_books_title_lower on books(lower(title));
create index idx_books_tags on books using gin(tags);
