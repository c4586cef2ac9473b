"""What the desk's heavy work takes: a quotation of 200 lines, and a price list of 10,000 products brought along.

    python -m benchmarks.desk [--data DIR] [--rounds N] [--engine sqlite|postgresql|both] [--only lines|import]

Opening, adding up and saving the form of 200 lines is asked for in turn with the reference page (``_reference.py``),
one request after the other; of each the best round counts, by the clock and by the processor time of the server. The
import goes from the uploaded file to the last saved row, as the pages and the job do it, on each engine.
"""

import argparse
import gc
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlencode

from benchmarks._tables import Row, write
from benchmarks.pages import processor_seconds, reference
from proofs._site import Browser, Server, databases, install, install_demo, opened, served

LINES, PRODUCTS = 200, 10_000
OWNER = "s1"
MOST_RATIO, MOST_TOTALS_SECONDS, MOST_IMPORT_SECONDS = 6, 0.5, 20
HEAD = ("产品编码", "品名", "型号", "单位", "税率", "标价（含税，元）", "底价", "交期（天）")


@dataclass
class Work:
    """A request under measurement; ``act`` sends it once. Milliseconds of a request, of each round.

    What ``prepare`` returns is sent; to compose a form is the browser's work and is not counted.
    """

    name: str
    server: Server
    act: Callable[[str | None], None]
    prepare: Callable[[], str | None] = lambda: None
    taken: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    def measure(self, count: int) -> None:
        """Send ``count`` requests one after the other and keep what they took."""
        before, spent = processor_seconds(self.server), 0.0
        for _request in range(count):
            body = self.prepare()
            started = time.perf_counter()
            self.act(body)
            spent += time.perf_counter() - started
        self.taken.append(spent * 1000 / count)
        self.costs.append((processor_seconds(self.server) - before) * 1000 / count)


def fill_draft(data: Path) -> str:
    """Give a draft of the owner 200 lines and return its address."""
    from app.core.permissions import Actor  # slow import
    from app.core.uow import unit_of_work  # slow import
    from app.features.people.directory import actor_by_number  # slow import
    from app.features.quotations import actions  # slow import
    from app.features.quotations.models import QuotationRevision  # slow import

    with opened(data) as app:
        owner: Actor = actor_by_number(OWNER)
        with unit_of_work():
            draft = (
                app.extensions["sqlalchemy"]
                .session.query(QuotationRevision)
                .filter_by(status="draft", owner_id=owner.id, current=True)
                .first()
            )
            lines = [
                actions.LineInput(
                    name=f"液压件 {place}",
                    model=f"HY-{place:03d}",
                    unit="台",
                    quantity=Decimal(place % 9 + 1),
                    unit_price=Decimal(100 + place),
                    tax_rate=Decimal(13),
                    lead_time_days=10,
                )
                for place in range(1, LINES + 1)
            ]
            head = {name: getattr(draft, name) for name in actions.HEAD_FIELDS}
            actions.edit(draft, actor=owner, version=draft.version, head=head, lines=lines)
            return f"/quotations/{draft.quotation_id}/r/{draft.revision}"


def saving(browser: Browser, data: Path, address: str) -> Callable[[], str]:
    """Return what composes the form with one line changed, each time on the version that the last saving left."""
    fields = browser.get(f"{address}/edit").values(f"{address}/edit")
    quotation, _r, revision = address.removeprefix("/quotations/").split("/")

    def compose() -> str:
        with closing(sqlite3.connect(data / "database.sqlite3")) as database:
            version = database.execute(
                "SELECT version FROM quotation_revision WHERE quotation_id = ? AND revision = ?",
                (quotation, revision),
            ).fetchone()[0]
        fields["version"], fields["line-0-quantity"] = str(version), str(version % 7 + 1)
        return urlencode(fields)

    return compose


def works_of(bare: Server, desk: Server, address: str) -> list[Work]:
    """Sign in and return the requests to measure, the reference first."""
    visitor, owner = Browser(bare.port), Browser(desk.port).sign_in(OWNER)
    visitor.request("GET", "/login")
    fields = owner.form(f"{address}/edit")

    def asking(browser: Browser, method: str, place: str, wanted: int = 200) -> Callable[[str | None], None]:
        def ask(body: str | None) -> None:
            status = browser.request(method, place, body)
            if status != wanted:
                raise RuntimeError(f"{method} {place}: {status}")

        return ask

    edit, totals = f"{address}/edit", f"{address}/totals"
    typed = urlencode(fields)
    return [
        Work("reference", bare, asking(visitor, "GET", "/rows")),
        Work(f"open the form of {LINES} lines", desk, asking(owner, "GET", edit)),
        Work(f"read {LINES} lines", desk, asking(owner, "GET", address)),
        Work(f"totals of {LINES} lines", desk, asking(owner, "POST", totals), lambda: typed),
        Work(
            f"save {LINES} lines", desk, asking(owner, "POST", edit, 303), saving(owner, desk.data, address)
        ),
    ]


