-- MIGRATION: 20250610_shop.sql
-- VERSION: 1.4.0
-- PHASE: Shop, vouchers
-- AUTHOR: Noor
-- DATE: 2025-07-02
-- ROLLBACK: Run 20250702_rollback.sql

CREATE TABLE IF NOT EXISTS vouchers (
    code TEXT PRIMARY KEY,
    amount NUMERIC(8, 2) NOT NULL CHECK (amount >= 0),
    valid_until DATE
);

CREATE SEQUENCE IF NOT EXISTS voucher_numbers;
