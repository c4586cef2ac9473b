"""Fixtures of the whole suite: one application per worker, an empty database for every test, people by role."""

import gc
import os
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from coverage import Coverage
from flask import Flask
from sqlalchemy import create_engine, event, make_url, text

import config
from app import create_app
from app.core import clock, files, i18n
from app.core.db import db, session
from app.core.permissions import Role
from app.features.people.models import Department, User
from tests import factories, nothing_skipped, sending, sharing_out
from tests.client import Client
from tests.saved_tables import replace_database

# How fast an example is, is measured in benchmarks, never in a test.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")

# Each worker keeps thousands of statements and templates alive: looking through them again and again finds nothing.
gc.set_threshold(50_000, 20, 50)

POSTGRES = os.environ.get("TEST_DATABASE_URL", "")
# Tests of what knows no database: one statement of theirs would fail.
ENGINE_FREE = (
    "tests/architecture/",
    "tests/core/pdf/",
    *(
        f"tests/core/test_{name}.py"
        for name in (
            "canonical",
            "capital_amount",
            "certificate",
            "clock",
            "export",
            "findings",
            "forgery",
            "i18n",
            "kept_uploads",
            "lunar",
            "money",
            "pasted",
            "pictures",
            "pinyin",
            "questions",
            "signing",
            "spreadsheets",
            "verification_code",
            "written",
        )
    ),
    "tests/features/quotations/test_pdf.py",
    "tests/features/rules/test_outline.py",
    "tests/features/seals/test_drawing.py",
    "tests/test_config.py",
    "tests/test_installation.py",
    "tests/test_manage.py",
)
# Tests that walk through all pages, or try the same function thousands of times: what they run is judged by the
# tests of each part, and tracing them would take the full check minutes.
UNTRACED = (
    "tests/browser/",
    "tests/demo/",
    "tests/core/test_capital_amount.py::test_every_amount",
    "tests/core/test_concurrency.py",
    "tests/core/test_forgery.py::test_every_byte",
    "tests/core/test_lunar.py::test_every_",
    "tests/web/test_crawl.py",
    "tests/web/test_head.py",
    "tests/web/test_hostile.py",
    "tests/web/test_secrecy.py",
)


def pytest_configure(config: pytest.Config) -> None:
    """With ZHANGCHENG_NO_SKIP=1 a skipped test fails the run: the full check leaves nothing out."""
    if os.environ.get("ZHANGCHENG_NO_SKIP") == "1":
        config.pluginmanager.register(nothing_skipped)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that ask no database, which run on one engine only."""
    for item in items:
        if item.nodeid.startswith(ENGINE_FREE):
            item.add_marker("engine_free")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Measure no coverage while a test runs that is not meant to be judged by."""
    measuring = Coverage.current() if item.nodeid.startswith(UNTRACED) else None
    if measuring is None:
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Share the tests out among the workers as ``sharing_out`` says, in place of ``--dist loadgroup``."""
    return sharing_out.Sharing(config, log) if config.getvalue("dist") == "loadgroup" else None


def worker_database(worker: str, data: Path) -> str:
    """Return the address of this worker's own database, made fresh where it is PostgreSQL."""
    if not POSTGRES:
        return f"sqlite:///{(data / 'database.sqlite3').as_posix()}"
    url = make_url(config.database_url({"DATABASE_URL": POSTGRES}, data))
    own = url.set(database=f"{url.database}_{worker}")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{own.database}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{own.database}"'))
    engine.dispose()
    return own.render_as_string(hide_password=False)


def do_not_wait_for_the_disk(connection: Any, _record: Any) -> None:
    """What a test wrote need not outlive a power cut, as on the PostgreSQL of the tests."""
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Flask]:
    data = tmp_path_factory.mktemp("data")
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    app = create_app(
        config.Testing({"ZHANGCHENG_DATA": str(data), "DATABASE_URL": worker_database(worker, data)})
    )
    # An empty database would lead every address to the first-run page; its own tests take this away.
    app.extensions["installation_is_set_up"] = True
    with app.app_context():
        if not POSTGRES:
            event.listen(db.engine, "connect", do_not_wait_for_the_disk)
        db.create_all()
        if not POSTGRES:
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()
            shutil.copy(data / "database.sqlite3", data / "empty.sqlite3")
    yield app
    with app.app_context():
        db.engine.dispose()


