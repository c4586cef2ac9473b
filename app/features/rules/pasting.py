"""Rich text people paste (from Word, WPS, a browser) becomes the marks by which a clause is typed.

Only words, bold, lists and tables come through. What acts, hides or decorates is passed over, and what would read as a
mark of ours but was none is written so that it is none. Nothing here is HTML afterwards.
"""

import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from app.core.errors import Invalid
from app.core.i18n import lazy
from app.features.rules.clause_text import MOST_CELLS
from app.features.rules.writing import ABOVE, BEFORE, CUT, LONGEST, MOST_LINES

MOST_BYTES = 2 * 1024 * 1024
MOST_COLUMNS = 63


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Their content is no text of the reader's.
_PASSED_OVER = _names(
    "script style head title template noscript svg math object iframe applet embed audio video canvas select "
    "textarea button del"
)
_BLOCKS = _names(
    "p div h1 h2 h3 h4 h5 h6 section article header footer main aside blockquote pre address figure figcaption dl "
    "dt dd ul ol li table tr caption hr form fieldset body"
)
_BOLD = frozenset({"b", "strong", "h1", "h2", "h3", "h4", "h5", "h6"})
_WEIGHT = re.compile(r"font-weight\s*:\s*(bold|bolder|normal|lighter|\d+)")
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden")
_OFFICE_MARK = re.compile(r"mso-list\s*:\s*ignore")
_OFFICE_LIST = re.compile(r"mso-list\s*:\s*l\d")
_DOT = re.compile(r"[^\w\s（(]|[onlvuqØ§]")
_FIGURE = re.compile(r"[（(]?\d{1,3}[.)）、．]")
# What begins a line of ours that is no paragraph, or cuts it.
_PICTURE_LIKE = re.compile(r"^!\[")


@dataclass
class _Line:
    """A line in the making: its pieces with whether they are bold, and what stands before it."""

    pieces: list[tuple[str, bool]] = field(default_factory=list)
    mark: str = ""

    def text(self) -> str:
        """Return the line as it is typed, without its mark."""
        written = []
        for bold, pieces in groupby(self.pieces, key=lambda piece: piece[1]):
            text = "".join(piece for piece, _bold_too in pieces)
            written.append(_bold(text) if bold else text)
        return " ".join("".join(written).split())


def _bold(text: str) -> str:
    """Return a bold piece; spaces at its ends stand outside of the marks."""
    inner = text.strip()
    if not inner:
        return text
    return text.replace(inner, f"**{inner}**", 1)


@dataclass
class _Table:
    """A table in the making: cells by place, marks where a merged one reaches to."""

    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    row: int = -1
    columns: int = 0

    def put(self, line: _Line, across: int, down: int) -> None:
        """Put a cell at the next free place of the present row."""
        left = 0
        while (self.row, left) in self.cells:
            left += 1
        # Before anything is filled: a few letters may claim millions of cells.
        if left + across > MOST_COLUMNS or len(self.cells) + across * down > MOST_CELLS:
            raise _too_long()
        for y in range(self.row, self.row + down):
            for x in range(left, left + across):
                self.cells[(y, x)] = BEFORE if x > left else ABOVE
        text = line.text().replace("|", "｜")
        self.cells[(self.row, left)] = {ABOVE: "＾", BEFORE: "＜"}.get(text, text)
        self.columns = max(self.columns, left + across)

    def lines(self) -> list[str]:
        """Return the rows as they are typed; what reaches below the last row ends with it."""
        return [
            "| " + " | ".join(self.cells.get((y, x), "") for x in range(self.columns)) + " |"
            for y in range(self.row + 1)
        ]


def from_html(content: bytes) -> str:
    """Return pasted HTML (in UTF-8) as the lines of a clause; raises Invalid at the field ``text`` for too much."""
    from lxml import etree  # slow import

    if len(content) > MOST_BYTES:
        raise Invalid(
            fields={"text": lazy("粘贴的内容太大（最大 2 MB）。请分几次粘贴，或把整份文件“从 Word 导入”")}
        )
    parser = etree.HTMLParser(
        no_network=True, remove_comments=True, remove_pis=True, huge_tree=False, encoding="utf-8"
    )
    content = content.replace(b"\0", b"").strip()
    try:
        root = etree.fromstring(content, parser) if content else None
    except etree.XMLSyntaxError:
        # Nothing of it could be understood, so there is nothing to say.
        root = None
    reader = _Reader()
    if root is not None:
        reader.read(etree.iterwalk(root, events=("start", "end")))
    text = "\n".join(reader.lines)
    if len(text) > LONGEST or len(reader.lines) > MOST_LINES:
        raise _too_long()
    return text


def _too_long() -> Invalid:
    return Invalid(
        fields={"text": lazy("粘贴的内容超过一条的上限（20,000 字、400 行），请分几次粘贴，或“从 Word 导入”")}
    )


