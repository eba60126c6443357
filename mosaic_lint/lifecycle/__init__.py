"""The life of scripts, as texts and paths tell it: what is in use, what is a copy, what is archived.

Knows paths and texts only; who has the files gives them.
"""