@cache
def emptying_statements() -> str:
    """Return what empties every table of PostgreSQL past its triggers; of tables nearly empty TRUNCATE takes longer."""
    with db.engine.connect() as connection:
        tables = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        sequences = connection.execute(
            text("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
        )
        deletes = [f'DELETE FROM "{name}"' for name in tables.scalars()]
        restarts = ", ".join(f"setval('\"{name}\"', 1, false)" for name in sequences.scalars())
    return "; ".join(["SET LOCAL session_replication_role = replica", *deletes, f"SELECT {restarts}"])


def empty_database(app: Flask) -> None:
    """Bring the database back to its empty tables: a copy of the file, or a deletion past the triggers."""
    if POSTGRES:
        with db.engine.begin() as connection:
            connection.exec_driver_sql(emptying_statements())
        return
    data = Path(app.config["DATA_DIR"])
    replace_database(data / "database.sqlite3", data / "empty.sqlite3")


def refuse_statement(*_: Any) -> None:
    """Stand in for a database where there must be none."""
    raise AssertionError("this test stands in ENGINE_FREE and asked the database")


@contextmanager
def without_database() -> Iterator[None]:
    """Let no statement through inside a block."""
    event.listen(db.engine, "before_cursor_execute", refuse_statement)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", refuse_statement)


@pytest.fixture(autouse=True)
def database(app: Flask, request: pytest.FixtureRequest) -> Iterator[None]:
    """An empty database and an application context for every test; what it left is thrown away."""
    # features are registered in the order in which the application imports them
    from app.features.seals import keys

    # A test that makes an application of its own leaves the folders of that one behind.
    data = Path(app.config["DATA_DIR"])
    files.use_folder(data / "files")
    keys.use_folder(data / "keys")
    with app.app_context():
        i18n.set_locale(i18n.CHINESE)
        if request.node.get_closest_marker("engine_free"):
            with without_database():
                yield
        else:
            empty_database(app)
            yield
        session.remove()


@pytest.fixture
def client(app: Flask) -> Client:
    return Client(app)


@pytest.fixture
def at() -> Iterator[Callable[..., datetime]]:
    """Freeze the clock: ``at(2026, 11, 23, 9, 41)`` is a time of the company's zone; call again to move on."""
    tokens = []

    def freeze(*parts: int) -> datetime:
        # The wall clock of the company, as a person would say it.
        moment = clock.from_local(datetime(*parts)) if parts else datetime.now(UTC)  # type: ignore[arg-type]  # noqa: DTZ001
        tokens.append(clock._clock.set(lambda: moment))
        return moment

    yield freeze
    for token in reversed(tokens):
        clock._clock.reset(token)


@pytest.fixture
def queries(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """Collect the statements sent inside a block: ``with queries() as sent: …``."""

    return sending.sent


@pytest.fixture
def sales_department() -> Department:
    return factories.department(name="销售部")


@pytest.fixture
def salesperson(sales_department: Department) -> User:
    """孙晓, who owns what the tests make."""
    return factories.user(
        name="孙晓", staff_number="s1", department=sales_department, roles=[Role.SALESPERSON]
    )


@pytest.fixture
def manager(sales_department: Department) -> User:
    return factories.user(name="马经理", staff_number="m1", department=sales_department, roles=[Role.MANAGER])


@pytest.fixture
def leader() -> User:
    return factories.user(name="刘总", staff_number="l1", roles=[Role.LEADER])


@pytest.fixture
def technician() -> User:
    return factories.user(name="李工", staff_number="t1", roles=[Role.TECHNICAL])


@pytest.fixture
def buyer() -> User:
    return factories.user(name="赵采购", staff_number="p1", roles=[Role.PURCHASING])


@pytest.fixture
def back_office(sales_department: Department) -> User:
    return factories.user(
        name="孙内勤", staff_number="c1", department=sales_department, roles=[Role.BACK_OFFICE]
    )


@pytest.fixture
def seal_keeper() -> User:
    return factories.user(name="钱保管", staff_number="k1", roles=[Role.SEAL_KEEPER])


@pytest.fixture
def administrator() -> User:
    return factories.user(name="安管理", staff_number="admin", roles=[Role.ADMINISTRATOR])


@pytest.fixture
def outsider() -> User:
    """外人: an account without any role."""
    return factories.user(name="外人", staff_number="x1")
