"""Sign-ins at the edge: the cookie holds a random token, the people feature says whom it stands for.

Flask-Login carries the person through the request. Its remember cookie and its session protection stay off: the
first outlives a sign-out, the second believes forwarded headers.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask, Response, g, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, login_user
from itsdangerous import URLSafeTimedSerializer

from app.core import clock, i18n, side_writes
from app.core.permissions import Actor
from app.core.side_writes import SideWrite
from app.web import current
from app.web.current import Identity

SEEN_EVERY = timedelta(minutes=5)
LANGUAGE_COOKIE = "language"
TOKEN_LENGTH = 100

Load = Callable[[str], Identity | None]
Seen = Callable[[int], None]

_source: list[tuple[Load, Seen]] = []
_preferences: list[Callable[[Actor, str, str], None]] = []


def use_accounts(load: Load, seen: Seen) -> None:
    """Register, at start, who says whom a token stands for, and who notes that a session is in use."""
    _source[:] = [(load, seen)]


def on_preference(keep: Callable[[Actor, str, str], None]) -> None:
    """Register what keeps a person's choice (``locale`` or ``theme``) for their other devices."""
    _preferences[:] = [keep]


def keep_preference(name: str, value: str) -> None:
    """Keep a choice of the person signed in, where there is one; opens its own unit of work."""
    known = current.identity()
    if known is not None:
        for keep in _preferences:
            keep(known.actor, name, value)


def load_identity(token: str) -> Identity | None:
    """Return the person of a token and queue the note that their session is in use, at most every five minutes."""
    if not isinstance(token, str) or len(token) > TOKEN_LENGTH:
        return None
    load, seen = _source[0]
    known = load(token)
    if known is not None and clock.now() - known.last_seen_at > SEEN_EVERY and "seen_queued" not in g:
        g.seen_queued = True
        session_id = known.session_id
        side_writes.after_request(SideWrite.SESSION_SEEN, lambda: seen(session_id))
    return known


def begin(known: Identity) -> None:
    """Put a fresh sign-in into the cookie; whatever the cookie held before is dropped."""
    session.clear()
    session.permanent = known.remembered
    login_user(known)


def end() -> None:
    """Empty the cookie; the row of the session is ended by the people feature."""
    session.clear()
    g.pop("_login_user", None)


def choose_locale() -> None:
    """Set the language of this request: the person's choice, the device's, the browser's, else Chinese."""
    # First without the database: if that is away, the page that says so still speaks the reader's language.
    i18n.set_locale(device_locale())
    if request.endpoint != "static":
        known = current.identity()
        if known is not None and known.locale is not None:
            i18n.set_locale(known.locale)


def device_locale() -> str:
    """Return the language chosen on this device, else the browser's, else Chinese."""
    chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in i18n.LOCALES:
        return chosen
    best = request.accept_languages.best_match(["zh-CN", "zh", "zh-Hans", "zh-TW", "en", "en-US", "en-GB"])
    return i18n.ENGLISH if best and best.startswith("en") else i18n.CHINESE


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions, which leave static files alone.

    Flask-Login looks into the session after every request, and the answer would vary by cookie: each sign-in would
    make the browser fetch all files again.
    """

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs the cookie, made once for the same keys: Flask makes it twice for each page."""
        keys = (app.secret_key, tuple(app.config["SECRET_KEY_FALLBACKS"] or ()))
        known: tuple[Any, URLSafeTimedSerializer | None] | None = app.extensions.get("session_signing")
        if known is None or known[0] != keys:
            known = app.extensions["session_signing"] = (keys, super().get_signing_serializer(app))
        return known[1]

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie where the session changed; nothing for a static file."""
        if request.endpoint != "static":
            super().save_session(app, session, response)


def install(app: Flask) -> None:
    """Load the person of each request and set its language."""
    app.session_interface = Sessions()
    manager = LoginManager()
    manager.session_protection = None
    manager.user_loader(load_identity)
    manager.init_app(app)
    app.before_request(choose_locale)
