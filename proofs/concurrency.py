"""Prove that whoever comes at the same moment does not get in another's way, by processes of their own.

Over HTTP, against the running server: two managers approve, two keepers issue, one person clicks twice; each time
one effect. Through the unit of work: eight processes number a thousand documents, sixteen keep a bank exact.
On SQLite's file and, where it is installed, on PostgreSQL. Run by ``manage.py prove concurrency``.
"""

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, func, make_url, select, text

import config
from app import create_app
from app.core import clock, timeline
from app.core.db import db, session
from app.core.settings import SettingRow
from app.core.timeline import Event
from app.core.uow import unit_of_work
from app.features.customers.models import Customer
from app.features.inquiries import actions as inquiry_actions
from app.features.inquiries.models import Inquiry
from app.features.people.directory import actor_by_number
from app.features.quotations.models import IssuedFile, QuotationRevision
from app.features.seals.models import SealUse
from benchmarks._tables import Row, write
from proofs import _site, _stage
from tests.core import test_concurrency as bank

ROUNDS = 5
NUMBERING, DOCUMENTS = 8, 1_000
GIVEN_UP_EVERY = 10
PATIENCE_SECONDS = 600
spawning = multiprocessing.get_context("spawn")


def post_together(
    port: int, posts: Sequence[tuple[dict[str, str], str, dict[str, str]]]
) -> list[tuple[int, str]]:
    """Send posts (cookies, address, fields) at the same moment, a process each; return what each got."""
    return sorted(together(post_at_once, [(port, *post) for post in posts]))


