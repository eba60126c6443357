"""
What /version answers, and what a backup is named after.

VERSION: 1.4.0
SCHEMA_VERSION: v3
"""

API_VERSION = "1.3.2"
SCHEMA_VERSION = "v3"
LAST_MODIFIED = "2025-07-02"
