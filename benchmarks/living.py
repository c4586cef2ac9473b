"""Living rules at size: the search over 200,000 clauses, a rule of 300 clauses with live figures, the board.

    python -m benchmarks.living [--rules N] [--only search|pages] [--engine sqlite|postgresql|both] [--keep FOLDER]

The search is called as its page calls it, over the clauses alone and over all kinds of records, for two hundred words
and pieces of the rules; the median counts. The pages are asked for in turn with the reference page
(``_reference.py``), by a client process of its own over kept connections. Most of the time goes into making the
clauses: with ``--keep`` SQLite's file stays in a folder and is searched again the next time; empty the folder when the
tables have changed.
"""

import argparse
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import _rules
from benchmarks._tables import Row, write
from benchmarks.pages import Page, cookie_of, measure, on_the_workbench, queries_of, reference
from proofs._site import Browser, databases, install_demo, opened, served
from proofs.search import cut, texts_in_force

RULES = 5_000
WORDS = 200
READER = "s1"
MOST_RANKED, MOST_NEWEST = 50, 5
LONG_RULE, BOUND_ON_PAGE, BOUND = 300, 20, 60
LEAST_RATIO, MOST_QUERIES, MOST_BOARD = 0.35, 10, 100


def search_rows(work: Path, rules: int, wanted: str, kept: Path | None = None) -> list[Row]:
    """Measure the search on each engine that is there; SQLite's file stays in the folder ``kept``."""
    rows = []
    with databases(work) as found:
        for engine, data, database in found:
            if wanted not in ("both", engine.casefold()):
                continue
            folder = kept if kept is not None and not database else data
            made = folder / f"{rules}-rules-made"
            if not made.exists():
                install_demo(folder, database)
            with opened(folder, database) as app, app.test_request_context("/"):
                if not made.exists():
                    _rules.grow(rules)
                    made.touch()
                settle_statistics()
                texts = [text for _key, text in sorted(texts_in_force().items())]
                rows += measured_searches(engine, texts)
    return rows


def settle_statistics() -> None:
    """Let the planner see what was filled in: PostgreSQL as it does by itself, SQLite as its daily job does."""
    from app.core import planner_statistics  # slow import
    from app.core.db import db  # slow import

    planner_statistics.renew()
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")


def measured_searches(engine: str, texts: list[str]) -> list[Row]:
    """Return the medians of the search: clauses alone and everything, ranked and newest first."""
    from app.core import search  # slow import
    from app.core.db import end_reading  # slow import
    from app.features.people.directory import actor_by_number  # slow import
    from app.features.rules.enums import RULE_CLAUSE  # slow import

    words = [*cut(texts, WORDS - 3, seed=3), "XK-300", "GB/T 19001", "报销"]
    random.Random(5).shuffle(words)
    actor = actor_by_number(READER)
    rows = []
    kinds = (
        ("clauses", RULE_CLAUSE, False),
        ("clauses, old versions too", RULE_CLAUSE, True),
        ("all kinds of records", None, False),
    )
    for kind, only, past in kinds:
        for order, newest_first, most in (
            ("ranked", False, MOST_RANKED),
            ("newest first", True, MOST_NEWEST),
        ):
            taken = []
            for word in words:
                end_reading()
                begun = time.perf_counter()
                search.find(actor, word, 5, only, newest_first=newest_first, past=past)
                taken.append(1_000 * (time.perf_counter() - begun))
            median = statistics.median(taken)
            figure = (
                f"median {median:.1f} ms, nine of ten within {statistics.quantiles(taken, n=10)[8]:.1f} ms"
            )
            rows.append(Row(f"{engine}, {kind}, {order}", f"≤ {most} ms", figure, median <= most))
    return rows


