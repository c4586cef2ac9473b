"""Backup and restore: database, files and keys in one archive that was opened and counted after writing.

The database is copied first, online and consistent, then the files: a file is on the disk before its row is
written and is never removed by a request, so every row of the copy finds its file. The archive holds the keys
and must be kept as safe as the installation itself. Its manifest carries the head of the event chain: whoever
rewrites history later can be told by an older backup.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import IO, Any

from sqlalchemy import URL, make_url, select
from sqlalchemy import func as sql

from app.core import backup_postgresql, clock, settings
from app.core.backup_postgresql import BackupError
from app.core.db import session
from app.core.i18n import lazy
from app.core.timeline import GENESIS, Event
from app.core.uow import unit_of_work

FORMAT = 1
MANIFEST = "manifest.json"
SQLITE_MEMBER = "database.sqlite3"
POSTGRESQL_MEMBER = "database.pgdump"
FOLDERS = ("files", "keys")
OVERDUE_AFTER = timedelta(days=7)
BLOCK = 1024 * 1024

settings.register(settings.Setting("backup.last_at", "hidden", None, lazy("上次备份"), section="backup"))


@dataclass(frozen=True)
class Member:
    """A file of the archive: size in bytes and SHA-256 in hexadecimal."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself: time, engine, migration, rows of each table, head of the chain."""

    created_at: str
    engine: str
    revision: str
    tables: dict[str, int]
    event_seq: int
    event_hash: str
    members: dict[str, Member] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """The number of rows of all tables."""
        return sum(self.tables.values())

    @property
    def stored_files(self) -> int:
        """The number of stored files."""
        return sum(name.startswith("files/") for name in self.members)


