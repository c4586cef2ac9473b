"""Where the boxes of a structure stand when it is drawn, for screen and paper alike, in pixels of the screen.

Who has others below stands above their middle; a superior of single positions only has them in a column below, so
that a department of ten is ten boxes high and not ten boxes wide.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.features.directory.structure import Box, Structure

BOX_WIDTH, BOX_HEIGHT = 156, 66
GAP_X, GAP_Y, INDENT, STACK_GAP = 16, 30, 18, 10


@dataclass(frozen=True)
class Placed:
    """A box with the upper left corner it stands at."""

    box: Box
    x: int
    y: int

    @property
    def middle(self) -> int:
        """The middle of its width."""
        return self.x + BOX_WIDTH // 2


@dataclass(frozen=True)
class Line:
    """A line from a box to one below it, as corners one after the other."""

    corners: tuple[tuple[int, int], ...]


@dataclass
class Layout:
    """All boxes and lines of a drawing, with its size."""

    boxes: list[Placed] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    width: int = 0
    height: int = 0


def lay_out(structure: Structure) -> Layout:
    """Return where everything of a structure stands; boxes in a circle stand by themselves at the end."""
    layout = Layout()
    roots = [box for box, depth in structure.in_order() if depth == 0]
    _Setting(structure, layout, {box.position_id for box in roots}).row(roots, 1, 1)
    if layout.boxes:
        layout.width = max(placed.x for placed in layout.boxes) + BOX_WIDTH + 1
        layout.height = max(placed.y for placed in layout.boxes) + BOX_HEIGHT + 1
    return layout


class _Setting:
    def __init__(self, structure: Structure, layout: Layout, roots: set[int]) -> None:
        self._structure, self._layout, self._roots = structure, layout, roots

    def _below(self, box: Box) -> Sequence[Box]:
        # A box of a circle that begins at the top is set there alone.
        found = self._structure.children.get(box.position_id, ())
        return [child for child in found if child.position_id not in self._roots]

    def row(self, boxes: Sequence[Box], x: int, y: int) -> tuple[int, list[Placed]]:
        """Set boxes side by side with all below them; return how wide they are together, and where they stand."""
        left, placed = x, []
        for box in boxes:
            width, own = self._tree(box, left, y)
            placed.append(own)
            left += width + GAP_X
        return max(left - GAP_X - x, 0), placed

    def _tree(self, box: Box, x: int, y: int) -> tuple[int, Placed]:
        below = self._below(box)
        if not below:
            return BOX_WIDTH, self._put(box, x, y)
        if not any(self._below(child) for child in below):
            return self._column(box, below, x, y)
        width, placed = self.row(below, x, y + BOX_HEIGHT + GAP_Y)
        width = max(width, BOX_WIDTH)
        own = self._put(box, (placed[0].x + placed[-1].x) // 2, y)
        turn = y + BOX_HEIGHT + GAP_Y // 2
        for child in placed:
            corners = (
                (own.middle, y + BOX_HEIGHT),
                (own.middle, turn),
                (child.middle, turn),
                (child.middle, child.y),
            )
            self._layout.lines.append(Line(corners))
        return width, own

    def _column(self, box: Box, below: Sequence[Box], x: int, y: int) -> tuple[int, Placed]:
        own = self._put(box, x, y)
        stem = x + INDENT // 2
        for place, child in enumerate(below, 1):
            top = y + place * (BOX_HEIGHT + STACK_GAP)
            middle = top + BOX_HEIGHT // 2
            self._put(child, x + INDENT, top)
            self._layout.lines.append(Line(((stem, y + BOX_HEIGHT), (stem, middle), (x + INDENT, middle))))
        return BOX_WIDTH + INDENT, own

    def _put(self, box: Box, x: int, y: int) -> Placed:
        placed = Placed(box, x, y)
        self._layout.boxes.append(placed)
        return placed
