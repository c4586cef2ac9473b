"""The table of what can be found, and the statements that look through it. What is sent with them, the words typed as
the index knows them, are parameters (``name_of_run``, ``in_title``), so that a statement can be kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Integer,
    Select,
    String,
    Subquery,
    Text,
    UniqueConstraint,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model
from app.core.db_objects import make_search_index
from app.core.permissions import SYSTEM, Actor

KEPT_STATEMENTS = 128
# On SQLite a part is a row whose number holds its entry and its place in it, counted down from the last number there
# may be: the full-text index gives its rows in their order, and the newest are wanted first.
PARTS_PER_ENTRY = 1_000
LAST_ROW = 2**31 * PARTS_PER_ENTRY
# On PostgreSQL, whose index knows no order, each part holds the number of its block of so many entries: to look for the
# newest first means to look among the newest blocks.
BLOCK = 500
# Among how many of the newest parts it is looked which kinds they are of; more than that and each kind is asked.
PROBED_PARTS = 200


class SearchEntry(Model):
    """A searchable record: its title and its text as people wrote them."""

    __tablename__ = "search_entry"
    __table_args__ = (UniqueConstraint("doc_type", "doc_id", name="uq_search_entry_document"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    doc_type: Mapped[str] = mapped_column(String(40), nullable=False)
    doc_id: Mapped[int] = mapped_column(Integer, nullable=False)
    title: Mapped[str] = mapped_column(Text, nullable=False)
    title_key: Mapped[str] = mapped_column(Text, nullable=False)
    text: Mapped[str] = mapped_column(Text, nullable=False)


make_search_index(SearchEntry.__table__)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Shape:
    """What the statement of a search depends on besides kinds and visibility: how many runs are asked for, how many
    records of a kind come back, among how many they are chosen, and in which order.
    """

    runs: int
    limit: int
    width: int
    newest_first: bool


Visible = Callable[[Actor], Select[int]]
# The rank of a row that says no more than that the index holds something of a kind.
PROBED = -1
# Under which name the kinds are looked for together that are not the same for all.
OTHERS = "others"


@lru_cache(KEPT_STATEMENTS)
def kept_statement(
    kinds: tuple[tuple[str, Visible], ...], probed: bool, shape: Shape, postgresql: bool
) -> CompoundSelect[*tuple[Any, ...]]:
    """Return the SELECT of the rows of kinds that are the same for all and, of the others, of which there is any.

    The others are looked for together, under the name ``OTHERS``: asked one by one they would take far longer. A row
    of a kind among them has the rank ``PROBED`` and as width how many parts were looked at.
    """
    return union_all(
        *(source_statement(doc_type, visible(SYSTEM), shape, postgresql) for doc_type, visible in kinds),
        *([_kinds_held(postgresql)] if probed else []),
    )


def _kinds_held(postgresql: bool) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of the kinds of the first parts of other kinds that hold the first run."""
    part = _matching_parts(0, OTHERS, postgresql)
    some = select(part.c.entry_id).limit(PROBED_PARTS).subquery()
    empty = literal("", Text)
    return (
        select(
            SearchEntry.doc_type,
            literal(0).label("doc_id"),
            empty.label("title"),
            empty.label("text"),
            literal(PROBED).label("rank"),
            cast(func.sum(func.count()).over(), Integer).label("width"),
        )
        .select_from(some)
        .join(SearchEntry, SearchEntry.id == some.c.entry_id)
        .group_by(SearchEntry.doc_type)
    )


@lru_cache(KEPT_STATEMENTS)
def probes(doc_types: tuple[str, ...], postgresql: bool) -> CompoundSelect[*tuple[Any, ...]]:
    """Return the SELECT of those kinds of which the index holds a part with the first run."""
    return union_all(
        *(
            select(literal(doc_type).label("doc_type")).where(
                select(_matching_parts(0, doc_type, postgresql).c.entry_id).exists()
            )
            for doc_type in doc_types
        )
    )


def source_statement(doc_type: str, visible: Select[int], shape: Shape, postgresql: bool) -> Select[Any]:
    """Return the SELECT of the records of a kind: newest parts that match and may be seen, then the best of these.

    The index gives its parts newest first and is left as soon as there are enough, so what is common costs little.
    Each condition besides is asked of one record at a time: lists of all that may be seen would take far longer.
    """
    (visible_id,) = visible.selected_columns
    part = _matching_parts(0, doc_type, postgresql, in_order=True)
    may_be_seen = visible.where(visible_id == SearchEntry.doc_id).correlate(SearchEntry)
    if postgresql:
        # which keeps it from looking up all that may be seen first, of which it often knows no number
        may_be_seen = may_be_seen.offset(0)
    others = [
        SearchEntry.id.in_(select(_matching_parts(number, doc_type, postgresql).c.entry_id))
        for number in range(1, shape.runs)
    ]
    candidates = (
        select(
            SearchEntry.doc_type,
            SearchEntry.doc_id,
            SearchEntry.title,
            SearchEntry.text,
            SearchEntry.title_key,
        )
        .select_from(part)
        .join(SearchEntry, SearchEntry.id == part.c.entry_id)
        .where(
            SearchEntry.doc_type == doc_type,
            *others,
            may_be_seen.exists(),
        )
        .order_by(part.c.entry_id.desc() if postgresql else part.c.row)
        .limit(shape.width)
        .subquery()
    )
    best = (
        literal(0)
        if shape.newest_first
        else case((candidates.c.title_key.like(bindparam("in_title", type_=String)), 0), else_=1)
    )
    columns = [candidates.c[name] for name in ("doc_type", "doc_id", "title", "text")]
    chosen = (
        select(*columns, best.label("rank"), func.count().over().label("width"))
        .distinct()
        .order_by("rank", candidates.c.doc_id.desc())
        .limit(shape.limit + 1)
        .subquery()
    )
    return select(chosen)


def name_of_run(number: int, doc_type: str) -> str:
    """Return the name of the parameter that holds what is looked for in a kind."""
    return f"run_{number}_{doc_type}"


def _matching_parts(number: int, doc_type: str, postgresql: bool, *, in_order: bool = False) -> Subquery:
    """Return the parts of records of a kind that contain a run, with the record of each and their order by age."""
    if postgresql:
        statement = "SELECT entry_id, number AS row FROM search_part WHERE tokens @@ CAST(:{} AS tsquery)"
        if in_order:
            # so that no more of them are looked up than are wanted
            statement += " ORDER BY entry_id DESC"
    else:
        entry = f"({LAST_ROW} - rowid) / {PARTS_PER_ENTRY}"
        statement = (
            "SELECT " + entry + " AS entry_id, rowid AS row FROM search_part WHERE search_part MATCH :{}"  # noqa: S608 - two numbers
        )
    name = name_of_run(number, doc_type)
    matching = sql(statement.format(name)).bindparams(bindparam(name, type_=String))
    return matching.columns(entry_id=Integer, row=Integer).subquery(f"found_{number}")