def rows_of_lines(works: list[Work]) -> list[Row]:
    """Return the figures of the quotation: how often the reference page each request takes."""
    bare, *others = works
    rows = [Row(bare.name, "", f"{min(bare.taken):.1f} ms, {min(bare.costs):.1f} ms of processor", True)]
    for work in others:
        taken, ratio = min(work.taken), min(work.taken) / min(bare.taken)
        figure = (
            f"{taken:.0f} ms, {min(work.costs):.0f} ms of processor; {ratio:.1f} × the reference"
            f" ({min(work.costs) / max(min(bare.costs), 0.01):.1f} × by processor)"
        )
        if work.name.startswith("totals"):
            held = taken <= MOST_TOTALS_SECONDS * 1000
            rows.append(Row(work.name, f"≤ {MOST_TOTALS_SECONDS} s", figure, held))
        else:
            rows.append(Row(work.name, f"≤ {MOST_RATIO} × the reference", figure, ratio <= MOST_RATIO))
    return rows


def measure_lines(work: Path, source: Path | None, rounds: int, count: int) -> list[Row]:
    """Measure the quotation of 200 lines over HTTP."""
    if source:
        shutil.copytree(source, work / "desk")
    else:
        install_demo(work / "desk")
    address = fill_draft(work / "desk")
    with reference(work / "bare") as bare, served(work / "desk", "", "--no-jobs") as desk:
        works = works_of(bare, desk, address)
        for each in works:
            each.measure(3)
            each.taken.clear()
            each.costs.clear()
        for _round in range(rounds):
            for each in works:
                each.measure(count)
    return rows_of_lines(works)


def import_seconds(data: Path, database: str) -> tuple[float, float]:
    """Return the seconds from the file to the last of 10,000 saved products, and those of this processor time."""
    from app.core import imports, jobs, spreadsheets  # slow import
    from app.core.db import session  # slow import
    from app.core.import_records import BatchStatus, ImportBatch  # slow import
    from app.core.permissions import Role  # slow import
    from app.core.uow import unit_of_work  # slow import
    from app.features.products.imports import KIND  # slow import
    from config import COLLECTOR  # slow import
    from tests import factories  # slow import
    from tests.tables import xlsx  # slow import

    rows = [
        (f"P-{place:05d}", f"液压件{place}", f"HY-{place}", "台", "13", 480, 400, 7)
        for place in range(PRODUCTS)
    ]
    content = xlsx(HEAD, *rows)
    install(data, database)
    # as the process has it that does this work
    gc.set_threshold(*COLLECTOR)
    with opened(data, database):
        keeper = factories.user(roles=[Role.BACK_OFFICE], department=factories.department())
        actor = factories.actor(keeper)
        started, worked = time.perf_counter(), time.process_time()
        checked = spreadsheets.open_upload("价目表.xlsx", content)
        table = spreadsheets.read_table(checked, imports.known_heads(KIND, actor))
        with unit_of_work():
            batch = imports.start(
                KIND, actor=actor, checked=checked, table=table, department_id=keeper.department_id
            )
        with unit_of_work():
            row = session.get_one(ImportBatch, batch.id)
            imports.confirm(KIND, row, actor=actor, version=row.version)
        jobs.run_due()
        taken, worked = time.perf_counter() - started, time.process_time() - worked
        session.rollback()
        done = session.get_one(ImportBatch, batch.id)
        if done.status != BatchStatus.DONE or done.done != PRODUCTS:
            raise RuntimeError(f"the import stands at {done.status}, {done.done} rows")
    return taken, worked


def measure_imports(work: Path, engine: str) -> list[Row]:
    """Measure the import on each engine that is there."""
    rows = []
    with databases(work) as found:
        for name, data, database in found:
            if engine in ("both", name.casefold()):
                taken, worked = import_seconds(data, database)
                held = taken <= MOST_IMPORT_SECONDS
                figure = f"{taken:.1f} s from the file to the last row, {worked:.1f} s of processor"
                rows.append(
                    Row(
                        f"import of {PRODUCTS:,} products, {name}", f"≤ {MOST_IMPORT_SECONDS} s", figure, held
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
    parser.add_argument("--count", type=int, default=10, help="requests of a kind in a round")
    parser.add_argument("--engine", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--only", choices=("lines", "import"))
    options = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="zhangcheng-desk-") as name:
        work = Path(name)
        if options.only != "import":
            rows += measure_lines(work, options.data, options.rounds, options.count)
        if options.only != "lines":
            rows += measure_imports(work, options.engine)
    return write(
        "desk",
        "The desk: long quotations and imports",
        f"granian as `manage.py run` starts it and SQLite's file for the quotation, signed in as its owner;"
        f" {options.rounds} rounds of {options.count} requests one after the other, in turn with the reference page,"
        " the best round of each. The import runs in one process.",
        rows,
    )


if __name__ == "__main__":
    sys.exit(main())