def bind_clauses(data: Path) -> str:
    """Give a rule 300 clauses, bind twenty of them and forty of others; return the address of the rule."""
    from sqlalchemy import select  # slow import

    with opened(data):
        from app.core import indicators  # slow import
        from app.core.db import session  # slow import
        from app.core.uow import unit_of_work  # slow import
        from app.features.people.directory import actor_by_number  # slow import
        from app.features.rules.models import ClauseText, RuleVersion  # slow import
        from app.features.supervision.models import ClauseBinding  # slow import

        _rules.grow(1, clauses=LONG_RULE)
        long = (
            session.execute(
                select(RuleVersion).where(RuleVersion.number.like("GZ-B-%")).order_by(RuleVersion.id.desc())
            )
            .scalars()
            .first()
        )
        _rules.grow(2, first_number=1)
        ids = session.execute(
            select(ClauseText.clause_id).join(RuleVersion).where(RuleVersion.number.like("GZ-B-%")).distinct()
        )
        bound = [*[text.clause_id for text in long.clauses][:BOUND_ON_PAGE], *ids.scalars()]
        bound = list(dict.fromkeys(bound))
        keys = [indicator.key for indicator in indicators.registered()]
        person, rule_id = actor_by_number("m1").id, long.rule_id
        with unit_of_work():
            for place, clause_id in enumerate([*bound[:BOUND_ON_PAGE], *bound[-(BOUND - BOUND_ON_PAGE) :]]):
                session.add(
                    ClauseBinding(clause_id=clause_id, target=keys[place % len(keys)], bound_by_id=person)
                )
    return f"/rules/{rule_id}"


def page_rows(work: Path) -> list[Row]:
    """Measure the page of a long rule and the board against the reference page."""
    data = work / "pages"
    install_demo(data)
    address = bind_clauses(data)
    with reference(work / "bare") as bare, served(data, "", "--no-jobs") as site:
        visitor = Browser(bare.port)
        visitor.request("GET", "/login")
        cookie = cookie_of(on_the_workbench(site.port))
        pages = [
            Page("reference", bare, "/rows", cookie_of(visitor)),
            Page(f"rule of {LONG_RULE} clauses with live figures", site, address, cookie),
            Page(f"board, {BOUND} clauses bound", site, "/supervision", cookie),
        ]
        for page in pages:
            measure(page, 50)
            page.rates.clear()
            page.costs.clear()
        for _round in range(5):
            for page in pages:
                measure(page, 200)
        cookies = Browser(site.port).sign_in("m1").cookies
        queries = queries_of(data, [page.address for page in pages[1:]], cookies)
    bare_page, rule, board = pages
    return [
        Row(bare_page.name, "", f"{bare_page.rate:.0f} a second, {bare_page.cost:.2f} ms of processor", True),
        rule_row(rule, bare_page, queries[rule.address]),
        Row(
            board.name,
            f"≤ {MOST_BOARD} ms",
            f"{board.cost:.1f} ms of processor, {board.rate:.0f} a second, {queries[board.address]} queries",
            board.cost <= MOST_BOARD and queries[board.address] <= MOST_QUERIES,
        ),
    ]


def rule_row(rule: Page, bare: Page, queries: int) -> Row:
    """Return the figures of the page of a long rule."""
    ratio: Any = rule.rate / bare.rate
    figure = (
        f"{rule.rate:.0f} a second, {rule.cost:.2f} ms of processor, {rule.size / 1000:.0f} KB; {ratio:.0%} of the"
        f" reference ({bare.cost / rule.cost:.0%} by processor), {queries} queries"
    )
    held = ratio >= LEAST_RATIO and queries <= MOST_QUERIES
    return Row(rule.name, f"≥ {LEAST_RATIO:.0%} of the reference, ≤ {MOST_QUERIES} queries", figure, held)


def main() -> int:
    """Measure, print and write the table; the exit code is 1 where a target was missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rules", type=int, default=RULES, help="rules of 40 clauses to search")
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--only", choices=("search", "pages"))
    parser.add_argument("--keep", type=Path, help="a folder for SQLite's file with the rules, made once")
    options = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="zhangcheng-living-") as name:
        work = Path(name)
        if options.only != "search":
            rows += page_rows(work)
        if options.only != "pages":
            rows += search_rows(work, options.rules, options.engine, options.keep)
    return write(
        "living",
        "Living rules: search, long rules, the board",
        f"{options.rules:,} rules of {_rules.CLAUSES} clauses beside the demo for the search, called in one process for"
        f" {WORDS} words; the pages by granian as `manage.py run` starts it, SQLite's file, signed in as a manager.",
        rows,
    )


if __name__ == "__main__":
    sys.exit(main())
