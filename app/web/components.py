"""The components a page holds by the dozen, written in Python: a macro call each would cost more than the query.

Everything that comes from data is escaped here, as a template would do it.
"""

from functools import lru_cache
from typing import Any

from flask import current_app
from markupsafe import Markup, escape

from app.web import filters, nav, static

KEPT = 2_048
FIGURES = ("number", "money")


def asset(name: str) -> str:
    """Return the fingerprinted address of a static file; made once, an icon alone asks for it fifty times a page."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if app.debug:
        return static.static_url(name)
    known: dict[str, str] = app.extensions.setdefault("asset_addresses", {})
    address = known.get(name)
    if address is None:
        address = known[name] = static.static_url(name)
    return address


def icon(name: str, label: str = "", size: str = "") -> Markup:
    """Return an icon of the sprite, decorative unless it has a label; size "l" is a large one."""
    return _icon(asset("icons.svg"), name, str(label), size)


@lru_cache(KEPT)
def _icon(sprite: str, name: str, label: str, size: str) -> Markup:
    sized = Markup(' data-size="{}"').format(size) if size else ""
    said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon"{} {}><use href="{}#{}"></use></svg>').format(sized, said, sprite, name)


@lru_cache(KEPT)
def avatar(name: str, size: str = "") -> Markup:
    """Return the avatar of a person: the first character on a tone that is always theirs; size s or l."""
    sized = Markup(' data-size="{}"').format(size) if size else ""
    return Markup('<span class="avatar" data-tone="{}"{} aria-hidden="true">{}</span>').format(
        filters.avatar_tone(name), sized, filters.initial(name)
    )


def status(label: object, tone: str = "neutral") -> Markup:
    """Return a state in words on its tone: neutral, info, ok, warn or bad."""
    return _status(str(label), tone)


@lru_cache(KEPT)
def _status(label: str, tone: str) -> Markup:
    return Markup('<span class="status" data-tone="{}">{}</span>').format(tone, label)


def badge(count: int, label: object = "", tone: str = "info") -> Markup:
    """Return a count on its tone, with the words a screen reader adds; nothing for zero."""
    return _badge(count, str(label), tone) if count else Markup()


@lru_cache(KEPT)
def _badge(count: int, label: str, tone: str) -> Markup:
    said = Markup('<span class="visually-hidden"> {}</span>').format(label) if label else ""
    shown = str(count) if count < 100 else "99+"
    return Markup('<span class="badge" data-tone="{}">{}{}</span>').format(tone, shown, said)


def nav_sections(sections: list[nav.Section], waiting: object) -> Markup:
    """Return the entries of the navigation; ``waiting`` are the words after a count."""
    return _nav_sections(asset("icons.svg"), tuple(sections), str(waiting))


@lru_cache(KEPT)
def _nav_sections(sprite: str, sections: tuple[nav.Section, ...], waiting: str) -> Markup:
    parts = []
    for section in sections:
        if section.label:
            parts.append(Markup('<p class="nav-title">{}</p>').format(section.label))
        parts.append(Markup("<ul>"))
        for entry in section.entries:
            parts.append(
                Markup('<li><a href="{}"{}>{}<span>{}</span>{}</a></li>').format(
                    entry.url,
                    Markup(' aria-current="page"') if entry.current else "",
                    _icon(sprite, entry.icon, "", ""),
                    entry.label,
                    badge(entry.count, waiting),
                )
            )
        parts.append(Markup("</ul>"))
    return Markup().join(parts)


def table_rows(listing: Any) -> Markup:
    """Return the rows of a Listing's table; what is short stays on one line."""
    columns = []
    for column in listing.columns:
        right = column.align == "right" or column.kind in FIGURES
        label = escape(column.label)
        opening = f'<td data-label="{label}" data-kind="{escape(column.kind)}"'
        columns.append((column, column.kind, opening, right))
    parts = []
    for row in listing.rows:
        parts.append("<tr>")
        for column, kind, opening, right in columns:
            cell = listing.cell(row, column)
            text = cell.text
            parts.append(opening)
            if right:
                parts.append(' class="figures">')
            elif len(text) <= 8 or (len(text) <= 20 and text.isascii()):
                parts.append(' class="nowrap">')
            else:
                parts.append(">")
            parts.append(_cell(kind, cell, text))
            parts.append("</td>")
        parts.append("</tr>")
    return Markup("".join(parts))  # noqa: S704 - each part is escaped above


def _cell(kind: str, cell: Any, text: str) -> str:
    if kind == "status":
        return _status(text, cell.tone or "neutral")
    if kind == "person" and text:
        return f'<span class="who">{avatar(text, "s")}<span>{escape(text)}</span></span>'
    title = f' title="{escape(cell.title)}"' if cell.title else ""
    if cell.href:
        return f'<a href="{escape(cell.href)}"{title}>{escape(text)}</a>'
    tone = f' data-tone="{escape(cell.tone)}"' if cell.tone else ""
    return f"<span{tone}{title}>{escape(text) if text else filters.NOTHING}</span>"


PYTHON_MACROS = {
    "icon": icon,
    "avatar": avatar,
    "status": status,
    "badge": badge,
    "nav_sections": nav_sections,
    "table_rows": table_rows,
}
