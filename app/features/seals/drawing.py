"""The seal as outlines: one path for the paper and for the preview on screen.

Geometry of a company's round seal (国发〔1999〕25号 and the local rules for 公章刻制): 42 mm across, star in the
middle, the name on the upper arc from left to right, purpose below the star, the number as filed at the lower edge.
Lengths are in millimetres while the seal is built and in points (origin in the centre, y upwards) in the finished path.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from app.core.pdf.document import INK, SEAL_RED
from app.core.pdf.fonts import typeface
from app.core.pdf.truetype import Contour, TrueTypeFile

_POINTS_PER_MM = 72 / 25.4
# Distance of the control points of a quarter circle drawn as one cubic curve.
_QUARTER = 0.5522847498
_RING = 1.25
_REFERENCE = 42.0
_SMALL_TYPE_SIZE = 1.1
# Outlines are kept on a grid of 0.03 pt (0.01 mm), a quarter of a dot of a 600 dpi printer.
_GRID = 0.03
_SPECIMEN = "样章"
_DEMO = "演示专用"

Shape = Literal["round", "oval"]
Point = tuple[float, float]
Command = tuple[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class SealMark:
    """What is cut into a seal.

    ``legal_name`` is the full name of a legal entity of the installation, ``purpose`` one of the listed lines such as
    报价专用章, ``filed_number`` the number as filed or None. ``demo`` adds 演示专用, ``specimen`` crosses the seal with
    样章. ``diameter_mm`` is the larger axis; an oval is two thirds as high as it is wide.
    """

    legal_name: str
    purpose: str
    filed_number: str | None = None
    demo: bool = False
    specimen: bool = False
    diameter_mm: float = 42.0
    shape: Shape = "round"

    @property
    def width(self) -> float:
        """Width in points."""
        return self.diameter_mm * _POINTS_PER_MM

    @property
    def height(self) -> float:
        """Height in points."""
        return self.width * (2 / 3 if self.shape == "oval" else 1)


class Piece(NamedTuple):
    """One outline with the matrix (a, b, c, d, e, f) that carries it into points from the seal's centre, y upwards.

    Letters stand in whole numbers around their own origin, so that a letter that returns costs a matrix only.
    """

    matrix: tuple[float, ...]
    commands: tuple[Command, ...]


class SealPath(NamedTuple):
    """Outlines filled by the non-zero rule; ``crossing`` is the 样章 cross in ink, empty on a real seal."""

    seal: tuple[Piece, ...]
    crossing: tuple[Piece, ...]


class _Curve(NamedTuple):
    """An ellipse around the centre, the line on which letters stand."""

    across: float
    up: float

    def at(self, angle: float) -> Point:
        """Point at an angle measured clockwise from the top."""
        return self.across * math.sin(angle), self.up * math.cos(angle)

    def outward(self, angle: float) -> float:
        """Direction away from the curve at that angle, as the clockwise turn of an upright letter."""
        return math.atan2(self.up * math.sin(angle), self.across * math.cos(angle))

    def angles(self, centre: float, distances: Iterable[float]) -> list[float]:
        """Angles of the points that lie at signed distances along the curve, clockwise from ``centre``."""
        return [self._walk(centre, distance) for distance in distances]

    def _walk(self, start: float, distance: float) -> float:
        if self.across == self.up:
            return start + distance / self.across
        steps = 48
        angle = start
        for _ in range(steps):
            speed = math.hypot(self.across * math.cos(angle), self.up * math.sin(angle))
            angle += distance / steps / speed
        return angle


def small_type(document_number: str, copy: int, copies: int, code: str) -> str:
    """Return what stands in the ring: number, copy and the last eight signs of the verification code."""
    signs = "".join(sign for sign in code if sign.isalnum())
    return f"{document_number} {copy}/{copies} {signs[-8:]}"


@lru_cache(maxsize=8)
def seal_path(mark: SealMark, ring_text: str = "") -> SealPath:
    """Return the outlines of a seal; ``ring_text`` runs along the inner side of the ring in small type.

    Raises MissingGlyph for a character that no font has.
    """
    crossing = tuple(_crossing(mark)) if mark.specimen else ()
    return SealPath((*_body(mark), *_ring_text(mark, ring_text)), crossing)


@lru_cache(maxsize=8)
def seal_operators(mark: SealMark, ring_text: str = "") -> bytes:
    """Return the seal as PDF drawing instructions with colours, origin in the centre."""
    path = seal_path(mark, ring_text)
    parts = [f"{' '.join(f'{value:g}' for value in SEAL_RED)} rg", *map(_pdf, path.seal)]
    if path.crossing:
        parts += [f"{' '.join(f'{value:g}' for value in INK)} rg", *map(_pdf, path.crossing)]
    return "\n".join(parts).encode("ascii")


def seal_svg(mark: SealMark, ring_text: str = "") -> str:
    """Return the seal as SVG markup of paths, for previews; the caller marks previews as ``specimen``."""
    path = seal_path(mark, ring_text)
    box = f"{-mark.width / 2:.2f} {-mark.height / 2:.2f} {mark.width:.2f} {mark.height:.2f}"
    groups = [
        f'<g fill="{_web_colour(SEAL_RED)}" transform="scale(1 -1)">{"".join(map(_svg, path.seal))}</g>'
    ]
    if path.crossing:
        crossing = "".join(map(_svg, path.crossing))
        groups.append(
            f'<g fill="{_web_colour(INK)}" fill-opacity="0.8" transform="scale(1 -1)">{crossing}</g>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" '
        f'width="{mark.width / _POINTS_PER_MM:.2f}mm" height="{mark.height / _POINTS_PER_MM:.2f}mm">'
        f"{''.join(groups)}</svg>"
    )


def split_slices(mark: SealMark, pages: int) -> list[tuple[int, float, float]]:
    """Return for each page of a split seal (seal number, left edge, width) of its slice in points from the seal's left.

    Slices of one seal join without gap or overlap. A slice narrower than 3 mm could no longer be compared by eye,
    therefore more pages than that take further seals, as evenly as possible. One page has no split seal.
    """
    if pages < 2:
        return []
    most = max(2, math.floor(mark.width / (3 * _POINTS_PER_MM)))
    seals = math.ceil(pages / most)
    slices: list[tuple[int, float, float]] = []
    for seal in range(seals):
        first, last = pages * seal // seals, pages * (seal + 1) // seals
        width = mark.width / (last - first)
        slices.extend((seal, place * width, width) for place in range(last - first))
    return slices


@lru_cache(maxsize=32)
def _body(mark: SealMark) -> tuple[Piece, ...]:
    pieces = _oval_body(mark) if mark.shape == "oval" else _round_body(mark)
    across = mark.diameter_mm / 2
    up = across * mark.height / mark.width
    band = _RING * _scale(mark)
    ring = [*_ellipse(across, up, clockwise=True), *_ellipse(across - band, up - band, clockwise=False)]
    return (_plain(ring), *pieces)


def _scale(mark: SealMark) -> float:
    return mark.diameter_mm / (45.0 if mark.shape == "oval" else _REFERENCE)


def _round_body(mark: SealMark) -> list[Piece]:
    s = _scale(mark)
    count = len(mark.legal_name)
    height = 5.7 - 0.09 * min(max(count - 14, 0), 14)
    top = 18.4
    middle = top - height / 2
    pitch = min(math.radians(25), math.radians(264) / max(count - 1, 1))
    parts = [_plain(_star(0.0, 0.9 * s, 6.6 * s))]
    parts += _arc_text(mark.legal_name, _Curve(middle * s, middle * s), height * s, pitch * middle * s)
    lift = 0.5 if mark.demo else 0.0
    parts += _straight_text(mark.purpose, (-8.7 + lift) * s, 3.7 * s, 16.2 * s, "seal")
    if mark.demo:
        parts += _straight_text(_DEMO, -12.5 * s, 2.5 * s, 11.5 * s, "seal")
    if mark.filed_number:
        parts += _number_arc(
            mark.filed_number, _Curve(17.2 * s, 17.2 * s), 2.0 * s, math.radians(74) * 17.2 * s
        )
    return parts


def _oval_body(mark: SealMark) -> list[Piece]:
    s = _scale(mark)
    count = len(mark.legal_name)
    height = 4.3 - 0.06 * min(max(count - 12, 0), 16)
    inset = _RING + 1.3 + height / 2
    curve = _Curve((22.5 - inset) * s, (15.0 - inset) * s)
    room = 43.0 * s
    pitch = min(4.6 * s, room / max(count - 1, 1))
    parts = _arc_text(mark.legal_name, curve, height * s, pitch)
    middle_line = mark.filed_number or ""
    parts += _straight_text(middle_line, 0.5 * s, 2.9 * s, 28.0 * s, "bold")
    parts += _straight_text(mark.purpose, -5.2 * s, 3.6 * s, 18.5 * s, "seal")
    if mark.demo:
        parts += _straight_text(_DEMO, -9.6 * s, 2.5 * s, 11.5 * s, "seal")
    return parts


def _ring_text(mark: SealMark, text: str) -> list[Piece]:
    """Small type along the ring, left and right: each half of a seal cut in two still names its document."""
    s = _scale(mark)
    inset = (_RING + 0.68) * s
    across = mark.diameter_mm / 2
    curve = _Curve(across - inset, across * mark.height / mark.width - inset)
    size = _SMALL_TYPE_SIZE * s
    advances = [typeface("bold").advances[character] * size / 1000 * 1.08 for character in text]
    pieces = []
    for centre in (-math.pi / 2, math.pi / 2):
        for character, angle in zip(text, curve.angles(centre, _middles(advances)), strict=True):
            pieces.append(_glyph(character, "bold", curve.at(angle), curve.outward(angle), (size, size)))
    return pieces


def _middles(advances: list[float]) -> list[float]:
    """Middle of each letter, measured from the middle of the whole line."""
    place = -sum(advances) / 2
    middles = []
    for advance in advances:
        middles.append(place + advance / 2)
        place += advance
    return middles


def _number_arc(text: str, curve: _Curve, size: float, room: float) -> list[Piece]:
    """The filed number along the lower edge, upright for the reader: it runs against the clock, heads inwards."""
    advances = [typeface("bold").advances[character] * size / 1000 * 1.25 for character in text]
    squeeze = min(1.0, room / sum(advances))
    distances = [-middle * squeeze for middle in _middles(advances)]
    return [
        _glyph(character, "bold", curve.at(angle), curve.outward(angle) + math.pi, (size * squeeze, size))
        for character, angle in zip(text, curve.angles(math.pi, distances), strict=True)
    ]


def _arc_text(text: str, curve: _Curve, height: float, pitch: float) -> list[Piece]:
    """The name: every letter gets the same room; where that is scarce the letters are condensed, not made lower."""
    size = height / 0.92
    width = min(size * 0.82, pitch * 0.94)
    distances = [(place - (len(text) - 1) / 2) * pitch for place in range(len(text))]
    return [
        _glyph(character, "seal", curve.at(angle), curve.outward(angle), (width, size))
        for character, angle in zip(text, curve.angles(0.0, distances), strict=True)
    ]


def _straight_text(text: str, middle: float, size: float, room: float, face: str) -> list[Piece]:
    """A level line around x = 0; condensed when wider than its room."""
    advances = [typeface(face).advances[character] * size / 1000 for character in text]
    squeeze = min(1.0, room / sum(advances)) if advances else 1.0
    return [
        _glyph(character, face, (x * squeeze, middle), 0.0, (size * squeeze, size))
        for character, x in zip(text, _middles(advances), strict=True)
    ]


def _glyph(character: str, face: str, centre: Point, turn: float, size: tuple[float, float]) -> Piece:
    """Outline of a letter: ``size`` is the em's width and height in mm, ``turn`` is clockwise."""
    chain = typeface(face)
    found = chain.glyph(character)
    file = chain.files[found.file_index]
    # The middle of what the letter really shows: Chinese signs fill the em, capitals and figures do not.
    half_height = 380.0 if found.advance > 800 else file.metrics.cap_height / 2
    sx, sy = size[0] / file.units_per_em * _POINTS_PER_MM, size[1] / file.units_per_em * _POINTS_PER_MM
    cosine, sine = math.cos(turn), math.sin(turn)
    a, b, c, d = sx * cosine, -sx * sine, sy * sine, sy * cosine
    half_width = found.advance / 2
    e = centre[0] * _POINTS_PER_MM - a * half_width - c * half_height
    f = centre[1] * _POINTS_PER_MM - b * half_width - d * half_height
    grid = max(1, round(_GRID / max(sx, sy)))
    matrix = (*(round(value * grid, 6) for value in (a, b, c, d)), round(e, 3), round(f, 3))
    return Piece(matrix, _outline(file, found.number, grid))


