"""The history of the tables: forward, back, forward again, and in the end what the models say."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

import config
from app import create_app
from app.core.db import db

ROOT = Path(__file__).resolve().parent.parent
FOLDER = str(ROOT / "migrations")
FIRST = "2026_11_index_lists"


@pytest.fixture
def fresh(tmp_path: Path) -> Flask:
    """An application over an empty SQLite file of its own."""
    address = f"sqlite:///{(tmp_path / 'database.sqlite3').as_posix()}"
    return create_app(config.Testing({"ZHANGCHENG_DATA": str(tmp_path), "DATABASE_URL": address}))


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
