"""Thousands of rules in force for benchmarks and proofs of the search, their text mixed from the demo's own rules."""

import random
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from app.core import clock, search
from app.core.db import session
from app.core.search_index import SearchEntry
from app.core.uow import unit_of_work
from app.features.rules.clause_text import Paragraph, Run, to_plain
from app.features.rules.enums import RULE_CLAUSE, RULE_VERSION
from app.features.rules.models import ClauseText, Rule, RuleClause, RuleVersion

CLAUSES = 40
PHRASES = (3, 9)
MODELS = 2_000
# Every so manieth rule has an older version too, whose clauses are in the index and must not be found.
WITH_OLD_VERSION = 10
ROWS_AT_ONCE = 2_000


def grow(rules: int, *, clauses: int = CLAUSES, first_number: int = 0, seed: int = 7) -> None:
    """Add ``rules`` rules in force, of 40 clauses each, to the open installation, a demo, and index them."""
    source = random.Random(seed)
    phrases = phrases_of_the_demo()
    template = (
        session.execute(select(RuleVersion.__table__).where(RuleVersion.status == "approved").limit(1))
        .mappings()
        .one()
    )
    first = {table: next_id(table) for table in (Rule, RuleVersion, RuleClause, ClauseText)}
    rows: dict[Any, list[dict[str, Any]]] = {Rule: [], RuleVersion: [], RuleClause: [], ClauseText: []}
    for place in range(rules):
        number = f"GZ-B-{first_number + place:05d}"
        rule_id = first[Rule] + place
        rows[Rule].append({"id": rule_id, "number": number, "owner_id": template["owner_id"]})
        identities = [first[RuleClause] + place * clauses + index for index in range(clauses)]
        rows[RuleClause] += [{"id": identity, "rule_id": rule_id} for identity in identities]
        title = f"{source.choice(phrases)[:12]}管理办法"
        for sequence in range(1, 3 if place % WITH_OLD_VERSION == 0 else 2):
            version_id = first[RuleVersion] + len(rows[RuleVersion])
            effective = clock.today() - timedelta(days=1_000 - 400 * sequence)
            rows[RuleVersion].append(
                {
                    **template,
                    "id": version_id,
                    "rule_id": rule_id,
                    "number": f"{number}/{sequence}",
                    "sequence": sequence,
                    "edition": sequence,
                    "title": title,
                    "effective_on": effective,
                    "void_on": None,
                    "status": "approved",
                }
            )
            rows[ClauseText] += clauses_of(version_id, identities, phrases, source)
    for place, row in enumerate(rows[ClauseText]):
        row["id"] = first[ClauseText] + place
    for table, made in rows.items():
        for piece in pieces(made):
            with unit_of_work():
                session.execute(insert(table.__table__), piece)
    put_into_the_index(rows)


def phrases_of_the_demo() -> list[str]:
    """Return the phrases of the demo's rules, cut at their punctuation."""
    own = select(ClauseText.id).join(RuleVersion).where(RuleVersion.number.not_like("GZ-B-%"))
    texts = session.execute(
        select(SearchEntry.text).where(
            SearchEntry.doc_type == RULE_CLAUSE, search.SearchEntry.doc_id.in_(own)
        )
    )
    found = {phrase for text in texts.scalars() for phrase in re.split(r"[，。；：、（）“”\s]+", text)}
    return sorted(phrase for phrase in found if len(phrase) >= 4)


def clauses_of(
    version_id: int, identities: Sequence[int], phrases: Sequence[str], source: random.Random
) -> Iterator[dict[str, Any]]:
    """Yield the clauses of a version: a handful of phrases each, now and then with the model of a product."""
    for position, identity in enumerate(identities, 1):
        text = "，".join(source.sample(phrases, source.randint(*PHRASES)))
        if source.random() < 0.1:
            text += f"，型号 XK-{source.randint(100, MODELS)} 适用 GB/T {source.randint(1000, 30000)}"
        yield {
            "version_id": version_id,
            "clause_id": identity,
            "position": position,
            "level": 1,
            "style": "article",
            "number": f"第{position}条",
            "cited": f"第{position}条",
            "title": "",
            "plain": to_plain((Paragraph((Run(f"{text}。"),)),)),
            "revision": 1,
        }


def put_into_the_index(rows: dict[Any, list[dict[str, Any]]]) -> None:
    """Index the clauses and titles as the approval of a version does."""
    titles = {row["id"]: row["title"] for row in rows[RuleVersion]}
    for piece in pieces(rows[RuleVersion]):
        with unit_of_work():
            search.put_many(
                RULE_VERSION, [search.Record(row["id"], f"{row['number']} {row['title']}") for row in piece]
            )
    for piece in pieces(rows[ClauseText]):
        records = [
            search.Record(
                row["id"], f"{titles[row['version_id']]} {row['number']}", row["plain"][0]["runs"][0]["text"]
            )
            for row in piece
        ]
        with unit_of_work():
            search.put_many(RULE_CLAUSE, records)


def next_id(table: Any) -> int:
    """Return the first free id of a table."""
    last = session.execute(select(table.id).order_by(table.id.desc()).limit(1)).scalar()
    return (last or 0) + 1


def pieces(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield rows some thousands at a time."""
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[start : start + ROWS_AT_ONCE]
