"""The way out of PostgreSQL and back, against the server of ``manage.py test --all``."""

import os
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, make_url, text

import config
from app.core import backup_postgresql, i18n
from app.core.backup import BackupError

pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def in_english():
    """What is wrong is looked for in English."""
    i18n.set_locale(i18n.ENGLISH)


@pytest.fixture
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[URL, URL]:
    """Two empty databases of this worker."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    given = os.environ["POSTGRES_TEST_URL"]
    server = make_url(config.database_url({"DATABASE_URL": given}, tmp_path))
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    names = [f"backup_{side}_{worker}" for side in ("one", "two")]
    with engine.connect() as connection:
        for name in names:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.set(database=names[0]), server.set(database=names[1])


def fill(url: URL) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in (
            "CREATE TABLE alembic_version (version_num text)",
            "INSERT INTO alembic_version VALUES ('abc')",
            'CREATE TABLE "user" (id int primary key, name text)',
            """INSERT INTO "user" VALUES (1, E'two\\nlines \\\\. and a tab\\t'), (2, NULL)""",
            "CREATE TABLE stored_file (id int, sha256 text, name text)",
            "INSERT INTO stored_file VALUES (1, 'aa', 'x'), (2, 'bb', 'y'), (3, 'aa', 'z')",
            "CREATE TABLE event_chain (id int, seq bigint, hash text)",
            "INSERT INTO event_chain VALUES (1, 42, 'ffff')",
            "CREATE TABLE empty_table (id int)",
        ):
            connection.execute(text(statement))
    engine.dispose()


EXPECTED = {"alembic_version": 1, "user": 2, "stored_file": 3, "event_chain": 1, "empty_table": 0}


def test_dump_counts_what_it_holds_and_comes_back_whole(databases, tmp_path):
    one, two = databases
    fill(one)
    archive = tmp_path / "database.pgdump"
    assert backup_postgresql.dump(one, archive) == ("abc", EXPECTED, 42, "ffff")
    assert backup_postgresql.count(archive, EXPECTED) == ["aa", "bb"]
    backup_postgresql.load(two, archive)
    engine = create_engine(two)
    with engine.connect() as connection:
        assert backup_postgresql.facts_of(connection) == ("abc", EXPECTED, 42, "ffff")
    engine.dispose()


def test_dump_with_other_rows_than_counted_is_refused(databases, tmp_path):
    one, _two = databases
    fill(one)
    archive = tmp_path / "database.pgdump"
    backup_postgresql.dump(one, archive)
    with pytest.raises(BackupError, match="does not hold the rows"):
        backup_postgresql.count(archive, {**EXPECTED, "user": 3})


def test_database_with_tables_is_not_overwritten(databases, tmp_path):
    one, _two = databases
    fill(one)
    archive = tmp_path / "database.pgdump"
    backup_postgresql.dump(one, archive)
    with pytest.raises(BackupError, match="The database is not empty"):
        backup_postgresql.load(one, archive)


def test_database_without_history_has_no_head(databases):
    one, _two = databases
    engine = create_engine(one)
    with engine.connect() as connection:
        assert backup_postgresql.facts_of(connection) == ("", {}, 0, "0" * 64)
    engine.dispose()
