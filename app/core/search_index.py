"""The table of what can be found, and the statements that look through it. What is sent with them, the words typed as
the index knows them, are parameters (``name_of_run``, ``in_title``), so that a statement can be kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    Integer,
    ScalarSelect,
    Select,
    String,
    Subquery,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    not_,
    or_,
    select,
    table,
    union_all,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model
from app.core.db_objects import make_search_index
from app.core.permissions import SYSTEM, Actor

KEPT_STATEMENTS = 128
# On SQLite a part is a row whose number holds its entry and its place in it, counted down from the last number there
# may be: the full-text index gives its rows in their order, and the newest are wanted first.
PARTS_PER_ENTRY = 1_000
LAST_ROW = 2**31 * PARTS_PER_ENTRY
# On PostgreSQL, whose index knows no order, each part says in which section of so many entries it stands, in short
# sections and in long ones: to look for the newest first means to look through the newest sections.
SHORT, LONG = 500, 10_000
SECTIONS = (SHORT, LONG)
# Of how many of the newest entries, in sections of which length, these are made: where they hold enough of a word, the
# thousands behind them that hold it too are not fetched.
NEAREST_OF_NEWEST, NEAREST_OF_BEST = (1_000, SHORT), (10_000, LONG)
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


def entry_of(named: Any) -> ColumnElement[bool]:
    """Return the condition on which an entry, joined for its title, is that of the document a table names."""
    return and_(SearchEntry.doc_type == named.doc_type, SearchEntry.doc_id == named.doc_id)


@dataclass(frozen=True)
class Shape:
    """What the statement of a search depends on besides kinds and visibility: how many runs are asked for, how many
    records of a kind come back, among how many they are chosen, in which order, and whether it is looked among the
    newest entries before all are looked through.
    """

    runs: int
    limit: int
    width: int
    newest_first: bool
    nearest_first: bool = False

    @property
    def enough_parts(self) -> int:
        """With how many parts found nothing further back is looked at; some may not be seen."""
        return (self.limit + 1 if self.newest_first else self.width) * 5 // 4


Visible = Callable[[Actor], Select[int]]
# The rank of a row that says no more than that the index holds something of a kind, or holds more of it further back.
PROBED, FURTHER_BACK = -1, -2
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
        *(
            statement
            for doc_type, visible in kinds
            for statement in source_statements(doc_type, visible(SYSTEM), shape, postgresql)
        ),
        *([_kinds_held(postgresql)] if probed else []),
    )


def _kinds_held(postgresql: bool) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of the kinds of the first parts of other kinds that hold the first run."""
    part = _matching_parts(name_of_run(0, OTHERS), postgresql)
    some = select(part.c.entry_id).limit(PROBED_PARTS).subquery()
    looked_at = cast(func.sum(func.count()).over(), Integer)
    return (
        _word_of(SearchEntry.doc_type, PROBED, looked_at)
        .select_from(some)
        .join(SearchEntry, SearchEntry.id == some.c.entry_id)
        .group_by(SearchEntry.doc_type)
    )


