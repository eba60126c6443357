"""The tables that a project's DDL makes, as far as it is sure: read from tokens, never guessed."""
