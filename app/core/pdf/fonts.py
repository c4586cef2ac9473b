"""The typefaces of the papers, each with fallbacks for rare characters, and the check that every character has a glyph.

A character that no font has would be printed as an empty box without any warning, therefore it is refused by name.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from app.core import sentences
from app.core.errors import Invalid
from app.core.i18n import lazy
from app.core.pdf.truetype import TrueTypeFile

FONT_FOLDER = Path(__file__).resolve().parents[2] / "assets" / "fonts"

_SANS_REGULAR = "NotoSansSC-Regular"
_SANS_BOLD = "NotoSansSC-Bold"
_SERIF_BOLD = "NotoSerifSC-Bold"
_RARE = "LXGWWenKai-Regular"

_CHAINS = {
    "regular": (_SANS_REGULAR, _RARE),
    "bold": (_SANS_BOLD, _SANS_REGULAR, _RARE),
    "seal": (_SERIF_BOLD, _SANS_BOLD, _RARE),
}

# Control, formatting, surrogate, private and unassigned characters: a font may carry a glyph for some of them, but on
# paper they are invisible or turn the reading order, which a paper with amounts must not do.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}

sentences.register(
    {
        "pdf:missing-glyph": lazy(
            "打印字体中没有“%(character)s”（%(codepoint)s），位置：%(field)s，请换一种写法"
        ),
    }
)


class MissingGlyph(Invalid):
    """No font has this character (422).

    ``character`` is the character, ``field`` says where it stands; empty when only the drawing noticed it.
    """

    def __init__(self, character: str, field: str = "") -> None:
        codepoint = f"U+{ord(character):04X}"
        shown = codepoint if unicodedata.category(character) in _INVISIBLE else character
        super().__init__("pdf:missing-glyph", character=shown, codepoint=codepoint, field=field or "–")
        self.character = character
        self.field = field


class Glyph(NamedTuple):
    """Where a character is drawn from: the font file's place in the chain, the glyph there, its advance in 1/1000."""

    file_index: int
    number: int
    advance: int


class _Advances(dict[str, int]):
    """Advance widths by character, filled as characters are met: the hot loops pay one dict access."""

    def __init__(self, typeface: "Typeface") -> None:
        super().__init__()
        self._typeface = typeface

    def __missing__(self, character: str) -> int:
        advance = self._typeface.glyph(character).advance
        self[character] = advance
        return advance


class Typeface:
    """A chain of font files: the first one that has a character draws it."""

    def __init__(self, name: str, files: tuple[TrueTypeFile, ...]) -> None:
        self.name = name
        self.files = files
        self.advances = _Advances(self)
        self._glyphs: dict[str, Glyph] = {}
        self._from_fallback: set[str] = set()

    def has(self, character: str) -> bool:
        """Tell whether any file of the chain has the character and it is visible on paper."""
        return self._find(character) is not None

    def glyph(self, character: str) -> Glyph:
        """Return where the character is drawn from; raises MissingGlyph."""
        found = self._find(character)
        if found is None:
            raise MissingGlyph(character)
        return found

    def _find(self, character: str) -> Glyph | None:
        known = self._glyphs.get(character)
        if known is not None:
            return known
        if unicodedata.category(character) in _INVISIBLE:
            return None
        for position, file in enumerate(self.files):
            index = file.glyph_of(ord(character))
            if index:
                found = Glyph(position, index, file.advance_of(index))
                self._glyphs[character] = found
                if position:
                    self._from_fallback.add(character)
                return found
        return None

    def width(self, text: str, size: float) -> float:
        """Return the width of the text in points at a type size in points; raises MissingGlyph."""
        return sum(map(self.advances.__getitem__, text)) * size / 1000

    def runs(self, text: str) -> Iterator[tuple[int, str]]:
        """Split the text into (file index, part) so that each part is drawn from one font file."""
        self.width(text, 1)
        if self._from_fallback.isdisjoint(text):
            if text:
                yield 0, text
            return
        start = 0
        current = self._glyphs[text[0]].file_index
        for place, character in enumerate(text):
            index = self._glyphs[character].file_index
            if index != current:
                yield current, text[start:place]
                start, current = place, index
        yield current, text[start:]


@cache
def _file(name: str) -> TrueTypeFile:
    return TrueTypeFile(FONT_FOLDER / f"{name}.ttf")


@cache
def typeface(name: str) -> Typeface:
    """Return the typeface "regular", "bold" or "seal"; the files are mapped once per process."""
    return Typeface(name, tuple(_file(file_name) for file_name in _CHAINS[name]))


def missing_in(text: str, name: str = "regular") -> list[str]:
    """Return the characters of a text, each once and in order, that the typeface cannot print.

    Line ends are no characters to print and pass.
    """
    face = typeface(name)
    return [character for character in dict.fromkeys(text) if character != "\n" and not face.has(character)]


def printable(text: str) -> str:
    """Return a text with a box for each character the fonts lack: for papers that refuse nobody."""
    for character in missing_in(text):
        text = text.replace(character, "□" if character.isprintable() else " ")
    return text
