"""Reads TrueType outlines straight from the font file and cuts subsets out of it.

The file is mapped, not loaded: the four fonts together weigh 52 MB, and the pages of a mapping are shared by all
worker processes, while ReportLab's own reader keeps a copy of every font and of its tables in each of them.
"""

import mmap
import struct
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

_MORE_COMPONENTS = 0x0020
_ARGUMENTS_ARE_WORDS = 0x0001
_ARGUMENTS_ARE_OFFSETS = 0x0002
_TRANSFORMED = 0x0008 | 0x0040 | 0x0080
_CHECKSUM_MAGIC = 0xB1B0AFBA
_ON_CURVE, _SHORT_X, _SHORT_Y, _REPEAT, _SAME_X, _SAME_Y = 1, 2, 4, 8, 16, 32
# Subsets for paper are drawn on a grid of 500 instead of 1,000 units: at 9 points that is a quarter of a dot of a
# 1,000 dpi printer, and it makes the largest part of a file, the outlines, a seventh smaller.
_COARSER = 2

Contour = tuple[tuple[float, float, bool], ...]
"""One closed outline: points (x, y, on_curve) in font units; off-curve points are quadratic control points."""


class Metrics(NamedTuple):
    """What a PDF font descriptor asks for, in thousandths of the type size."""

    ascent: int
    descent: int
    cap_height: int
    box: tuple[int, int, int, int]
    italic_angle: int


