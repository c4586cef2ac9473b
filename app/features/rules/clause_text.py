"""The text of a clause as a small structure: paragraphs, lists and tables of runs that are plain, bold, or a link,
and pictures.

A link names another clause by its identity, never by its number, and so stays right whatever moves. Nothing here
is HTML: what a page or paper shows is made from the structure, and nothing typed reaches it unescaped.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

MOST_BLOCKS = 400
MOST_RUNS = 400
MOST_CELLS = 3_000
LONGEST_TEXT = 20_000
LONGEST_CAPTION = 120
SHA256_LENGTH = 64
LARGEST_NUMBER = 2**31 - 1


class ClauseTextError(ValueError):
    """A stored or imported body is no clause text; the message says where and why."""


@dataclass(frozen=True)
class Run:
    """A piece of text of one look. ``clause`` is the identity of the clause it links to.

    The text of a link is what it said when it was written; pages show the present number of the clause instead.
    """

    text: str
    bold: bool = False
    clause: int | None = None


Runs = tuple[Run, ...]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    runs: Runs


@dataclass(frozen=True)
class ItemList:
    """A list inside a clause whose points are not clauses of their own: dots, or figures where ``ordered``."""

    items: tuple[Runs, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell of a table; ``columns`` and ``rows`` say how far a merged one reaches."""

    runs: Runs
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True)
class Table:
    """A table, row by row; a place covered by a merged cell above or before it has no cell. The first ``heads`` rows
    are its head.
    """

    rows: tuple[tuple[Cell, ...], ...]
    heads: int = 1


@dataclass(frozen=True)
class Picture:
    """A picture: the stored ``file`` of its version, the hash of its bytes, its size in pixels, what is said below it.

    With the hash the text that is signed names the very bytes.
    """

    file: int
    sha256: str
    width: int
    height: int
    caption: str = ""

    @property
    def words(self) -> str:
        """What stands for the picture where only words go."""
        return f"［图：{self.caption}］" if self.caption else "［图］"


Block = Paragraph | ItemList | Table | Picture
Body = tuple[Block, ...]


def to_plain(body: Body) -> list[dict[str, Any]]:
    """Return a body as plain JSON values, the form in which it is stored and hashed."""
    return [_plain_block(block) for block in body]


def _plain_block(block: Block) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "runs": _plain_runs(block.runs)}
    if isinstance(block, ItemList):
        return {
            "kind": "list",
            "ordered": block.ordered,
            "items": [_plain_runs(item) for item in block.items],
        }
    if isinstance(block, Picture):
        return {"kind": "picture", **asdict(block)}
    rows = [
        [{"runs": _plain_runs(cell.runs), "columns": cell.columns, "rows": cell.rows} for cell in row]
        for row in block.rows
    ]
    return {"kind": "table", "heads": block.heads, "rows": rows}


def _plain_runs(runs: Runs) -> list[dict[str, Any]]:
    written: list[dict[str, Any]] = []
    for run in runs:
        plain: dict[str, Any] = {"text": run.text}
        if run.bold:
            plain["bold"] = True
        if run.clause is not None:
            plain["clause"] = run.clause
        written.append(plain)
    return written


def from_plain(plain: Any) -> Body:
    """Read a body from plain JSON values; raises ClauseTextError for anything `to_plain` would not write."""
    if not isinstance(plain, list) or len(plain) > MOST_BLOCKS:
        raise ClauseTextError("a body is a list of blocks")
    return tuple(_block(item) for item in plain)


def _block(plain: Any) -> Block:
    kind = _of(plain, Mapping).get("kind")
    if kind == "paragraph":
        return Paragraph(_runs(plain.get("runs")))
    if kind == "list":
        return ItemList(
            tuple(_runs(item) for item in _of(plain.get("items"), list)), plain.get("ordered") is True
        )
    if kind == "table":
        rows = tuple(tuple(_cell(cell) for cell in _of(row, list)) for row in _of(plain.get("rows"), list))
        if sum(map(len, rows)) > MOST_CELLS:
            raise ClauseTextError("too many cells")
        return Table(rows, _count(plain.get("heads", 1), least=0))
    if kind == "picture":
        return _picture(plain)
    raise ClauseTextError(f"{kind!r} is no kind of block")


def _picture(plain: Mapping[str, Any]) -> Picture:
    sha256, caption = (_of(plain.get(name), str) for name in ("sha256", "caption"))
    if len(sha256) != SHA256_LENGTH or len(caption) > LONGEST_CAPTION:
        raise ClauseTextError("a picture names its bytes and has a short caption")
    file, width, height = (
        _count(plain.get(name), most=LARGEST_NUMBER) for name in ("file", "width", "height")
    )
    return Picture(file, sha256, width, height, caption)


def _cell(plain: Any) -> Cell:
    known = _of(plain, Mapping)
    return Cell(_runs(known.get("runs")), _count(known.get("columns", 1)), _count(known.get("rows", 1)))


def _runs(plain: Any) -> Runs:
    listed = _of(plain, list)
    if len(listed) > MOST_RUNS:
        raise ClauseTextError("too many runs")
    return tuple(_run(item) for item in listed)


def _run(plain: Any) -> Run:
    known = _of(plain, Mapping)
    text, clause = known.get("text"), known.get("clause")
    if not isinstance(text, str) or len(text) > LONGEST_TEXT:
        raise ClauseTextError("a run has a text")
    if clause is not None and (isinstance(clause, bool) or not isinstance(clause, int)):
        raise ClauseTextError("a link names a clause")
    return Run(text, known.get("bold") is True, clause)


def _of(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind):
        raise ClauseTextError(f"{value!r} is no {kind}")
    return value


def _count(value: Any, least: int = 1, most: int = MOST_CELLS) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ClauseTextError(f"{value!r} is no count")
    return value


def all_runs(body: Body) -> Iterator[Run]:
    """Give every run of a body in reading order."""
    for runs in all_lines(body):
        yield from runs


def all_lines(body: Body) -> Iterator[Runs]:
    """Give every line of a body in reading order: paragraphs, points of lists, cells of tables, words for pictures."""
    for block in body:
        if isinstance(block, Paragraph):
            yield block.runs
        elif isinstance(block, ItemList):
            yield from block.items
        elif isinstance(block, Picture):
            yield (Run(block.words),)
        else:
            for row in block.rows:
                for cell in row:
                    yield cell.runs


def linked_clauses(body: Body) -> set[int]:
    """Return the identities of the clauses a body links to."""
    return {run.clause for run in all_runs(body) if run.clause is not None}


def pictures_of(body: Body) -> list[Picture]:
    """Return the pictures of a body in reading order."""
    return [block for block in body if isinstance(block, Picture)]


def words_of(body: Body, names: Mapping[int, str] | None = None) -> str:
    """Return a body as plain text, a line a paragraph, point or cell, for search, comparison and marking.

    ``names`` gives the present number of linked clauses; others keep what was written.
    """
    known = names or {}
    return "\n".join("".join(_word(run, known) for run in line) for line in all_lines(body)).strip()


def _word(run: Run, names: Mapping[int, str]) -> str:
    return run.text if run.clause is None else names.get(run.clause, run.text)


def paragraphs(lines: Iterable[str]) -> Body:
    """Return plain lines as paragraphs, empty ones left out."""
    return tuple(Paragraph((Run(line.strip()),)) for line in lines if line.strip())
