"""The data folder: database, files and keys, nothing else. Made ready before anything in it is opened."""

import errno
import os
import secrets
import shutil
from pathlib import Path

from launcher.console import Refusal

LEAST_FREE_BYTES = 50 * 1024 * 1024
DEMO = "demo"
REAL = "real"
LOADING = "demo-loading"
KIND_FILE = "installation"


def refusal_for(error: OSError, folder: Path) -> Refusal:
    """Return the sentence for a folder that cannot be written: full, read-only, forbidden or not a folder."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return full_disk(folder)
    if error.errno == errno.EROFS:
        return Refusal(
            f"数据目录 {folder} 所在的磁盘是只读的，请换一个目录（--data）或重新挂载为可写。",
            f"The disk of the data folder {folder} is read-only: choose another (--data) or mount it"
            " writable.",
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return Refusal(
            f"没有数据目录 {folder} 的写权限，请换一个目录（--data）或用有权限的账户启动。",
            f"The data folder {folder} may not be written: choose another (--data) or start with an account"
            " that may.",
        )
    return Refusal(
        f"数据目录 {folder} 无法使用：{error.strerror}",
        f"The data folder {folder} cannot be used: {error.strerror}",
    )


def full_disk(folder: Path) -> Refusal:
    """Return the sentence for a disk without room."""
    return Refusal(
        f"数据目录 {folder} 所在的磁盘已满，请先腾出空间（至少 50 MB）再启动。",
        f"The disk of the data folder {folder} is full: free at least 50 MB, then start again.",
    )


def make(folder: Path) -> None:
    """Create the data folder alone, empty. Raises Refusal where that is not possible."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise refusal_for(error, folder) from error


def prepare(folder: Path) -> None:
    """Create the data folder with ``files`` and ``keys``, for the owner only, and the key for cookies.

    Raises Refusal where the disk is full or read-only or the folder may not be written.
    """
    keys = folder / "keys"
    try:
        for part in (folder, folder / "files", keys):
            part.mkdir(parents=True, exist_ok=True, mode=0o700)
        # a folder made by somebody else's hand or by an unpacked archive may stand open
        os.chmod(keys, 0o700)
        # an own attempt is the only test that holds for every file system and account, root included
        trial = keys / ".trial"
        trial.write_bytes(b"x" * 4096)
        trial.unlink()
        if shutil.disk_usage(folder).free < LEAST_FREE_BYTES:
            raise full_disk(folder)
        make_secret(keys / "secret_key")
    except OSError as error:
        raise refusal_for(error, folder) from error


def make_secret(path: Path) -> None:
    """Write a random key that only the owner may read, unless there is one."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(48))


def write_private(path: Path, text: str) -> None:
    """Write a file with owner-only rights in one step, so that no half of it is ever read."""
    temporary = path.with_name(path.name + ".new")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(temporary, path)


def kind(folder: Path) -> str | None:
    """Return demo, real or demo-loading; None for a folder that was never started."""
    try:
        return (folder / "keys" / KIND_FILE).read_text(encoding="ascii").strip()
    except OSError:
        return None


def set_kind(folder: Path, value: str) -> None:
    """Write once what the folder is. Raises Refusal where it is already something else."""
    known = kind(folder)
    if known == value:
        return
    if known in (DEMO, REAL):
        raise Refusal(
            f"数据目录 {folder} 已是{'演示' if known == DEMO else '正式'}数据，不能改变，"
            "请用 --data 指定另一个目录。",
            f"The data folder {folder} is a {known} one for good: name another with --data.",
        )
    write_private(folder / "keys" / KIND_FILE, value)


def remove_unfinished_demo(folder: Path) -> None:
    """Take away the database of a demo whose loading was interrupted; it held nothing but half a demo."""
    if kind(folder) != LOADING:
        return
    for suffix in ("", "-wal", "-shm", "-journal"):
        (folder / f"database.sqlite3{suffix}").unlink(missing_ok=True)
