"""Waking somebody up."""

import os

import httpx


def page_on_call(text):
    """Send a text to whoever is on call.

    Raises:
        httpx.HTTPError: nobody could be reached.
    """
    response = httpx.post(os.environ["PAGER_URL"], json={"text": text}, timeout=5)
    response.raise_for_status()
