"""Commands of the program (``flask setup``, ``flask check`` …); ``manage.py`` calls them.

The demo company is made by ``app.demo``: ``load()`` fills the empty database, ``ACCOUNTS`` are rows of
(sign-in name, name, role) and ``PASSWORD`` is theirs.
"""

import json
import logging
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import IO, Any

import click
from flask import Flask, current_app
from sqlalchemy import inspect
from sqlalchemy.exc import DatabaseError

from app.core import backup as backups
from app.core import checks, erasures, i18n, jobs
from app.core.db import db, session
from launcher import folder
from launcher.console import Refusal, say, speaks_chinese
from launcher.standing import LARGEST_EXAMINED, damaged, newest_migration

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def tell(chinese: str, english: str) -> None:
    """Print a sentence in the language of the terminal."""
    click.echo(say(chinese, english))


class Refused(click.ClickException):
    """What a command cannot do, in one sentence of the terminal's language."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the sentence; only an English one gets the customary word before it."""
        click.echo(say(self.message, f"Error: {self.message}"), file=file, err=file is None)


def with_clear_refusals(command: Callable[..., Any]) -> Callable[..., Any]:
    """Turn what a command cannot do into one sentence and exit code 1."""

    @wraps(command)
    def wrapped(*arguments: Any, **options: Any) -> Any:
        i18n.set_locale(i18n.CHINESE if speaks_chinese() else i18n.ENGLISH)
        try:
            return command(*arguments, **options)
        except (Refusal, backups.BackupError) as error:
            raise Refused(str(error)) from error
        except (DatabaseError, sqlite3.DatabaseError) as error:
            raise Refused(database_sentence(error)) from error

    return wrapped


def database_sentence(error: Exception) -> str:
    """Return what to do about a database that cannot be used."""
    original = getattr(error, "orig", None) or error
    text = str(original)
    if "disk is full" in text or "disk I/O" in text:
        return say(
            "磁盘已满或出现读写错误，请先腾出空间。", "The disk is full or fails: free some space first."
        )
    if "readonly" in text or "read-only" in text:
        return say(
            "数据库是只读的，请检查数据目录的权限。",
            "The database is read-only: check the data folder's rights.",
        )
    if "malformed" in text or "not a database" in text:
        return say(
            "数据库文件已损坏，请用最近的备份恢复。", "The database is damaged: restore the latest backup."
        )
    if "unable to open" in text:
        return say(
            "数据库文件打不开，请检查数据目录。", "The database cannot be opened: check the data folder."
        )
    return say(f"数据库出错：{text}", f"The database refused: {text}")


@click.command("setup")
@click.option("--demo/--empty", default=False, help="Load the demo company into a fresh installation.")
@with_clear_refusals
def setup(demo: bool) -> None:
    """Bring the database up to date and report, as one line of JSON, how the installation stands."""
    data = Path(current_app.config["DATA_DIR"])
    examine(data)
    migrate()
    erasures.apply_pending(data)
    kind = folder.kind(data)
    fresh = kind in (None, folder.LOADING) and not has_people()
    if fresh and demo:
        load_demo(data)
        kind = folder.DEMO
    elif kind is None:
        kind = folder.REAL
        folder.set_kind(data, kind)
    click.echo(json.dumps({"demo": kind == folder.DEMO, "ready": has_people()}))


def examine(data: Path) -> None:
    """Let SQLite look over a file of moderate size before it is written to; raises Refusal if damaged."""
    path = data / "database.sqlite3"
    if db.engine.dialect.name != "sqlite" or not path.exists():
        return
    if path.stat().st_size > LARGEST_EXAMINED:
        return
    answer = session.connection().exec_driver_sql("PRAGMA quick_check").scalar()
    session.rollback()
    if answer != "ok":
        raise damaged(path, str(answer))


def migrate() -> None:
    """Run the migrations that are still missing; a database that has them all is left alone."""
    if is_current():
        return
    from flask_migrate import upgrade  # slow import

    logging.getLogger("alembic").setLevel(logging.WARNING)
    click.echo(say("正在更新数据库…", "Updating the database …"), err=True)
    upgrade()


def is_current() -> bool:
    """Tell whether the database stands at the newest migration."""
    if not inspect(db.engine).has_table("alembic_version"):
        return False
    revision = session.connection().exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    session.rollback()
    return revision is not None and revision == newest_migration()


def has_people() -> bool:
    """Tell whether the installation was set up: it has accounts."""
    found = session.connection().exec_driver_sql('SELECT 1 FROM "user" LIMIT 1').scalar()
    session.rollback()
    return found is not None


def load_demo(data: Path) -> None:
    """Load the demo company; the folder is marked meanwhile, so that an interrupted loading starts afresh."""
    from app import demo as company  # slow import

    tell_error("正在准备演示公司（约一分钟）…", "Preparing the demo company (about a minute) …")
    folder.set_kind(data, folder.LOADING)
    company.load(progress=lambda line: click.echo(f"  {line}", err=True))
    folder.set_kind(data, folder.DEMO)


