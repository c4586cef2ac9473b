"""What the forms of a page carry: the reader's token against posts of other sites, and one-time tokens."""

import secrets
from functools import lru_cache
from typing import Any

from flask import current_app, g, session
from flask_wtf.csrf import generate_csrf

KEPT_TOKENS = 4_096


def form_token() -> str:
    """Return the token that the forms of this reader carry, signed once and not for every page.

    What is signed is the value in their own session; it says nothing of the page and has no time limit.
    """
    value = session.get("csrf_token")
    if not value:
        return generate_csrf()
    if "csrf_token" not in g:
        g.csrf_token = _signed(current_app.secret_key, value)
    return str(g.csrf_token)


@lru_cache(KEPT_TOKENS)
def _signed(key: Any, value: str) -> str:
    return generate_csrf()


def new_token() -> str:
    """Return a one-time token, for a small form on a page that has no fields of its own to make."""
    return secrets.token_urlsafe(24)
