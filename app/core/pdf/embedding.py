"""Puts the used part of a font file into a PDF as a composite font with two-byte codes.

ReportLab cuts a font into pieces of 256 characters, each with its own tables and descriptor, and a Chinese page
needs several of them. A composite font is one piece for any number of characters.
"""

import hashlib
import struct

from app.core.pdf.truetype import TrueTypeFile
from app.core.pdf.writer import PdfWriter, array, text_string

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


class EmbeddedFont:
    """The characters of one font file that one document uses; codes are given in the order of first use."""

    def __init__(self, file: TrueTypeFile, resource_name: str) -> None:
        self.file = file
        self.resource_name = resource_name
        self._codes = _Codes()

    def encode(self, text: str) -> str:
        """Return the codes of the text as hexadecimal digits, four for each character."""
        return "".join(map(self._codes.__getitem__, text))

    def write(self, writer: PdfWriter) -> int:
        """Add the font's objects to the file and return the number of the font object."""
        characters = list(self._codes)
        glyphs = [0, *(self.file.glyph_of(ord(character)) for character in characters)]
        program = self.file.subset(glyphs)
        tag = hashlib.sha256(struct.pack(f">{len(glyphs)}H", *glyphs)).digest()
        prefix = "".join(chr(65 + byte % 26) for byte in tag[:6])
        name = f"/{prefix}+{self.file.path.stem}"
        metrics = self.file.metrics
        program_number = writer.add_stream(program, f"/Length1 {len(program)}")
        descriptor = writer.add(
            f"<< /Type /FontDescriptor /FontName {name} /Flags {_SYMBOLIC} /FontBBox {array(metrics.box)} "
            f"/ItalicAngle {metrics.italic_angle} /Ascent {metrics.ascent} /Descent {metrics.descent} "
            f"/CapHeight {metrics.cap_height} /StemV 80 /FontFile2 {program_number} 0 R >>"
        )
        widths = _widths([self.file.advance_of(glyph) for glyph in glyphs])
        descendant = writer.add(
            f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont {name} /CIDToGIDMap /Identity "
            f"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
            f"/FontDescriptor {descriptor} 0 R /DW {_EM} /W [{widths}] >>"
        )
        to_unicode = writer.add_stream(_unicode_map(characters))
        return writer.add(
            f"<< /Type /Font /Subtype /Type0 /BaseFont {name} /Encoding /Identity-H "
            f"/DescendantFonts [{descendant} 0 R] /ToUnicode {to_unicode} 0 R >>"
        )


def _widths(advances: list[int]) -> str:
    """Only widths other than a full em, which is the default, are written down."""
    parts: list[str] = []
    run: list[int] = []
    for code, advance in enumerate([*advances, _EM]):
        if advance != _EM:
            run.append(advance)
        elif run:
            parts.append(f"{code - len(run)} {array(run)}")
            run = []
    return " ".join(parts)


class _Codes(dict[str, str]):
    def __missing__(self, character: str) -> str:
        code = f"{len(self) + 1:04X}"
        self[character] = code
        return code


def _unicode_map(characters: list[str]) -> bytes:
    """The table by which readers copy and search text."""
    blocks = [_CMAP_HEAD]
    for start in range(0, len(characters), _CMAP_BLOCK):
        block = characters[start : start + _CMAP_BLOCK]
        blocks.append(f"{len(block)} beginbfchar\n")
        for place, character in enumerate(block, start + 1):
            blocks.append(f"<{place:04X}> <{text_string(character)[5:]}\n")
        blocks.append("endbfchar\n")
    blocks.append(_CMAP_TAIL)
    return "".join(blocks).encode("ascii")