@lru_cache(maxsize=256)
def _outline(file: TrueTypeFile, glyph: int, grid: int) -> tuple[Command, ...]:
    commands: list[Command] = []
    for contour in file.outline(glyph):
        commands.extend(_curves(contour))
    return tuple((name, tuple(round(value / grid) for value in values)) for name, values in commands)


def _curves(contour: Contour) -> list[Command]:
    """Turn the quadratic curves of TrueType into cubic ones."""
    points = list(contour)
    first = next((place for place, point in enumerate(points) if point[2]), None)
    if first is None:
        points.append((*_between(points[-1], points[0]), True))
        first = len(points) - 1
    points = points[first:] + points[: first + 1]
    here: Point = (points[0][0], points[0][1])
    commands: list[Command] = [("M", here)]
    controls: list[Point] = []
    for x, y, on_curve in points[1:]:
        if not on_curve:
            controls.append((x, y))
            continue
        there = (x, y)
        if controls:
            commands.extend(_cubics(here, controls, there))
        else:
            commands.append(("L", there))
        here, controls = there, []
    commands.append(("Z", ()))
    return commands


def _cubics(start: Point, controls: list[Point], end: Point) -> list[Command]:
    """One cubic curve for a whole run of control points where that is what the run was made from.

    Font makers draw cubic curves and cut each into equal quadratic parts; putting them together again halves the
    seal's size in the file. A run whose middle would move by more than 3 of 1,000 units is kept in its parts.
    """
    count = len(controls)
    reach = 2 * count / 3
    near = _towards(start, controls[0], reach)
    far = _towards(end, controls[-1], reach)
    middle = tuple((start[axis] + 3 * near[axis] + 3 * far[axis] + end[axis]) / 8 for axis in (0, 1))
    half = count // 2
    if count % 2:
        before = start if count == 1 else _between(controls[half - 1], controls[half])
        after = end if count == 1 else _between(controls[half], controls[half + 1])
        expected = _between(_between(before, controls[half]), _between(controls[half], after))
    else:
        expected = _between(controls[half - 1], controls[half])
    if math.hypot(middle[0] - expected[0], middle[1] - expected[1]) <= 3:
        return [("C", (*near, *far, *end))]
    commands: list[Command] = []
    for place, control in enumerate(controls):
        there = end if place == count - 1 else _between(control, controls[place + 1])
        commands.append(("C", (*_towards(start, control, 2 / 3), *_towards(there, control, 2 / 3), *there)))
        start = there
    return commands


