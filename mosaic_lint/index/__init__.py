"""The schema of a project: which files bear DDL, what they declare, and how that is kept."""
