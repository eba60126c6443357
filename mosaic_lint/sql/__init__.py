"""SQL as text, without Python: plain strings are judged before LibCST is imported."""