def _word_of(doc_type: Any, rank: int, width: Any) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of a row that is no record but says something of a kind."""
    empty = literal("", Text)
    return select(
        doc_type.label("doc_type"),
        literal(0).label("doc_id"),
        empty.label("title"),
        empty.label("text"),
        literal(rank).label("rank"),
        width.label("width"),
    )


@lru_cache(KEPT_STATEMENTS)
def probes(doc_types: tuple[str, ...], postgresql: bool) -> CompoundSelect[*tuple[Any, ...]]:
    """Return the SELECT of those kinds of which the index holds a part with the first run."""
    return union_all(
        *(
            select(literal(doc_type).label("doc_type")).where(
                select(_matching_parts(name_of_run(0, doc_type), postgresql).c.entry_id).exists()
            )
            for doc_type in doc_types
        )
    )


def source_statements(
    doc_type: str, visible: Select[int], shape: Shape, postgresql: bool
) -> list[Select[*tuple[Any, ...]]]:
    """Return the SELECTs of the records of a kind: newest parts that match and may be seen, then the best of these.

    The index gives its parts newest first and is left as soon as there are enough, so what is common costs little.
    Each condition besides is asked of one record at a time: lists of all that may be seen would take far longer.
    Where not all entries are looked through the second SELECT gives a row of the rank ``FURTHER_BACK`` if too few of
    what was found may be seen.
    """
    (visible_id,) = visible.selected_columns
    found = _nearest_parts(doc_type, shape) if shape.nearest_first else None
    part = found.part if found else _matching_parts(name_of_run(0, doc_type), postgresql, in_order=True)
    may_be_seen = visible.where(visible_id == SearchEntry.doc_id).correlate(SearchEntry)
    if postgresql:
        # which keeps it from looking up all that may be seen first, of which it often knows no number
        may_be_seen = may_be_seen.offset(0)
    chosen = (
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
            *(
                _holds(name_of_run(number, doc_type), postgresql=postgresql)
                for number in range(1, shape.runs)
            ),
            may_be_seen.exists(),
        )
        .order_by(part.c.row)
        .limit(shape.width)
    )
    if found is None:
        return [_best(chosen.subquery(), shape)]
    seen = chosen.cte(f"seen_{doc_type}")
    few = (
        select(func.count(seen.c.doc_id.distinct())).scalar_subquery() <= shape.limit
        if shape.newest_first
        else _number_of(seen) < shape.width
    )
    further_back = _word_of(literal(doc_type, Text), FURTHER_BACK, literal(0)).where(found.some_left, few)
    return [_best(seen, shape), further_back]


def _best(candidates: Subquery | CTE, shape: Shape) -> Select[*tuple[Any, ...]]:
    """Return the SELECT of the best of some records, or of the newest."""
    rank = (
        literal(0)
        if shape.newest_first
        else case((candidates.c.title_key.like(bindparam("in_title", type_=String)), 0), else_=1)
    )
    columns = [candidates.c[name] for name in ("doc_type", "doc_id", "title", "text")]
    best = (
        select(*columns, rank.label("rank"), func.count().over().label("width"))
        .distinct()
        .order_by("rank", candidates.c.doc_id.desc())
        .limit(shape.limit + 1)
        .subquery()
    )
    return select(best)


def name_of_run(number: int, doc_type: str) -> str:
    """Return the name of the parameter that holds what is looked for in a kind."""
    return f"run_{number}_{doc_type}"


def kind_token(doc_type: str) -> str:
    """Return the token that every part of a record of a kind holds; no text has such a one."""
    return f"kind{doc_type.replace('_', '')}"


def section_token(doc_type: str, length: int, number: int | str = "") -> str:
    """Return the token that every part of the entries of a kind in a section of the index holds on PostgreSQL.

    A section is ``length`` entries, counted from the oldest; without its number the beginning common to all comes back.
    No text has such a token.
    """
    return f"{kind_token(doc_type)}in{length}n{number}"


# On PostgreSQL the statements are planned once, for any word (``PLANNED_ONCE``). Each is written so that only the plan
# that suits all words is left: parts are ordered by what has no index, further runs are asked of one record at a time.
PARTS = table("search_part", column("entry_id", Integer), column("tokens"))


@dataclass(frozen=True)
class _Nearest:
    """Parts found among the newest entries, or among all, and the condition that some were not looked for."""

    part: Subquery
    some_left: ColumnElement[bool]


def _nearest_parts(doc_type: str, shape: Shape) -> _Nearest:
    """Return enough of the newest parts that hold the first run, or all.

    It is looked through a few sections; by how many are found in them as many more as are likely to hold enough; then
    everywhere.
    """
    newest = bindparam("newest", type_=Integer)
    entries, length = NEAREST_OF_NEWEST if shape.newest_first else NEAREST_OF_BEST
    last = newest // length
    first = last - entries // length
    newest_ones = _sections(doc_type, length, first, last)
    near = select(PARTS.c.entry_id).where(_match("run", newest_ones)).cte(f"near_{doc_type}")
    few_near = _number_of(near) < shape.enough_parts
    expected_back = (
        (newest - first * length)
        * (shape.enough_parts * 5 // 4)
        // func.nullif(_number_of(near), 0, type_=Integer)
    )
    some = _sections(
        doc_type, LONG, func.greatest(newest - expected_back, 0, type_=Integer) // LONG, newest // LONG
    ).having(func.count() <= newest // LONG // 2)
    far = select(PARTS.c.entry_id).where(_match("run", some), few_near).cte(f"far_{doc_type}")
    few_far = _number_of(far) < shape.enough_parts
    everywhere = select(PARTS.c.entry_id).where(_match(name_of_run(0, doc_type)), few_near, few_far)
    parts = union_all(
        select(near.c.entry_id).where(not_(few_near)), select(far.c.entry_id).where(not_(few_far)), everywhere
    ).subquery()
    return _Nearest(_in_order(parts.c.entry_id), or_(not_(few_near), not_(few_far)))


def _sections(doc_type: str, length: int, first: Any, last: Any) -> Select[Any]:
    """Return the SELECT of a query for any of some sections, from one to another."""
    number = func.generate_series(first, last).column_valued(f"section_{doc_type}")
    names = func.concat(f"'{section_token(doc_type, length)}", number, "'")
    return select(cast(func.string_agg(names, " | "), TSQUERY))


def _number_of(rows: CTE) -> ScalarSelect[int]:
    return select(func.count()).select_from(rows).scalar_subquery()


def _match(name: str, among: Select[Any] | None = None) -> ColumnElement[bool]:
    """Return the condition that a part contains what a parameter holds."""
    wanted: ColumnElement[Any] = cast(bindparam(name, type_=String), TSQUERY)
    if among is not None:
        wanted = wanted.op("&&")(among.scalar_subquery())
    return PARTS.c.tokens.bool_op("@@")(wanted)


def _in_order(entry_id: ColumnElement[int]) -> Subquery:
    """Return PostgreSQL's parts with the newest first, so that no more of them are looked up than are wanted."""
    return select(entry_id.label("entry_id"), (-entry_id).label("row")).order_by("row").subquery()


def _holds(name: str, *, postgresql: bool) -> ColumnElement[bool]:
    """Return the condition that a record contains a run."""
    if postgresql:
        here = select(PARTS.c.entry_id).where(PARTS.c.entry_id == SearchEntry.id, _match(name))
        return here.correlate(SearchEntry).offset(0).exists()
    return SearchEntry.id.in_(select(_matching_parts(name, postgresql).c.entry_id))


def _matching_parts(name: str, postgresql: bool, *, in_order: bool = False) -> Subquery:
    """Return the parts that contain what a parameter holds, with the record of each and their order by age."""
    if postgresql:
        parts = select(PARTS.c.entry_id).where(_match(name)).subquery()
        return _in_order(parts.c.entry_id) if in_order else parts
    entry = f"({LAST_ROW} - rowid) / {PARTS_PER_ENTRY}"
    # two numbers and a name of ours
    statement = f"SELECT {entry} AS entry_id, rowid AS row FROM search_part WHERE search_part MATCH :{name}"  # noqa: S608
    matching = sql(statement).bindparams(bindparam(name, type_=String))
    return matching.columns(entry_id=Integer, row=Integer).subquery(f"found_{name}")
