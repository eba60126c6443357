"""The rules: one file each, named by code and name."""
