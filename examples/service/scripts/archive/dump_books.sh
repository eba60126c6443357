#!/bin/sh
pg_dump "$BOOKS_URL" --file /srv/backups/books.sql