class TrueTypeFile:
    """A static TrueType font; raises ValueError for CFF outlines and for variable fonts.

    ReportLab accepts a variable font without a word and draws its thinnest weight, therefore it is refused here.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as source:
            self._data = mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ)
        count = struct.unpack_from(">H", self._data, 4)[0]
        self._tables: dict[str, tuple[int, int]] = {}
        for index in range(count):
            tag, _, offset, length = struct.unpack_from(">4sLLL", self._data, 12 + 16 * index)
            self._tables[tag.decode("ascii")] = (offset, length)
        if "glyf" not in self._tables or "fvar" in self._tables:
            raise ValueError(f"{path.name} is not a static TrueType font")
        head = self._tables["head"][0]
        self.units_per_em: int = struct.unpack_from(">H", self._data, head + 18)[0]
        if struct.unpack_from(">h", self._data, head + 50)[0] != 1:
            raise ValueError(f"{path.name} has short outline offsets")
        self._advance_count: int = struct.unpack_from(">H", self._data, self._tables["hhea"][0] + 34)[0]
        self._groups = self._read_character_groups()
        self.metrics = self._read_metrics()

    def _read_character_groups(self) -> list[tuple[int, int, int]]:
        start = self._tables["cmap"][0]
        count = struct.unpack_from(">H", self._data, start + 2)[0]
        for index in range(count):
            platform, encoding, offset = struct.unpack_from(">HHL", self._data, start + 4 + 8 * index)
            if (platform, encoding) == (3, 10):
                table = start + offset
                group_count = struct.unpack_from(">L", self._data, table + 12)[0]
                raw = self._data[table + 16 : table + 16 + 12 * group_count]
                return list(struct.iter_unpack(">LLL", raw))
        raise ValueError(f"{self.path.name} has no full Unicode character map")

    def _read_metrics(self) -> Metrics:
        head, os2 = self._tables["head"][0], self._tables["OS/2"][0]
        ascent, descent = struct.unpack_from(">hh", self._data, os2 + 68)
        cap_height = struct.unpack_from(">h", self._data, os2 + 88)[0]
        scale = 1000 / self.units_per_em
        corners = struct.unpack_from(">4h", self._data, head + 36)
        left, bottom, right, top = (round(corner * scale) for corner in corners)
        return Metrics(
            round(ascent * scale),
            round(descent * scale),
            round(cap_height * scale),
            (left, bottom, right, top),
            0,
        )

    def glyph_of(self, codepoint: int) -> int:
        """Return the glyph index of a character, 0 when the font does not have it."""
        low, high = 0, len(self._groups)
        while low < high:
            middle = (low + high) // 2
            first, last, glyph = self._groups[middle]
            if codepoint < first:
                high = middle
            elif codepoint > last:
                low = middle + 1
            else:
                return glyph + codepoint - first
        return 0

    def advance_of(self, glyph: int) -> int:
        """Return the advance width in thousandths of the type size."""
        index = min(glyph, self._advance_count - 1)
        advance = struct.unpack_from(">H", self._data, self._tables["hmtx"][0] + 4 * index)[0]
        return round(advance * 1000 / self.units_per_em)

    def _side_bearing(self, glyph: int) -> int:
        start = self._tables["hmtx"][0]
        if glyph < self._advance_count:
            bearing: int = struct.unpack_from(">h", self._data, start + 4 * glyph + 2)[0]
        else:
            place = start + 4 * self._advance_count + 2 * (glyph - self._advance_count)
            bearing = struct.unpack_from(">h", self._data, place)[0]
        return bearing

    def glyph_data(self, glyph: int) -> bytes:
        """Return the raw outline record of a glyph; empty for a glyph without ink."""
        start = self._tables["loca"][0]
        first, last = struct.unpack_from(">LL", self._data, start + 4 * glyph)
        base = self._tables["glyf"][0]
        return self._data[base + first : base + last]

    @lru_cache(maxsize=64)  # noqa: B019 - one instance per font file lives as long as the process
    def outline(self, glyph: int) -> tuple[Contour, ...]:
        """Return the contours of a glyph in font units, components of composite glyphs resolved."""
        data = self.glyph_data(glyph)
        if not data:
            return ()
        if struct.unpack_from(">h", data)[0] >= 0:
            return _simple_contours(data)
        return tuple(
            tuple((x + dx, y + dy, on_curve) for x, y, on_curve in contour)
            for part, dx, dy in _components(data)
            for contour in self.outline(part)
        )

    def subset(self, glyphs: Sequence[int]) -> bytes:
        """Return a font file whose glyph n is ``glyphs[n]``, on the coarser grid of paper.

        The character map is left out: inside a PDF the glyph numbers are the codes.
        """
        records = [self._record(glyph) for glyph in glyphs]
        offsets = [0]
        for record in records:
            offsets.append(offsets[-1] + len(record))
        return self._assemble(
            {
                "glyf": b"".join(records),
                "loca": struct.pack(f">{len(offsets)}L", *offsets),
                "hmtx": b"".join(map(self._coarse_metrics, glyphs)),
                "hhea": self._table("hhea")[:34] + struct.pack(">H", len(glyphs)),
                "maxp": self._table("maxp")[:4] + struct.pack(">H", len(glyphs)) + self._table("maxp")[6:],
            }
        )

    @lru_cache(maxsize=8192)  # noqa: B019 - one instance per font file lives as long as the process
    def _record(self, glyph: int) -> bytes:
        record = encode_outline(
            tuple(
                tuple((round(x / _COARSER), round(y / _COARSER), on_curve) for x, y, on_curve in contour)
                for contour in self.outline(glyph)
            )
        )
        return record + b"\0" * (-len(record) % 4)

    @lru_cache(maxsize=8192)  # noqa: B019 - one instance per font file lives as long as the process
    def _coarse_metrics(self, glyph: int) -> bytes:
        advance = round(self.advance_of(glyph) * self.units_per_em / 1000 / _COARSER)
        return struct.pack(">Hh", advance, round(self._side_bearing(glyph) / _COARSER))

    def _table(self, tag: str) -> bytes:
        offset, length = self._tables[tag]
        return self._data[offset : offset + length]

    def _assemble(self, tables: dict[str, bytes]) -> bytes:
        head = bytearray(self._table("head"))
        head[8:12] = b"\0\0\0\0"
        struct.pack_into(">H", head, 18, self.units_per_em // _COARSER)
        corners = struct.unpack_from(">4h", head, 36)
        struct.pack_into(">4h", head, 36, *(round(corner / _COARSER) for corner in corners))
        struct.pack_into(">h", head, 50, 1)
        tables["head"] = bytes(head)
        count = len(tables)
        power = 1 << (count.bit_length() - 1)
        directory = [
            struct.pack(">LHHHH", 0x00010000, count, power * 16, power.bit_length() - 1, (count - power) * 16)
        ]
        body: list[bytes] = []
        offset = 12 + 16 * count
        head_offset = 0
        for tag in sorted(tables):
            content = tables[tag]
            if tag == "head":
                head_offset = offset
            padded = content + b"\0" * (-len(content) % 4)
            directory.append(
                struct.pack(">4sLLL", tag.encode("ascii"), _checksum(padded), offset, len(content))
            )
            body.append(padded)
            offset += len(padded)
        font = bytearray(b"".join(directory + body))
        struct.pack_into(">L", font, head_offset + 8, (_CHECKSUM_MAGIC - _checksum(bytes(font))) & 0xFFFFFFFF)
        return bytes(font)


def _checksum(padded: bytes) -> int:
    return sum(struct.unpack(f">{len(padded) // 4}L", padded)) & 0xFFFFFFFF


def encode_outline(contours: tuple[Contour, ...]) -> bytes:
    """Write contours with whole coordinates as a simple glyph record without hints; no contours give no bytes."""
    if not contours:
        return b""
    points = [point for contour in contours for point in contour]
    ends: list[int] = []
    for contour in contours:
        ends.append(len(contour) + (ends[-1] if ends else -1))
    flags = bytearray()
    across, up = bytearray(), bytearray()
    before_x = before_y = 0
    for x, y, on_curve in points:
        flag = _ON_CURVE if on_curve else 0
        flag |= _append_step(across, int(x) - before_x, _SHORT_X, _SAME_X)
        flag |= _append_step(up, int(y) - before_y, _SHORT_Y, _SAME_Y)
        flags.append(flag)
        before_x, before_y = int(x), int(y)
    xs, ys = [int(x) for x, _, _ in points], [int(y) for _, y, _ in points]
    head = struct.pack(">5h", len(contours), min(xs), min(ys), max(xs), max(ys))
    return head + struct.pack(f">{len(ends)}HH", *ends, 0) + _packed_flags(flags) + bytes(across) + bytes(up)


def _append_step(steps: bytearray, step: int, short: int, same: int) -> int:
    """Add one coordinate's step in the shortest form and return the flags that name the form."""
    if step == 0:
        return same
    if -256 < step < 256:
        steps.append(abs(step))
        return short | same if step > 0 else short
    steps += struct.pack(">h", step)
    return 0


