"""Rich text people paste (from Word, WPS, a browser) or write in the box of the editor becomes the marks of a clause.

Only words, bold, lists and tables come through, and what `Keeps` allows of our own: links to clauses, pictures, cuts.
What acts, hides or decorates is passed over, and what would read as a mark of ours but was none is written so that it
is none. Nothing here is HTML afterwards.
"""

import re
from collections.abc import Callable
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
_PLAIN, _BOLD_LOOK, _LINK = "plain", "bold", "link"
_BOLD = frozenset({"b", "strong", "h1", "h2", "h3", "h4", "h5", "h6"})
_WEIGHT = re.compile(r"font-weight\s*:\s*(bold|bolder|normal|lighter|\d+)")
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden")
_OFFICE_MARK = re.compile(r"mso-list\s*:\s*ignore")
_OFFICE_LIST = re.compile(r"mso-list\s*:\s*l\d")
_DOT = re.compile(r"[^\w\s（(]|[onlvuqØ§]")
_NUMBER = re.compile(r"[0-9]{1,9}")
_FIGURE = re.compile(r"[（(]?\d{1,3}[.)）、．]")
# What begins a line of ours that is no paragraph, or cuts it.
_PICTURE_LIKE = re.compile(r"^!\[")
# A name with any of these would end its link too soon.
_NO_NAME = re.compile(r"\*\*|\[|\]|\||\n")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_POINTS = {"ul": re.compile(r"- "), "ol": re.compile(r"\d+\) ")}


@dataclass(frozen=True)
class Keeps:
    """What of our own may come back: links by the name of their clause, pictures by their number."""

    link: Callable[[str], bool]
    picture: Callable[[int], bool]


# What the box holds was put there by us or by who writes; a wrong name or number is refused where the text is saved.
EVERYTHING = Keeps(lambda name: True, lambda number: True)


@dataclass
class _Line:
    """A line in the making: its pieces with their look (plain, bold, a link), and what stands before it."""

    pieces: list[tuple[str, str]] = field(default_factory=list)
    mark: str = ""

    def text(self) -> str:
        """Return the line as it is typed, without its mark."""
        written = ""
        said = [piece for piece in self.pieces if piece[0]]
        for look, pieces in groupby(said, key=lambda piece: piece[1]):
            texts = [text for text, _look in pieces]
            text = _plain("".join(texts))
            if look == _LINK:
                # The sign before would be read as the first of the mark.
                written = re.sub(r"\[$", "［", written) + "".join(f"[[{name}]]" for name in texts)
            elif look == _BOLD_LOOK and text.strip():
                written = re.sub(r"\*$", "＊", written) + _bold(text)
            else:
                written += text
        return _BLANKS.sub(" ", written).strip()


def _bold(text: str) -> str:
    """Return a bold piece; spaces at its ends stand outside of the marks."""
    inner = text.strip()
    marked = re.sub(r"^\*|\*$", "＊", inner)
    return text.replace(inner, f"**{marked}**", 1)


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


def from_html(content: bytes, keeps: Keeps | None = None) -> str:
    """Return pasted HTML (in UTF-8) as the lines of a clause; raises Invalid at the field ``text`` for too much."""
    if len(content) > MOST_BYTES:
        raise Invalid(
            fields={"text": lazy("粘贴的内容太大（最大 2 MB）。请分几次粘贴，或把整份文件“从 Word 导入”")}
        )
    lines = _lines(content, keeps)
    text = "\n".join(lines)
    if len(text) > LONGEST or len(lines) > MOST_LINES:
        raise _too_long()
    return text


def from_box(html: str) -> str:
    """Return what the box of the editor holds as the lines of a clause, however long: what was written is kept.

    Raises Invalid at the field ``text`` for a table no clause can hold.
    """
    return "\n".join(_lines(html.encode("utf-8", "replace"), EVERYTHING))


def words_only(html: str) -> str:
    """Return the words of HTML and nothing else, for what can be read in no other way."""
    root = _parsed(html.encode("utf-8", "replace"))
    return "" if root is None else " ".join(_plain("".join(root.itertext())).split())


