"""The history of the tables: forward, back, forward again, and in the end what the models say."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import create_engine, inspect, make_url, text

import config
from app import create_app
from app.cli import provide_migrations
from app.core.db import db

ROOT = Path(__file__).resolve().parent.parent
FOLDER = str(ROOT / "migrations")
FIRST = "2026_11_index_lists"


@pytest.fixture
def fresh(tmp_path: Path) -> Flask:
    """An application over an empty SQLite file of its own."""
    address = f"sqlite:///{(tmp_path / 'database.sqlite3').as_posix()}"
    return application(tmp_path, address)


def application(folder: Path, address: str) -> Flask:
    """An application as the commands have it, which change the tables."""
    made = create_app(config.Testing({"ZHANGCHENG_DATA": str(folder), "DATABASE_URL": address}))
    provide_migrations(made)
    return made


@pytest.mark.postgres
def test_whole_history_runs_on_postgresql_and_ends_with_what_the_models_say(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    server = make_url(config.database_url({"DATABASE_URL": os.environ["POSTGRES_TEST_URL"]}, tmp_path))
    own = server.set(database=f"history_{worker}")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {own.database} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {own.database}"))
    engine.dispose()
    address = own.render_as_string(hide_password=False)
    app = application(tmp_path, address)
    with app.app_context():
        upgrade(directory=FOLDER)
        with db.engine.connect() as connection:
            found = compare_metadata(MigrationContext.configure(connection), db.metadata)
            assert [change for change in found if "search_part" not in str(change)] == []
        # Once more finds nothing to do.
        upgrade(directory=FOLDER)
        db.engine.dispose()


def test_the_register_survives_the_way_back_and_forth_with_its_checks_and_triggers(fresh: Flask) -> None:
    with fresh.app_context():
        upgrade(directory=FOLDER)
        downgrade(directory=FOLDER, revision=FIRST)
        assert "seal_request" not in inspect(db.engine).get_table_names()
        upgrade(directory=FOLDER)
        with db.engine.connect() as connection:
            found = compare_metadata(MigrationContext.configure(connection), db.metadata)
            # the index of the search is described by no model
            assert [change for change in found if "search_part" not in str(change)] == []
            statement = "SELECT sql FROM sqlite_master WHERE name = 'seal_use'"
            table = connection.execute(text(statement)).scalar_one()
            triggers = connection.execute(
                text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'seal_use'")
            ).scalar_one()
    assert "form IN ('electronic', 'paper', 'wet', 'taken_out')" in table
    for name in ("form", "copies", "impressions"):
        assert table.count(f"ck_seal_use_{name}") == 1, name
    assert triggers == 2


def put(connection: sqlite3.Connection, table: str, **values: object) -> None:
    """Put a row into a table as it is today, what must stand there filled with something of its kind."""
    row = {}
    for _place, name, kind, needed, default, _key in connection.execute(f'PRAGMA table_info("{table}")'):
        if needed and default is None:
            plain = 1 if kind.startswith(("INT", "BOOL")) else ""
            row[name] = "2026-11-01 00:00:00.000000" if kind.startswith("DATE") else plain
    row |= values
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join(f":{name}" for name in row)
    connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', row)


def test_what_was_written_of_a_loss_becomes_a_cause_by_its_words(fresh: Flask) -> None:
    told = {
        "价格高出约 6%": "price",
        "价格没问题，交期太长": "lead_time",
        "对方接受货到 90 天付款": "terms",
        "客户指定原厂品牌": "brand",
        "不清楚": "other",
        "": None,
    }
    with fresh.app_context():
        upgrade(directory=FOLDER, revision="2026_11_figures")
        with closing(sqlite3.connect(str(db.engine.url.database))) as connection:
            put(connection, "department", id=1)
            put(connection, "user", id=1)
            put(connection, "customer", id=1, kind="dealer")
            for number, words in enumerate(told, 1):
                kind = "tender" if number == 1 else "inquiry"
                values = {"status": "lost", "channel": "phone", "kind": kind, "lost_reason": words}
                put(connection, "inquiry", id=number, **values)
            connection.commit()
        upgrade(directory=FOLDER)
        with db.engine.connect() as connection:
            statement = "SELECT lost_reason, loss_cause, opening_at, deadline FROM inquiry ORDER BY id"
            rows = connection.execute(text(statement)).all()
    assert {row.lost_reason: row.loss_cause for row in rows} == told
    # a tender on record is opened at its deadline, nothing else is opened at all
    assert [row.opening_at == row.deadline for row in rows] == [True, *[False] * (len(told) - 1)]
