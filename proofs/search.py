"""Prove that the search finds what contains the words asked for, and nothing else, on both engines alike.

A thousand pieces of Han text are cut at random from the clauses of some hundred rules; each is searched on SQLite's
file and, where it is installed, on PostgreSQL, and compared with what a plain LIKE over the clauses in force finds.
Run by ``manage.py prove search``.
"""

import random
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select

from app.core import search
from app.core.db import session
from app.core.search_index import SearchEntry
from app.features.people.directory import actor_by_number
from app.features.rules import queries
from app.features.rules.enums import RULE_CLAUSE
from benchmarks import _rules
from benchmarks._tables import Row, write
from proofs import _site

RULES, PIECES, LONGEST = 100, 1_000, 8
READER = "s1"
HAN = re.compile("[\u4e00-\u9fff]{2,}")


def cut(texts: Sequence[str], count: int, *, seed: int) -> list[str]:
    """Return pieces of two to eight Han characters, cut at random from runs of the texts."""
    source = random.Random(seed)
    runs = [run for text in texts for run in HAN.findall(text)]
    pieces = []
    while len(pieces) < count:
        run = source.choice(runs)
        length = source.randint(2, min(LONGEST, len(run)))
        start = source.randint(0, len(run) - length)
        pieces.append(run[start : start + length])
    return pieces


def texts_in_force() -> dict[int, str]:
    """Return title and text of each clause the reader may find, by its id."""
    actor = actor_by_number(READER)
    statement = select(SearchEntry.doc_id, SearchEntry.title, SearchEntry.text).where(
        SearchEntry.doc_type == RULE_CLAUSE, SearchEntry.doc_id.in_(queries.found_clauses(actor))
    )
    return {row.doc_id: f"{row.title}\n{row.text}" for row in session.execute(statement)}


def found_by_search(piece: str) -> set[int]:
    """Return the clauses the search finds."""
    groups = search.find(actor_by_number(READER), piece, limit=1_000_000, only=RULE_CLAUSE)
    return {hit.doc_id for group in groups for hit in group.hits}


def found_by_like(piece: str) -> set[int]:
    """Return the clauses in force that a plain LIKE finds."""
    statement = select(SearchEntry.doc_id).where(
        SearchEntry.doc_type == RULE_CLAUSE,
        (SearchEntry.title + "\n" + SearchEntry.text).contains(piece),
        SearchEntry.doc_id.in_(queries.found_clauses(actor_by_number(READER))),
    )
    return set(session.execute(statement).scalars())


def differences(pieces: Sequence[str]) -> tuple[list[str], list[set[int]]]:
    """Return the pieces for which search and LIKE differ, and what the search found for each piece."""
    found, differing = [], []
    for piece in pieces:
        session.rollback()
        ours = found_by_search(piece)
        if ours != found_by_like(piece):
            differing.append(piece)
        found.append(ours)
    return differing, found


def main() -> int:
    """Search on each engine, compare, print and write the table; the exit code is 1 where anything differs."""
    rows: list[Row] = []
    pieces: list[str] = []
    sets: dict[str, list[set[int]]] = {}
    with tempfile.TemporaryDirectory(prefix="zhangcheng-search-") as name:
        with _site.databases(Path(name)) as engines:
            for engine, data, database in engines:
                _site.install_demo(data, database)
                with _site.opened(data, database) as app, app.test_request_context("/"):
                    _rules.grow(RULES)
                    texts = texts_in_force()
                    pieces = pieces or cut([texts[key] for key in sorted(texts)], PIECES, seed=11)
                    begun = time.monotonic()
                    differing, sets[engine] = differences(pieces)
                hits = sum(map(len, sets[engine]))
                figure = (
                    f"{len(pieces) - len(differing)} of {len(pieces)} pieces alike, {hits:,} hits among"
                    f" {len(texts):,} clauses in force, {time.monotonic() - begun:.0f} s"
                )
                if differing:
                    figure += f"; differing: {', '.join(differing[:5])}"
                rows.append(Row(f"search and LIKE, {engine}", "the same", figure, not differing))
        if len(sets) == 2:
            one, other = sets.values()
            same = sum(left == right for left, right in zip(one, other, strict=True))
            rows.append(
                Row("SQLite and PostgreSQL", "the same", f"{same} of {PIECES} pieces alike", same == PIECES)
            )
    return write(
        "search",
        "Search: nothing missed, nothing too much",
        "pieces of two to eight Han characters cut at random from clauses in force, each searched for by its reader"
        " and compared with LIKE over title and text.",
        rows,
        Path(__file__).resolve().parent,
    )


if __name__ == "__main__":
    sys.exit(main())
