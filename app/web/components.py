"""The components a page holds by the dozen, written in Python: a macro call each would cost more than the query.

Everything that comes from data is escaped here, as a template would do it.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from flask import current_app, request
from markupsafe import Markup, escape

from app.core import clock
from app.core.i18n import current_locale
from app.web import filters, keeping, nav, static

KEPT = 2_048
FIGURES = ("number", "money")
# Characters of a second line that stays on one line with the short text above it.
LONGEST_SECOND = 18
SPECIAL = re.compile("[&<>'\"]")

_rows_kept: dict[tuple[Any, ...], str] = {}


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


def row(
    title: object,
    href: str = "",
    sub: object = "",
    aside: object = "",
    icon_name: str = "",
    tone: str = "neutral",
    late: bool = False,
    caller: Callable[[], str] | None = None,
) -> Markup:
    """Return a row of a list card: icon, title, second line, and at the right when or what.

    ``tone`` is neutral, info, ok, warn or bad; what a template writes inside the call are the row's actions.
    """
    actions = caller() if caller else ""
    return keeping.once("row", _row, title, href, sub, aside, icon_name, tone, late, actions)


def _row(
    title: object,
    href: str,
    sub: object,
    aside: object,
    icon_name: str,
    tone: str,
    late: bool,
    actions: str,
) -> Markup:
    text = Markup('<a class="row-link" href="{}">{}</a>').format(href, title) if href else None
    return Markup('<li class="row">{}<div class="row-text">{}{}</div>{}{}</li>').format(
        Markup('<span class="row-icon" data-tone="{}">{}</span>').format(tone, icon(icon_name))
        if icon_name
        else "",
        text or Markup("<span>{}</span>").format(title),
        Markup("<small>{}</small>").format(sub) if sub else "",
        Markup('<div class="row-aside"{}>{}</div>').format(Markup(' data-tone="bad"') if late else "", aside)
        if aside
        else "",
        Markup('<div class="row-actions">{}</div>').format(actions) if actions else "",
    )


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


def changes(rows: Iterable[tuple[object, object, object]]) -> Markup:
    """Return changes, each (label, old, new), as a list; the first saving of a long quotation has thousands."""
    items = [
        f"<li>{plain(str(label))} <del>{plain(str(old or filters.NOTHING))}</del>"
        f" → <ins>{plain(str(new or filters.NOTHING))}</ins></li>"
        for label, old, new in rows
    ]
    return Markup(f'<ul class="changes">{"".join(items)}</ul>')  # noqa: S704 - escaped there


def page_columns(listing: Any) -> list[tuple[Any, list[Any]]]:
    """Return the columns of a Listing as a page shows them, each with those that stand below it in its cells."""
    below = [column for column in listing.columns if column.below]
    shown = [column for column in listing.columns if not column.below]
    return [(column, [item for item in below if item.below == column.key]) for column in shown]


def table_rows(listing: Any) -> Markup:
    """Return the rows of a Listing's table; what is short stays on one line.

    Where all that a row shows follows from its values (``Listing.rows_keep``), one made before is taken again.
    """
    columns = page_columns(listing)
    if not listing.rows_keep or current_app.jinja_env.auto_reload:
        return Markup("".join(_table_row(listing, columns, row) for row in listing.rows))  # noqa: S704 - escaped there
    of_list = (
        type(listing),
        listing.rows_depend_on,
        listing.column_keys,
        current_locale(),
        clock.today(),
        request.script_root,
    )
    parts = []
    for row in listing.rows:
        key = (of_list, tuple(row))
        made = _rows_kept.get(key)
        if made is None:
            if len(_rows_kept) >= KEPT:
                _rows_kept.clear()
            made = _rows_kept[key] = _table_row(listing, columns, row)
        parts.append(made)
    return Markup("".join(parts))  # noqa: S704 - escaped where they were made


def _table_row(listing: Any, columns: list[tuple[Any, list[Any]]], row: Any) -> str:
    parts = ["<tr>"]
    for column, below in columns:
        cell = listing.cell(row, column)
        text = cell.text
        second = [f"{item.label} {said}" for item in below if (said := listing.cell(row, item).text)]
        parts.append(f'<td data-label="{escape(column.label)}" data-kind="{escape(column.kind)}"')
        if column.align == "right" or column.kind in FIGURES:
            parts.append(' class="figures">')
        elif _is_short(text) and all(len(line) <= LONGEST_SECOND for line in second):
            parts.append(' class="nowrap">')
        else:
            parts.append(">")
        parts.append(_cell(column.kind, cell, text))
        parts += [f"<small>{plain(line)}</small>" for line in second]
        parts.append("</td>")
    parts.append("</tr>")
    return "".join(parts)


def _is_short(text: str) -> bool:
    return len(text) <= 8 or (len(text) <= 20 and text.isascii())


def _cell(kind: str, cell: Any, text: str) -> str:
    if kind == "status":
        return _status(text, cell.tone or "neutral")
    if kind == "person" and text:
        return f'<span class="who">{avatar(text, "s")}<span>{plain(text)}</span></span>'
    if kind == "drawing" and isinstance(text, Markup):
        # A small drawing of app/web/charts, which escapes what it says.
        return text
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
    "row": row,
    "part": keeping.part,
    "each": keeping.each,
    "kept": kept,
    "nav_sections": nav_sections,
    "changes": changes,
    "page_columns": page_columns,
    "table_rows": table_rows,
}