def _towards(origin: Point, target: Point, part: float) -> Point:
    return origin[0] + (target[0] - origin[0]) * part, origin[1] + (target[1] - origin[1]) * part


def _between(one: tuple[float, ...], other: tuple[float, ...]) -> Point:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2


def _ellipse(across: float, up: float, *, clockwise: bool) -> list[Command]:
    direction = -1 if clockwise else 1
    kx, ky = across * _QUARTER, up * _QUARTER * direction
    top = up * direction
    return [
        ("M", (across, 0.0)),
        ("C", (across, ky, kx, top, 0.0, top)),
        ("C", (-kx, top, -across, ky, -across, 0.0)),
        ("C", (-across, -ky, -kx, -top, 0.0, -top)),
        ("C", (kx, -top, across, -ky, across, 0.0)),
        ("Z", ()),
    ]


def _star(x: float, y: float, radius: float) -> list[Command]:
    inner = radius * math.sin(math.radians(18)) / math.sin(math.radians(126))
    corners = []
    for place in range(10):
        angle = math.radians(36 * place)
        length = inner if place % 2 else radius
        corners.append((x + length * math.sin(angle), y + length * math.cos(angle)))
    return [("M", corners[0]), *(("L", corner) for corner in corners[1:]), ("Z", ())]


def _crossing(mark: SealMark) -> list[Piece]:
    s = _scale(mark)
    across, up = mark.diameter_mm / 2, mark.diameter_mm / 2 * mark.height / mark.width
    length = math.hypot(across, up)
    half = 0.35 * s
    pieces = []
    for sign in (1, -1):
        dx, dy = across / length * half, up / length * half * sign
        x, y = across, up * sign
        corners = [(x - dy, y + dx), (x + dy, y - dx), (-x + dy, -y - dx), (-x - dy, -y + dx)]
        pieces.append(_plain([("M", corners[0]), *(("L", corner) for corner in corners[1:]), ("Z", ())]))
    pieces += _straight_text(_SPECIMEN, 0.5 * s, min(11.0 * s, up * 0.62), across * 1.3, "bold")
    return pieces


