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


@lru_cache(KEPT_STATEMENTS)
def kept_statement(
    kinds: tuple[tuple[str, Visible], ...], probed: tuple[str, ...], shape: Shape, postgresql: bool
) -> CompoundSelect[*tuple[Any, ...]]:
    """Return the SELECT of the rows of kinds that are the same for all, and of which other kinds there is anything."""
    return union_all(
        *(source_statement(doc_type, visible(SYSTEM), shape, postgresql) for doc_type, visible in kinds),
        *(_probe(doc_type, postgresql) for doc_type in probed),
    )


def _probe(doc_type: str, postgresql: bool) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of one row where the index holds a part of a kind with the first run."""
    part = _matching_parts(0, doc_type, postgresql)
    empty = literal("", Text)
    return select(
        literal(doc_type).label("doc_type"),
        literal(0).label("doc_id"),
        empty.label("title"),
        empty.label("text"),
        literal(PROBED).label("rank"),
        literal(0).label("width"),
    ).where(select(part.c.entry_id).exists())


def source_statement(doc_type: str, visible: Select[int], shape: Shape, postgresql: bool) -> Select[Any]:
    """Return the SELECT of the records of a kind: newest parts that match and may be seen, then the best of these.

    The index gives its parts newest first and is left as soon as there are enough, so what is common costs little.
    Each condition besides is asked of one record at a time: lists of all that may be seen would take far longer.
    """
    (visible_id,) = visible.selected_columns
    part = _matching_parts(0, doc_type, postgresql)
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
            visible.where(visible_id == SearchEntry.doc_id).correlate(SearchEntry).exists(),
        )
        .order_by(part.c.place.desc())
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


def _matching_parts(number: int, doc_type: str, postgresql: bool) -> Subquery:
    """Return the parts of records of a kind that contain a run, with the record of each and their order by age."""
    if postgresql:
        statement = "SELECT entry_id, entry_id AS place FROM search_part WHERE tokens @@ CAST(:{} AS tsquery)"
    else:
        statement = (
            "SELECT rowid / 1000 AS entry_id, rowid AS place FROM search_part WHERE search_part MATCH :{}"
        )
    name = name_of_run(number, doc_type)
    matching = sql(statement.format(name)).bindparams(bindparam(name, type_=String))
    return matching.columns(entry_id=Integer, place=Integer).subquery(f"found_{number}")
