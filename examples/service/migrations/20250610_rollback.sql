-- ROLLBACK: 20250610_rollback.sql
-- REVERTS: 20250610_shop.sql
-- VERSION: Reverts from v1.3.0 back to v1.2.4

DROP TABLE IF EXISTS payments;
DROP TABLE IF EXISTS orders;
