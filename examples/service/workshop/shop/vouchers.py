"""
MODULE: workshop/shop/vouchers.py
PURPOSE: Vouchers that customers give to each other
VERSION: 1.4
LAST_MODIFIED: 2025-07-02
MODIFIED_BY: Noor

CHANGES_THIS_VERSION:
  - A voucher may be used in parts

ROLLBACK_PATH:
  - Code: git tag backup-20250702-173000
  - Database: migrations/20250702_vouchers_rollback.sql
"""

from workshop.storage import get_conn


# [CHANGE] 2025-07-02 - Noor - a voucher may be used in parts
# PREVIOUS STATE: a voucher was used up by the first order
def use(code, amount):
    """Take an amount from a voucher; tells whether there was enough on it."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "UPDATE vouchers SET amount = amount - %s WHERE code = %s AND amount >= %s",
            (amount, code, amount),
        )
        return cursor.rowcount == 1
# [END CHANGE] 2025-07-02


def issue(code, amount):
    """Issue a voucher; to issue it again changes nothing."""
    with get_conn() as conn:
        cursor = conn.cursor()
        cursor.execute(
            "INSERT INTO vouchers (code, amount) VALUES (%s, %s) ON CONFLICT (code) DO NOTHING",
            (code, amount),
        )
