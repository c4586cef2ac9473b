"""A Word file as rows of an outline: what each paragraph is, how deep it stands, which number it had."""

from dataclasses import dataclass, field
from typing import Any

from app.core.files import CheckedFile
from app.core.i18n import lazy
from app.features.rules.clause_text import Block, Body, ItemList, Paragraph, Runs
from app.features.rules.enums import NumberStyle
from app.features.rules.word.blocks import BlockReader, TableBlock, TextBlock, edges
from app.features.rules.word.inline import without
from app.features.rules.word.nesting import Kind, Nesting
from app.features.rules.word.parts import Picture, read_parts, refuse
from app.features.rules.word.recognition import Found, TypedNumbers, counted
from app.features.rules.word.remarks import Remark

LONGEST_TITLE = 60
MOST_TITLE = 120
MOST_BEFORE_TITLE = 12
MOST_ROWS = 4_000
# A line that ends like this is a sentence, not a heading.
_SENTENCE_ENDS = "。；;，,：:！？!?"
_HEADINGS = frozenset({NumberStyle.CHAPTER, NumberStyle.SECTION})


@dataclass(frozen=True)
class ImportedRow:
    """A paragraph or table of a file, as it may become a clause.

    ``printed`` is its number in the file ("" for none) and ``value`` what that says; ``level`` 0 belongs to the clause
    above. ``heading`` says that its text is a title.
    """

    level: int
    style: NumberStyle
    body: Body
    printed: str = ""
    value: int = 0
    heading: bool = False
    pictures: tuple[Picture, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class ImportedDocument:
    """What a Word file holds: its title, the rows of its text, its headers and footers apart, and what to look at."""

    title: str
    rows: tuple[ImportedRow, ...]
    headers: tuple[str, ...] = ()
    footers: tuple[str, ...] = ()
    remarks: dict[Remark, int] = field(default_factory=dict)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures of all rows, each once, in reading order."""
        return tuple({id(picture): picture for row in self.rows for picture in row.pictures}.values())


def read_document(checked: CheckedFile) -> ImportedDocument:
    """Read a .docx that passed ``parts.open_upload``; raises Invalid with a sentence at the field ``file``."""
    file = read_parts(checked)
    blocks = list(BlockReader(file).read())
    title, blocks = _title(blocks)
    rows = _Rows()
    for block in blocks:
        rows.add(block)
    if not rows.found and not title:
        raise refuse(lazy("文件里没有文字。如果内容是扫描图片，请先转成文字"))
    if len(rows.found) > MOST_ROWS:
        raise refuse(lazy("超过 %(most)s 段。请按章或按制度拆成几份，分别上传", most=MOST_ROWS))
    remarks = dict(file.remarks)
    for row in rows.found:
        for remark in row.remarks:
            if remark in (Remark.STYLE_CHANGED, Remark.GAP, Remark.DEEP):
                remarks[remark] = remarks.get(remark, 0) + 1
    return ImportedDocument(
        title, tuple(rows.found), tuple(edges(file, "header")), tuple(edges(file, "footer")), remarks
    )


def _title(blocks: list[TextBlock | TableBlock]) -> tuple[str, list[TextBlock | TableBlock]]:
    """Return the title, and the blocks without it.

    It is the first paragraph in the style of titles, or a short first line that is centred, bold, or the only heading
    of its rank.
    """
    texts = [
        block for block in blocks[:MOST_BEFORE_TITLE] if isinstance(block, TextBlock) and block.text.strip()
    ]
    styled = [block for block in texts if block.title]
    block = styled[0] if styled else texts[0] if texts and _looks_like_title(texts[0], blocks) else None
    if block is None:
        return "", blocks
    return " ".join(block.text.split())[:MOST_TITLE], [one for one in blocks if one is not block]


def _looks_like_title(block: TextBlock, blocks: list[TextBlock | TableBlock]) -> bool:
    text = block.text.strip()
    if block.label is not None or block.bullet or len(text) > LONGEST_TITLE or text[-1] in _SENTENCE_ENDS:
        return False
    if TypedNumbers().find(text) is not None:
        return False
    if block.outline_level is None:
        return block.centred or block.bold
    alike = [
        one
        for one in blocks
        if isinstance(one, TextBlock) and one.label is None and one.outline_level == block.outline_level
    ]
    return len(alike) == 1


class _Rows:
    """Makes rows of blocks, one after the other, and keeps where in the outline we are."""

    def __init__(self) -> None:
        self.found: list[ImportedRow] = []
        self.typed = TypedNumbers()
        self.nesting = Nesting()

    def add(self, block: TextBlock | TableBlock) -> None:
        """Add the row of a block; what holds nothing is left out."""
        if isinstance(block, TableBlock):
            if block.table.rows:
                self._below((block.table,), block)
            return
        if not block.lines:
            if block.pictures:
                self._below((), block)
            return
        found = self._number(block)
        if found is None:
            self._plain(block)
        elif found.style is None:
            self._unknown(block, found)
        else:
            self._numbered(block, found, found.style)

    def _number(self, block: TextBlock) -> Found | None:
        if block.label is not None:
            return counted(block.label)
        if block.bullet:
            return None
        return self.typed.find("".join(run.text for run in block.lines[0]))

    def _plain(self, block: TextBlock) -> None:
        """Add a paragraph without a number: a heading of Word, a point of a list, or text of the clause above."""
        if block.outline_level is not None and self._is_title(block):
            level, deep = self.nesting.level(Kind(NumberStyle.NONE, outline=block.outline_level))
            self._row(level, NumberStyle.NONE, block.lines, block, heading=True, deep=deep)
        elif block.bullet:
            items = ItemList(tuple(block.lines[:1]))
            self._below((items, *map(Paragraph, block.lines[1:])), block)
        else:
            self._below(tuple(map(Paragraph, block.lines)), block)

    def _unknown(self, block: TextBlock, found: Found) -> None:
        """Add a paragraph with a number the outline has no style for: text with its number, until someone chooses."""
        body = tuple(map(Paragraph, block.lines))
        self._below(body, block, printed=found.text, value=found.value, more=(Remark.STYLE_CHANGED,))

    def _numbered(self, block: TextBlock, found: Found, style: NumberStyle) -> None:
        lines = block.lines
        if found.length:
            first = without(lines[0], found.length)
            lines = [first, *lines[1:]] if first else lines[1:]
        more = [] if found.exact else [Remark.STYLE_CHANGED]
        last = self.typed.last(found)
        if found.length and last is not None and found.value > last + 1:
            more.append(Remark.GAP)
        self.typed.took(found)
        heading = style in _HEADINGS or self._is_title(block)
        level, deep = self.nesting.level(self._kind(block, found, style))
        self._row(
            level,
            style,
            lines,
            block,
            heading=heading,
            deep=deep,
            printed=found.text,
            value=found.value,
            more=more,
        )

    @staticmethod
    def _kind(block: TextBlock, found: Found, style: NumberStyle) -> Kind:
        if block.label is None:
            return Kind(style, found.depth, outline=block.outline_level)
        return Kind(style, found.depth, block.label.family, block.label.level, block.outline_level)

    @staticmethod
    def _is_title(block: TextBlock) -> bool:
        """Tell whether the text of a block is a title rather than a sentence."""
        text = block.text.strip()
        short = (
            bool(text)
            and len(text) <= LONGEST_TITLE
            and text[-1] not in _SENTENCE_ENDS
            and len(block.lines) == 1
        )
        return short and (block.outline_level is not None or block.bold)

    def _row(
        self,
        level: int,
        style: NumberStyle,
        lines: list[Runs],
        block: TextBlock,
        *,
        heading: bool,
        deep: bool = False,
        printed: str = "",
        value: int = 0,
        more: Any = (),
    ) -> None:
        remarks = [*sorted(block.remarks), *more, *((Remark.DEEP,) if deep else ())]
        body = tuple(map(Paragraph, lines))
        self.found.append(
            ImportedRow(level, style, body, printed, value, heading, tuple(block.pictures), tuple(remarks))
        )

    def _below(
        self,
        body: tuple[Block, ...],
        block: TextBlock | TableBlock,
        *,
        printed: str = "",
        value: int = 0,
        more: tuple[Remark, ...] = (),
    ) -> None:
        remarks = (*sorted(block.remarks), *more)
        row = ImportedRow(0, NumberStyle.NONE, body, printed, value, False, tuple(block.pictures), remarks)
        self.found.append(row)