def create(target: Path, folder: Path, database_url: str) -> Manifest:
    """Write a backup of an installation while it runs, open and count it, and note the time in the settings.

    ``folder`` is the data folder. Raises BackupError when the target exists, the disk is full or the archive
    does not prove right; nothing unfinished is left under the target's name.
    """
    if target.exists():
        raise BackupError(f"{target} exists already; name another file.")
    url = make_url(database_url)
    unfinished = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as work:
            manifest = _write(unfinished, Path(work), folder, url)
        verify(unfinished)
        os.replace(unfinished, target)
    except OSError as error:
        raise BackupError(f"{target} cannot be written: {error.strerror}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
    note_success()
    return manifest


def _write(archive: Path, work: Path, folder: Path, url: URL) -> Manifest:
    if url.get_backend_name() == "sqlite":
        name, copy = SQLITE_MEMBER, work / SQLITE_MEMBER
        facts = copy_sqlite(Path(str(url.database)), copy)
    else:
        name, copy = POSTGRESQL_MEMBER, work / POSTGRESQL_MEMBER
        facts = backup_postgresql.dump(url, copy)
    members: dict[str, Member] = {}
    # the archive holds the keys: nobody but the owner may read it, not even while it is written
    handle = os.open(archive, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w+b") as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as packed:
            members[name] = _add(packed, copy, name)
            for part in FOLDERS:
                for path in sorted((folder / part).rglob("*")):
                    if path.is_file() and not path.name.startswith((".", "tmp")):
                        member = path.relative_to(folder).as_posix()
                        members[member] = _add(packed, path, member)
            manifest = Manifest(clock.now().isoformat(), url.get_backend_name(), *facts, members)
            text = json.dumps({"format": FORMAT, **asdict(manifest)}, ensure_ascii=False, indent=1)
            packed.writestr(MANIFEST, text)
        stream.flush()
        os.fsync(stream.fileno())
    return manifest


def _add(packed: zipfile.ZipFile, path: Path, name: str) -> Member:
    digest, size = hashlib.sha256(), 0
    info = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    info.compress_type = zipfile.ZIP_DEFLATED
    with path.open("rb") as source, packed.open(info, "w", force_zip64=True) as stream:
        while block := source.read(BLOCK):
            digest.update(block)
            size += len(block)
            stream.write(block)
    return Member(size, digest.hexdigest())


def copy_sqlite(source: Path, target: Path) -> tuple[str, dict[str, int], int, str]:
    """Copy a SQLite database through its backup interface, the write-ahead log included.

    Returns migration, rows of each table, number and hash of the newest event, all read from the copy.
    """
    with closing(sqlite3.connect(source)) as original, closing(sqlite3.connect(target)) as copy:
        original.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        return sqlite_facts(copy)


def sqlite_facts(database: sqlite3.Connection) -> tuple[str, dict[str, int], int, str]:
    """Return migration, rows of each table, number and hash of the newest event of an open database."""
    names = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    # the names come from the database's own catalogue
    tables = {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in names}  # noqa: S608
    revision = _one(database, tables, "alembic_version", "SELECT version_num FROM alembic_version")
    head = _one(database, tables, "event_chain", "SELECT seq, hash FROM event_chain WHERE id = 1")
    seq, digest = head or (0, GENESIS)
    return (revision[0] if revision else ""), tables, seq, digest


def _one(database: sqlite3.Connection, tables: dict[str, int], table: str, statement: str) -> Any:
    return database.execute(statement).fetchone() if table in tables else None


def read_manifest(archive: Path) -> Manifest:
    """Return what an archive says of itself. Raises BackupError for a file that is not such an archive."""
    with _opened(archive) as packed:
        return _manifest_of(packed)


@contextmanager
def _opened(archive: Path) -> Iterator[zipfile.ZipFile]:
    try:
        packed = zipfile.ZipFile(archive)
    except (OSError, zipfile.BadZipFile) as error:
        raise BackupError(f"{archive} cannot be opened as a backup: {error}.") from error
    with packed:
        yield packed


def _manifest_of(packed: zipfile.ZipFile) -> Manifest:
    try:
        values = json.loads(packed.read(MANIFEST))
        if values.pop("format") != FORMAT:
            raise BackupError(
                "The backup was written by a newer version of the program; restore it with that."
            )
        members = {name: Member(**member) for name, member in values.pop("members").items()}
        return Manifest(members=members, **values)
    except (KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise BackupError(
            "This is not a backup of this program: its manifest is missing or damaged."
        ) from error


def verify(archive: Path) -> Manifest:
    """Open an archive, compare every file with the manifest, count the rows of the database in it.

    Raises BackupError for the first thing that is not as it must be; returns the manifest.
    """
    with (
        _opened(archive) as packed,
        tempfile.TemporaryDirectory(dir=archive.parent, prefix=".verify-") as work,
    ):
        manifest = _manifest_of(packed)
        if set(packed.namelist()) != {*manifest.members, MANIFEST}:
            raise BackupError("The backup does not hold the files that its manifest names.")
        for name, member in manifest.members.items():
            _check_name(name)
            target = Path(work) / name if name in (SQLITE_MEMBER, POSTGRESQL_MEMBER) else None
            if _digest(packed, name, target) != member.sha256:
                raise BackupError(f"{name} in the backup is damaged.")
        if manifest.engine == "sqlite":
            hashes = _count_sqlite(Path(work) / SQLITE_MEMBER, manifest)
        else:
            hashes = backup_postgresql.count(Path(work) / POSTGRESQL_MEMBER, manifest.tables)
        missing = [digest for digest in hashes if f"files/{digest[:2]}/{digest}" not in manifest.members]
        if missing:
            raise BackupError(f"{len(missing)} stored files are missing, the first is {missing[0]}.")
    return manifest


def _check_name(name: str) -> None:
    path = PurePosixPath(name)
    known = name in (SQLITE_MEMBER, POSTGRESQL_MEMBER) or (path.parts[0] in FOLDERS and len(path.parts) > 1)
    if not known or path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise BackupError(f"The backup holds a file that does not belong there: {name}.")


def _digest(packed: zipfile.ZipFile, name: str, target: Path | None) -> str:
    digest = hashlib.sha256()
    output: IO[bytes] | None = target.open("wb") if target else None
    try:
        with packed.open(name) as stream:
            while block := stream.read(BLOCK):
                digest.update(block)
                if output:
                    output.write(block)
    except zipfile.BadZipFile as error:
        raise BackupError(f"{name} in the backup is damaged.") from error
    finally:
        if output:
            output.close()
    return digest.hexdigest()


def _count_sqlite(path: Path, manifest: Manifest) -> list[str]:
    try:
        with closing(sqlite3.connect(path)) as database:
            answer = database.execute("PRAGMA integrity_check").fetchone()[0]
            if answer != "ok":
                raise BackupError(f"The database in the backup is damaged: {answer}.")
            counted = sqlite_facts(database)
            if counted != (manifest.revision, manifest.tables, manifest.event_seq, manifest.event_hash):
                raise BackupError(
                    "The database in the backup does not hold the rows that its manifest counts."
                )
            if "stored_file" not in manifest.tables:
                return []
            return [row[0] for row in database.execute("SELECT DISTINCT sha256 FROM stored_file")]
    except sqlite3.DatabaseError as error:
        raise BackupError(f"The database in the backup is damaged: {error}.") from error


def restore(archive: Path, folder: Path, database_url: str) -> Manifest:
    """Unpack a verified backup into an empty data folder (and, for PostgreSQL, into an empty database).

    Raises BackupError when the folder or the database is not empty or the archive is not whole; then nothing
    was changed.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty; restore into an empty folder (--data).")
    manifest = verify(archive)
    url = make_url(database_url)
    if url.get_backend_name() != manifest.engine:
        raise BackupError(
            f"The backup is of {manifest.engine}, this installation uses {url.get_backend_name()}:"
            " set or remove DATABASE_URL accordingly."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".restore-"))
    try:
        _unpack(archive, fresh, manifest)
        if manifest.engine != "sqlite":
            dump = fresh / POSTGRESQL_MEMBER
            backup_postgresql.load(url, dump)
            dump.unlink()
        if folder.exists():
            folder.rmdir()
        os.replace(fresh, folder)
    except OSError as error:
        raise BackupError(f"{folder} cannot be written: {error.strerror}.") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return manifest


def _unpack(archive: Path, folder: Path, manifest: Manifest) -> None:
    for part in FOLDERS:
        (folder / part).mkdir(mode=0o700)
    with _opened(archive) as packed:
        for name in manifest.members:
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with packed.open(name) as source, os.fdopen(handle, "wb") as stream:
                shutil.copyfileobj(source, stream, BLOCK)


def note_success() -> None:
    """Keep the time of the last backup for the workbench, in a unit of work of its own."""
    with unit_of_work():
        settings.put("backup.last_at", clock.now().isoformat())


def last_at() -> datetime | None:
    """Return when the last backup was made, in UTC; None where there never was one."""
    text = settings.get("backup.last_at")
    return datetime.fromisoformat(text) if text else None


def is_overdue() -> bool:
    """Tell whether seven days went by without a backup, counted from the first event where there was none."""
    since = last_at() or session.execute(select(sql.min(Event.at))).scalar()
    return since is not None and clock.now() - since > OVERDUE_AFTER


def compare_history(archive: Path) -> list[str]:
    """Return what was changed in the history that an older backup had seen; nothing where it still stands."""
    manifest = read_manifest(archive)
    if manifest.event_seq == 0:
        return []
    digest = session.execute(select(Event.hash).where(Event.seq == manifest.event_seq)).scalar()
    if digest is None:
        return [f"event {manifest.event_seq}, which stood in the backup of {manifest.created_at}, is gone"]
    if digest != manifest.event_hash:
        return [f"the history up to event {manifest.event_seq} was changed after {manifest.created_at}"]
    return []
