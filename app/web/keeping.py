"""Parts of pages that follow from what they are given: made once, and taken again for the same.

A part must depend on nothing but its arguments, the language and the day; what stands in it is escaped already.
"""

from collections.abc import Callable, Hashable
from dataclasses import fields, is_dataclass
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, Generic, TypeVar

from flask import current_app, request
from markupsafe import Markup

from app.core import clock
from app.core.i18n import LazyText, current_locale

KEPT_PARTS = 1_024
# Characters of one part, and of all together: the lines of a long quotation are worth keeping, a few of them.
LONGEST = 300_000
KEPT_CHARACTERS = 4_000_000

Kept = TypeVar("Kept")


class Memory(Generic[Kept]):
    """What was made under keys that say all it follows from; forgotten altogether where it would weigh too much.

    ``most`` is what all of it may weigh, ``longest`` one piece (a tenth where nothing is said), ``pieces`` how many
    there may be.
    """

    def __init__(self, most: int, longest: int | None = None, pieces: int | None = None) -> None:
        self.most = most
        self.longest = most // 10 if longest is None else longest
        self.pieces = pieces
        self.weight = 0
        self._found: dict[Hashable, Kept] = {}

    def get(self, key: Hashable) -> Kept | None:
        """Return what is kept under a key."""
        return self._found.get(key)

    def clear(self) -> None:
        """Forget everything."""
        self._found.clear()
        self.weight = 0

    def put(self, key: Hashable, made: Kept, weight: int) -> None:
        """Keep what was made, unless it alone is too long."""
        if weight > self.longest:
            return
        full = self.pieces is not None and len(self._found) >= self.pieces
        if full or self.weight + weight > self.most:
            self.clear()
        self._found[key] = made
        self.weight += weight


_kept: Memory[Markup] = Memory(KEPT_CHARACTERS, LONGEST, KEPT_PARTS)


def once(name: str, make: Callable[..., Any], *arguments: Any, **named: Any) -> Markup:
    """Return what ``make`` makes of the arguments, from memory where it made the same before on this day."""
    key = (
        name,
        current_locale(),
        clock.today(),
        request.script_root if request else "",
        frozen(arguments),
        frozen(named),
    )
    try:
        found = _kept.get(key)
    except TypeError:
        # something without a lasting value, a row of the database for instance
        return Markup(make(*arguments, **named))  # noqa: S704 - a macro's output
    if found is None:
        found = Markup(make(*arguments, **named))  # noqa: S704 - a macro's output
        _kept.put(key, found, len(found))
    return found


def part(template: str, **named: Any) -> Markup:
    """Return a template of its own, which sees what is named here and nothing else of the page."""
    return once(template, partial(rendered, template), **named)


def rendered(template: str, **named: Any) -> str:
    """Return what a template makes of what is named, kept nowhere."""
    return current_app.jinja_env.get_template(template).render(named)


def frozen(value: Any) -> Any:
    """Return a value by which to find again what was made of it: texts and markup are told apart."""
    kind = type(value)
    if kind is str or kind is int or value is None:
        return value
    if kind is tuple or kind is list:
        return tuple([frozen(item) for item in value])
    if kind is dict:
        return tuple([(key, frozen(item)) for key, item in value.items()])
    if kind is LazyText:
        return str(value)
    if kind is Decimal:
        # 1.0 and 1.00 are equal, and written differently
        return (kind, str(value))
    if is_dataclass(kind):
        identity = getattr(value, "identity", None)
        if identity is not None:
            return (kind, identity)
        return (kind, *[frozen(getattr(value, name)) for name in _names(kind)])
    # True is 1 and a Markup is its text where they are compared, but not what is made of them
    return (kind, value)


@lru_cache(256)
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
