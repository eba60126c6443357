"""How fixes are made: edits in SQL, in statements, in imports. Rules put them together."""
