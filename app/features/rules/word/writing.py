"""A rule as .docx, with numbering that Word itself counts: what is added there goes on by itself.

The usual outline, one style at each level, becomes two lists: chapters and sections, and articles with what stands
below them, so that articles run across chapters in every program. What does not fit (two styles at one level, a
number that was set) gets a list or a start of its own, so that Word prints what the pages here print.
"""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from app.core import pictures
from app.core.pictures import Measured
from app.features.rules.clause_text import Block, ItemList, Paragraph, Picture, Run, Runs, Table
from app.features.rules.enums import NumberStyle
from app.features.rules.outline import DEEPEST, RUNNING_STYLES, Counting, OutlineRow, number_text
from app.features.rules.word import skeleton
from app.features.rules.word.numbering import Definition, Level, NumberedList, Numbering
from app.features.rules.word.recognition import MOST_CIRCLED

UPPER, RUNNING = "1", "2"
# Word's own unit: 9,525 of them are a pixel of a screen, 36,000 a millimetre. A picture keeps within the text of A4.
EMU_A_PIXEL = 9_525
MOST_WIDTH, MOST_HEIGHT = 150 * 36_000, 200 * 36_000
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEADING_STYLES = {NumberStyle.CHAPTER: "Heading1", NumberStyle.SECTION: "Heading2"}


@dataclass(frozen=True)
class WrittenClause:
    """A clause to write: its place in the outline and text, and the identity that links name."""

    row: OutlineRow
    identity: int | None = None


def write_document(
    title: str,
    clauses: Sequence[WrittenClause],
    *,
    header: str = "",
    names: Mapping[int, str] | None = None,
    picture_bytes: Callable[[Picture], bytes | None] = lambda _picture: None,
) -> bytes:
    """Return a .docx of a rule: the same bytes for the same text.

    ``header`` stands at the top of each page; ``names`` gives the present number of clauses that links name;
    ``picture_bytes`` the bytes of a picture, whose words stand in its place where there are none.
    """
    lists = Lists([clause.row for clause in clauses])
    known = {clause.identity for clause in clauses if clause.identity is not None}
    writer = _Writer(lists, names or {}, known, Media(picture_bytes))
    body = [_paragraph('<w:pStyle w:val="Title"/>', _text(title, bold=False))]
    for clause, place in zip(clauses, lists.places, strict=True):
        body += writer.clause(clause, place)
    document = _part("document", f"<w:body>{''.join(body)}{skeleton.PAGE}</w:body>")
    heading = _part("hdr", _paragraph('<w:jc w:val="right"/>', _text(header, bold=False)))
    return _packed(
        {
            "[Content_Types].xml": skeleton.CONTENT_TYPES,
            "_rels/.rels": skeleton.PACKAGE_LINKS,
            "word/document.xml": document,
            "word/_rels/document.xml.rels": skeleton.document_links(list(writer.media.parts)),
            "word/styles.xml": skeleton.STYLES,
            "word/numbering.xml": lists.markup(),
            "word/header1.xml": heading,
            "word/footer1.xml": skeleton.FOOTER,
            **{f"word/{name}": content for name, content in writer.media.parts.items()},
        }
    )


def _part(name: str, content: str) -> str:
    return f"{skeleton.HEAD}<w:{name} {skeleton.NAMES}>{content}</w:{name}>"


