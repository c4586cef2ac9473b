"""What may be kept of a text somebody typed: never characters nobody can see, which a database may not even hold."""

import unicodedata

from app.core.errors import Invalid
from app.core.i18n import lazy

# Overrides that make a text read otherwise than it is stored.
_BIDIRECTIONAL = frozenset(range(0x202A, 0x202F)) | frozenset(range(0x2066, 0x206A))


def is_hidden(character: str) -> bool:
    """Tell whether a character shows nothing, turns the direction of a text, or is none at all."""
    code = ord(character)
    hidden = unicodedata.category(character) in ("Cc", "Cs") and character not in "\r\n\t"
    return hidden or code in _BIDIRECTIONAL or code & 0xFFFE == 0xFFFE


def has_hidden_characters(text: str) -> bool:
    """Tell whether a text holds control characters, overrides of its direction, or what is no character at all."""
    return not text.isprintable() and any(map(is_hidden, text))


def without_hidden_characters(text: str) -> str:
    """Return a text that was brought along without them; what is typed is refused instead."""
    if text.isprintable():
        return text
    return "".join(character for character in text if not is_hidden(character))


def check_written(text: str, field: str) -> None:
    """Raise Invalid at this field of the form for a text that `has_hidden_characters`."""
    if has_hidden_characters(text):
        raise Invalid(fields={field: lazy("文字里有看不见的控制字符，请删除后重新输入")})
