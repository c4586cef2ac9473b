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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import (
    Integer,
    Row,
    Select,
    String,
    Subquery,
    Text,
    UniqueConstraint,
    case,
    delete,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.core import modules
from app.core.db import Model, session
from app.core.db_objects import make_search_index
from app.core.highlighting import folded, highlight, snippet
from app.core.i18n import LazyText
from app.core.permissions import Actor

UNSTORABLE = re.compile("[\\0\\ud800-\\udfff]")

# A part holds fewer tokens than PostgreSQL keeps positions; neighbouring parts of one long run overlap by the
# longest run that may be asked for, so that nothing is lost between them.
PART_TOKENS = 250
LONGEST_RUN = 60
MOST_RUNS = 5
PARTS_PER_ENTRY = 1_000
MOST_TEXT = 100_000
# Among how many of the newest records found of a kind the best are looked for.
CANDIDATES = 600
# How many parts are looked through where only the newest few are wanted; long records have several.
NEWEST = 40


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
    looked through.
    """

    doc_type: str
    label: LazyText
    visible: Callable[[Actor], Select[int]]
    url: Callable[[int], str]
    order: int = 100
    belongs: Callable[[Sequence[int]], Mapping[int, str]] | None = None
    past: Past | None = None


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


# Tokens


def runs(written: str) -> list[str]:
    """Return the runs of letters and digits of a text, folded."""
    return "".join(map(folded, written)).split()


@lru_cache(maxsize=50_000)
def token(characters: str) -> str:
    """Return a token of one or two characters in a-z and 0-9.

    No token begins another one but of the same start.
    """
    return "".join(f"{ord(character):05x}" for character in characters)


def tokens_of(run: str) -> list[str]:
    """Return the tokens of a run: each pair of neighbours, and the last character."""
    return [token(run[index : index + 2]) for index in range(len(run))]


def kind_token(doc_type: str) -> str:
    """Return the token that every part of a record of a kind holds; no text has such a one."""
    return f"kind{doc_type.replace('_', '')}"


def parts_of(written: str) -> Iterator[list[str]]:
    """Give the tokens of a text in parts short enough for the index."""
    part: list[str] = []
    for run in runs(written[:MOST_TEXT]):
        tokens = tokens_of(run)
        if part and len(part) + len(tokens) > PART_TOKENS:
            yield part
            part = []
        while len(tokens) > PART_TOKENS:
            yield tokens[:PART_TOKENS]
            tokens = tokens[PART_TOKENS - LONGEST_RUN :]
        part += tokens
    if part:
        yield part


def asked_runs(query: str) -> list[str]:
    """Return the runs of a typed query, at most MOST_RUNS of LONGEST_RUN characters."""
    return [run[:LONGEST_RUN] for run in runs(query[:1_000])][:MOST_RUNS]


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
    """Index records of one kind, or index them anew, with a constant number of statements."""
    session.flush()
    wanted = [record.doc_id for record in records]
    statement = select(SearchEntry).where(SearchEntry.doc_type == doc_type, SearchEntry.doc_id.in_(wanted))
    known = {entry.doc_id: entry for entry in session.execute(statement).scalars()}
    changed: list[tuple[SearchEntry, str]] = []
    fresh: list[tuple[SearchEntry, str]] = []
    for record in records:
        title, text = storable(record.title), storable(record.text)
        entry, written = known.get(record.doc_id), changed
        if entry is None:
            entry, written = SearchEntry(doc_type=doc_type, doc_id=record.doc_id), fresh
            session.add(entry)
        elif (entry.title, entry.text) == (title, text):
            continue
        entry.title, entry.text = title, text
        entry.title_key = " ".join(runs(record.title))
        written.append((entry, f"{title}\n{text}\n{record.keys}"))
    session.flush()
    _drop_parts([entry.id for entry, _text in changed])
    _write_parts(doc_type, [(entry.id, whole) for entry, whole in (*changed, *fresh)])


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
    firsts = [entry_id * PARTS_PER_ENTRY for entry_id in entries]
    bounds = [{"first": first, "last": first + PARTS_PER_ENTRY - 1} for first in firsts]
    session.execute(sql("DELETE FROM search_part WHERE rowid BETWEEN :first AND :last"), bounds)


def _write_parts(doc_type: str, entries: Sequence[tuple[int, str]]) -> None:
    """Write the indexed parts of entries of one kind that have none, each given with its whole text."""
    kind = kind_token(doc_type)
    stored: list[dict[str, Any]] = [
        {"entry": entry_id, "number": number, "tokens": _stored_tokens([*part, kind])}
        for entry_id, written in entries
        for number, part in enumerate(islice(parts_of(written), PARTS_PER_ENTRY))
    ]
    if not stored:
        return
    if _is_postgresql():
        write = "INSERT INTO search_part (entry_id, number, tokens) VALUES (:entry, :number, CAST(:tokens AS tsvector))"
    else:
        stored = [
            {"row": part["entry"] * PARTS_PER_ENTRY + part["number"], "tokens": part["tokens"]}
            for part in stored
        ]
        write = "INSERT INTO search_part (rowid, tokens) VALUES (:row, :tokens)"
    session.execute(sql(write), stored)


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
    comes first. At most ``limit`` records of each kind (or of the one kind ``only``) come back, by one statement. Of
    a kind with more records than ``CANDIDATES`` the best of the newest are given. ``past`` looks through what no longer
    holds as well.
    """
    asked = asked_runs(query)
    chosen = [source for source in sources() if only is None or source.doc_type == only]
    if not asked or not chosen:
        return []
    groups = {source.doc_type: Group(source) for source in chosen}
    width = max(NEWEST if newest_first else CANDIDATES, 2 * (limit + 1))
    while chosen:
        selects = [
            _source_statement(source, _visible(source, actor, past=past), asked, limit, width, newest_first)
            for source in chosen
        ]
        found: dict[str, list[Row[Any]]] = {}
        for row in session.execute(union_all(*selects)):
            found.setdefault(row.doc_type, []).append(row)
        for doc_type, rows in found.items():
            groups[doc_type].fill(sorted(rows, key=lambda row: (row.rank, -row.doc_id)), limit, asked)
        # Where the parts of a few long records took all places, the rest is behind them.
        chosen = [
            groups[doc_type].source
            for doc_type, rows in found.items()
            if rows[0].width == width and len(rows) <= limit
        ]
        width *= 10
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


def _visible(source: SearchSource, actor: Actor, *, past: bool) -> Select[int]:
    return source.past.visible(actor) if past and source.past is not None else source.visible(actor)


def _source_statement(
    source: SearchSource,
    visible: Select[int],
    asked: Sequence[str],
    limit: int,
    width: int,
    newest_first: bool,
) -> Select[Any]:
    """Return the SELECT of the records of a kind: newest parts that match and may be seen, then the best of these.

    The index gives its parts newest first and is left as soon as there are enough, so what is common costs little.
    Each condition besides is asked of one record at a time: lists of all that may be seen would take far longer.
    """
    (visible_id,) = visible.selected_columns
    part = _matching_parts(0, asked[0], source.doc_type)
    others = [
        SearchEntry.id.in_(select(_matching_parts(number, run, source.doc_type).c.entry_id))
        for number, run in enumerate(asked[1:], 1)
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
            SearchEntry.doc_type == source.doc_type,
            *others,
            visible.where(visible_id == SearchEntry.doc_id).correlate(SearchEntry).exists(),
        )
        .order_by(part.c.place.desc())
        .limit(width)
        .subquery()
    )
    best = (
        literal(0)
        if newest_first
        else case((candidates.c.title_key.contains(asked[0], autoescape=True), 0), else_=1)
    )
    columns = [candidates.c[name] for name in ("doc_type", "doc_id", "title", "text")]
    chosen = (
        select(*columns, best.label("rank"), func.count().over().label("width"))
        .distinct()
        .order_by("rank", candidates.c.doc_id.desc())
        .limit(limit + 1)
        .subquery()
    )
    return select(chosen)


def _matching_parts(number: int, run: str, doc_type: str) -> Subquery:
    """Return the parts of records of a kind that contain a run, with the record of each and their order by age."""
    kind = kind_token(doc_type)
    if _is_postgresql():
        statement = "SELECT entry_id, entry_id AS place FROM search_part WHERE tokens @@ CAST(:{} AS tsquery)"
        wanted = " <-> ".join(f"'{pair}'" for pair in _pairs(run)) or f"'{token(run)}':*"
        wanted = f"'{kind}' & ({wanted})"
    else:
        statement = (
            "SELECT rowid / 1000 AS entry_id, rowid AS place FROM search_part WHERE search_part MATCH :{}"
        )
        wanted = f'"{" ".join(_pairs(run))}"' if len(run) > 1 else f'"{token(run)}" *'
        wanted = f"{kind} AND {wanted}"
    name = f"run_{number}_{kind}"
    matching = sql(statement.format(name)).bindparams(**{name: wanted})
    return matching.columns(entry_id=Integer, place=Integer).subquery(f"found_{number}")


def _pairs(run: str) -> list[str]:
    return tokens_of(run)[:-1]
