"""The PostgreSQL half of a backup: pg_dump under one snapshot, in which the rows are counted as well."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import IO

from sqlalchemy import URL, Connection, create_engine, inspect, text

from app.core.i18n import LazyText, lazy
from app.core.timeline import GENESIS

COPY_END = b"\\."


class BackupError(Exception):
    """A backup or restore could not be done or proved wrong; the text says what to do, in the reader's language."""

    def __init__(self, sentence: LazyText) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


def program(name: str) -> str:
    """Return the path of one of PostgreSQL's client programs; raises BackupError where it is missing."""
    path = shutil.which(name)
    if path is None:
        raise BackupError(lazy("找不到程序 %(name)s，请先安装 PostgreSQL 的客户端程序", name=name))
    return path


def connection_arguments(url: URL) -> tuple[list[str], dict[str, str]]:
    """Return arguments and environment for PostgreSQL's programs; no password stands on a command line."""
    plain = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, query=url.query
    ).render_as_string(hide_password=False)
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    return ["--dbname", plain], environment


def dump(url: URL, target: Path) -> tuple[str, dict[str, int], int, str]:
    """Write a dump and return migration, rows of each table, number and hash of the newest event.

    Dump and counts are of the very same moment. Raises BackupError.
    """
    arguments, environment = connection_arguments(url)
    engine = create_engine(url, isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection:
            snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
            facts = facts_of(connection)
            command = [program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
            command += [f"--snapshot={snapshot}", f"--file={target}", *arguments]
            run(command, environment)
    finally:
        engine.dispose()
    return facts


def facts_of(connection: Connection) -> tuple[str, dict[str, int], int, str]:
    """Return migration, rows of each table, number and hash of the newest event."""
    quote = connection.dialect.identifier_preparer.quote
    names = sorted(inspect(connection).get_table_names())
    # the names come from the database's own catalogue
    tables = {
        name: connection.execute(text(f"SELECT count(*) FROM {quote(name)}")).scalar_one()  # noqa: S608
        for name in names
    }
    revision, head = "", None
    if "alembic_version" in tables:
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() or ""
    if "event_chain" in tables:
        head = connection.execute(text("SELECT seq, hash FROM event_chain WHERE id = 1")).first()
    seq, digest = head or (0, GENESIS)
    return revision, tables, seq, digest


def count(archive: Path, expected: dict[str, int]) -> list[str]:
    """Count the rows in a dump and return the hashes of the stored files; BackupError for a difference."""
    command = [program("pg_restore"), "--data-only", "--file=-", str(archive)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        counted, hashes = read_copy_blocks(process.stdout)
        process.communicate()
    if process.returncode or {name: counted.get(name, 0) for name in expected} != expected:
        raise BackupError(lazy("备份里的行数与备份时清点的不一致，请重新备份"))
    return hashes


def read_copy_blocks(stream: IO[bytes]) -> tuple[dict[str, int], list[str]]:
    """Return rows of each table and the hashes of stored files from the text of a dump."""
    counted: dict[str, int] = {}
    hashes: set[str] = set()
    table, column = "", -1
    for line in stream:
        if not table:
            if line.startswith(b"COPY "):
                name, _, rest = line[5:].decode().partition(" (")
                table = name.rpartition(".")[2].strip('"')
                columns = rest.partition(")")[0].split(", ")
                column = columns.index("sha256") if table == "stored_file" else -1
                counted[table] = 0
        elif line.rstrip(b"\r\n") == COPY_END:
            table = ""
        else:
            counted[table] += 1
            if column >= 0:
                hashes.add(line.rstrip(b"\n").split(b"\t")[column].decode())
    return counted, sorted(hashes)


def load(url: URL, archive: Path) -> None:
    """Load a dump into an empty database, wholly or not at all. Raises BackupError."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            if inspect(connection).get_table_names():
                raise BackupError(lazy("数据库不是空的，请恢复到一个空的数据库"))
    finally:
        engine.dispose()
    arguments, environment = connection_arguments(url)
    command = [
        program("pg_restore"),
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
    ]
    run([*command, *arguments, str(archive)], environment)


def run(command: list[str], environment: dict[str, str]) -> None:
    """Run a program of PostgreSQL; raises BackupError with its own last words."""
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupError(
            lazy("%(name)s 报告：%(what)s", name=Path(command[0]).name, what=done.stderr.strip()[-500:])
        )