def _packed_flags(flags: bytearray) -> bytes:
    packed = bytearray()
    place = 0
    while place < len(flags):
        end = place + 1
        while end < len(flags) and flags[end] == flags[place] and end - place < 256:
            end += 1
        if end - place > 2:
            packed += bytes((flags[place] | _REPEAT, end - place - 1))
        else:
            packed += flags[place:end]
        place = end
    return bytes(packed)


def _components(data: bytes) -> list[tuple[int, int, int]]:
    """Parts of a composite glyph, each with its shift; the vendored fonts turn and stretch none (tested)."""
    parts = []
    place = 10
    flags = _MORE_COMPONENTS
    while flags & _MORE_COMPONENTS:
        flags, glyph = struct.unpack_from(">HH", data, place)
        if flags & _TRANSFORMED or not flags & _ARGUMENTS_ARE_OFFSETS:
            raise ValueError("a part of a composite glyph is turned, stretched or matched by points")
        shape = ">hh" if flags & _ARGUMENTS_ARE_WORDS else ">bb"
        dx, dy = struct.unpack_from(shape, data, place + 4)
        place += 4 + struct.calcsize(shape)
        parts.append((glyph, dx, dy))
    return parts


def _simple_contours(data: bytes) -> tuple[Contour, ...]:
    contour_count = struct.unpack_from(">h", data)[0]
    ends = struct.unpack_from(f">{contour_count}H", data, 10)
    place = 10 + 2 * contour_count
    place += 2 + struct.unpack_from(">H", data, place)[0]
    point_count = ends[-1] + 1
    flags: list[int] = []
    while len(flags) < point_count:
        flag = data[place]
        place += 1
        flags.append(flag)
        if flag & 8:
            flags.extend([flag] * data[place])
            place += 1
    xs, place = _coordinates(data, place, flags, 2, 16)
    ys, _ = _coordinates(data, place, flags, 4, 32)
    contours = []
    first = 0
    for last in ends:
        contours.append(tuple((xs[i], ys[i], bool(flags[i] & 1)) for i in range(first, last + 1)))
        first = last + 1
    return tuple(contours)


def _coordinates(data: bytes, place: int, flags: list[int], short: int, same: int) -> tuple[list[int], int]:
    values = []
    value = 0
    for flag in flags:
        if flag & short:
            value += data[place] if flag & same else -data[place]
            place += 1
        elif not flag & same:
            value += struct.unpack_from(">h", data, place)[0]
            place += 2
        values.append(value)
    return values, place
