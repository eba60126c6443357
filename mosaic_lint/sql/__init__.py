"""SQL as text: tokens, statements, and what the real parser says of them.

Nothing here knows Python's syntax, so that plain strings are judged before LibCST is imported.
"""
