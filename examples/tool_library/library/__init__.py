"""A library that lends tools instead of books."""
