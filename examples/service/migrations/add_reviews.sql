-- MIGRATION: add_reviews.sql
-- VERSION: 1.4.0
-- PHASE: Shop, reviews
-- AUTHOR: Ben
-- DATE: 2025-07-09
-- ROLLBACK: none

CREATE TABLE IF NOT EXISTS reviews (
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    part_number TEXT NOT NULL,
    stars INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
    words TEXT,
    PRIMARY KEY (customer_id, part_number)
);

ALTER TABLE customers ADD COLUMN IF NOT EXISTS may_review BOOLEAN NOT NULL DEFAULT TRUE;
