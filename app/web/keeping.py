"""Parts of pages that follow from what they are given: made once, and taken again for the same.

A part must depend on nothing but its arguments, the language and the day; what stands in it is escaped already. The
tokens of its forms are the exception: they are put in whenever the part is shown.
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache, partial
from typing import Any, Generic, TypeVar, get_type_hints

from flask import current_app, request
from markupsafe import Markup

from app.core import clock
from app.core.i18n import LazyText, current_locale
from app.web.tokens import form_token, new_token

KEPT_PARTS = 1_024
# Characters of one part, and of all together: the lines of a long quotation are worth keeping, a few of them.
LONGEST = 500_000
KEPT_CHARACTERS = 1_500_000
# What stands in a kept part for the token of the reader's forms, and for the one-time token of a form that creates
# something: no text of a person holds such characters.
READERS_TOKEN, ONE_TIME_TOKEN = "\x01token\x01", "\x01one-time token\x01"
# Whether what is found is made anew and compared: for tests, which open every page.
checked = False

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
_items: Memory[str] = Memory(KEPT_CHARACTERS)
_fields: Memory[Markup] = Memory(KEPT_CHARACTERS // 3)


class NotKept(AssertionError):
    """A part was found that would be made otherwise now: it depends on more than its key says."""


def once(name: str, make: Callable[..., Any], *arguments: Any, **named: Any) -> Markup:
    """Return what ``make`` makes of the arguments, from memory where it made the same before on this day."""
    key = (*_place(name), frozen(arguments), frozen(named))
    try:
        found = _kept.get(key)
    except TypeError:
        # something without a lasting value, a row of the database for instance
        return with_tokens(_made(make, arguments, named))
    if found is None:
        found = _made(make, arguments, named)
        _kept.put(key, found, len(found))
    elif checked and found != _made(make, arguments, named):
        raise NotKept(f"{name} is kept under {key}")
    return with_tokens(found)


def _made(make: Callable[..., Any], arguments: tuple[Any, ...], named: dict[str, Any]) -> Markup:
    text = str(make(*arguments, **named))
    if request and 'type="hidden"' in text:
        text = text.replace(form_token(), READERS_TOKEN)
    return Markup(text)  # noqa: S704 - a macro's output


def with_tokens(text: Markup) -> Markup:
    """Return a part with the tokens of its forms, each one-time token another one."""
    if "\x01" not in text:
        return text
    first, *others = str(text).replace(READERS_TOKEN, form_token()).split(ONE_TIME_TOKEN)
    return Markup(first + "".join(new_token() + piece for piece in others))  # noqa: S704


def part(template: str, **named: Any) -> Markup:
    """Return a template of its own, which sees what is named here and nothing else of the page."""
    return once(template, partial(rendered, template), **named)


def rendered(template: str, **named: Any) -> str:
    """Return what a template makes of what is named, kept nowhere."""
    return current_app.jinja_env.get_template(template).render(named)


def each(template: str, macro: str, items: Iterable[Any]) -> Markup:
    """Return what a macro of a template makes of each item, one after the other, from memory where it made it before.

    What one item looks like follows from it alone; items are lasting values, and no form stands in them.
    """
    place = _place(f"{template} {macro}")
    made = getattr(current_app.jinja_env.get_template(template).module, macro)
    parts = []
    for item in items:
        key = (place, frozen(item))
        found = _items.get(key)
        if found is None:
            found = str(made(item))
            _items.put(key, found, len(found))
        elif checked and found != str(made(item)):
            raise NotKept(f"{template} {macro} is kept under {key}")
        parts.append(found)
    return Markup("".join(parts))  # noqa: S704 - a macro's output


def _place(name: str) -> tuple[Any, ...]:
    """Return what anything kept may depend on besides its arguments."""
    return (name, current_locale(), clock.today(), request.script_root if request else "")


def field(name: str, macro: Callable[..., Any], asked: Any, *arguments: Any, **named: Any) -> Markup:
    """Return what a macro makes of a field, from memory where a field said the same and was asked for alike.

    A field tells by ``said`` all that a macro asks of it; what tells nothing is written each time.
    """
    said = getattr(asked, "said", None)
    key = (name, current_locale(), said, frozen(arguments), frozen(named))
    try:
        found = None if said is None else _fields.get(key)
    except TypeError:
        # asked for with something that does not last
        said = found = None
    if said is None:
        return Markup(macro(asked, *arguments, **named))  # noqa: S704 - a macro's output
    if found is None:
        found = Markup(macro(asked, *arguments, **named))  # noqa: S704 - a macro's output
        _fields.put(key, found, len(found))
    elif checked and found != macro(asked, *arguments, **named):
        raise NotKept(f"{name} is kept under {key}")
    return found


class Lasting:
    """What never says anything else and is equal to nothing but itself: it stands for all that it says."""


def frozen(value: Any) -> Any:
    """Return a value by which to find again what was made of it: texts and markup are told apart.

    What may say something else tomorrow (a row of the database, a form) has none: what is returned for it has no hash,
    so that looking for it raises TypeError.
    """
    kind = type(value)
    if kind is str or kind is int:
        return value
    if kind is tuple or kind is list:
        # most are texts: a call for each would cost more than the rest
        return tuple([item if type(item) is str else frozen(item) for item in value])
    if kind is dict:
        return tuple([(key, frozen(item)) for key, item in value.items()])
    if value is None or kind in LASTING:
        # True is 1 and a Markup is its text where they are compared, but not what is made of them
        return (kind, value)
    if kind is LazyText:
        return str(value)
    if kind is Decimal:
        # 1.0 and 1.00 are equal, and written differently
        return (kind, str(value))
    if issubclass(kind, Lasting):
        return value
    if is_dataclass(kind):
        identity = getattr(value, "identity", None)
        if identity is not None:
            return (kind, identity)
        return (kind, *[frozen(getattr(value, name)) for name in _names(kind)])
    if issubclass(kind, tuple):
        return (kind, value) if _plain(kind) else (kind, *[frozen(item) for item in value])
    return (kind, value) if issubclass(kind, Enum) else []


LASTING = frozenset({bool, float, bytes, date, datetime, Markup})


@lru_cache(256)
def _plain(kind: Any) -> bool:
    """Tell whether a tuple with names holds texts and whole numbers only, each in its place: it is its own value."""
    said = get_type_hints(kind)
    return all(said.get(name) in (str, int, bool) for name in getattr(kind, "_fields", [""]))


@lru_cache(256)
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
