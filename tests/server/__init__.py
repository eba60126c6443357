"""What the rules claim about PostgreSQL and psycopg2, proven against a real server."""
