"""Draws on the pages of a PDF that was made elsewhere, by appending: its own bytes stay as they are in front.

Only a file that `examine.py` found sound is drawn on. The writer is pyHanko's, the same that signs: drawing and
signature are one addition to the file.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.core.pdf.examine import Leaf, leaves

# Opacity of ink, and its way of mixing with what lies below (as `drawing.py` has it).
INK_ALPHA, INK_BLEND = 0.92, "/Multiply"


@dataclass(frozen=True)
class Sketch:
    """A drawing kept once in the file: instructions around an origin, ``box`` (left, bottom, right, top) of it."""

    box: tuple[float, float, float, float]
    content: bytes


@dataclass(frozen=True)
class Mark:
    """A drawing put on a page with its origin at (x, y) in points from the lower left corner as the page is shown.

    ``ink`` mixes it with what is printed below; ``clip`` is (left, bottom, width, height), the part that takes ink.
    """

    name: str
    x: float
    y: float
    ink: bool = False
    clip: tuple[float, ...] = ()


@dataclass
class Overlay:
    """What is put on which page of a file; pages count from 0.

    ``sketches`` are drawings by name, ``papers`` finished PDFs whose first page is put on like a drawing. ``prefix``
    (letters and digits) keeps our names apart from those of the file.
    """

    prefix: str
    sketches: dict[str, Sketch] = field(default_factory=dict)
    papers: dict[str, bytes] = field(default_factory=dict)
    marks: dict[int, list[Mark]] = field(default_factory=dict)

    def put(self, page: int, mark: Mark) -> None:
        """Put a drawing on a page, above what is there."""
        self.marks.setdefault(page, []).append(mark)

    def draw(self, writer: Any, pages: Sequence[Leaf]) -> None:
        """Draw everything with pyHanko's incremental writer; ``pages`` are those of the same writer's catalogue."""
        _Drawing(self, writer).draw(pages)


def pages_of(writer: Any, most: int) -> list[Leaf]:
    """Return the pages of the file a writer adds to; raises Refused for a broken tree or more than ``most`` pages."""
    return list(leaves(writer.root, most))


class _Drawing:
    """One overlay on its way into one file."""

    def __init__(self, overlay: Overlay, writer: Any) -> None:
        from pyhanko.pdf_utils import generic  # slow import

        self.overlay, self.writer, self.generic = overlay, writer, generic
        self.forms = {name: self.sketch(sketch) for name, sketch in overlay.sketches.items()}
        self.forms |= {name: self.paper(content) for name, content in overlay.papers.items()}
        self.ink = writer.add_object(
            generic.DictionaryObject(
                {
                    generic.pdf_name("/ca"): generic.FloatObject(INK_ALPHA),
                    generic.pdf_name("/BM"): generic.pdf_name(INK_BLEND),
                }
            )
        )
        self.before = self.stream(b"q\n")
        self.resources: dict[Any, Any] = {}

    def draw(self, pages: Sequence[Leaf]) -> None:
        for number, marks in sorted(self.overlay.marks.items()):
            self.put(pages[number], marks)

    def name(self, name: str) -> str:
        return f"/{self.overlay.prefix}{name}"

    def stream(self, content: bytes, **entries: Any) -> Any:
        generic = self.generic
        made = generic.StreamObject(
            {generic.pdf_name(f"/{key}"): value for key, value in entries.items()}, stream_data=content
        )
        made.compress()
        return self.writer.add_object(made)

    def sketch(self, sketch: Sketch) -> Any:
        generic = self.generic
        box = generic.ArrayObject(generic.FloatObject(round(corner, 2)) for corner in sketch.box)
        return self.stream(
            sketch.content,
            Type=generic.pdf_name("/XObject"),
            Subtype=generic.pdf_name("/Form"),
            BBox=box,
            Resources=generic.DictionaryObject(),
        )

    def paper(self, content: bytes) -> Any:
        from pyhanko.pdf_utils.reader import PdfFileReader  # slow import

        return self.writer.import_page_as_xobject(PdfFileReader(io.BytesIO(content)))

    def put(self, page: Leaf, marks: Sequence[Mark]) -> None:
        generic = self.generic
        node = page.ref.get_object()
        old = node.raw_get("/Contents") if "/Contents" in node else None
        entries = old.get_object() if isinstance(old, generic.IndirectObject) else old
        kept = [] if old is None or isinstance(entries, generic.NullObject) else [old]
        if isinstance(entries, generic.ArrayObject):
            kept = [entries.raw_get(place) for place in range(len(entries))]
        # What the page itself draws is enclosed, so that its scales and colours do not reach our marks.
        after = self.stream(self.operations(page, marks))
        node[generic.pdf_name("/Contents")] = generic.ArrayObject([self.before, *kept, after])
        node[generic.pdf_name("/Resources")] = self.extended(page.resources)
        self.writer.mark_update(page.ref)

    def operations(self, page: Leaf, marks: Sequence[Mark]) -> bytes:
        lines = ["Q q", f"{numbers(page.matrix)} cm"]
        for mark in marks:
            lines.append("q")
            if mark.clip:
                lines.append(f"{numbers(mark.clip)} re W n")
            if mark.ink:
                lines.append(f"{self.name('Ink')} gs")
            lines += [f"1 0 0 1 {numbers((mark.x, mark.y))} cm", f"{self.name(mark.name)} Do", "Q"]
        return "\n".join([*lines, "Q"]).encode("ascii")

    def extended(self, resources: Any) -> Any:
        """Return the resources of a page with ours beside them; pages that share theirs share the new ones."""
        generic = self.generic
        key = resources.reference if isinstance(resources, generic.IndirectObject) else id(resources)
        if key not in self.resources:
            found = resources.get_object() if isinstance(resources, generic.IndirectObject) else resources
            whole = generic.DictionaryObject(copied(found))
            ours = {"/XObject": self.forms, "/ExtGState": {"Ink": self.ink}}
            for kind, added in ours.items():
                entry = generic.DictionaryObject(copied(entry_of(whole, kind)))
                entry.update({generic.pdf_name(self.name(name)): ref for name, ref in added.items()})
                whole[generic.pdf_name(kind)] = entry
            # with its source, whose id must not come to name another
            self.resources[key] = self.writer.add_object(whole), resources
        return self.resources[key][0]


def entry_of(dictionary: Any, key: str) -> Any:
    """Return what an entry leads to, its reference followed as get() would not; None where there is none."""
    if key not in dictionary:
        return None
    return dictionary[key]


def copied(dictionary: Any) -> dict[Any, Any]:
    """Return the entries of a dictionary as they stand, references unfollowed; none of what is no dictionary."""
    if not hasattr(dictionary, "raw_get") or not hasattr(dictionary, "keys"):
        return {}
    return {key: dictionary.raw_get(key) for key in dictionary}


def numbers(values: Sequence[float]) -> str:
    """Return numbers as PDF writes them."""
    return " ".join(f"{value:.5f}".rstrip("0").rstrip(".") if value else "0" for value in values)
