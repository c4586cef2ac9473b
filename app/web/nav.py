"""Navigation: features register their entries, the page shows what this person may open and what is switched on."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

from flask import request, url_for

from app.core import configuration, modules
from app.core.i18n import LazyText, current_locale, lazy
from app.core.permissions import Actor, can

# The sections in the order of the side bar; the first has no heading.
SECTIONS: dict[str, LazyText | None] = {
    "work": None,
    "rules": lazy("制度"),
    "team": lazy("团队"),
    "sales": lazy("销售"),
    "things": lazy("设备与车辆"),
    "office": lazy("办公"),
    "admin": lazy("管理"),
    "personal": None,
}
# What is a person's own stands in the menu under their name, not in the side bar.
PERSONAL = "personal"
BAR_ENTRIES = 4
KEPT_SECTIONS = 1_024


@dataclass(frozen=True, eq=False)
class NavItem:
    """An entry: ``section`` is a key of SECTIONS, ``order`` sorts inside it, ``count`` says what waits there.

    ``permission`` None opens it to everybody signed in, several open it to the holders of any of them. ``bar``
    above 0 gives the place in the bar at the bottom of a phone, with ``short`` as its word there. Holders of
    ``kept_for`` see the entry even where its module is off. ``within`` is the key of the entry it is a part of: who
    may open both reaches this one by a tab on the pages of that entry, and it takes no place in the side bar.
    """

    key: str
    label: LazyText
    icon: str
    endpoint: str
    section: str = "work"
    permission: str | tuple[str, ...] | None = None
    module: str | None = None
    order: int = 100
    count: Callable[[Actor], int] | None = None
    bar: int = 0
    short: LazyText | None = None
    kept_for: str | None = None
    within: str | None = None


@dataclass(frozen=True)
class Entry:
    """An entry as one page shows it."""

    key: str
    label: str
    short: str
    icon: str
    url: str
    count: int
    current: bool
    bar: int


@dataclass(frozen=True)
class Section:
    """A section of the side bar with the entries this person may open."""

    key: str
    label: str
    entries: tuple[Entry, ...]


_items: dict[str, NavItem] = {}


def register_nav(*items: NavItem) -> None:
    """Add entries of a feature; a second registration of a key replaces the first. ValueError: unknown section."""
    for item in items:
        if item.section not in SECTIONS:
            raise ValueError(f"{item.key}: there is no section {item.section}")
        _items[item.key] = item


def registered_nav() -> list[NavItem]:
    """Return all entries, in the order of sections and inside them."""
    sections = list(SECTIONS)
    return sorted(_items.values(), key=lambda item: (sections.index(item.section), item.order, item.key))


def sections_for(actor: Actor, current: str | None = None) -> list[Section]:
    """Return the side bar of a person; ``current`` is the key of the entry to mark, by default found by address."""
    # What is open to a person follows from settings and roles alone.
    key = ("navigation", actor, request.script_root)
    visible, addresses = configuration.kept(key, partial(_open_with_addresses, actor))
    counts = tuple(item.count(actor) if item.count else 0 for item in visible)
    marked = current or _current_key(visible, addresses)
    # a part stands under the entry it belongs to
    marked = next((_whole(item, visible) for item in visible if item.key == marked), marked)
    return list(_sections(visible, addresses, counts, marked, current_locale()))


@lru_cache(KEPT_SECTIONS)
def _sections(
    visible: tuple[NavItem, ...],
    addresses: tuple[str, ...],
    counts: tuple[int, ...],
    marked: str | None,
    locale: str,
) -> tuple[Section, ...]:
    entries = {
        item.key: Entry(
            item.key,
            str(item.label),
            str(item.short or item.label),
            item.icon,
            address,
            count,
            item.key == marked,
            item.bar,
        )
        for item, address, count in zip(visible, addresses, counts, strict=True)
    }
    return tuple(
        Section(key, str(label or ""), found)
        for key, label in SECTIONS.items()
        if (
            found := tuple(
                entries[item.key]
                for item in visible
                if item.section == key and _whole(item, visible) == item.key
            )
        )
    )


def _whole(item: NavItem, visible: tuple[NavItem, ...]) -> str:
    """Return the key of the entry an open entry stands under; its own where it stands by itself."""
    return item.within if item.within and any(other.key == item.within for other in visible) else item.key


def parts_for(actor: Actor) -> list[tuple[str, str, bool, int]]:
    """Return the tabs of the page asked for: text, address, whether it is this page, count.

    They are the parts of one entry of the side bar, that entry first; empty away from their first pages and where
    the entry has no parts this person may open.
    """
    key = ("navigation", actor, request.script_root)
    visible, addresses = configuration.kept(key, partial(_open_with_addresses, actor))
    here = next(
        (item for item, address in zip(visible, addresses, strict=True) if request.path == address), None
    )
    if here is None:
        return []
    family = _whole(here, visible)
    found = [
        (str(item.label), address, item is here, 0)
        for item, address in zip(visible, addresses, strict=True)
        if _whole(item, visible) == family
    ]
    return found if len(found) > 1 else []


def side_bar_of(sections: list[Section]) -> list[Section]:
    """Return the sections of the side bar."""
    return [section for section in sections if section.key != PERSONAL]


def personal_of(sections: list[Section]) -> list[Entry]:
    """Return the entries of the menu under a person's name."""
    return [entry for section in sections if section.key == PERSONAL for entry in section.entries]


def bar_of(sections: list[Section]) -> list[Entry]:
    """Return the entries of the bar at the bottom of a phone, in their order there."""
    chosen = [entry for section in sections for entry in section.entries if entry.bar]
    return sorted(chosen, key=lambda entry: entry.bar)[:BAR_ENTRIES]


def _open_with_addresses(actor: Actor) -> tuple[tuple[NavItem, ...], tuple[str, ...]]:
    visible = tuple(item for item in registered_nav() if _is_open(item, actor))
    return visible, tuple(url_for(item.endpoint) for item in visible)


def _is_open(item: NavItem, actor: Actor) -> bool:
    off = item.module is not None and not modules.is_on(item.module)
    if off and (item.kept_for is None or not can(actor, item.kept_for)):
        return False
    if item.permission is None:
        return True
    codes = item.permission if isinstance(item.permission, tuple) else (item.permission,)
    return any(can(actor, code) for code in codes)


def _current_key(visible: tuple[NavItem, ...], addresses: tuple[str, ...]) -> str | None:
    """Return the entry whose address is the longest beginning of the page's own."""
    path = request.path
    fitting = [
        (len(address), item.key)
        for item, address in zip(visible, addresses, strict=True)
        if path == address or (address != "/" and path.startswith(address.rstrip("/") + "/"))
    ]
    return max(fitting)[1] if fitting else None
