"""The text of one paragraph: runs with their look, as the final version of the document shows them.

What was deleted is dropped and what was inserted kept; of a field its result stands, of a note its text in brackets;
pictures and text boxes are handed out apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from app.core.written import without_hidden_characters
from app.features.rules.clause_text import LONGEST_TEXT, MOST_RUNS, Run, Runs
from app.features.rules.word import markup
from app.features.rules.word.markup import MC, M, W
from app.features.rules.word.parts import Picture, WordFile, blips, inside_box, too_long
from app.features.rules.word.remarks import Remark

# Some 500 pages; a rule that is longer is read by nobody, and no page of it can be shown in one.
MOST_CHARACTERS = 800_000
LONGEST_NOTE = 2_000
# What a few signs of the symbol fonts mean; lists and boxes to tick are nearly all that rules use.
SYMBOLS = {
    "F0A7": "▪", "F0B7": "•", "F06C": "●", "F06E": "■", "F071": "□", "F0A8": "□", "F06F": "□", "F0FC": "✓",
    "F0FE": "☑", "F052": "☑", "F0FD": "☒", "F0D8": "➢", "F0E0": "→", "F0A1": "○", "F0E8": "➔",
}  # fmt: skip
_UNKNOWN_SYMBOL = "□"
_BRANCHES = frozenset(
    W + name
    for name in (
        "hyperlink", "smartTag", "customXml", "sdtContent", "fldSimple", "bdo", "dir", "rubyBase", "ins", "moveTo",
    )
)  # fmt: skip
_DROPPED = frozenset(W + name for name in ("del", "moveFrom", "rt"))
_INSERTED = frozenset(W + name for name in ("ins", "moveTo"))
_SIGNS = {
    f"{W}tab": "\t",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
    f"{W}ptab": "\t",
}


@dataclass
class Fields:
    """Which fields are open: a field's code is never shown, the entries of a table of contents neither.

    ``balanced`` is false in a document whose fields do not all end; there a table of contents is shown like text, or
    everything behind it would be lost.
    """

    balanced: bool = True
    # for each open field whether its result has begun, and whether it is a table of contents
    open: list[list[bool]] = field(default_factory=list)

    @property
    def in_contents(self) -> bool:
        """Whether we are inside a table of contents."""
        return self.balanced and any(contents for _result, contents in self.open)

    @property
    def shown(self) -> bool:
        """Whether text is shown here."""
        return all(result for result, _contents in self.open) and not self.in_contents

    def mark(self, kind: str | None) -> None:
        """Follow a mark of a field: begin, separate or end."""
        if kind == "begin":
            self.open.append([False, False])
        elif kind == "separate" and self.open:
            self.open[-1][0] = True
        elif kind == "end" and self.open:
            self.open.pop()

    def code(self, text: str) -> None:
        """Take a piece of a field's code."""
        if self.open and not self.open[-1][0] and text.strip().upper().startswith("TOC"):
            self.open[-1][1] = True

    def end_paragraph(self) -> None:
        """Close what cannot go on: a code reaches over the end of a paragraph in a broken file only."""
        self.open = [one for one in self.open if one[0] or one[1]]


@dataclass
class Line:
    """What a paragraph holds: runs, pictures, the paragraphs of its text boxes, what was met."""

    runs: list[Run] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    remarks: set[Remark] = field(default_factory=set)
    dropped: bool = False

    @property
    def text(self) -> str:
        """The text without its look."""
        return "".join(run.text for run in self.runs)


