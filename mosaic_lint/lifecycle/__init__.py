"""The life of scripts, as texts and paths tell it: what is used, what is a copy, what archived.

Knows paths and texts only; who has the files gives them.
"""

from __future__ import annotations