def _parsed(content: bytes) -> Any:
    """Return the root of HTML, None where nothing of it could be understood."""
    from lxml import etree  # slow import

    parser = etree.HTMLParser(
        no_network=True, remove_comments=True, remove_pis=True, huge_tree=False, encoding="utf-8"
    )
    content = content.replace(b"\0", b"").strip()
    try:
        return etree.fromstring(content, parser) if content else None
    except etree.XMLSyntaxError:
        return None


def _lines(content: bytes, keeps: Keeps | None) -> list[str]:
    from lxml import etree  # slow import

    root = _parsed(content)
    reader = _Reader(keeps)
    if root is not None:
        reader.read(etree.iterwalk(root, events=("start", "end")))
    return reader.lines


def _too_long() -> Invalid:
    return Invalid(
        fields={"text": lazy("粘贴的内容超过一条的上限（20,000 字、400 行），请分几次粘贴，或“从 Word 导入”")}
    )


class _Reader:
    """Goes through elements in reading order, without recursion, and writes lines."""

    def __init__(self, keeps: Keeps | None = None) -> None:
        self.keeps = keeps
        self.lines: list[str] = []
        self.line = _Line()
        # Pictures of a table come behind it: a cell holds words.
        self.pictures: list[str] = []
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
        self.lines += self.pictures

    def start(self, element: Any) -> None:
        """An element begins."""
        style = (element.get("style") or "").lower()
        name = _name(element)
        if self.passed_over is None and (name in _PASSED_OVER or _HIDDEN.search(style)):
            self.passed_over = element
        if self.passed_over is None and self.keeps is not None and self.take_own(element, name, self.keeps):
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
        if name == "li":
            self.line.mark = ""
        if name in ("ul", "ol") and self.lists:
            self.lists.pop()
        if name == "pre":
            self.preformatted -= 1
        if name == "table":
            self.end_table()
        self.bold.pop()
        self.say(element.tail)

    def take_own(self, element: Any, name: str, keeps: Keeps) -> bool:
        """Take up a link, a picture or a cut of our own; tell whether it was one."""
        link, number = element.get("data-link") or "", element.get("data-picture") or ""
        if name == "a" and link.strip() and not _NO_NAME.search(link) and keeps.link(link):
            self.line.pieces.append((link.strip(), _LINK))
            return True
        if name == "figure" and _NUMBER.fullmatch(number) and keeps.picture(int(number)):
            caption = element.find(".//figcaption")
            said = "" if caption is None else " ".join("".join(caption.itertext()).split())
            self.put_line(f"![{said}]({number})")
            return True
        if name == "hr" and not self.tables:
            self.put_line(CUT)
            return True
        return False

    def put_line(self, line: str) -> None:
        """Write a line of ours as it is; inside a table it waits for the end."""
        if self.tables:
            self.pictures.append(line)
            return
        self.end_line()
        self.lines.append(line)

    def start_br(self, _element: Any) -> None:
        """A line ends inside its paragraph."""
        self.end_line()

    def start_pre(self, _element: Any) -> None:
        """Line breaks count from here."""
        self.preformatted += 1

    def start_ul(self, element: Any) -> None:
        """A list begins; lists inside of lists become points one after the other."""
        kind = _name(element)
        # Two lists that follow each other would be read as one.
        if self.keeps is not None and not self.lists and self.lines and _POINTS[kind].match(self.lines[-1]):
            self.lines.append("")
        self.lists.append([kind, 0])

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
            self.line.pieces.append((" ", _PLAIN))
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
        self.lines += [*table.lines(), *self.pictures]
        self.pictures = []

    def say(self, text: str | None) -> None:
        """Take words up."""
        if not text or self.passed_over is not None:
            return
        if self.mark is not None:
            self.line.mark += text.strip()
            return
        look = _BOLD_LOOK if self.bold[-1] else _PLAIN
        text = text.replace("\xa0", " ").replace("\u200b", "")
        first, *others = text.split("\n") if self.preformatted and not self.tables else [text]
        self.line.pieces.append((first, look))
        for other in others:
            self.end_line()
            self.line.pieces.append((other, look))

    def end_line(self) -> None:
        """Write the line that is open; inside a cell it goes on in the same line."""
        if self.tables:
            self.line.pieces.append((" ", _PLAIN))
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
