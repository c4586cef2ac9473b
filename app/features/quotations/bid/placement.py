"""Where on an uploaded bid the seals go."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.core.errors import Invalid
from app.core.i18n import lazy
from app.features.quotations.enums import Corner

if TYPE_CHECKING:
    from app.features.seals.drawing import SealMark

_RANGE = re.compile(r"(\d{1,4})(?:[-–—~至到](\d{1,4}))?")
_BETWEEN = re.compile(r"[\s,，、;；]+")


@dataclass(frozen=True)
class Placement:
    """Where the seal goes: on which pages (from 1, as typed; empty for the last), in which corner; the split seal."""

    pages: str = ""
    corner: str = Corner.BOTTOM_RIGHT
    split: bool = True

    def numbers(self, pages: int) -> list[int]:
        """Return the pages of a file of so many that carry the seal; raises Invalid for what is no page of it."""
        wrong = Invalid(
            fields={"seal_pages": lazy("请填写 1 到 %(pages)s 之间的页码，如 1,3,25-27", pages=pages)}
        )
        found: set[int] = set()
        for part in filter(None, _BETWEEN.split(self.pages.strip())):
            match = _RANGE.fullmatch(part)
            if match is None:
                raise wrong
            first, last = int(match[1]), int(match[2] or match[1])
            if not 1 <= first <= last <= pages:
                raise wrong
            found.update(range(first, last + 1))
        return sorted(found) or [pages]

    def impressions(self, mark: "SealMark", pages: int) -> int:
        """Return how many seals a copy carries: each on its page, and those that are split over the pages."""
        from app.features.seals.drawing import split_slices  # slow import

        slices = split_slices(mark, pages) if self.split else []
        return len(self.numbers(pages)) + len({seal for seal, _left, _width in slices})
