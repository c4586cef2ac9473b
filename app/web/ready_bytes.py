"""Parts of a page that are written already: what is long and kept is not joined and encoded again with each page.

A page is a text until it is sent. In it stands a mark for such a part, which no text of a person can hold: its secret
is made by each process anew.
"""

from secrets import token_hex

from flask import g
from markupsafe import Markup

_SECRET = token_hex(16)


def put(content: bytes) -> Markup:
    """Return the mark of a part (markup in UTF-8) in the page of this request."""
    parts: list[bytes] = g.setdefault("ready_bytes", [])
    parts.append(content)
    return Markup(_mark(len(parts) - 1))  # noqa: S704 - ours


def sent(page: str) -> bytes:
    """Return a page of this request as it is sent, its marks replaced by their parts."""
    whole = page.encode()
    for place, content in enumerate(g.get("ready_bytes", ())):
        whole = whole.replace(_mark(place).encode(), content)
    return whole


def _mark(place: int) -> str:
    return f"\x01{_SECRET} {place}\x01"
