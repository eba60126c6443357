"""Errors that a user sees."""

from __future__ import annotations


class ConfigError(Exception):
    """A configuration that can't be used. The message names file and key."""
