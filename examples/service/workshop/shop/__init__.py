"""The shop: parts by mail."""
