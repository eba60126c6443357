-- MIGRATION: 20250610_shop.sql
-- VERSION: 1.3.0
-- PHASE: Shop, first orders
-- AUTHOR: Noor
-- DATE: 2025-06-10
-- ROLLBACK: Run 20250610_rollback.sql

CREATE TABLE IF NOT EXISTS orders (
    id SERIAL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    lines JSONB NOT NULL,
    delivery TEXT,
    archived BOOLEAN NOT NULL DEFAULT 0,
    placed_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
);

CREATE TABLE IF NOT EXISTS payments (
    reference TEXT PRIMARY KEY,
    order_number TEXT NOT NULL REFERENCES orders (number),
    amount NUMERIC(8, 2) NOT NULL
);

CREATE INDEX IF NOT EXISTS payments_by_order ON payments (order_number);
