"""Who may do what."""

import os
import secrets

from fastapi import Header, HTTPException


def owner(x_key: str = Header()):
    """Refuse everybody but the owner."""
    if not secrets.compare_digest(x_key, os.environ["OWNER_KEY"]):
        raise HTTPException(status_code=403)