def tell_error(chinese: str, english: str) -> None:
    """Print progress where it does not mix with the report."""
    click.echo(say(chinese, english), err=True)


@click.command("check")
@click.option(
    "--against", type=click.Path(path_type=Path, exists=True), help="An older backup to compare with."
)
@with_clear_refusals
def check(against: Path | None) -> None:
    """Examine the installation; exit code 1 where anything is not as it must be."""
    examine(Path(current_app.config["DATA_DIR"]))
    findings = [f"{finding.check}: {finding.sentence}" for finding in checks.run_all()]
    if against is not None:
        findings += [f"history: {sentence}" for sentence in backups.compare_history(against)]
    for sentence in findings:
        click.echo(sentence)
    if findings:
        tell(f"发现 {len(findings)} 个问题。", f"{len(findings)} findings.")
        sys.exit(1)
    names = ", ".join(checks.names())
    tell(f"未发现问题（{names}）。", f"Nothing found ({names}).")


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@with_clear_refusals
def backup(file: Path | None) -> None:
    """Write a backup while the system runs, then open and count it."""
    data = Path(current_app.config["DATA_DIR"])
    if file is not None and data in file.absolute().parents:
        raise Refusal(
            "备份放在数据目录里会与它一起丢失，请换一个位置。",
            "A backup inside the data folder would be lost with it; name another place.",
        )
    target = file.absolute() if file else backups.free_target(Path(current_app.config["BACKUP_FOLDER"]))
    manifest = backups.create(target, data, current_app.config["SQLALCHEMY_DATABASE_URI"])
    describe(target, manifest)
    tell(
        "备份内含密钥，请妥善保管，并存到另一台电脑或移动硬盘。",
        "It holds the keys: keep it safe, and on another computer or disk.",
    )


def describe(archive: Path, manifest: backups.Manifest) -> None:
    """Print what a backup holds."""
    tell(
        f"{archive}：{len(manifest.tables)} 个表 {manifest.rows} 行，"
        f"{manifest.stored_files} 个文件，已打开核对。",
        f"{archive}: {manifest.rows} rows in {len(manifest.tables)} tables,"
        f" {manifest.stored_files} files, opened and counted.",
    )
    tell(
        f"时间线末端：第 {manifest.event_seq} 条，{manifest.event_hash}",
        f"Head of the timeline: event {manifest.event_seq}, {manifest.event_hash}",
    )


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@with_clear_refusals
def restore(file: Path) -> None:
    """Unpack a backup into the data folder, which must be empty."""
    data = Path(current_app.config["DATA_DIR"])
    manifest = backups.restore(file, data, current_app.config["SQLALCHEMY_DATABASE_URI"])
    describe(file, manifest)
    if erasures.bring_along(file, data):
        tell(
            "备份旁边的删除记录已带上，下次启动时会再次删除其中的个人资料。",
            "The list of erasures beside the backup came along; the next start erases these data again.",
        )
    tell(f"已恢复到 {data}。", f"Restored into {data}.")


@click.command("certificate")
@click.argument("names", nargs=-1)
@with_clear_refusals
def certificate(names: tuple[str, ...]) -> None:
    """Make a certificate for HTTPS under an authority of this installation; the next start uses it."""
    from app.core.certificate import AUTHORITY_CERTIFICATE, CertificateError, make  # slow import

    place = Path(current_app.config["KEYS_DIR"]) / "https"
    try:
        made = make(place, names)
    except CertificateError as error:
        raise Refused(str(error)) from error
    tell(f"证书适用于：{'、'.join(made)}", f"The certificate is for: {', '.join(made)}")
    authority = place / AUTHORITY_CERTIFICATE
    tell(
        f"请在每台电脑上把 {authority} 安装到“受信任的根证书颁发机构”，然后重新启动系统。",
        f"Install {authority} on each computer as a trusted root authority, then start the system again.",
    )


@click.command("jobs")
@click.option("--once", is_flag=True, help="Run what is due, then stop.")
@with_clear_refusals
def run_jobs(once: bool) -> None:
    """Run background work as a process of its own until it is stopped."""
    name = f"process-{os.getpid()}"
    if once:
        count = jobs.run_due(name)
        tell(f"已完成 {count} 项任务。", f"{count} jobs were run.")
        return
    worker = jobs.Worker(name, application().app_context)

    def stop(number: int, frame: FrameType | None) -> None:
        worker.stop(timeout=0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    tell("后台任务正在运行，按 Ctrl+C 停止。", "Background work is running, press Ctrl+C to stop.")
    worker.run()


def application() -> Flask:
    """Return the application itself, for a thread that opens contexts of its own."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    return app


def provide_migrations(app: Flask) -> None:
    """Make Flask-Migrate ready for this application, as ``flask db`` and ``upgrade`` need it.

    Servers never change the tables: without it each of them starts sooner and is smaller.
    """
    from flask_migrate import Migrate  # slow import

    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True, compare_type=True)


def install(app: Flask) -> None:
    """Add the commands to the application's command line."""
    if click.get_current_context(silent=True):
        provide_migrations(app)
    for command in (setup, check, backup, restore, certificate, run_jobs):
        app.cli.add_command(command)