class _Reader:
    """Goes through elements in reading order, without recursion, and writes lines."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line = _Line()
        self.bold = [False]
        self.lists: list[list[Any]] = []
        self.tables: list[_Table] = []
        # The element whose content is passed over, and the one that holds the number Word has written out.
        self.passed_over: Any = None
        self.mark: Any = None
        self.office_item = False
        self.preformatted = 0

    def read(self, walk: Any) -> None:
        """Read all elements."""
        for event, element in walk:
            if event == "start":
                self.start(element)
            else:
                self.end(element)
        self.end_line()

    def start(self, element: Any) -> None:
        """An element begins."""
        style = (element.get("style") or "").lower()
        name = _name(element)
        if self.passed_over is None and (name in _PASSED_OVER or _HIDDEN.search(style)):
            self.passed_over = element
        if self.passed_over is not None:
            return
        if name in _BLOCKS:
            self.end_line()
        if self.mark is None and _OFFICE_MARK.search(style):
            self.mark = element
        self.bold.append(_is_bold(name, style, above=self.bold[-1]))
        opening = getattr(self, f"start_{name}", None)
        if opening is not None:
            opening(element)
        self.office_item = self.office_item or (
            name in ("p", "li", "div") and bool(_OFFICE_LIST.search(style))
        )
        self.say(element.text)

    def end(self, element: Any) -> None:
        """An element ends; what follows it belongs to what stands around it."""
        if self.passed_over is not None:
            if element is self.passed_over:
                self.passed_over = None
                self.say(element.tail)
            return
        name = _name(element)
        if element is self.mark:
            self.mark = None
        if name in ("td", "th"):
            self.end_cell(element)
        elif name in _BLOCKS:
            self.end_line()
        if name in ("ul", "ol") and self.lists:
            self.lists.pop()
        if name == "pre":
            self.preformatted -= 1
        if name == "table":
            self.end_table()
        self.bold.pop()
        self.say(element.tail)

    def start_br(self, _element: Any) -> None:
        """A line ends inside its paragraph."""
        self.end_line()

    def start_pre(self, _element: Any) -> None:
        """Line breaks count from here."""
        self.preformatted += 1

    def start_ul(self, element: Any) -> None:
        """A list begins; lists inside of lists become points one after the other."""
        self.lists.append([_name(element), 0])

    start_ol = start_ul

    def start_li(self, _element: Any) -> None:
        """A point of a list begins."""
        kind, count = self.lists[-1] if self.lists else ("ul", 0)
        if self.lists:
            self.lists[-1][1] = count + 1
        self.line.mark = f"{count + 1}) " if kind == "ol" else "- "

    def start_table(self, _element: Any) -> None:
        """A table begins; one inside a cell becomes words of it."""
        self.tables.append(_Table())

    def start_tr(self, _element: Any) -> None:
        """A row begins."""
        if len(self.tables) == 1:
            self.tables[0].row += 1
            if self.tables[0].row >= MOST_LINES:
                raise _too_long()

    def end_cell(self, element: Any) -> None:
        """A cell ends."""
        if len(self.tables) != 1 or self.tables[0].row < 0:
            self.line.pieces.append((" ", False))
            return
        line, self.line = self.line, _Line()
        self.tables[0].put(
            line, _span(element, "colspan", MOST_COLUMNS), _span(element, "rowspan", MOST_LINES)
        )

    def end_table(self) -> None:
        """A table ends; one without rows was none."""
        table = self.tables.pop()
        if self.tables or not table.columns:
            return
        if self.lines and self.lines[-1].startswith("|"):
            self.lines.append("")
        self.lines += table.lines()

    def say(self, text: str | None) -> None:
        """Take words up."""
        if not text or self.passed_over is not None:
            return
        if self.mark is not None:
            self.line.mark += text.strip()
            return
        if self.preformatted and not self.tables:
            first, *others = text.split("\n")
            self.line.pieces.append((_plain(first), self.bold[-1]))
            for other in others:
                self.end_line()
                self.line.pieces.append((_plain(other), self.bold[-1]))
            return
        self.line.pieces.append((_plain(text), self.bold[-1]))

    def end_line(self) -> None:
        """Write the line that is open; inside a cell it goes on in the same line."""
        if self.tables:
            self.line.pieces.append((" ", False))
            self.line.mark = ""
            return
        line, self.line = self.line, _Line()
        office, self.office_item = self.office_item, False
        text = line.text()
        if not text:
            self.line.mark = line.mark if not office else ""
            return
        self.lines.append(_marked(line.mark, office=office) + _unmarked(text))


def _name(element: Any) -> str:
    return element.tag.lower() if isinstance(element.tag, str) else ""


def _is_bold(name: str, style: str, *, above: bool) -> bool:
    said = _WEIGHT.search(style)
    if said is not None:
        return said[1] in ("bold", "bolder") or (said[1].isdecimal() and int(said[1][:4]) >= 600)
    return above or name in _BOLD


def _span(element: Any, name: str, most: int) -> int:
    said = element.get(name) or ""
    return min(max(int(said), 1), most) if said.isascii() and said.isdecimal() and len(said) < 6 else 1


def _plain(text: str) -> str:
    """Return words that hold no mark of ours: what looks like bold, a link or a border was typed as such."""
    text = text.replace("\xa0", " ").replace("\u200b", "")
    return text.replace("**", "＊＊").replace("[[", "［［").replace("]]", "］］")


def _unmarked(text: str) -> str:
    """Return a line that begins as no picture, cut or row of a table does."""
    if text == CUT:
        return "＝＝＝"
    if text.startswith("|"):
        text = text.replace("|", "｜")
    return _PICTURE_LIKE.sub("！[", text)


def _marked(mark: str, *, office: bool) -> str:
    """Return what stands before a line: the mark of a list, or a number Word has written out that is none of ours."""
    if not office or not mark:
        return mark
    if _FIGURE.fullmatch(mark):
        return f"{re.sub(r'[^0-9]', '', mark)}) "
    return "- " if _DOT.fullmatch(mark) else f"{mark} "