def together(target: Callable[..., None], arguments: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Run a process for each of the arguments, let them begin at the same moment, and return what they report."""
    barrier, results = spawning.Barrier(len(arguments)), spawning.Queue()
    processes = [spawning.Process(target=target, args=(*given, barrier, results)) for given in arguments]
    for process in processes:
        process.start()
    found = [results.get(timeout=PATIENCE_SECONDS) for _process in processes]
    for process in processes:
        process.join(30)
    return found


def post_at_once(
    port: int, cookies: dict[str, str], address: str, fields: dict[str, str], barrier, results
) -> None:
    browser = _site.Browser(port, cookies)
    barrier.wait()
    browser.request("POST", address, fields)
    results.put((browser.status, browser.location))


def events(quotation_id: int, verb: str) -> int:
    """Return how often something happened to the first revision of a quotation."""
    revision = select(QuotationRevision.id).where(QuotationRevision.quotation_id == quotation_id)
    statement = select(func.count()).where(
        Event.doc_type == "quotation", Event.doc_id.in_(revision), Event.verb == verb
    )
    return session.execute(statement).scalar_one()


def race(
    port: int, names: Sequence[str], quotation_id: int, step: str, **typed: str
) -> list[tuple[int, str]]:
    """Let people who opened the same form send it at the same moment."""
    address = f"{_stage.address(quotation_id)}/{step}"
    posts = []
    for name in names:
        browser = _site.Browser(port).sign_in(name)
        posts.append((browser.cookies, address, browser.form(address, **typed)))
    return post_together(port, posts)


def over_http(data: Path, database: str) -> list[Row]:
    """Run all races over HTTP and return what came of them."""
    stage = _stage.build(data, database, reviews=2 * ROUNDS, approved=ROUNDS)
    managers, keepers = ("manager", _stage.SECOND_MANAGER), ("keeper", _stage.SECOND_KEEPER)
    with _site.served(data, database, "--no-jobs") as server:
        approvals = [race(server.port, managers, place, "approve") for place in stage["review"][:ROUNDS]]
        twice = [race(server.port, ("manager",) * 2, place, "approve") for place in stage["review"][ROUNDS:]]
        issues = [race(server.port, keepers, place, "issue", copies="2") for place in stage["approved"]]
        clicks = [double_click(server.port, stage["customer"][0]) for _round in range(ROUNDS)]
    with _site.opened(data, database):
        approved = [events(place, "quotation:approve") for place in stage["review"]]
        issued = [events(place, "quotation:issue") for place in stage["approved"]]
        files = session.execute(select(func.count()).select_from(IssuedFile)).scalar_one()
        uses = session.execute(select(func.count()).select_from(SealUse)).scalar_one()
        registered = session.execute(
            select(func.count()).select_from(Event).where(Event.verb == "inquiry:register")
        ).scalar_one()
    added = registered - 3 * ROUNDS
    same = [len({address for _status, address in found}) for found in clicks]
    one_each = [303, 409]
    return [
        Row(
            "two managers approve at once",
            "one effect",
            f"{ROUNDS} rounds: answers {seen(approvals)}, approvals {approved[:ROUNDS]}",
            approved[:ROUNDS] == [1] * ROUNDS
            and all([s for s, _ in found] == one_each for found in approvals),
        ),
        Row(
            "one manager sends the same approval twice",
            "one effect",
            f"{ROUNDS} rounds: answers {seen(twice)}, approvals {approved[ROUNDS:]}",
            approved[ROUNDS:] == [1] * ROUNDS,
        ),
        Row(
            "two keepers issue at once, two copies",
            "one effect",
            f"{ROUNDS} rounds: answers {seen(issues)}, {files} files, {uses} uses of the seal",
            issued == [1] * ROUNDS
            and (files, uses) == (2 * ROUNDS, ROUNDS)
            and all([s for s, _ in found] == one_each for found in issues),
        ),
        Row(
            "double click on a new inquiry",
            "one effect",
            f"{ROUNDS} rounds: answers {seen(clicks)}, {added} inquiries, addresses a round {same}",
            added == ROUNDS and same == [1] * ROUNDS,
        ),
    ]


def seen(rounds: Sequence[Sequence[tuple[int, str]]]) -> str:
    """Return the statuses that came back, each combination once."""
    return " or ".join(sorted({"+".join(str(status) for status, _ in found) for found in rounds}))


def double_click(port: int, customer: int) -> list[tuple[int, str]]:
    """Send one and the same new inquiry twice at the same moment."""
    browser = _site.Browser(port).sign_in("salesperson")
    fields = _stage.inquiry_fields(browser.form("/inquiries/new"), customer)
    return post_together(port, [(browser.cookies, "/inquiries/new", fields)] * 2)


def number_documents(environment: dict[str, str], barrier, results) -> None:
    """Register and report inquiries, each its own transaction; every tenth is given up before it is committed."""
    taken = []
    with create_app(config.load(environment)).app_context():
        actor = actor_by_number("salesperson")
        barrier.wait()
        for turn in range(DOCUMENTS // NUMBERING):
            if turn % GIVEN_UP_EVERY == 0:
                try:
                    with unit_of_work():
                        numbered_inquiry(actor)
                        raise KeyError("given up after the number was taken")
                except KeyError:
                    pass
            with unit_of_work():
                number = numbered_inquiry(actor)
            taken.append(number)
        session.remove()
        db.engine.dispose()
    results.put(taken)


def numbered_inquiry(actor: Any) -> str:
    inquiry = inquiry_actions.register(
        actor=actor,
        customer=session.execute(select(Customer)).scalars().first(),
        received_at=clock.now(),
        deadline=clock.now() + timedelta(days=2),
        kind="inquiry",
        channel="phone",
        summary="液压件询价",
        lines=[inquiry_actions.LineInput(name="液压件", quantity=Decimal(1), unit="台")],
    )
    inquiry_actions.fire(inquiry, "report", actor=actor, version=None, data={})
    return str(inquiry.number)


def numbering(data: Path, database: str) -> Row:
    """Let eight processes number a thousand documents."""
    _stage.build(data, database)
    environment = _site.variables(data, database)
    started = time.monotonic()
    taken = [
        number for numbers in together(number_documents, [(environment,)] * NUMBERING) for number in numbers
    ]
    seconds = time.monotonic() - started
    with _site.opened(data, database):
        stored = session.execute(select(Inquiry.number).where(Inquiry.number.is_not(None))).scalars().all()
    order = sorted(int(number.rsplit("-", 1)[1]) for number in taken)
    gaps = order[-1] - order[0] + 1 - len(order)
    doubled = len(taken) - len(set(taken))
    held = doubled == gaps == 0 and sorted(taken) == sorted(stored) and len(taken) == DOCUMENTS
    found = _site.examine(data, database)
    figure = f"{len(taken)} numbers, {doubled} twice, {gaps} gaps, {seconds:.0f} s; check: {found or 'nothing found'}"
    return Row(
        f"{DOCUMENTS:,} documents numbered by {NUMBERING} processes",
        "none twice, none lost",
        figure,
        held and not found,
    )


def keep_bank(data: Path, database: str) -> Row:
    """Let sixteen processes transfer money through the unit of work."""
    _site.install(data, database)
    environment = {"ZHANGCHENG_DATA": str(data), "DATABASE_URL": database}
    with _site.opened(data, database), unit_of_work():
        for number in range(bank.ACCOUNTS):
            session.add(SettingRow(key=f"account-{number}", value=bank.START))
    started = time.monotonic()
    failed = ""
    try:
        repeated = sum(
            together(bank.clerk_process, [(environment, number) for number in range(bank.WRITERS)])
        )
    except Exception as error:
        failed, repeated = f"; {error}", -1
    seconds = time.monotonic() - started
    with _site.opened(data, database):
        balances, chain = bank.balances(), timeline.verify_chain()
    transfers = bank.WRITERS * bank.TRANSFERS
    figure = (
        f"{transfers} transfers by {bank.WRITERS} processes in {seconds:.0f} s, sum {sum(balances):,} of"
        f" {bank.ACCOUNTS * bank.START:,}, {repeated} refused{failed}"
    )
    held = balances == bank.expected_balances() and not chain and repeated == 0
    return Row("bank of 16 writers through the unit of work", "exact, nothing locked", figure, held)


def fresh(database: str, name: str) -> str:
    """Return the address of a new database on a PostgreSQL server; SQLite needs none."""
    if not database:
        return ""
    url = make_url(config.database_url({"DATABASE_URL": database}, Path()))
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


def main() -> int:
    """Run everything on every engine, write the table, and return 1 where something did not hold."""
    rows = []
    with (
        tempfile.TemporaryDirectory(prefix="zhangcheng-concurrency-") as name,
        _site.databases(Path(name)) as engines,
    ):
        for engine, data, server in engines:
            found = over_http(data / "http", fresh(server, "proof_http"))
            found.append(numbering(data / "numbers", fresh(server, "proof_numbers")))
            found.append(keep_bank(data / "bank", fresh(server, "proof_bank")))
            rows += [Row(f"{engine}: {row.name}", row.target, row.figure, row.held) for row in found]
    return write(
        "concurrency",
        "Many at once",
        "each of those who come at once is a process of its own; over HTTP against `manage.py run`.",
        rows,
        Path(__file__).parent,
    )


if __name__ == "__main__":
    sys.exit(main())