def _plain(commands: Iterable[Command]) -> Piece:
    """Millimetres to points, rounded to 0.01 pt (3.5 µm), far below what any printer resolves."""
    rounded = [
        (name, tuple(round(value * _POINTS_PER_MM, 2) for value in values)) for name, values in commands
    ]
    return Piece((1, 0, 0, 1, 0, 0), tuple(rounded))


_PDF_OPERATORS = {"M": "m", "L": "l", "C": "c", "Z": "h"}


@lru_cache(maxsize=256)
def _pdf_outline(commands: tuple[Command, ...]) -> str:
    return "\n".join(f"{' '.join(map(_short, values))} {_PDF_OPERATORS[name]}" for name, values in commands)


def _pdf(piece: Piece) -> str:
    return f"q {' '.join(map(_short, piece.matrix))} cm\n{_pdf_outline(piece.commands)} f Q"


@lru_cache(maxsize=256)
def _svg_outline(commands: tuple[Command, ...]) -> str:
    return "".join(name + " ".join(map(_short, values)) for name, values in commands)


def _svg(piece: Piece) -> str:
    matrix = " ".join(map(_short, piece.matrix))
    return f'<path transform="matrix({matrix})" d="{_svg_outline(piece.commands)}"/>'


def _short(value: float) -> str:
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _web_colour(colour: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(value * 255):02x}" for value in colour)
