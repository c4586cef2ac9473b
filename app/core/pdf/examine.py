"""Looks through a PDF that people upload: whether it is sound and harmless, how many pages it has, what they say.

Two libraries read it: pyHanko, which later draws on it and signs it, decides whether it is sound; pypdf, faster over
many objects, looks for what could act and reads the text. Both meet whatever somebody made, so this runs as a
program of its own (`uploads.py` starts it), under a limit of time and memory; it imports nothing of ours.
"""

import io
import json
import sys
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

MOST_OBJECTS = 300_000
MOST_MEMORY = 2 * 1024**3
LONGEST_PAGE = 20_000
LARGEST_CONTENT = 4 * 1024 * 1024
SECONDS_FOR_TEXT = 60.0
SMALLEST_SIDE, LARGEST_SIDE = 72.0, 14_400.0

# What a dictionary may not say of itself, by the code of the refusal. Links to places and addresses may stay.
ACTIONS = {
    "/JavaScript": "javascript",
    "/Launch": "action",
    "/SubmitForm": "action",
    "/ImportData": "action",
    "/ResetForm": "action",
    "/GoToR": "action",
    "/GoToE": "attachment",
    "/Rendition": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/RichMediaExecute": "media",
}
ANNOTATIONS = {
    "/FileAttachment": "attachment",
    "/RichMedia": "media",
    "/Movie": "media",
    "/Sound": "media",
    "/Screen": "media",
    "/3D": "media",
    "/Widget": "form",
}
KEYS = {"/JS": "javascript", "/EF": "attachment", "/EmbeddedFiles": "attachment", "/XFA": "form"}
TYPES = {"/EmbeddedFile": "attachment", "/Sig": "signed", "/DocTimeStamp": "signed"}


class Refused(Exception):
    """The file is not taken; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Leaf(NamedTuple):
    """A page: its reference, what of it is shown (left, bottom, right, top), how it is turned, its resources.

    ``unit`` is the length of one of its own units in points.
    """

    ref: Any
    box: tuple[float, float, float, float]
    turned: int
    unit: float
    resources: Any

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in points as the reader sees the page."""
        left, bottom, right, top = self.box
        across, up = (right - left) * self.unit, (top - bottom) * self.unit
        return (up, across) if self.turned in (90, 270) else (across, up)

    @property
    def matrix(self) -> tuple[float, ...]:
        """What carries points, from the lower left corner of the page as it is shown, to the page's own units."""
        left, bottom, right, top = self.box
        one = 1 / self.unit
        return {
            0: (one, 0, 0, one, left, bottom),
            90: (0, one, -one, 0, right, bottom),
            180: (-one, 0, 0, -one, right, top),
            270: (0, -one, one, 0, left, top),
        }[self.turned]


def leaves(root: Any, most: int) -> Iterator[Leaf]:
    """Yield the pages of a catalogue as pyHanko reads it; raises Refused for a tree that is none, or too large."""
    waiting: list[tuple[Any, dict[str, Any]]] = [(root.raw_get("/Pages"), {})]
    met: set[Any] = set()
    pages = 0
    while waiting:
        ref, inherited = waiting.pop()
        if not hasattr(ref, "reference") or ref.reference in met:
            raise Refused("broken")
        met.add(ref.reference)
        node = ref.get_object()
        own = inherited | {
            key: node.raw_get(key)
            for key in ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
            if key in node
        }
        if "/Kids" in node:
            waiting += [(kid, own) for kid in reversed(list(raw_items(node["/Kids"])))]
            continue
        pages += 1
        if pages > most:
            raise Refused("too-many-pages")
        yield leaf(ref, node, own)


def raw_items(array: Any) -> Iterator[Any]:
    """Yield the entries of an array without following their references."""
    for place in range(len(array)):
        yield array.raw_get(place)


def leaf(ref: Any, node: Any, own: dict[str, Any]) -> Leaf:
    """Return a page with what it inherits; raises Refused for one without a usable size."""
    media = rectangle(own.get("/MediaBox"))
    crop = rectangle(own["/CropBox"]) if "/CropBox" in own else media
    box = (
        max(media[0], crop[0]),
        max(media[1], crop[1]),
        min(media[2], crop[2]),
        min(media[3], crop[3]),
    )
    unit = float(node["/UserUnit"]) if "/UserUnit" in node else 1.0
    turned = int(resolved(own.get("/Rotate", 0))) % 360
    sides = ((box[2] - box[0]) * unit, (box[3] - box[1]) * unit)
    if turned % 90 or not all(SMALLEST_SIDE <= side <= LARGEST_SIDE for side in sides):
        raise Refused("page-size")
    return Leaf(ref, box, turned, unit, own.get("/Resources"))


def resolved(value: Any) -> Any:
    """Return what a reference leads to, any other value as it is."""
    return value.get_object() if hasattr(value, "get_object") else value


def rectangle(value: Any) -> tuple[float, float, float, float]:
    """Return a rectangle with its lower left corner first; raises Refused for none."""
    corners = [float(resolved(item)) for item in resolved(value) or ()]
    if len(corners) != 4:
        raise Refused("page-size")
    x1, y1, x2, y2 = corners
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def sound_reader(content: bytes) -> Any:
    """Return pyHanko's reader of a file that is neither broken nor locked; raises Refused and what pyHanko raises."""
    from pyhanko.pdf_utils.reader import PdfFileReader  # slow import

    reader = PdfFileReader(io.BytesIO(content), strict=True)
    if reader.encrypted:
        raise Refused("encrypted")
    return reader


