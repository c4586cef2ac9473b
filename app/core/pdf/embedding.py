"""The fonts of the papers as ReportLab wants them: it asks for codes while text is drawn and for objects at the end.

ReportLab's own TTFont holds 30 MB for each Chinese font in every process and cuts it into pieces of 256 characters,
each with its own tables and descriptor. These fonts read from the memory map of `truetype.py` instead, and a document
gets one composite font with two-byte codes for each font file it uses. The protocol (`_dynamicFont`, `splitString`,
`getSubsetInternalName`, `addObjects`, `state` per document) is that of `reportlab.pdfbase.ttfonts.TTFont`.

Importing this module imports ReportLab; the papers do so when the first one is drawn.
"""

# ruff: noqa: N802, N815 - ReportLab asks for these names

import hashlib
import struct
from collections.abc import Iterator
from functools import cache
from weakref import WeakKeyDictionary

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfdoc import (
    PDFArray,
    PDFArrayCompact,
    PDFDictionary,
    PDFDocument,
    PDFName,
    PDFStream,
    PDFString,
    PDFZCompress,
)

from app.core.pdf.fonts import Typeface, typeface
from app.core.pdf.truetype import TrueTypeFile

_CMAP_HEAD = (
    "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
    "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
    "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
)
_CMAP_TAIL = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
_CMAP_BLOCK = 100
_SYMBOLIC = 4
_EM = 1000


class _Codes(dict[str, bytes]):
    """Codes of the characters a document uses, given in the order of first use."""

    def __missing__(self, character: str) -> bytes:
        code = struct.pack(">H", len(self) + 1)
        self[character] = code
        return code


class _Subset:
    """The characters of one font file that one document uses."""

    def __init__(self, file: TrueTypeFile) -> None:
        self.file = file
        self.codes = _Codes()
        self.resource_name = ""

    def add_objects(self, doc: PDFDocument) -> None:
        """Give the document the used part of the font file and its tables."""
        characters = list(self.codes)
        glyphs = [0, *(self.file.glyph_of(ord(character)) for character in characters)]
        tag = hashlib.sha256(struct.pack(f">{len(glyphs)}H", *glyphs)).digest()
        prefix = "".join(chr(65 + byte % 26) for byte in tag[:6])
        base_font = PDFName(f"{prefix}+{self.file.path.stem}")
        descendant = PDFDictionary(
            {
                "Type": PDFName("Font"),
                "Subtype": PDFName("CIDFontType2"),
                "BaseFont": base_font,
                "CIDToGIDMap": PDFName("Identity"),
                "CIDSystemInfo": PDFDictionary(
                    {"Registry": PDFString("Adobe"), "Ordering": PDFString("Identity"), "Supplement": 0}
                ),
                "FontDescriptor": doc.Reference(self._descriptor(doc, base_font, glyphs)),
                "DW": _EM,
                "W": _widths([self.file.advance_of(glyph) for glyph in glyphs]),
            }
        )
        font = PDFDictionary(
            {
                "Type": PDFName("Font"),
                "Subtype": PDFName("Type0"),
                "BaseFont": base_font,
                "Encoding": PDFName("Identity-H"),
                "DescendantFonts": PDFArray([doc.Reference(descendant)]),
                "ToUnicode": doc.Reference(_stream(_unicode_map(characters))),
            }
        )
        doc.idToObject["BasicFonts"].dict[self.resource_name] = doc.Reference(font, self.resource_name)

    def _descriptor(self, doc: PDFDocument, base_font: str, glyphs: list[int]) -> PDFDictionary:
        metrics = self.file.metrics
        program = self.file.subset(glyphs)
        return PDFDictionary(
            {
                "Type": PDFName("FontDescriptor"),
                "FontName": base_font,
                "Flags": _SYMBOLIC,
                "FontBBox": PDFArray(metrics.box),
                "ItalicAngle": metrics.italic_angle,
                "Ascent": metrics.ascent,
                "Descent": metrics.descent,
                "CapHeight": metrics.cap_height,
                "StemV": 80,
                "FontFile2": doc.Reference(_stream(program, {"Length1": len(program)})),
            }
        )


