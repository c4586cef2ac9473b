"""QR codes as filled squares: sharp at any size, no picture in the file."""

from functools import lru_cache

import segno

# All masks can be read; trying the eight of them for the best costs three quarters of the time.
_MASK = 4


@lru_cache(maxsize=128)
def modules_of(text: str) -> tuple[int, tuple[tuple[int, int, int], ...]]:
    """Return the number of modules along a side, and the dark ones joined along each row: row, column, length."""
    matrix = segno.make_qr(text, error="m", mask=_MASK, boost_error=False).matrix
    size = len(matrix)
    runs = []
    for row, modules in enumerate(matrix):
        column = 0
        while column < size:
            length = 0
            while column + length < size and modules[column + length]:
                length += 1
            if length:
                runs.append((row, column, length))
            column += length or 1
    return size, tuple(runs)


@lru_cache(maxsize=128)
def _modules(text: str) -> tuple[int, str]:
    """Number of modules along a side, and the dark ones as rectangles of whole units."""
    size, runs = modules_of(text)
    return size, "\n".join(f"{column} {size - row - 1} {length} 1 re" for row, column, length in runs)


def qr_operations(text: str, x: float, bottom: float, side: float) -> str:
    """Return drawing instructions for a code of ``side`` points with its lower left corner at (x, bottom).

    Coordinates count from the lower left corner of the page. The caller keeps four modules around it white.
    """
    size, rectangles = _modules(text)
    scale = side / size
    return f"0 0 0 rg {scale:.5f} 0 0 {scale:.5f} {x:.2f} {bottom:.2f} cm\n{rectangles}\nf"
