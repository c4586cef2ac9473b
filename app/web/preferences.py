"""Language and theme: kept on the device, and with the person for their other devices."""

from flask import Flask, Response, current_app, request

from app.core import i18n
from app.web import fragments, guard, security, session

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"
ONE_YEAR = 365 * 24 * 3600


@guard.public
def choose_language() -> Response:
    """Keep the chosen language and return to the page."""
    return _keep("locale", session.LANGUAGE_COOKIE, request.form.get("language", ""), i18n.LOCALES)


@guard.public
def choose_theme() -> Response:
    """Keep the chosen theme and return to the page."""
    return _keep("theme", THEME_COOKIE, request.form.get("theme", ""), THEMES)


def _keep(name: str, cookie: str, value: str, allowed: tuple[str, ...]) -> Response:
    response = fragments.go(security.safe_next(request.form.get("next")))
    if value in allowed:
        session.keep_preference(name, value)
        keep_on_device(response, cookie, value)
    return response


def keep_on_device(response: Response, cookie: str, value: str) -> None:
    """Keep a choice on this device for a year."""
    response.set_cookie(
        cookie,
        value,
        max_age=ONE_YEAR,
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )


def install(app: Flask) -> None:
    """Serve the two switches."""
    app.add_url_rule("/language", "language", choose_language, methods=["POST"])
    app.add_url_rule("/theme", "theme", choose_theme, methods=["POST"])
