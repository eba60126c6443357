"""What migrations and their rollback scripts do, read from their names, headers and statements."""
