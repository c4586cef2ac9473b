"""Many writers at once, as processes of their own: nothing is lost, doubled or refused as locked."""

import multiprocessing
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

import config
from app import create_app
from app.core import timeline
from app.core.db import db, session
from app.core.errors import Conflict
from app.core.numbering import Sequence, next_number
from app.core.once import create_once
from app.core.permissions import SYSTEM
from app.core.settings import SettingRow
from app.core.uow import unit_of_work
from tests.core import letters  # noqa: F401 - registers the verbs

WRITERS = 16
TRANSFERS = 25
ACCOUNTS = 4
START = 1_000
NUMBERING = 8
NUMBERS = 125

spawning = multiprocessing.get_context("spawn")


def application(environment: dict[str, str]) -> Flask:
    return create_app(config.Testing(environment))


def transfer(source: str, target: str, amount: int) -> None:
    """Move an amount as a form would: read, compute, write, with an event."""
    with unit_of_work():
        rows = {
            row.key: row
            for row in session.execute(
                select(SettingRow)
                .where(SettingRow.key.in_([source, target]))
                .order_by(SettingRow.key)
                .with_for_update()
            ).scalars()
        }
        rows[source].value -= amount
        rows[target].value += amount
        timeline.record("letter", amount, "letter:plain", SYSTEM)


def bank_clerk(environment: dict[str, str], number: int, gate: Callable[[], object]) -> int:
    """Make transfers and return how many had to be tried again because somebody was faster."""
    repeated = 0
    with application(environment).app_context():
        gate()
        for turn in range(TRANSFERS):
            source = f"account-{(number + turn) % ACCOUNTS}"
            target = f"account-{(number + turn + 1 + number % (ACCOUNTS - 1)) % ACCOUNTS}"
            while True:
                try:
                    transfer(source, target, 1 + turn % 7)
                    break
                except Conflict:
                    repeated += 1
        session.remove()
        db.engine.dispose()
    return repeated


def clerk_process(environment: dict[str, str], number: int, barrier, results) -> None:
    results.put(bank_clerk(environment, number, barrier.wait))


def take_numbers(environment: dict[str, str], barrier, results) -> None:
    taken = []
    with application(environment).app_context():
        barrier.wait()
        for _turn in range(NUMBERS):
            with unit_of_work():
                taken.append(next_number("letter", "L"))
        db.engine.dispose()
    results.put(taken)


def create_with_one_token(environment: dict[str, str], number: int, barrier, results) -> None:
    def make() -> str:
        session.add(SettingRow(key=f"made-by-{number}", value=1))
        return f"/made-by/{number}"

    with application(environment).app_context():
        barrier.wait()
        with unit_of_work():
            address = create_once("one-token", None, make)
        db.engine.dispose()
    results.put(address)


@pytest.fixture
def environment(app: Flask) -> dict[str, str]:
    """What a process needs to open the database of this test."""
    data = Path(app.config["DATA_DIR"])
    session.remove()
    db.engine.dispose()
    return {"ZHANGCHENG_DATA": str(data), "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"]}


def run(target, environment, count, *, numbered=True) -> list:
    barrier, results = spawning.Barrier(count), spawning.Queue()
    arguments = [
        (environment, number, barrier, results) if numbered else (environment, barrier, results)
        for number in range(count)
    ]
    processes = [spawning.Process(target=target, args=given) for given in arguments]
    for process in processes:
        process.start()
    found = [results.get(timeout=120) for _process in processes]
    for process in processes:
        process.join(120)
        assert process.exitcode == 0
    return found


@pytest.fixture
def accounts() -> None:
    with unit_of_work():
        for number in range(ACCOUNTS):
            session.add(SettingRow(key=f"account-{number}", value=START))


def balances() -> list[int]:
    return [session.get(SettingRow, f"account-{number}").value for number in range(ACCOUNTS)]


def expected_balances() -> list[int]:
    expected = [START] * ACCOUNTS
    for number in range(WRITERS):
        for turn in range(TRANSFERS):
            expected[(number + turn) % ACCOUNTS] -= 1 + turn % 7
            expected[(number + turn + 1 + number % (ACCOUNTS - 1)) % ACCOUNTS] += 1 + turn % 7
    return expected


def check_bank() -> None:
    assert balances() == expected_balances()
    assert sum(balances()) == ACCOUNTS * START
    assert timeline.head()[0] == WRITERS * TRANSFERS
    assert timeline.verify_chain() == []


@pytest.mark.slow
def test_sixteen_processes_keep_the_bank_exact(accounts, environment):
    repeated = run(clerk_process, environment, WRITERS)
    assert sum(repeated) == 0
    check_bank()


def test_sixteen_threads_keep_the_bank_exact(app, accounts):
    barrier, failures = threading.Barrier(WRITERS), []

    def work(number: int) -> None:
        try:
            with app.app_context():
                barrier.wait()
                for turn in range(TRANSFERS):
                    source = f"account-{(number + turn) % ACCOUNTS}"
                    target = f"account-{(number + turn + 1 + number % (ACCOUNTS - 1)) % ACCOUNTS}"
                    transfer(source, target, 1 + turn % 7)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert failures == []
    session.rollback()
    check_bank()


@pytest.mark.slow
def test_eight_processes_number_a_thousand_documents_once_each(environment):
    taken = [
        number for numbers in run(take_numbers, environment, NUMBERING, numbered=False) for number in numbers
    ]
    assert len(taken) == len(set(taken)) == NUMBERING * NUMBERS
    last = session.execute(select(Sequence.last)).scalar_one()
    assert sorted(int(number.rsplit("-", 1)[1]) for number in taken) == list(range(1, last + 1))


@pytest.mark.slow
def test_one_form_sent_by_four_processes_creates_once(environment):
    addresses = run(create_with_one_token, environment, 4)
    assert len(set(addresses)) == 1
    made = session.execute(select(SettingRow.key)).scalars().all()
    assert made == [addresses[0].removeprefix("/").replace("/", "-")]


def held_lock(app: Flask) -> sqlite3.Connection:
    """A writer of another program, which does not let go by itself."""
    holder = sqlite3.connect(
        Path(app.config["DATA_DIR"]) / "database.sqlite3", isolation_level=None, check_same_thread=False
    )
    holder.execute("BEGIN IMMEDIATE")
    return holder


def test_writer_gets_the_lock_as_soon_as_it_is_free(app):
    """SQLite's own waiting would look again after up to a tenth of a second and starve among busy writers."""
    if db.engine.dialect.name != "sqlite":
        return
    waits = []
    for _round in range(3):
        holder, freed = held_lock(app), []

        def let_go(connection=holder, moments=freed) -> None:
            moments.append(time.monotonic())
            connection.rollback()

        release = threading.Timer(0.4, let_go)
        # the connection is used by one thread after the other, never by two at once
        release.start()
        with unit_of_work():
            session.execute(select(Sequence.last))
            waits.append(time.monotonic() - freed[0])
        release.join()
    # another program on the machine may have held up one of them
    assert sorted(waits)[1] < 0.09


def test_writer_who_waited_in_vain_is_told_that_the_database_is_locked(app, monkeypatch):
    if db.engine.dialect.name != "sqlite":
        return
    monkeypatch.setattr("app.core.db.BUSY_TIMEOUT_MILLISECONDS", 50)
    holder = held_lock(app)
    with pytest.raises(OperationalError, match="database is locked"), unit_of_work():
        session.execute(select(Sequence.last))
    holder.rollback()
    with unit_of_work():
        session.add(SettingRow(key="afterwards", value=1))
    assert session.get(SettingRow, "afterwards").value == 1