def check_harmless(reader: Any, sound: Any) -> None:
    """Look at every object of a file; raises Refused for what acts, hides or is signed already.

    ``reader`` is pypdf's, which is fast; what it does not find (Word hides objects from old readers) the ``sound``
    reader of pyHanko looks up.
    """
    from pypdf.generic import IndirectObject  # slow import

    numbers = {(number, generation) for generation, found in reader.xref.items() for number in found}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    for revision in range(sound.total_revisions):
        refs = sound.xrefs.explicit_refs_in_revision(revision)
        numbers |= {(ref.idnum, ref.generation) for ref in refs if ref.generation >= 0}
    if len(numbers) > MOST_OBJECTS:
        raise Refused("too-complex")
    for number, generation in sorted(numbers):
        check_object(found_object(reader, sound, IndirectObject(number, generation, reader)))


def found_object(reader: Any, sound: Any, ref: Any) -> Any:
    """Return an object by the one reader, or by the other where the first has none; raises what the other raises."""
    from pyhanko.pdf_utils.generic import Reference  # slow import

    try:
        found = reader.get_object(ref)
    except Exception:
        found = None
    place = Reference(ref.idnum, ref.generation, sound)
    if (found is None or type(found).__name__ == "NullObject") and sound.xrefs[place] is not None:
        found = sound.get_object(place)
    return found


def check_object(value: Any) -> None:
    """Look at one object and what is written inside it, not at what it refers to: that has its own turn."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            check_dictionary(item)
            waiting += item.values()
        elif isinstance(item, list):
            waiting += item


def check_dictionary(item: Any) -> None:
    """Refuse a dictionary that acts, carries a file, is a field to fill in or a signature."""
    for key, code in KEYS.items():
        if key in item:
            raise Refused(code)
    named = {key: name_at(item, key) for key in ("/S", "/Type", "/Subtype")}
    wrong = ACTIONS.get(named["/S"]) or TYPES.get(named["/Type"])
    if wrong:
        raise Refused(wrong)
    # /Movie and the like are names of fonts and pictures nowhere: an annotation is known by its rectangle.
    if named["/Subtype"] in ANNOTATIONS and "/Rect" in item:
        raise Refused(ANNOTATIONS[named["/Subtype"]])


def name_at(item: Any, key: str) -> str:
    """Return the name an entry holds, directly or by reference, an empty text for anything else."""
    if key not in item:
        return ""
    # By index, which follows a reference; get() does not.
    value = item[key]
    return value if isinstance(value, str) else ""


def texts_of(reader: Any, pages: int) -> list[str | None]:
    """Return the text of each page, None for a page that takes too long or says nothing that can be read."""
    until = time.monotonic() + SECONDS_FOR_TEXT
    found: list[str | None] = []
    for number in range(pages):
        found.append(text_of(reader, number) if time.monotonic() < until else None)
    return found


def text_of(reader: Any, number: int) -> str | None:
    """Return the text of a page, None where it cannot be read."""
    try:
        page = reader.pages[number]
        contents = page.get_contents()
        if contents is not None and len(contents.get_data()) > LARGEST_CONTENT:
            return None
        text = page.extract_text()
    except Exception:
        # A page whose fonts or operators are unusual: people read it all the same, we only cannot compare it.
        return None
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")[:LONGEST_PAGE]


def examine(content: bytes, most_pages: int) -> dict[str, Any]:
    """Return ``pages`` and ``texts`` of a file, or ``refusal`` with the code of why it is not taken."""
    try:
        from pypdf import PdfReader  # slow import

        sound = sound_reader(content)
        pages = sum(1 for _page in leaves(sound.root, most_pages))
        if not pages:
            raise Refused("broken")
        reader = PdfReader(io.BytesIO(content))
        check_harmless(reader, sound)
        return {"pages": pages, "texts": texts_of(reader, pages)}
    except Refused as refusal:
        return {"refusal": refusal.code}
    except MemoryError:
        return {"refusal": "too-complex"}
    except Exception:
        # The readers meet whatever somebody uploaded; they raise most kinds of error there are.
        return {"refusal": "broken"}


def texts_alone(content: bytes, most_pages: int) -> dict[str, Any]:
    """Return the ``texts`` of the first pages of a file that is only read, never shown or signed by us, or ``refusal``.

    What acts in it may stay: nothing of it is carried out.
    """
    try:
        from pypdf import PdfReader  # slow import

        reader = PdfReader(io.BytesIO(content))
        return {"texts": texts_of(reader, min(len(reader.pages), most_pages))}
    except MemoryError:
        return {"refusal": "too-complex"}
    except Exception:
        # The reader meets whatever somebody uploaded, locked files among them.
        return {"refusal": "broken"}


def limit_memory() -> None:
    """Keep a file that unpacks to too much from taking the machine's memory; Windows has no such limit."""
    try:
        import resource  # optional
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def main() -> None:
    """Examine the file on standard input, or read its texts alone. Answers as JSON.

    The arguments are the greatest number of pages and which of both is asked for.
    """
    limit_memory()
    asked = texts_alone if sys.argv[2:] == ["texts"] else examine
    answer = asked(sys.stdin.buffer.read(), int(sys.argv[1]))
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
