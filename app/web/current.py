"""Who is signed in on this request, as far as pages and guards need to know."""

from dataclasses import dataclass
from datetime import datetime

from flask import g, has_request_context
from flask_login import current_user

from app.core.permissions import Actor


@dataclass(frozen=True)
class Identity:
    """A person signed in by a session that is still valid.

    ``confirmed_at`` is when the password was last typed in this session.
    """

    actor: Actor
    token: str
    session_id: int
    must_change_password: bool
    remembered: bool
    last_seen_at: datetime
    confirmed_at: datetime
    locale: str | None = None
    theme: str | None = None

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return the session token, which is what the cookie holds."""
        return self.token


def identity() -> Identity | None:
    """Return the person signed in on this request with their session, None for a stranger or outside a request."""
    if not has_request_context():
        return None
    user = current_user._get_current_object()
    return user if isinstance(user, Identity) else None


def current_actor() -> Actor:
    """Return the person who acts on this request.

    Raises RuntimeError for a stranger: views behind ``@requires`` and ``@signed_in`` never see one.
    """
    known = identity()
    if known is None:
        raise RuntimeError("nobody is signed in on this request")
    return known.actor


def request_id() -> str:
    """Return the id by which the log finds this request."""
    return str(g.get("request_id", ""))
