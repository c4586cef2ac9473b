"""How many pages a second, against a bare page of the same framework on the same server.

    python -m benchmarks.pages [--data DIR] [--rounds N] [--count N]

The reference page (``_reference.py``), the list, a quotation and the workbench are asked for in turn, by a client
process of its own over kept connections, in several rounds; of each the best round counts. Other programs disturb
requests a second, hardly the processor time that the server itself used for a request: both are given.
"""

import argparse
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import event

from benchmarks._tables import Row, write
from launcher import postgres
from launcher.environment import ROOT
from launcher.server import THREADS, WORKERS
from proofs._site import Browser, Server, install_demo, opened, served, variables
from tests.client import in_context_of_its_own

SMALL, LARGE = 1_000, 100_000
CONNECTIONS = 8
READER = "m1"
LEAST_RATIO = 0.5
MOST_GROWTH = 1.3
MOST_QUERIES = 10
MOST_FIGURES_TIME = 3
STATES = ("draft", "review", "approved", "issued", "issued", "issued", "accepted", "lost")
ISSUED = ("issued", "accepted", "lost")
YEARS = 10


@dataclass
class Page:
    """A page under measurement; ``rates`` are requests a second, ``costs`` milliseconds of processor a request."""

    name: str
    server: Server
    address: str
    cookie: str
    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)
    size: int = 0

    @property
    def rate(self) -> float:
        """Return the best requests a second."""
        return max(self.rates)

    @property
    def cost(self) -> float:
        """Return the least milliseconds of the server's processor time for a request."""
        return min(self.costs)


class ReferenceServer(Server):
    """The server of the reference page."""

    def __init__(self, folder: Path) -> None:
        self.port = postgres.free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks._reference", str(self.port), str(folder)],
            cwd=ROOT,
            env=variables(folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            start_new_session=True,
        )
        for _attempt in range(600):
            with closing(socket.socket()) as trial:
                if trial.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise RuntimeError("the reference server did not start")


@contextmanager
def reference(folder: Path) -> Iterator[Server]:
    """Serve the reference page for the time of a block."""
    folder.mkdir()
    server = ReferenceServer(folder)
    try:
        yield server
    finally:
        server.stop()


def grow(data: Path, count: int) -> None:
    """Copy the demo's quotations until there are ``count``, with lines, spread over ten years, all states mixed."""
    with closing(sqlite3.connect(data / "database.sqlite3")) as database:
        database.row_factory = sqlite3.Row
        quotations = database.execute("SELECT * FROM quotation ORDER BY id").fetchall()
        revisions = {
            row["quotation_id"]: row
            for row in database.execute("SELECT * FROM quotation_revision WHERE current ORDER BY id")
        }
        lines = database.execute("SELECT * FROM quotation_line WHERE kind = 'item' LIMIT 3").fetchall()
        present = database.execute("SELECT count(*) FROM quotation_revision WHERE current").fetchone()[0]
        first, first_revision = (
            1 + database.execute(f"SELECT max(id) FROM {table}").fetchone()[0]
            for table in ("quotation", "quotation_revision")
        )
        made: dict[str, list[dict[str, object]]] = {
            "quotation": [],
            "quotation_revision": [],
            "quotation_line": [],
        }
        now = datetime.now(UTC).replace(tzinfo=None)
        for place in range(max(0, count - present)):
            old = quotations[place % len(quotations)]
            created = now - timedelta(minutes=place * YEARS * 365 * 24 * 60 / count)
            valid_until = (created + timedelta(days=30)).date().isoformat()
            stamp, number = created.isoformat(" ", "microseconds"), f"BJ-Q-{place:06d}"
            made["quotation"].append({**old, "id": first + place, "number": number, "created_at": stamp})
            made["quotation_revision"].append(
                {
                    **revisions[old["id"]],
                    "id": first_revision + place,
                    "quotation_id": first + place,
                    "number": f"{number}-R1",
                    "status": STATES[place % len(STATES)],
                    "issued_at": stamp if STATES[place % len(STATES)] in ISSUED else None,
                    "created_at": stamp,
                    "updated_at": stamp,
                    "valid_until": valid_until,
                    # the frozen papers would fill the disk and no page of these reads them
                    "snapshot": None,
                    "submitted_content": None,
                    "previous_content": None,
                }
            )
            made["quotation_line"] += [
                {**line, "id": None, "revision_id": first_revision + place} for line in lines
            ]
        for table, rows in made.items():
            if rows:
                names = list(rows[0])
                marks = ", ".join(f":{name}" for name in names)
                database.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)
        database.commit()
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def count_figures(data: Path) -> None:
    """Count what was copied in and tell the planner of it, as the daily jobs do."""
    with opened(data):
        from app.core import planner_statistics  # slow import
        from app.features.figures import actions  # slow import

        actions.recount()
        planner_statistics.renew()