class InlineReader:
    """Reads paragraphs of one file, in their order: a field may reach over several."""

    def __init__(self, file: WordFile) -> None:
        self.file = file
        self.characters = 0
        ends = [one.get(f"{W}fldCharType") for one in file.body.iter(f"{W}fldChar")]
        self.fields = Fields(balanced=ends.count("begin") == ends.count("end"))

    def read(self, paragraph: Any, style: str) -> Line:
        """Return what a paragraph holds; ``style`` is its own."""
        line = Line()
        self._walk(paragraph, line, self.file.styles.bold(style), self.file.styles.hidden(style))
        if self.fields.in_contents:
            line.dropped = True
        self.fields.end_paragraph()
        return line

    def _walk(self, element: Any, line: Line, bold: bool, hidden: bool) -> None:
        for one in element:
            tag = one.tag
            if tag == f"{W}r":
                self._run(one, line, bold, hidden)
            elif tag in _BRANCHES:
                if tag in _INSERTED:
                    self._remark(line, Remark.INSERTED)
                self._walk(one, line, bold, hidden)
            elif tag in _DROPPED:
                self._drop(one, line)
            elif tag == f"{W}sdt":
                self._walk(one, line, bold, hidden)
            elif tag == f"{MC}AlternateContent":
                self._walk(list(markup.chosen(one)), line, bold, hidden)
            elif tag in (f"{M}oMath", f"{M}oMathPara"):
                self._remark(line, Remark.FORMULAS)
                self._say(line, "".join(text.text or "" for text in one.iter(f"{M}t")), bold)

    def _drop(self, element: Any, line: Line) -> None:
        if element.tag == f"{W}rt":
            return
        line.dropped = True
        self._remark(line, Remark.DELETED)
        # The marks of a field are followed even where they were deleted, or it would never end.
        for one in element.iter(f"{W}fldChar"):
            self.fields.mark(one.get(f"{W}fldCharType"))

    def _run(self, run: Any, line: Line, bold: bool, hidden: bool) -> None:
        look = run.find(f"{W}rPr")
        if look is not None:
            style = markup.value(look, "rStyle")
            if style:
                bold = bold or self.file.styles.bold(style)
                hidden = hidden or self.file.styles.hidden(style)
            said_bold, said_hidden = markup.switch(look, "b"), markup.switch(look, "vanish")
            bold = bold if said_bold is None else said_bold
            hidden = hidden if said_hidden is None else said_hidden
            if markup.switch(look, "strike") or markup.switch(look, "dstrike"):
                self._remark(line, Remark.STRUCK)
        self._pieces(run, line, bold, hidden)

    def _pieces(self, run: Iterable[Any], line: Line, bold: bool, hidden: bool) -> None:
        for one in run:
            tag = one.tag
            if tag == f"{W}fldChar":
                self.fields.mark(one.get(f"{W}fldCharType"))
            elif tag == f"{W}instrText":
                self.fields.code(one.text or "")
                if self.fields.in_contents and Remark.CONTENTS not in self.file.remarks:
                    self.file.note(Remark.CONTENTS)
            elif tag == f"{MC}AlternateContent":
                self._pieces(markup.chosen(one), line, bold, hidden)
            elif tag == f"{W}ruby":
                for base in one.iterchildren(f"{W}rubyBase"):
                    self._walk(base, line, bold, hidden)
            elif self.fields.shown:
                self._piece(one, line, bold, hidden)

    def _piece(self, one: Any, line: Line, bold: bool, hidden: bool) -> None:
        tag = one.tag
        if tag in (f"{W}drawing", f"{W}pict", f"{W}object"):
            self._drawing(one, line)
            return
        if tag == f"{W}t":
            text = one.text or ""
        elif tag == f"{W}br":
            text = "" if one.get(f"{W}type") in ("page", "column") else "\n"
        elif tag == f"{W}sym":
            text = SYMBOLS.get(one.get(f"{W}char", "").upper(), _UNKNOWN_SYMBOL)
            if not hidden:
                self._remark(line, Remark.SYMBOLS)
        elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
            text = self._note(one, line)
        else:
            text = _SIGNS.get(tag, "")
        if hidden and text.strip():
            self._remark(line, Remark.HIDDEN)
            line.dropped = True
        elif not hidden:
            self._say(line, text, bold)

    def _note(self, reference: Any, line: Line) -> str:
        notes = self.file.footnotes if reference.tag == f"{W}footnoteReference" else self.file.endnotes
        note = notes.get(reference.get(f"{W}id", ""))
        if note is None:
            return ""
        self._remark(line, Remark.FOOTNOTES)
        return f"（注：{plain_text(note)[:LONGEST_NOTE]}）"

    def _drawing(self, drawing: Any, line: Line) -> None:
        boxes = list(drawing.iter(f"{W}txbxContent"))
        shown = blips(drawing)
        for blip in shown:
            picture = self.file.picture(blip)
            if isinstance(picture, Picture):
                line.pictures.append(picture)
            elif picture is not None:
                self._remark(line, picture)
        if boxes:
            self._remark(line, Remark.TEXT_BOXES)
            # A box in a box is reached through the paragraphs of the outer one.
            line.boxes += [box for box in boxes if not inside_box(box, drawing)]
        elif not shown:
            self._remark(line, Remark.DRAWINGS)
        if drawing.tag == f"{W}object":
            self._remark(line, Remark.EMBEDDED)

    def _remark(self, line: Line, remark: Remark) -> None:
        if remark not in line.remarks:
            line.remarks.add(remark)
            self.file.note(remark)

    def _say(self, line: Line, text: str, bold: bool) -> None:
        text = without_hidden_characters(text).replace("\xa0", " ").replace("\u200b", "")
        if not text:
            return
        # Counted as it is said: a note may be cited so often that the whole never ends.
        self.characters += len(text)
        if self.characters > MOST_CHARACTERS:
            raise too_long()
        last = line.runs[-1] if line.runs else None
        if last is not None and last.bold == bold and len(last.text) + len(text) <= LONGEST_TEXT:
            line.runs[-1] = Run(last.text + text, bold)
            return
        for place in range(0, len(text), LONGEST_TEXT):
            line.runs.append(Run(text[place : place + LONGEST_TEXT], bold))


