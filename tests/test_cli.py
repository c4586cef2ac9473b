"""The program's own commands, as ``manage.py`` calls them."""

import json
import sqlite3
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from app import cli, demo
from app.core import backup, checks
from app.core.db import db
from app.core.permissions import Role
from launcher import folder
from tests import factories


@pytest.fixture(autouse=True)
def english(monkeypatch):
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")


@pytest.fixture
def data(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own beside the database of the suite."""
    folder.prepare(tmp_path / "data")
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path / "data")
    monkeypatch.setitem(app.config, "KEYS_DIR", tmp_path / "data" / "keys")
    return tmp_path / "data"


@pytest.fixture
def run(app: Flask, data: Path):
    return lambda *arguments: app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])


@pytest.fixture
def migrated(monkeypatch):
    monkeypatch.setattr(cli, "is_current", lambda: True)


def test_setup_reports_a_company_that_still_has_to_be_set_up(run, data, migrated):
    done = run("setup", "--empty")
    assert done.exit_code == 0, done.output
    assert json.loads(done.output.splitlines()[-1]) == {"demo": False, "ready": False}
    assert folder.kind(data) == "real"


def test_setup_never_loads_the_demo_into_a_real_folder(run, data, migrated, monkeypatch):
    folder.set_kind(data, folder.REAL)
    monkeypatch.setattr(cli, "load_demo", lambda folder: pytest.fail("the demo was loaded"))
    assert json.loads(run("setup", "--demo").output.splitlines()[-1]) == {"demo": False, "ready": False}


def test_setup_never_loads_the_demo_over_people(run, data, migrated, monkeypatch):
    factories.user(name="孙晓", roles=[Role.SALESPERSON])
    monkeypatch.setattr(cli, "load_demo", lambda folder: pytest.fail("the demo was loaded"))
    assert json.loads(run("setup", "--demo").output.splitlines()[-1]) == {"demo": False, "ready": True}
    assert folder.kind(data) == "real"


@pytest.mark.parametrize("before", [None, folder.LOADING])
def test_setup_loads_the_demo_into_a_fresh_folder_and_marks_it_meanwhile(
    run, data, migrated, monkeypatch, before
):

    if before:
        folder.set_kind(data, before)
    seen = []
    monkeypatch.setattr(demo, "load", lambda *, progress: seen.append(folder.kind(data)))
    done = run("setup", "--demo")
    assert json.loads(done.output.splitlines()[-1])["demo"] is True
    assert seen == [folder.LOADING]
    assert folder.kind(data) == folder.DEMO


def test_setup_refuses_a_damaged_database(run, data, migrated, monkeypatch):
    (data / "database.sqlite3").write_bytes(b"")
    monkeypatch.setattr(cli, "LARGEST_EXAMINED", -1)
    assert run("setup").exit_code == 0

    class Answer:
        def exec_driver_sql(self, statement: str) -> "Answer":
            return self

        def scalar(self) -> str:
            return "*** in database main ***"

    monkeypatch.setattr(cli, "LARGEST_EXAMINED", 1_000)
    monkeypatch.setattr(cli.session, "connection", Answer)
    done = run("setup")
    expected = 1 if db.engine.dialect.name == "sqlite" else 0
    assert done.exit_code == expected
    assert ("restore the latest backup" in done.output) == bool(expected)


def test_check_names_what_it_looked_at(run):
    done = run("check")
    assert done.exit_code == 0
    assert "Nothing found (database, foreign keys, event chain, stored files, tasks" in done.output


def test_check_with_findings_fails(run, monkeypatch):
    monkeypatch.setattr(checks, "run_all", lambda: [checks.Finding("stored files", "file 1 (a) is missing")])
    done = run("check")
    assert done.exit_code == 1
    assert done.output == "stored files: file 1 (a) is missing\n1 findings.\n"


def test_backup_is_written_described_and_compared_with(run, tmp_path):
    done = run("backup", tmp_path / "copy.zip")
    assert done.exit_code == 0, done.output
    assert "opened and counted" in done.output
    assert "It holds the keys" in done.output
    assert backup.verify(tmp_path / "copy.zip").rows >= 0
    assert run("check", "--against", tmp_path / "copy.zip").exit_code == 0


def test_backup_into_the_data_folder_is_refused(run, data):
    done = run("backup", data / "copy.zip")
    assert done.exit_code == 1
    assert done.output.startswith("Error: A backup inside the data folder would be lost with it")


def test_restore_says_why_it_cannot(run, data, tmp_path):
    run("backup", tmp_path / "copy.zip")
    done = run("restore", tmp_path / "copy.zip")
    assert done.exit_code == 1
    assert "is not empty" in done.output


def test_certificate_names_where_to_install_the_authority(run, data):
    done = run("certificate", "portal")
    assert done.exit_code == 0, done.output
    assert "The certificate is for: portal, localhost" in done.output
    assert str(data / "keys" / "https" / "ca.crt") in done.output
    assert run("certificate", "no name").output == "Error: no name is neither a host name nor an address\n"


def test_a_refusal_in_chinese_starts_with_its_own_words(run, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert run("certificate", "no name").output == "no name 既不是主机名也不是地址\n"


def test_jobs_that_are_due_are_run_once(run):
    done = run("jobs", "--once")
    assert done.exit_code == 0
    assert done.output.endswith("jobs were run.\n")


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        ("database or disk is full", "The disk is full or fails: free some space first."),
        (
            "attempt to write a readonly database",
            "The database is read-only: check the data folder's rights.",
        ),
        ("database disk image is malformed", "The database is damaged: restore the latest backup."),
        ("unable to open database file", "The database cannot be opened: check the data folder."),
        ("no such table: user", "The database refused: no such table: user"),
    ],
)
def test_database_errors_are_told_in_words(run, problem, sentence, monkeypatch):
    def refuse() -> None:
        raise OperationalError("SELECT 1", {}, sqlite3.OperationalError(problem))

    monkeypatch.setattr(checks, "run_all", refuse)
    done = run("check")
    assert done.exit_code == 1
    assert done.output == f"Error: {sentence}\n"