# Documents are drawn side by side in several threads; typefaces share font files, each is embedded once a document.
_subsets: WeakKeyDictionary[PDFDocument, dict[TrueTypeFile, _Subset]] = WeakKeyDictionary()


class _Face:
    """What ReportLab asks of a typeface: its name and its height above and below the line in 1/1000."""

    builtIn = 0

    def __init__(self, name: str, file: TrueTypeFile) -> None:
        self.name = name
        self.ascent = file.metrics.ascent
        self.descent = file.metrics.descent


class PaperFont:
    """A typeface with its fallbacks as one ReportLab font; ReportLab's "subset n" is the n-th file of the chain."""

    _dynamicFont = 1
    _multiByte = 1
    shapable = False

    def __init__(self, chain: Typeface) -> None:
        self.fontName = f"Paper-{chain.name}"
        self.face = _Face(self.fontName, chain.files[0])
        self._chain = chain

    def stringWidth(self, text: str, size: float, encoding: str = "utf8") -> float:
        """Return the width of the text in points; raises MissingGlyph."""
        return self._chain.width(text, size)

    def splitString(self, text: str, doc: PDFDocument) -> list[tuple[int, bytes]]:
        """Return the text as (place of the font file, codes); raises MissingGlyph."""
        return [
            (place, b"".join(map(self._subset(doc, place).codes.__getitem__, run)))
            for place, run in self._chain.runs(text)
        ]

    def getSubsetInternalName(self, subset: int, doc: PDFDocument) -> str:
        """Return the name by which a page calls the n-th font file, which is embedded from then on."""
        used = self._subset(doc, subset)
        if not used.resource_name:
            used.resource_name = f"F{len(doc.fontMapping) + 1}"
            doc.fontMapping[used.file.path.stem] = f"/{used.resource_name}"
            if self not in doc.delayedFonts:
                doc.delayedFonts.append(self)
        return f"/{used.resource_name}"

    def addObjects(self, doc: PDFDocument) -> None:
        """Embed the files of all typefaces; ReportLab calls this once, when all text is drawn."""
        for subset in _subsets.pop(doc, {}).values():
            if subset.resource_name:
                subset.add_objects(doc)

    def _subset(self, doc: PDFDocument, place: int) -> _Subset:
        file = self._chain.files[place]
        subsets = _subsets.get(doc)
        if subsets is None:
            subsets = _subsets[doc] = {}
        subset = subsets.get(file)
        if subset is None:
            subset = subsets[file] = _Subset(file)
        return subset


@cache
def registered(name: str) -> str:
    """Make the typeface known to ReportLab and return the name to give to ``setFont``."""
    font = PaperFont(typeface(name))
    pdfmetrics.registerFont(font)
    return font.fontName


def _stream(content: bytes, entries: dict[str, int] | None = None) -> PDFStream:
    return PDFStream(dictionary=PDFDictionary(entries or {}), content=content, filters=[PDFZCompress])


def _widths(advances: list[int]) -> PDFArray:
    """Only widths other than a full em, which is the default, are written down."""
    parts: list[object] = []
    run: list[int] = []
    for code, advance in enumerate([*advances, _EM]):
        if advance != _EM:
            run.append(advance)
        elif run:
            parts += [code - len(run), PDFArrayCompact(run)]
            run = []
    return PDFArray(parts)


def _unicode_map(characters: list[str]) -> bytes:
    """The table by which readers copy and search text."""
    return "".join([_CMAP_HEAD, *_unicode_blocks(characters), _CMAP_TAIL]).encode("ascii")


def _unicode_blocks(characters: list[str]) -> Iterator[str]:
    for start in range(0, len(characters), _CMAP_BLOCK):
        block = characters[start : start + _CMAP_BLOCK]
        yield f"{len(block)} beginbfchar\n"
        for place, character in enumerate(block, start + 1):
            yield f"<{place:04X}> <{character.encode('utf-16-be').hex().upper()}>\n"
        yield "endbfchar\n"
