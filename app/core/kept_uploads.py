"""Uploads that are looked at before anything is saved: kept for a day beside the data, never in the database.

Each belongs to the person who brought it and lies under a key nobody guesses; whoever asks for another's finds nothing.
"""

import re
import secrets
import time
from pathlib import Path

from app.core import sentences
from app.core.errors import NotVisible
from app.core.files import CheckedFile
from app.core.i18n import lazy
from app.core.permissions import Actor

KEPT_SECONDS = 24 * 60 * 60
MOST_PER_PERSON = 10
sentences.register({"uploads:gone": lazy("上传的文件只保留一天，请重新上传")})
# No key holds a full stop.
BESIDE = ".original"
_KEY = re.compile("[A-Za-z0-9_-]{43}")
_folder: list[Path] = []


def use_folder(folder: Path) -> None:
    """Set the folder of kept uploads, at start."""
    _folder[:] = [folder]


def keep(actor: Actor, upload: CheckedFile, made_of: CheckedFile | None = None) -> str:
    """Keep a checked upload and return its key; what is older than a day goes, and a person's oldest beyond ten.

    ``made_of`` is the file it was converted from, which is kept beside it under the same key.
    """
    folder = _folder[0]
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder, actor)
    key = secrets.token_urlsafe(32)
    _write(_path(actor, key), upload)
    if made_of is not None:
        _write(_beside(_path(actor, key)), made_of)
    return key


def _write(path: Path, upload: CheckedFile) -> None:
    head = f"{upload.name}\n{upload.media_type}\n".encode()
    path.touch(mode=0o600)
    path.write_bytes(head + upload.content)


def fetch(actor: Actor, key: str) -> CheckedFile:
    """Return a kept upload; raises NotVisible where the actor kept none under this key, or too long ago."""
    if not _KEY.fullmatch(key):
        raise NotVisible("uploads:gone")
    found = _read(_path(actor, key))
    if found is None:
        raise NotVisible("uploads:gone")
    return found


def fetch_original(actor: Actor, key: str) -> CheckedFile:
    """Return what a kept upload was made of, itself where it is as it was brought; raises as `fetch` does."""
    upload = fetch(actor, key)
    return _read(_beside(_path(actor, key))) or upload


def _read(path: Path) -> CheckedFile | None:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    name, media_type, content = content.split(b"\n", 2)
    return CheckedFile(name.decode(), media_type.decode(), content)


def _path(actor: Actor, key: str) -> Path:
    return _folder[0] / f"{actor.id}-{key}"


def _beside(path: Path) -> Path:
    return path.with_name(path.name + BESIDE)


def _sweep(folder: Path, actor: Actor) -> None:
    every = (path for path in folder.iterdir() if not path.name.endswith(BESIDE))
    kept = sorted(((_age(path), path) for path in every), key=lambda one: one[0])
    own = [path for _seconds, path in kept if path.name.startswith(f"{actor.id}-")]
    old = [path for seconds, path in kept if seconds > KEPT_SECONDS]
    for path in {*own[MOST_PER_PERSON - 1 :], *old}:
        path.unlink(missing_ok=True)
        _beside(path).unlink(missing_ok=True)


def _age(path: Path) -> float:
    """Return how many seconds ago a file was kept; one that another process just removed is as old as can be."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
