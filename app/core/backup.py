"""Backup and restore: database, files and keys in one archive that was opened and counted after writing.

The database is copied first, online and consistent, then the files: a file is on the disk before its row is
written and is never removed by a request, so every row of the copy finds its file. The archive holds the keys
and must be kept as safe as the installation itself. Its manifest carries the head of the event chain: whoever
rewrites history later can be told by an older backup.
"""

import errno
import hashlib
import itertools
import json
import os
import secrets
import shutil
import sqlite3
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import IO, Any

from sqlalchemy import URL, make_url, select
from sqlalchemy import func as sql

from app.core import backup_postgresql, clock, erasures, settings
from app.core.backup_postgresql import BackupError
from app.core.db import session
from app.core.i18n import gettext as _
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
LEFTOVERS = (".backup-*", ".verify-*", "zhangcheng-*.zip.part")
LEFT_OVER_AFTER = timedelta(days=1)

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


def free_target(folder: Path, prefix: str = "zhangcheng") -> Path:
    """Return a path in a folder, named for this second, that no other backup has or is about to take.

    Makes the folder. Raises BackupError where it cannot be written to.
    """
    stamp = clock.to_local(clock.now()).strftime("%Y%m%d-%H%M%S")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number in itertools.count(1):
            target = folder / (f"{prefix}-{stamp}.zip" if number == 1 else f"{prefix}-{stamp}-{number}.zip")
            if target.exists():
                continue
            with suppress(FileExistsError):
                # Taken by making the unfinished file: of two at once only one can.
                os.close(os.open(unfinished_of(target), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
                return target
    except OSError as error:
        raise BackupError(lazy("%(path)s 写不进去：%(why)s", path=folder, why=reason(error))) from error
    raise AssertionError("counting never ends")


def sweep(folder: Path) -> None:
    """Remove what backups left behind that were killed a day ago or earlier: copies of the database among it."""
    oldest = time.time() - LEFT_OVER_AFTER.total_seconds()
    for pattern in LEFTOVERS:
        for path in folder.glob(pattern):
            with suppress(OSError):
                if path.stat().st_mtime < oldest:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()


def unfinished_of(target: Path) -> Path:
    """Return the name under which a backup is written until it is whole."""
    return target.with_name(target.name + ".part")


def reason(error: OSError) -> str:
    """Return why a file could not be written and what to do, in the reader's language."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _("磁盘已满，请先腾出空间")
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return _("没有写入权限，请检查文件夹的权限")
    if error.errno in (errno.ENOTDIR, errno.ENOENT, errno.EEXIST):
        return _("路径里有一个不是文件夹，请换一个位置")
    return error.strerror or str(error)


def create(target: Path, folder: Path, database_url: str) -> Manifest:
    """Write a backup of an installation while it runs, open and count it, and note the time in the settings.

    ``folder`` is the data folder. Raises BackupError when the target exists, the disk is full or the archive
    does not prove right; nothing unfinished is left under the target's name.
    """
    if target.exists():
        raise BackupError(lazy("%(path)s 已经存在，请换一个文件名", path=target))
    url = make_url(database_url)
    unfinished = unfinished_of(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        sweep(target.parent)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as work:
            manifest = _write(unfinished, Path(work), folder, url)
        verify(unfinished)
        os.replace(unfinished, target)
    except OSError as error:
        raise BackupError(lazy("%(path)s 写不进去：%(why)s", path=target, why=reason(error))) from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    note_success()
    erasures.write_beside_backups(target.parent)
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
        raise BackupError(lazy("%(path)s 不能作为备份打开，文件不是备份或已损坏", path=archive)) from error
    with packed:
        yield packed


def _manifest_of(packed: zipfile.ZipFile) -> Manifest:
    try:
        values = json.loads(packed.read(MANIFEST))
        if values.pop("format") != FORMAT:
            raise BackupError(lazy("这份备份是更新版本的程序写的，请用那个版本恢复"))
        members = {name: Member(**member) for name, member in values.pop("members").items()}
        return Manifest(members=members, **values)
    except (KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise BackupError(lazy("这不是本系统的备份：清单缺失或已损坏")) from error


def verify(archive: Path, work_folder: Path | None = None) -> Manifest:
    """Open an archive, compare every file with the manifest, count the rows of the database in it.

    ``work_folder`` takes the copy of the database meanwhile, by default the folder of the archive.

    Raises BackupError for the first thing that is not as it must be; returns the manifest.
    """
    with (
        _opened(archive) as packed,
        tempfile.TemporaryDirectory(dir=work_folder or archive.parent, prefix=".verify-") as work,
    ):
        manifest = _manifest_of(packed)
        if set(packed.namelist()) != {*manifest.members, MANIFEST}:
            raise BackupError(lazy("备份里的文件与清单不符，请用另一份备份"))
        for name, member in manifest.members.items():
            _check_name(name)
            target = Path(work) / name if name in (SQLITE_MEMBER, POSTGRESQL_MEMBER) else None
            if _digest(packed, name, target) != member.sha256:
                raise BackupError(lazy("备份里的 %(name)s 已损坏，请用另一份备份", name=name))
        if manifest.engine == "sqlite":
            hashes = _count_sqlite(Path(work) / SQLITE_MEMBER, manifest)
        else:
            hashes = backup_postgresql.count(Path(work) / POSTGRESQL_MEMBER, manifest.tables)
        missing = [digest for digest in hashes if f"files/{digest[:2]}/{digest}" not in manifest.members]
        if missing:
            raise BackupError(
                lazy("缺少 %(count)s 个附件，第一个是 %(first)s", count=len(missing), first=missing[0])
            )
    return manifest


def _check_name(name: str) -> None:
    path = PurePosixPath(name)
    known = name in (SQLITE_MEMBER, POSTGRESQL_MEMBER) or (path.parts[0] in FOLDERS and len(path.parts) > 1)
    if not known or path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
        raise BackupError(lazy("备份里有不该有的文件：%(name)s", name=name))


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
        raise BackupError(lazy("备份里的 %(name)s 已损坏，请用另一份备份", name=name)) from error
    finally:
        if output:
            output.close()
    return digest.hexdigest()


def _count_sqlite(path: Path, manifest: Manifest) -> list[str]:
    try:
        with closing(sqlite3.connect(path)) as database:
            answer = database.execute("PRAGMA integrity_check").fetchone()[0]
            if answer != "ok":
                raise BackupError(lazy("备份里的数据库已损坏：%(what)s", what=answer))
            counted = sqlite_facts(database)
            if counted != (manifest.revision, manifest.tables, manifest.event_seq, manifest.event_hash):
                raise BackupError(lazy("备份里数据库的行数与清单不符，请用另一份备份"))
            if "stored_file" not in manifest.tables:
                return []
            return [row[0] for row in database.execute("SELECT DISTINCT sha256 FROM stored_file")]
    except sqlite3.DatabaseError as error:
        raise BackupError(lazy("备份里的数据库已损坏：%(what)s", what=error)) from error


def restore(archive: Path, folder: Path, database_url: str) -> Manifest:
    """Unpack a verified backup into an empty data folder (and, for PostgreSQL, into an empty database).

    Raises BackupError when the folder or the database is not empty or the archive is not whole; then nothing
    was changed.
    """
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(lazy("%(path)s 不是空的，请用 --data 指定一个空文件夹", path=folder))
    manifest = _verified_for(archive, folder)
    url = make_url(database_url)
    if url.get_backend_name() != manifest.engine:
        raise BackupError(
            lazy(
                "备份来自 %(theirs)s，而这里用的是 %(ours)s，请相应设置或去掉 DATABASE_URL",
                theirs=manifest.engine,
                ours=url.get_backend_name(),
            )
        )
    fresh = folder.parent / f".restore-{secrets.token_hex(6)}"
    try:
        fresh.mkdir(mode=0o700)
        _unpack(archive, fresh, manifest)
        if manifest.engine != "sqlite":
            dump = fresh / POSTGRESQL_MEMBER
            backup_postgresql.load(url, dump)
            dump.unlink()
        if folder.exists():
            folder.rmdir()
        os.replace(fresh, folder)
    except OSError as error:
        raise BackupError(lazy("%(path)s 写不进去：%(why)s", path=folder, why=reason(error))) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return manifest


def _verified_for(archive: Path, folder: Path) -> Manifest:
    """Verify beside the folder that is restored into: the archive may lie on a medium that is read-only."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return verify(archive, folder.parent)
    except OSError as error:
        raise BackupError(lazy("%(path)s 写不进去：%(why)s", path=folder, why=reason(error))) from error


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
        return [
            _(
                "备份（%(when)s）里的第 %(seq)s 条记录现在没有了",
                when=manifest.created_at,
                seq=manifest.event_seq,
            )
        ]
    if digest != manifest.event_hash:
        return [
            _(
                "第 %(seq)s 条以前的记录在备份（%(when)s）之后被改过",
                when=manifest.created_at,
                seq=manifest.event_seq,
            )
        ]
    return []
