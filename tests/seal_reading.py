"""Reads the small type inside the ring of a round seal from a rendering at 600 dpi, as somebody with a scan does."""

import math

from app.core.pdf.fonts import typeface
from app.features.seals import drawing
from app.features.seals.drawing import SealMark
from tests.paper_tools import Picture

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ-/"
LEFT, RIGHT = -math.pi / 2, math.pi / 2
SIDES = (LEFT, RIGHT)
_DOTS_PER_MM = 600 / 25.4

Place = tuple[float, float]


def _angles(text: str, mark: SealMark, side: float) -> list[float]:
    """Angle, clockwise from the top, of every letter of the small type on one side of the seal."""
    radius = mark.diameter_mm / 2 - drawing._RING - 0.68
    advances = [
        typeface("bold").advances[character] * drawing._SMALL_TYPE_SIZE / 1000 * 1.08 for character in text
    ]
    return [side + middle / radius for middle in drawing._middles(advances)]


def _patch(picture: Picture, centre: Place, angle: float, mark: SealMark) -> list[int]:
    """Darkness of a letter turned upright: 1.1 mm high and 0.8 mm wide, 24 dots a millimetre."""
    radius = mark.diameter_mm / 2 - drawing._RING - 0.68
    values = []
    for row in range(-11, 12):
        for column in range(-8, 9):
            turn = angle + column / 24 / radius
            reach = radius - row / 24
            x = centre[0] + reach * math.sin(turn) * _DOTS_PER_MM
            y = centre[1] - reach * math.cos(turn) * _DOTS_PER_MM
            values.append(255 - picture.at(int(x), int(y))[1])
    return values


def _likeness(one: list[int], other: list[int]) -> float:
    mean_one, mean_other = sum(one) / len(one), sum(other) / len(other)
    a, b = [value - mean_one for value in one], [value - mean_other for value in other]
    size = math.sqrt(sum(value * value for value in a) * sum(value * value for value in b))
    return sum(x * y for x, y in zip(a, b, strict=True)) / size if size else 0.0


def learned(picture: Picture, centre: Place, mark: SealMark) -> dict[str, list[int]]:
    """How each letter looks, from a seal with the whole alphabet in its ring."""
    angles = _angles(ALPHABET, mark, RIGHT)
    return {
        letter: _patch(picture, centre, angle, mark) for letter, angle in zip(ALPHABET, angles, strict=True)
    }


def read_along(
    picture: Picture, centre: Place, mark: SealMark, written: str, side: float, letters: dict[str, list[int]]
) -> str:
    """What stands on one side; ``written`` tells only where the letters and the blanks are."""
    read = ""
    for letter, angle in zip(written, _angles(written, mark, side), strict=True):
        seen = _patch(picture, centre, angle, mark)
        read += " " if letter == " " else max(letters, key=lambda known: _likeness(seen, letters[known]))
    return read