def _packed(parts: Mapping[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            # The time of day has no place in a file that is compared by its hash.
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content.encode() if isinstance(content, str) else content)
    return stream.getvalue()


@dataclass
class Media:
    """The pictures of a document as parts of it, each once."""

    picture_bytes: Callable[[Picture], bytes | None]
    parts: dict[str, bytes] = field(default_factory=dict)
    names: dict[str, str | None] = field(default_factory=dict)
    shown: int = 0

    def name_of(self, picture: Picture) -> str | None:
        """Return the name of a picture's part, None where its bytes are no picture any more."""
        if picture.sha256 not in self.names:
            content = self.picture_bytes(picture)
            measured = pictures.measure(content) if content is not None else None
            name = None
            if content is not None and isinstance(measured, Measured):
                name = f"media/image{len(self.parts) + 1}.{pictures.ENDINGS[measured.media_type]}"
                self.parts[name] = content
            self.names[picture.sha256] = name
        return self.names[picture.sha256]


@dataclass(frozen=True)
class Place:
    """How a clause is numbered in Word: by a list and level of it, by ``typed`` text, or not at all."""

    list_key: str = ""
    level: int = 0
    typed: str = ""


@dataclass
class Lists:
    """The lists a document needs, found by counting as Word will."""

    rows: Sequence[OutlineRow]
    places: list[Place] = field(default_factory=list)
    numbering: Numbering = field(default_factory=Numbering)
    # the list that goes on in each definition
    current: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.main = self._main_styles()
        running = [level for level, style in self.main.items() if style in RUNNING_STYLES]
        # Where the list of articles begins; a level that no row has where there are none.
        self.running = min(running, default=DEEPEST + 1)
        for key in (UPPER, RUNNING):
            levels = {
                place: self._level(style, place + 1)
                for level, style in self.main.items()
                for definition, place in [self._main_place(level)]
                if definition == key
            }
            self.numbering.definitions[key] = Definition(key, levels)
            self.numbering.lists[key] = NumberedList(key, key, {}, {})
            self.current[key] = key
        counting = Counting()
        for row in self.rows:
            value = counting.take(row.level, row.style, row.start)
            self.places.append(self._place(row, value))

    def _main_styles(self) -> dict[int, NumberStyle]:
        """Return the style that is most used at each level."""
        used = Counter((row.level, row.style) for row in self.rows if row.style != NumberStyle.NONE)
        found: dict[int, NumberStyle] = {}
        for (level, style), _count in used.most_common():
            found.setdefault(level, style)
        return found

    @staticmethod
    def _level(style: NumberStyle, level: int) -> Level:
        number_format, pattern, _suffix = skeleton.NUMBER_FORMATS[style]
        return Level(1, number_format, pattern.format(level))

    def _main_place(self, level: int) -> tuple[str, int]:
        """Return the definition and the level in it of the style that is usual at a level of the outline."""
        return (RUNNING, level - self.running) if level >= self.running else (UPPER, level - 1)

    def _place(self, row: OutlineRow, value: int) -> Place:
        style = row.style
        if style == NumberStyle.NONE:
            return Place()
        if style == NumberStyle.CIRCLED and value > MOST_CIRCLED:
            # What Word cannot count is written as text.
            return Place(typed=number_text(style, value))
        if self.main[row.level] == style:
            definition, level = self._main_place(row.level)
        else:
            definition, level = self._own_definition(style), 0
        key = self.current[definition]
        label = self.numbering.count(key, level)
        if label is None or label.value != value:
            key = self._begin(definition, level, value)
            self.numbering.count(key, level)
        return Place(key, level)

    def _own_definition(self, style: NumberStyle) -> str:
        """Return the definition of a style that stands beside another at its level."""
        key = str(3 + list(NumberStyle).index(style))
        if key not in self.numbering.definitions:
            self.numbering.definitions[key] = Definition(key, {0: self._level(style, 1)})
            self.current[key] = self._begin(key, 0, 1)
        return key

    def _begin(self, definition: str, level: int, value: int) -> str:
        """Begin a list anew at a number; those that follow go on in it."""
        key = str(len(self.numbering.lists) + 1)
        self.numbering.lists[key] = NumberedList(key, definition, {level: value}, {})
        self.current[definition] = key
        return key

    def item_list(self, *, ordered: bool) -> str:
        """Return a new list for the points inside a clause."""
        definition = "item-figures" if ordered else "item-dots"
        if definition not in self.numbering.definitions:
            level = Level(1, "decimal", "%1)") if ordered else Level(1, "bullet", "•")
            self.numbering.definitions[definition] = Definition(definition, {0: level})
        key = str(len(self.numbering.lists) + 1)
        self.numbering.lists[key] = NumberedList(key, definition, {0: 1} if ordered else {}, {})
        return key

    def markup(self) -> str:
        """Return numbering.xml."""
        keys = {key: str(place) for place, key in enumerate(self.numbering.definitions)}
        definitions = "".join(
            f'<w:abstractNum w:abstractNumId="{keys[key]}"><w:multiLevelType w:val="multilevel"/>'
            + "".join(self._level_markup(place, level) for place, level in sorted(one.levels.items()))
            + "</w:abstractNum>"
            for key, one in self.numbering.definitions.items()
        )
        lists = "".join(
            f'<w:num w:numId="{key}"><w:abstractNumId w:val="{keys[one.definition]}"/>'
            + "".join(
                f'<w:lvlOverride w:ilvl="{level}"><w:startOverride w:val="{start}"/></w:lvlOverride>'
                for level, start in one.starts.items()
            )
            + "</w:num>"
            for key, one in self.numbering.lists.items()
        )
        return f"{skeleton.HEAD}<w:numbering {skeleton.NAMES}>{definitions}{lists}</w:numbering>"

    @staticmethod
    def _level_markup(place: int, level: Level) -> str:
        suffixes = {
            pattern.format(place + 1): suffix for _format, pattern, suffix in skeleton.NUMBER_FORMATS.values()
        }
        return (
            f'<w:lvl w:ilvl="{place}"><w:start w:val="{level.start}"/><w:numFmt w:val="{level.number_format}"/>'
            f'<w:suff w:val="{suffixes.get(level.pattern, "space")}"/>'
            f'<w:lvlText w:val={quoteattr(level.pattern)}/><w:lvlJc w:val="left"/>'
            f'<w:pPr><w:ind w:left="0" w:firstLine="0"/></w:pPr></w:lvl>'
        )


class _Writer:
    """Writes clauses as paragraphs and tables."""

    def __init__(self, lists: Lists, names: Mapping[int, str], known: set[int], media: Media) -> None:
        self.lists, self.names, self.known, self.media = lists, names, known, media

    def clause(self, clause: WrittenClause, place: Place) -> list[str]:
        row = clause.row
        style = _HEADING_STYLES.get(row.style) or ("Heading3" if row.title else "")
        properties = f'<w:pStyle w:val="{style}"/>' if style else ""
        if place.list_key:
            properties += (
                f'<w:numPr><w:ilvl w:val="{place.level}"/><w:numId w:val="{place.list_key}"/></w:numPr>'
            )
        elif row.style == NumberStyle.NONE and style:
            properties += '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>'
        first, rest = self._head(row)
        typed = _text(place.typed, bold=False) if place.typed else ""
        written = []
        if first or typed or place.list_key:
            content = typed + (_text(row.title, bold=False) if row.title else self.runs(first))
            written.append(_paragraph(properties, self._bookmark(clause) + content))
        for block in rest:
            written += self.block(block)
        return written

    @staticmethod
    def _head(row: OutlineRow) -> tuple[Runs, Sequence[Block]]:
        """Return what stands in the line of the number, and the blocks below it."""
        if row.title:
            return (Run(row.title),), row.body
        if row.body and isinstance(row.body[0], Paragraph):
            return row.body[0].runs, row.body[1:]
        return (), row.body

    def _bookmark(self, clause: WrittenClause) -> str:
        if clause.identity is None:
            return ""
        name = f'w:id="{clause.identity}"'
        return f'<w:bookmarkStart {name} w:name="clause_{clause.identity}"/><w:bookmarkEnd {name}/>'

    def block(self, block: Block) -> list[str]:
        if isinstance(block, Paragraph):
            return [_paragraph('<w:ind w:firstLineChars="200" w:firstLine="480"/>', self.runs(block.runs))]
        if isinstance(block, ItemList):
            key = self.lists.item_list(ordered=block.ordered)
            number = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{key}"/></w:numPr>'
            return [_paragraph(number, self.runs(item)) for item in block.items]
        if isinstance(block, Picture):
            return self.picture(block)
        return [self.table(block), _paragraph("", "")]

    def picture(self, picture: Picture) -> list[str]:
        """Return a picture as a paragraph, with its caption as one below."""
        name = self.media.name_of(picture)
        if name is None:
            return [_paragraph("", _text(picture.words, bold=False))]
        self.media.shown += 1
        scale = min(EMU_A_PIXEL, MOST_WIDTH / picture.width, MOST_HEIGHT / picture.height)
        drawing = skeleton.DRAWING.format(
            number=self.media.shown,
            link=f"rIdMedia{list(self.media.parts).index(name) + 1}",
            width=int(picture.width * scale),
            height=int(picture.height * scale),
            words=quoteattr(_FORBIDDEN.sub("", picture.caption)),
        )
        below = _paragraph('<w:jc w:val="center"/>', _text(picture.caption, bold=False))
        return [_paragraph('<w:jc w:val="center"/>', drawing), *([below] if picture.caption else [])]

    def runs(self, runs: Runs) -> str:
        return "".join(self._run(run) for run in runs)

    def _run(self, run: Run) -> str:
        if run.clause is None:
            return _text(run.text, bold=run.bold)
        text = _text(self.names.get(run.clause, run.text), bold=run.bold)
        if run.clause not in self.known:
            return text
        return f'<w:hyperlink w:anchor="clause_{run.clause}" w:history="1">{text}</w:hyperlink>'

    def table(self, table: Table) -> str:
        width = max((sum(cell.columns for cell in row) for row in table.rows), default=1)
        grid = "<w:gridCol/>" * width
        rows = []
        # For each column how many rows the cell that begins there still reaches down, and how wide it is.
        reaching: dict[int, tuple[int, int]] = {}
        for place, row in enumerate(table.rows):
            cells, left, column = [], list(row), 0
            while left or any(at >= column for at in reaching):
                if column in reaching:
                    rest, columns = reaching.pop(column)
                    cells.append((column, columns, rest, "<w:vMerge/>", ""))
                elif left:
                    cell = left.pop(0)
                    columns = cell.columns
                    merge = '<w:vMerge w:val="restart"/>' if cell.rows > 1 else ""
                    cells.append((column, columns, cell.rows, merge, self.runs(cell.runs)))
                else:
                    columns = 1
                column += columns
            reaching = {at: (rest - 1, columns) for at, columns, rest, _merge, _text in cells if rest > 1}
            head = "<w:trPr><w:tblHeader/></w:trPr>" if place < table.heads else ""
            rows.append(f"<w:tr>{head}{''.join(self._cell(*cell[1:]) for cell in cells)}</w:tr>")
        look = '<w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="5000" w:type="pct"/></w:tblPr>'
        return f"<w:tbl>{look}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"

    @staticmethod
    def _cell(columns: int, _rows: int, merge: str, content: str) -> str:
        span = f'<w:gridSpan w:val="{columns}"/>' if columns > 1 else ""
        return f"<w:tc><w:tcPr>{span}{merge}</w:tcPr>{_paragraph('', content)}</w:tc>"


def _paragraph(properties: str, content: str) -> str:
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{content}</w:p>"


def _text(text: str, *, bold: bool) -> str:
    """Return a run; line breaks and tabs are signs of their own in Word."""
    look = "<w:rPr><w:b/></w:rPr>" if bold else ""
    pieces = "".join(_pieces(_FORBIDDEN.sub("", text)))
    return f"<w:r>{look}{pieces}</w:r>" if pieces else ""


def _pieces(text: str) -> Iterable[str]:
    for sign, characters in groupby(text, key=lambda one: one if one in "\n\t" else ""):
        piece = "".join(characters)
        if sign:
            yield ("<w:br/>" if sign == "\n" else "<w:tab/>") * len(piece)
        else:
            yield f'<w:t xml:space="preserve">{escape(piece)}</w:t>'
