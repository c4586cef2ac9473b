"""The components a page holds by the dozen, written in Python: a macro call each would cost more than the query.

Everything that comes from data is escaped here, as a template would do it.
"""

import re
from functools import lru_cache
from typing import Any

from flask import current_app
from markupsafe import Markup, escape

from app.core.i18n import current_locale
from app.web import filters, nav, static

KEPT = 2_048
FIGURES = ("number", "money")
SPECIAL = re.compile("[&<>'\"]")


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


def kept(listing: Any, name: str, *shown: Any) -> Markup:
    """Return the macro ``name`` of a Listing, rendered once while nothing is filtered: a plain list opens the same.

    ``shown`` is what it depends on besides the list's own state.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    macro = getattr(app.jinja_env.globals["ui"], name)
    if getattr(listing, "plain_key", None) is None or app.jinja_env.auto_reload:
        return Markup(macro(listing))  # noqa: S704 - a macro's output
    parts: dict[Any, Markup] = app.extensions.setdefault("kept_parts", {})
    key = (name, current_locale(), listing.plain_key, shown)
    if key not in parts:
        if len(parts) >= KEPT:
            parts.clear()
        parts[key] = Markup(macro(listing))  # noqa: S704 - a macro's output
    return parts[key]


def plain(text: str) -> str:
    """Return a text escaped; most need nothing, and looking is cheaper than escaping."""
    return str(escape(text)) if SPECIAL.search(text) else text


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
        return f'<span class="who">{avatar(text, "s")}<span>{plain(text)}</span></span>'
    title = f' title="{plain(cell.title)}"' if cell.title else ""
    if cell.href:
        return f'<a href="{plain(cell.href)}"{title}>{plain(text)}</a>'
    tone = f' data-tone="{plain(cell.tone)}"' if cell.tone else ""
    return f"<span{tone}{title}>{plain(text) if text else filters.NOTHING}</span>"


PYTHON_MACROS = {
    "icon": icon,
    "avatar": avatar,
    "status": status,
    "badge": badge,
    "kept": kept,
    "nav_sections": nav_sections,
    "table_rows": table_rows,
}
