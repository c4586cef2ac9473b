"""What each answer says to the browser about safety, and addresses that stay on this site."""

import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, request

from app.core import request_facts
from app.web import fragments

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
}
LONGEST_NEXT = 2_000


def safe_next(address: str | None, default: str = "/") -> str:
    r"""Return an address of this site or the default.

    Control characters and backslashes are refused (``/\t/evil`` leaves as ``//evil``), and exactly one slash leads.
    """
    if not address or len(address) > LONGEST_NEXT:
        return default
    if not address.startswith("/") or address.startswith("//"):
        return default
    if "\\" in address or any(ord(character) < 33 or ord(character) == 127 for character in address):
        return default
    try:
        parts = urlsplit(address)
        address.encode()
    except ValueError:
        return default
    return default if parts.scheme or parts.netloc else address


def page_of_this_site(referrer: str | None) -> str:
    """Return path and query of the page a request came from, where that is one of ours."""
    if not referrer:
        return "/"
    try:
        parts = urlsplit(referrer)
    except ValueError:
        return "/"
    if parts.netloc != request.host:
        return "/"
    return safe_next(parts.path + (f"?{parts.query}" if parts.query else ""))


def begin() -> None:
    """Name the request, so that page, log and audit row can be brought together."""
    g.request_id = secrets.token_hex(6)
    request_facts.set_current(g.request_id, (request.remote_addr or "")[:64])


def check_origin() -> None:
    """Refuse a post that a page of another site sent; the token in the form is the other half of the protection."""
    origin = request.headers.get("Origin")
    if request.method not in ("GET", "HEAD", "OPTIONS") and origin and origin != "null":
        try:
            host = urlsplit(origin).netloc
        except ValueError:
            host = ""
        if host != request.host:
            abort(403)


def finish(response: Response) -> Response:
    """Add the headers every answer carries; pages are not stored and vary by what htmx asked."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-ID"] = g.get("request_id", "")
    if response.mimetype == "text/html":
        fragments.mark_unstored(response)
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def install(app: Flask) -> None:
    """Name each request, check its origin, finish each answer."""
    app.before_request(begin)
    app.before_request(check_origin)
    app.after_request(finish)
