-- ROLLBACK: 20250702_rollback.sql
-- REVERTS: 20250702_vouchers.sql
-- VERSION: Reverts from v1.4.0 back to v1.3.0

DROP TABLE IF EXISTS vouchers;
