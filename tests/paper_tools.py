"""Looks at a PDF as a reader does: with poppler, qpdf and zbar, and at its pixels without any picture library."""

import subprocess
from pathlib import Path
from typing import NamedTuple


class Picture(NamedTuple):
    """A rendered page; ``pixels`` are bytes of red, green, blue, row by row."""

    width: int
    height: int
    pixels: bytes

    def at(self, x: int, y: int) -> tuple[int, int, int]:
        place = 3 * (y * self.width + x)
        return self.pixels[place], self.pixels[place + 1], self.pixels[place + 2]


def run(*arguments: str | Path) -> str:
    """Run a program and return what it printed; a failure raises with its words."""
    done = subprocess.run([str(part) for part in arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{arguments}: {done.stdout}{done.stderr}"
    return done.stdout


def saved(folder: Path, paper: bytes, name: str = "paper.pdf") -> Path:
    """Write the paper to a file."""
    path = folder / name
    path.write_bytes(paper)
    return path


def text_of(path: Path, *options: str) -> str:
    """Return the text in the layout of the page."""
    return run("pdftotext", "-layout", *options, path, "-")


def picture_of(path: Path, *, page: int = 1, resolution: int = 150, box: tuple[int, ...] = ()) -> Picture:
    """Render a page, or the box (x, y, width, height) of it in pixels."""
    crop = [part for flag, value in zip("xyWH", box, strict=False) for part in (f"-{flag}", str(value))]
    target = path.with_suffix("")
    run(
        "pdftoppm",
        "-f",
        str(page),
        "-l",
        str(page),
        "-singlefile",
        "-r",
        str(resolution),
        *crop,
        path,
        target,
    )
    data = target.with_suffix(".ppm").read_bytes()
    _magic, width, height, _depth = data.split(maxsplit=4)[:4]
    return Picture(int(width), int(height), data[-3 * int(width) * int(height) :])


def fonts_of(path: Path) -> list[list[str]]:
    """Return the rows of pdffonts from the end: object, unicode, subset, embedded."""
    return [line.split()[-5:] for line in run("pdffonts", path).splitlines()[2:]]
