"""Language: sources are Chinese, English is the one catalogue, the reader's language a context variable.

A missing translation therefore shows Chinese in a Chinese product. Labels are lazy texts, resolved when they
are shown, and are never compared.
"""

import gettext as gettext_module
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

CHINESE = "zh"
ENGLISH = "en"
LOCALES = (CHINESE, ENGLISH)
TRANSLATIONS_FOLDER = Path(__file__).resolve().parent.parent / "translations"

_locale: ContextVar[str] = ContextVar("locale", default=CHINESE)


def current_locale() -> str:
    """Return the language in force here: "zh" or "en"."""
    return _locale.get()


def set_locale(locale: str) -> None:
    """Set the language for the rest of this request or job; an unknown one means Chinese."""
    _locale.set(locale if locale in LOCALES else CHINESE)


@contextmanager
def using_locale(locale: str) -> Iterator[None]:
    """Speak the given language inside the block."""
    token = _locale.set(locale if locale in LOCALES else CHINESE)
    try:
        yield
    finally:
        _locale.reset(token)


@cache
def catalogue(locale: str) -> gettext_module.NullTranslations:
    """Return the catalogue of a language; Chinese needs none."""
    if locale == CHINESE:
        return gettext_module.NullTranslations()
    return gettext_module.translation("messages", str(TRANSLATIONS_FOLDER), [locale], fallback=True)


def _fill(text: str, params: dict[str, Any]) -> str:
    return text % params if params else text


def gettext(message: str, **params: Any) -> str:
    """Return the message in the current language with its named placeholders filled."""
    return _fill(catalogue(current_locale()).gettext(message), params)


def ngettext(singular: str, plural: str, number: int, **params: Any) -> str:
    """Return the right plural form; ``%(num)s`` is the number."""
    return _fill(catalogue(current_locale()).ngettext(singular, plural, number), {"num": number, **params})


def pgettext(context: str, message: str, **params: Any) -> str:
    """Return the message as used in one context, for a Chinese word of two meanings."""
    return _fill(catalogue(current_locale()).pgettext(context, message), params)


_ = gettext


class LazyText:
    """A text that is looked up when it is shown, so that a label defined at import speaks the reader's language."""

    __slots__ = ("_context", "_message", "_params")

    def __init__(self, message: str, context: str | None = None, **params: Any) -> None:
        self._message = message
        self._context = context
        self._params = params

    def __str__(self) -> str:
        if self._context is None:
            return gettext(self._message, **self._params)
        return pgettext(self._context, self._message, **self._params)

    def __repr__(self) -> str:
        return f"LazyText({self._message!r})"

    def __html__(self) -> str:
        return escape_html(str(self))

    def __eq__(self, other: object) -> bool:
        raise TypeError("a label is shown, never compared; compare the code it belongs to")

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return bool(self._message)

    def __len__(self) -> int:
        return len(str(self))

    def in_context(self, context: str) -> "LazyText":
        """Return the same text as used in one context, where another language may word it differently."""
        return LazyText(self._message, context, **self._params)

    def filled(self, **params: Any) -> str:
        """Return the text in the current language with these placeholders."""
        if self._context is None:
            return gettext(self._message, **params)
        return pgettext(self._context, self._message, **params)


def listed(parts: Iterable[object]) -> str:
    """Return names in one line, with the mark between them that the current language uses."""
    return _("、").join(str(part) for part in parts)


def listed_clauses(parts: Iterable[object]) -> str:
    """Return sentences or longer parts in one line, with the mark between them that the current language uses."""
    return _("；").join(str(part) for part in parts)


def in_every_language(label: LazyText) -> list[str]:
    """Return a label as each language says it, for recognising it in what people type or upload."""
    found = []
    for locale in LOCALES:
        with using_locale(locale):
            found.append(str(label))
    return found


def escape_html(text: str) -> str:
    """Escape a text for HTML."""
    return (
        text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&#34;")
        .replace("'", "&#39;")
    )


def lazy(message: str, **params: Any) -> LazyText:
    """Mark a message for translation and look it up only when it is shown."""
    return LazyText(message, **params)


def lazy_in_context(context: str, message: str, **params: Any) -> LazyText:
    """Mark a message of one context for translation and look it up only when it is shown."""
    return LazyText(message, context, **params)
