"""Papers made on the spot: whose they are, and how the browser gets them."""

from urllib.parse import quote

from flask import Response

from app.core import settings
from app.web import fragments


def company_name() -> str:
    """Return whose paper it is; empty where the company was not named yet."""
    return str(settings.get("company.name") or "")


def send_paper(content: bytes, name: str) -> Response:
    """Answer with a paper drawn just now, which the browser shows under this name and nobody keeps."""
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = (
        f"inline; filename=\"paper.pdf\"; filename*=UTF-8''{quote(name)}"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return fragments.mark_unstored(response)