def processor_seconds(server: Server) -> float:
    """Return the processor time used so far by all processes of a server."""
    ticks = 0
    for identity in server.processes():
        try:
            values = Path(f"/proc/{identity}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(values[11]) + int(values[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(page: Page, count: int) -> None:
    """Send ``count`` requests for a page and keep its figures."""
    before = processor_seconds(page.server)
    done = subprocess.run(
        [
            sys.executable, "-m", "benchmarks._load",
            str(page.server.port), page.address, page.cookie, str(count), str(CONNECTIONS),
        ],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    seconds, size = done.stdout.split()
    page.rates.append(count / float(seconds))
    page.costs.append((processor_seconds(page.server) - before) * 1000 / count)
    page.size = int(size)


def cookie_of(browser: Browser) -> str:
    return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


def issued_quotation(data: Path) -> str:
    """Return the address of the newest issued quotation of the demo itself, with its files and its history."""
    with closing(sqlite3.connect(data / "database.sqlite3")) as database:
        row = database.execute(
            "SELECT quotation_id, revision FROM quotation_revision"
            " WHERE current AND status = 'issued' AND number NOT LIKE 'BJ-Q-%' ORDER BY id DESC LIMIT 1"
        ).fetchone()
    return f"/quotations/{row[0]}/r/{row[1]}"


def queries_of(data: Path, addresses: list[str], cookies: dict[str, str]) -> dict[str, int]:
    """Return how many statements each page sends to the database when it is opened a second time."""
    sent: list[str] = []
    with opened(data) as app:
        from app.core.db import db  # slow import

        def note(connection, cursor, statement, *_):
            if not statement.startswith(("BEGIN", "PRAGMA")):
                sent.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        browser = app.test_client()
        for name, value in cookies.items():
            browser.set_cookie(name, value)
        found = {}
        for address in addresses:
            for _turn in range(2):
                sent.clear()
                # as on the server: nothing read by one request is known to the next
                assert in_context_of_its_own(partial(browser.get, address)).status_code == 200
            found[address] = len(sent)
    return found


def on_the_workbench(port: int) -> Browser:
    """Sign in and open the first page, as every browser does: from there on its cookie stays the same."""
    browser = Browser(port).sign_in(READER)
    assert browser.request("GET", "/") == 200
    return browser


def pages_of(bare: Server, small: Server, large: Server) -> list[Page]:
    """Sign in everywhere and return the pages to measure, the reference first."""
    visitor = Browser(bare.port)
    visitor.request("GET", "/login")
    at_small, at_large = (cookie_of(on_the_workbench(server.port)) for server in (small, large))
    quotation = issued_quotation(large.data)
    return [
        Page("reference", bare, "/rows", cookie_of(visitor)),
        Page(f"list, 30 of {LARGE:,}", large, "/quotations", at_large),
        Page(f"list, 30 of {SMALL:,}", small, "/quotations", at_small),
        Page("quotation", large, quotation, at_large),
        Page("workbench", large, "/", at_large),
        Page("figures", large, "/figures", at_large),
        Page("win rate by customer", large, "/figures/win-rate?by=customer", at_large),
    ]


def rows_of(pages: list[Page], queries: dict[str, int]) -> list[Row]:
    """Return the table: figures, and whether each target was met."""
    bare, large, small, *_others = pages
    rows = []
    for page in pages:
        ratio, count = page.rate / bare.rate, queries.get(page.address, 0)
        figure = f"{page.rate:.0f} a second, {page.cost:.2f} ms of processor, {page.size / 1000:.1f} KB"
        if page is bare:
            rows.append(Row(page.name, "", figure, True))
            continue
        figure += (
            f"; {ratio:.0%} of the reference ({bare.cost / page.cost:.0%} by processor), {count} queries"
        )
        if page.address.startswith("/figures"):
            held = ratio >= 1 / MOST_FIGURES_TIME and count <= MOST_QUERIES
            target = f"≤ {MOST_FIGURES_TIME} × the reference, ≤ {MOST_QUERIES} queries"
            rows.append(Row(page.name, target, figure, held))
            continue
        held = (page is small or ratio >= LEAST_RATIO) and count <= MOST_QUERIES
        target = "" if page is small else f"≥ {LEAST_RATIO:.0%} of the reference, ≤ {MOST_QUERIES} queries"
        rows.append(Row(page.name, target, figure, held))
    growth = small.rate / large.rate
    rows.append(
        Row(
            f"list, time at {LARGE:,} : {SMALL:,} rows",
            f"≤ {MOST_GROWTH} ×",
            f"{growth:.2f} × ({large.cost / small.cost:.2f} × by processor)",
            growth <= MOST_GROWTH,
        )
    )
    return rows


def main() -> int:
    """Measure, print and write the table; the exit code is 1 where a target was missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="a demo's data folder to copy instead of loading one")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=400, help="requests for a page in a round")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="zhangcheng-pages-") as name:
        work = Path(name)
        if options.data:
            shutil.copytree(options.data, work / "small")
        else:
            install_demo(work / "small")
        shutil.copytree(work / "small", work / "large")
        grow(work / "small", SMALL)
        grow(work / "large", LARGE)
        count_figures(work / "large")
        with (
            reference(work / "bare") as bare,
            served(work / "small", "", "--no-jobs") as small,
            served(work / "large", "", "--no-jobs") as large,
        ):
            pages = pages_of(bare, small, large)
            for page in pages:
                measure(page, 50)
                page.rates.clear()
                page.costs.clear()
            for _round in range(options.rounds):
                for page in pages:
                    measure(page, options.count)
            cookies = Browser(large.port).sign_in(READER).cookies
            queries = queries_of(work / "large", [page.address for page in pages[1:]], cookies)
    return write(
        "pages",
        "Pages: requests a second",
        f"granian, {WORKERS} processes of {THREADS} threads as `manage.py run` starts them, SQLite's file, signed in as"
        f" a manager; {options.rounds} rounds of {options.count} requests over {CONNECTIONS} kept connections, the"
        " servers in turn, the best round of each.",
        rows_of(pages, queries),
    )


if __name__ == "__main__":
    sys.exit(main())
