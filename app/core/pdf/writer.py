"""Writes the file structure of a PDF: numbered objects, compressed streams, cross-reference table.

Nothing but the input decides the bytes: no clock, no environment, no random identifier.
"""

import hashlib
import zlib
from collections.abc import Sequence

# On the outlines of 400 characters level 9 saves 0.2 % and level 4 costs 2 %.
_COMPRESSION = 6


class PdfWriter:
    """Collects objects and puts them into one file; object numbers are given in the order of asking."""

    def __init__(self) -> None:
        self._objects: list[bytes | None] = []

    def reserve(self) -> int:
        """Return an object number whose content follows by ``fill``; for objects that refer to each other."""
        self._objects.append(None)
        return len(self._objects)

    def fill(self, number: int, content: str | bytes) -> None:
        """Give a reserved object its content."""
        self._objects[number - 1] = content.encode("ascii") if isinstance(content, str) else content

    def add(self, content: str | bytes) -> int:
        """Add an object and return its number."""
        number = self.reserve()
        self.fill(number, content)
        return number

    def add_stream(self, data: bytes, entries: str = "") -> int:
        """Add a compressed stream with further dictionary entries and return its number."""
        packed = zlib.compress(data, _COMPRESSION)
        head = f"<< {entries} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode("ascii")
        return self.add(head + packed + b"\nendstream")

    def to_bytes(self, root: int, info: int) -> bytes:
        """Return the whole file; ``root`` and ``info`` are the numbers of the catalogue and of the document facts."""
        parts = [b"%PDF-1.7\n%\xe7\xab\xa0\xe7\xa8\x8b\n"]
        offset = len(parts[0])
        offsets = []
        for number, content in enumerate(self._objects, 1):
            if content is None:
                raise ValueError(f"object {number} was reserved and never filled")
            record = b"%d 0 obj\n%b\nendobj\n" % (number, content)
            offsets.append(offset)
            offset += len(record)
            parts.append(record)
        identity = hashlib.sha256(b"".join(parts)).hexdigest()[:32].upper()
        parts.append(f"xref\n0 {len(offsets) + 1}\n0000000000 65535 f \n".encode("ascii"))
        parts.extend(b"%010d 00000 n \n" % place for place in offsets)
        parts.append(
            f"trailer\n<< /Size {len(offsets) + 1} /Root {root} 0 R /Info {info} 0 R "
            f"/ID [<{identity}> <{identity}>] >>\nstartxref\n{offset}\n%%EOF\n".encode("ascii")
        )
        return b"".join(parts)


def text_string(text: str) -> str:
    """Return a text as a PDF string object."""
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"


def number(value: float) -> str:
    """Return a length with at most two decimals and no needless zeros."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def array(values: Sequence[float]) -> str:
    """Return a PDF array of numbers."""
    return f"[{' '.join(number(value) for value in values)}]"
