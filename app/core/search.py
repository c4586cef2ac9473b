"""Search over everything a reader may see, with the same answer on both engines.

Neither engine finds Chinese words of two characters by itself, so the application makes the tokens: text is
normalized (NFKC, case folded), cut into runs of letters and digits, and each run becomes its pairs of
neighbouring characters and its last character. A typed run becomes a phrase of such pairs, and therefore
finds exactly the records that contain it as a part of a run; several runs must all occur. Tokens are
written in a-z and 0-9 only, so that no engine splits them again and nothing typed ever reaches a query
language.

Records are indexed in short parts, because PostgreSQL keeps at most 256 positions of a token. Visibility is
a join inside the query, before its limit.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import (
    Integer,
    Row,
    Select,
    String,
    bindparam,
    delete,
    func,
    insert,
    select,
    union_all,
    update,
)
from sqlalchemy import text as sql

from app.core import modules
from app.core.db import session
from app.core.highlighting import highlight, snippet
from app.core.i18n import LazyText
from app.core.permissions import Actor
from app.core.prepared import LENGTHS, PLANNED_EACH_TIME, PLANNED_ONCE, read
from app.core.search_index import (
    FURTHER_BACK,
    LAST_ROW,
    OTHERS,
    PARTS_PER_ENTRY,
    PROBED,
    PROBED_PARTS,
    SECTIONS,
    SearchEntry,
    Shape,
    kept_statement,
    kind_token,
    probes,
    section_token,
    source_statements,
)
from app.core.search_tokens import (
    MOST_TEXT,
    Wanted,
    asked_runs,
    parts_of,
    runs,
    values_of,
)

UNSTORABLE = re.compile("[\\0\\ud800-\\udfff]")

# Among how many of the newest records found of a kind the best are looked for.
CANDIDATES = 600
# How many parts are looked through where only the newest few are wanted; long records have several.
NEWEST = 12
# So many entries PostgreSQL looks through at once; of more it takes the newest first.
LOOKED_THROUGH = 20_000


@dataclass(frozen=True)
class Past:
    """What of a kind no longer holds and is found where a reader asks for it.

    ``visible`` gives the SELECT of the ids an actor may see then, those that hold among them; ``marks`` says of each
    id found which version it belongs to, how that stands and the tone of it.
    """

    visible: Callable[[Actor], Select[int]]
    marks: Callable[[Sequence[int]], Mapping[int, tuple[str, str, str]]]


@dataclass(frozen=True)
class SearchSource:
    """A kind of record that can be found.

    ``visible`` gives the SELECT of the ids an actor may see, ``url`` the address of one, ``order`` the
    place of its group among the results. ``belongs`` says of each id which document it is a part of, where
    titles alone look alike, ``past`` what is found of it only when asked for. Kinds whose module is off are not
    looked through. ``same_for_all`` promises that ``visible``, in the past too, is the same for every actor and at all
    times: what it depends on is asked for when it is sent. The statement is made once then.
    """

    doc_type: str
    label: LazyText
    visible: Callable[[Actor], Select[int]]
    url: Callable[[int], str]
    order: int = 100
    belongs: Callable[[Sequence[int]], Mapping[int, str]] | None = None
    past: Past | None = None
    same_for_all: bool = False


@dataclass(frozen=True)
class Hit:
    """A record found: title and a piece of its text as (piece, is it what was typed) pairs.

    ``belongs`` names the document it is a part of, empty where it stands for itself; ``mark`` is set where what no
    longer holds was asked for too.
    """

    doc_type: str
    doc_id: int
    url: str
    title: str
    title_pieces: tuple[tuple[str, bool], ...]
    snippet: tuple[tuple[str, bool], ...]
    belongs: str = ""
    mark: tuple[str, str, str] | None = None


@dataclass
class Group:
    """The records found of one kind; ``more`` tells that there are others."""

    source: SearchSource
    hits: list[Hit] = field(default_factory=list)
    more: bool = False

    def fill(self, rows: Sequence[Row[Any]], limit: int, asked: Sequence[str]) -> None:
        """Take the records of rows, at most ``limit`` of them."""
        self.more = len(rows) > limit
        self.hits = [
            Hit(
                row.doc_type,
                row.doc_id,
                self.source.url(row.doc_id),
                row.title,
                highlight(row.title, asked),
                snippet(row.text, asked),
            )
            for row in rows[:limit]
        ]


_sources: dict[str, SearchSource] = {}


def register_source(*sources: SearchSource) -> None:
    """Add kinds of records of a feature; a second registration of a kind replaces the first."""
    for source in sources:
        _sources[source.doc_type] = source


def sources() -> list[SearchSource]:
    """Return all kinds whose module is on, in the order of their groups."""
    active = [item for item in _sources.values() if modules.shows(item.doc_type)]
    return sorted(active, key=lambda item: (item.order, item.doc_type))


# Writing


@dataclass(frozen=True)
class Record:
    """A record as the index keeps it: title and text are shown, ``keys`` are only found (its pinyin)."""

    doc_id: int
    title: str
    text: str = ""
    keys: str = ""


def put(doc_type: str, doc_id: int, title: str, text: str = "", keys: str = "") -> None:
    """Index a record, or index it anew, inside the open unit of work; ``keys`` are found but never shown."""
    put_many(doc_type, [Record(doc_id, title, text, keys)])


def put_many(doc_type: str, records: Sequence[Record]) -> None:
    """Index records of one kind, or those anew that say something else now, with few statements however many."""
    known = _stored_entries(doc_type, [record.doc_id for record in records])
    changed: dict[int, tuple[dict[str, Any], str]] = {}
    fresh: dict[int, tuple[dict[str, Any], str]] = {}
    for record in records:
        title, text = storable(record.title), storable(record.text)
        shown = {"title": title, "text": text, "title_key": " ".join(runs(record.title))}
        whole = f"{title}\n{text}\n{record.keys}"
        stored = known.get(record.doc_id)
        if stored is None:
            fresh[record.doc_id] = {"doc_type": doc_type, "doc_id": record.doc_id, **shown}, whole
        elif (stored.title, stored.text) != (title, text):
            changed[stored.id] = {"id": stored.id, **shown}, whole
    _drop_parts(list(changed))
    if changed:
        session.execute(update(SearchEntry), [row for row, _text in changed.values()])
    made: Sequence[Row[int, int]] = []
    if fresh:
        # as rows: objects for thousands of clauses would take longer than the index itself
        write = insert(SearchEntry.__table__).returning(SearchEntry.id, SearchEntry.doc_id)  # type: ignore[arg-type]
        made = session.execute(write, [row for row, _text in fresh.values()]).all()
    _write_parts(
        doc_type,
        [
            *((entry_id, whole) for entry_id, (_row, whole) in changed.items()),
            *((row.id, fresh[row.doc_id][1]) for row in made),
        ],
    )


def _stored_entries(doc_type: str, doc_ids: Sequence[int]) -> dict[int, Any]:
    """Return what the index holds of some records of a kind, by their ids."""
    most = LENGTHS[-1]
    pieces = [list(doc_ids[start : start + most]) for start in range(0, len(doc_ids), most)]
    return {
        row.doc_id: row
        for piece in pieces
        for row in read(_entries_of(), {"of_type": doc_type, "of_ids": piece})
    }


@cache
def _entries_of() -> Select[*tuple[Any, ...]]:
    return select(SearchEntry.id, SearchEntry.doc_id, SearchEntry.title, SearchEntry.text).where(
        SearchEntry.doc_type == bindparam("of_type", type_=String),
        SearchEntry.doc_id.in_(bindparam("of_ids", type_=Integer, expanding=True)),
    )


def remove(doc_type: str, doc_id: int) -> None:
    """Take a record out of the index, inside the open unit of work."""
    remove_many(doc_type, [doc_id])


def remove_many(doc_type: str, doc_ids: Sequence[int]) -> None:
    """Take records of one kind out of the index, inside the open unit of work."""
    session.flush()
    wanted = SearchEntry.doc_type == doc_type, SearchEntry.doc_id.in_(doc_ids)
    entries = list(session.execute(select(SearchEntry.id).where(*wanted)).scalars())
    if entries:
        _drop_parts(entries)
        session.execute(delete(SearchEntry).where(SearchEntry.id.in_(entries)))


def storable(written: str) -> str:
    """Return a text that both engines can keep: no NUL, no half of a surrogate pair."""
    return UNSTORABLE.sub("", written)[:MOST_TEXT]


def _is_postgresql() -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _drop_parts(entries: Sequence[int]) -> None:
    """Take away the indexed parts of entries."""
    if not entries:
        return
    if _is_postgresql():
        session.execute(
            sql("DELETE FROM search_part WHERE entry_id = :entry"),
            [{"entry": entry_id} for entry_id in entries],
        )
        return
    # A row of a full-text table of SQLite has no key but its number, which holds entry and part together.
    lasts = [LAST_ROW - entry_id * PARTS_PER_ENTRY for entry_id in entries]
    bounds = [{"first": last - PARTS_PER_ENTRY + 1, "last": last} for last in lasts]
    session.execute(sql("DELETE FROM search_part WHERE rowid BETWEEN :first AND :last"), bounds)


def _write_parts(doc_type: str, entries: Sequence[tuple[int, str]]) -> None:
    """Write the indexed parts of entries of one kind that have none, each given with its whole text."""
    kind, postgresql = kind_token(doc_type), _is_postgresql()
    stored: list[dict[str, Any]] = [
        {
            "entry": entry_id,
            "number": number,
            "tokens": _stored_tokens([*part, kind, *sections]),
        }
        for entry_id, written in entries
        for sections in [_sections_of(doc_type, entry_id) if postgresql else ()]
        for number, part in enumerate(islice(parts_of(written), PARTS_PER_ENTRY))
    ]
    if not stored:
        return
    if postgresql:
        write = "INSERT INTO search_part (entry_id, number, tokens) VALUES (:entry, :number, CAST(:tokens AS tsvector))"
    else:
        # in the order of their numbers: else the index would write down each row by itself
        stored = [
            {"row": LAST_ROW - part["entry"] * PARTS_PER_ENTRY - part["number"], "tokens": part["tokens"]}
            for part in sorted(stored, key=lambda part: (part["entry"], part["number"]), reverse=True)
        ]
        write = "INSERT INTO search_part (rowid, tokens) VALUES (:row, :tokens)"
    session.execute(sql(write), stored)


def _sections_of(doc_type: str, entry_id: int) -> list[str]:
    return [section_token(doc_type, length, entry_id // length) for length in SECTIONS]


def _stored_tokens(tokens: list[str]) -> str:
    if _is_postgresql():
        return " ".join(f"'{item}':{position}" for position, item in enumerate(tokens, 1))
    return " ".join(tokens)


# Finding


def find(
    actor: Actor,
    query: str,
    limit: int = 5,
    only: str | None = None,
    *,
    newest_first: bool = False,
    past: bool = False,
) -> list[Group]:
    """Return what an actor may see and what contains every typed run, by kind, the best of each first.

    The best are those with the first run in their title; of equals, and with ``newest_first`` of all, the newest
    comes first. At most ``limit`` records of each kind (or of the one kind ``only``) come back, by two statements: the
    second asks only those kinds of which the index holds anything. Where most of what is new may not be seen, or a few
    long records take all places, they are sent again. Of a kind with more records than ``CANDIDATES`` the best of the
    newest are given. ``past`` looks through what no longer holds as well.
    """
    asked = asked_runs(query)
    chosen = [source for source in sources() if only is None or source.doc_type == only]
    if not asked or not chosen:
        return []
    groups = {source.doc_type: Group(source) for source in chosen}
    width = max(NEWEST if newest_first else CANDIDATES, 2 * (limit + 1))
    newest = _newest_of_many()
    while chosen:
        shape = Shape(len(asked), limit, width, newest_first, nearest_first=bool(newest))
        found: dict[str, list[Row[Any]]] = {}
        go_on = set()
        for row in _rows(chosen, actor, Wanted(asked, newest), shape, past=past):
            if row.rank == FURTHER_BACK:
                go_on.add(row.doc_type)
            else:
                found.setdefault(row.doc_type, []).append(row)
        for doc_type, rows in found.items():
            groups[doc_type].fill(sorted(rows, key=lambda row: (row.rank, -row.doc_id)), limit, asked)
        filled = {
            doc_type for doc_type, rows in found.items() if rows[0].width == width and len(rows) <= limit
        }
        if filled:
            # the parts of a few long records took all places: the rest is behind them
            width *= 10
        chosen = [source for source in chosen if source.doc_type in go_on | filled]
        newest = 0
    if _is_postgresql():
        read(_planned_each_time())
    answered = [group for group in groups.values() if group.hits]
    for group in answered:
        ids = [hit.doc_id for hit in group.hits]
        if group.source.belongs is not None:
            names = group.source.belongs(ids)
            group.hits = [replace(hit, belongs=names.get(hit.doc_id, "")) for hit in group.hits]
        if past and group.source.past is not None:
            marks = group.source.past.marks(ids)
            group.hits = [replace(hit, mark=marks.get(hit.doc_id)) for hit in group.hits]
    return answered


def _newest_of_many() -> int:
    """Return the number of the newest entry, 0 where all are looked through at once; begin to plan statements once."""
    if not _is_postgresql():
        return 0
    newest: int = read(_newest_entry())[0].id or 0
    return newest if newest > LOOKED_THROUGH else 0


@cache
def _newest_entry() -> Select[int]:
    return select(func.max(SearchEntry.id).label("id"), PLANNED_ONCE)


@cache
def _planned_each_time() -> Select[str]:
    return select(PLANNED_EACH_TIME)


def _rows(
    chosen: Sequence[SearchSource], actor: Actor, wanted: Wanted, shape: Shape, *, past: bool
) -> list[Any]:
    """Return the rows of the kinds; statements that are the same for all are sent as they were made before."""
    seen = {
        source.doc_type: source.past.visible if past and source.past is not None else source.visible
        for source in chosen
    }
    kept = tuple((source.doc_type, seen[source.doc_type]) for source in chosen if source.same_for_all)
    others = tuple(source.doc_type for source in chosen if not source.same_for_all)
    postgresql, rows = _is_postgresql(), []
    if kept:
        probed = len(others) > 1
        looked_through: dict[str, tuple[str, ...]] = {doc_type: (doc_type,) for doc_type, _visible in kept}
        if probed:
            looked_through[OTHERS] = others
        values = values_of(wanted, looked_through, postgresql=postgresql)
        answer = read(kept_statement(kept, probed, shape, postgresql), values)
        rows = [row for row in answer if row.rank != PROBED]
        if probed:
            others = _held(
                others, [row for row in answer if row.rank == PROBED], wanted, postgresql=postgresql
            )
    if others:
        selects = [
            statement
            for doc_type in others
            for statement in source_statements(doc_type, seen[doc_type](actor), shape, postgresql)
        ]
        values = values_of(wanted, {doc_type: (doc_type,) for doc_type in others}, postgresql=postgresql)
        rows += session.execute(union_all(*selects), values).all()
    return rows


def _held(
    others: tuple[str, ...], found: Sequence[Row[Any]], wanted: Wanted, *, postgresql: bool
) -> tuple[str, ...]:
    """Return of which kinds the index holds anything with the first run, where some parts of theirs were found."""
    held = {row.doc_type for row in found}
    unknown = tuple(doc_type for doc_type in others if doc_type not in held)
    if unknown and found and found[0].width >= PROBED_PARTS:
        values = values_of(
            Wanted(wanted.longest_first[:1]),
            {doc_type: (doc_type,) for doc_type in unknown},
            postgresql=postgresql,
        )
        held |= {row.doc_type for row in read(probes(unknown, postgresql), values)}
    return tuple(doc_type for doc_type in others if doc_type in held)