def plain_text(element: Any) -> str:
    """Return the text of a part that stands apart, a note or a header: paragraphs in one line, nothing deleted."""
    return " ".join(plain_lines(element))


def plain_lines(element: Any) -> list[str]:
    """Return the paragraphs of a part as lines of text, nothing deleted, without numbers and look."""
    lines = []
    for paragraph in element.iter(f"{W}p"):
        pieces = []
        for one in paragraph.iter(f"{W}t", f"{W}tab", f"{W}br"):
            pieces.append(one.text or "" if one.tag == f"{W}t" else " ")
        if text := " ".join("".join(pieces).split()):
            lines.append(text)
    return lines


def trimmed(runs: Iterable[Run]) -> Runs:
    """Return runs without spaces at both ends, and without empty ones; where there are too many, without their look."""
    kept = [run for run in runs if run.text]
    solid = [place for place, run in enumerate(kept) if run.text.strip()]
    if not solid:
        return ()
    kept = kept[solid[0] : solid[-1] + 1]
    kept[0] = Run(kept[0].text.lstrip(), kept[0].bold)
    kept[-1] = Run(kept[-1].text.rstrip(), kept[-1].bold)
    if len(kept) > MOST_RUNS:
        text = "".join(run.text for run in kept)
        kept = [Run(text[at : at + LONGEST_TEXT]) for at in range(0, len(text), LONGEST_TEXT)]
    return tuple(kept)


def without(runs: Runs, characters: int) -> Runs:
    """Return runs without so many characters at the beginning."""
    left = []
    for run in runs:
        cut = min(characters, len(run.text))
        characters -= cut
        if run.text[cut:]:
            left.append(Run(run.text[cut:], run.bold))
    return trimmed(left)


def lines_of(runs: Runs) -> list[Runs]:
    """Return runs as lines, parted where the writer broke them; empty lines are left out."""
    lines: list[list[Run]] = [[]]
    for run in runs:
        first, *others = run.text.split("\n")
        lines[-1].append(Run(first, run.bold))
        lines += [[Run(other, run.bold)] for other in others]
    return [line for line in map(trimmed, lines) if line]
