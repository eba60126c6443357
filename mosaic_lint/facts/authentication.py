"""Which names speak of finding out who is calling; a guess, for what the file doesn't show."""

from __future__ import annotations

import re
from typing import FrozenSet, List

AUTHENTICATING = re.compile(
    r"auth(?!or(?!i))|jwt|token|api_?-?key|permission|log_?in_?req|\b40[13]\b", re.IGNORECASE
)
"""Text of a middleware or a class of routes that asks who is calling."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SURE = frozenset(
    ("current", "dep", "deps", "depends", "dependency", "dependencies", "require", "requires",
     "required", "authenticated", "authorized", "authorised", "verified", "logged")
)  # fmt: skip
_ASKING = frozenset(
    ("user", "users", "auth", "authed", "authentication", "authorization", "principal", "token",
     "session", "identity", "claims", "credentials", "security", "guard", "permission",
     "permissions", "role", "roles", "admin", "jwt", "oauth", "caller", "db", "database", "conn",
     "connection", "cursor", "repo", "repository")
)  # fmt: skip
_BODIES = frozenset(
    ("create", "update", "in", "out", "request", "payload", "body", "schema", "model", "form",
     "data", "input", "params", "query", "filter", "filters", "patch", "base", "dto", "response",
     "read", "register", "registration", "login", "signup", "new", "delete", "id", "ids", "name",
     "type", "status", "kind", "role", "enum", "info", "upload", "config", "settings", "options",
     "message", "list", "page", "sort", "order", "profile", "email", "password", "reset")
)  # fmt: skip
"""Words at the end of the name of what a caller sends."""
_OF_DEPENDENCIES = frozenset(("deps", "dependencies", "dependency", "depends"))
_OF_AUTHENTICATION = frozenset(("auth", "authentication", "security"))
"""Names of modules."""

_AUTH = frozenset(
    ("auth", "authenticate", "authenticated", "authentication", "authorize", "authorise",
     "authorized", "authorization", "authn", "authz", "permission", "permissions", "requires",
     "protected", "bearer")
)  # fmt: skip
_VERIFYING = frozenset(
    ("verify", "check", "validate", "require", "required", "decode", "ensure", "assert", "current",
     "only", "has", "compare", "construct")
)  # fmt: skip
_VERIFIED = frozenset(
    ("token", "user", "jwt", "password", "signature", "admin", "session", "key", "hmac", "role",
     "roles", "access", "credentials", "principal", "identity", "owner", "secret", "webhook",
     "digest", "event", "login")
)  # fmt: skip


def may_be_dependency(name: str) -> bool:
    """Whether what has a dotted name may be a dependency, which the file doesn't show.

    ``CurrentUser`` and ``SessionDep`` may be, ``UserCreate`` and ``Order`` are what callers send.
    """
    *modules, last = name.split(".")
    words = _words(last)
    if _SURE.intersection(words) or _OF_DEPENDENCIES.intersection(modules):
        return True
    if words and words[-1] in _BODIES:
        return False
    return bool(_ASKING.intersection(words) or _OF_AUTHENTICATION.intersection(modules))


def asks_who_is_calling(name: str) -> bool:
    """Whether a function or decorator of a dotted name finds out who is calling."""
    words = frozenset(_words(name))
    return bool(words & _AUTH) or bool(words & _VERIFYING and words & _VERIFIED)


def tells_who_is_calling(name: str) -> bool:
    """Whether a value of a name may be what tells the caller."""
    words: FrozenSet[str] = frozenset(_words(name))
    return bool(words & (_AUTH | _VERIFIED | frozenset(("caller", "claims"))))


def _words(name: str) -> List[str]:
    """The words of a name in snake or camel case, in lower case."""
    return [word.lower() for word in _WORD.findall(name)]
