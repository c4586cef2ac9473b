"""Erased data stay erased: what was erased is listed beside the backups, and done again after a restore.

An erasure is a row of this installation and a line of a file in the folder of the backups. A backup made before it
still holds what was erased; ``restore`` brings the list beside the archive along, and the next ``setup`` erases again
what the restored database does not know to be erased.
"""

import json
import os
import secrets
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Integer, String, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, side_writes
from app.core.db import Model, UTCDateTime, session
from app.core.side_writes import SideWrite
from app.core.timeline import Event
from app.core.uow import unit_of_work

LIST_NAME = "erasures.jsonl"
PENDING_NAME = "erasures-to-apply.jsonl"


class Erasure(Model):
    """That personal data of somebody were erased: which kind, of whom (an id of that kind), when."""

    __tablename__ = "erasure"

    token: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), nullable=False)
    subject_id: Mapped[int] = mapped_column(Integer, nullable=False)
    at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)


_kinds: dict[str, Callable[[int], None]] = {}
_folder: list[Path] = []


def use_folder(folder: Path) -> None:
    """Set the folder of the backups, at start."""
    _folder[:] = [folder]


def register(kind: str, erase: Callable[[int], None]) -> None:
    """Name a kind of erasure: ``erase(subject_id)`` erases in the open unit of work, also where nothing is left.

    Raises ValueError for a second one.
    """
    if kind in _kinds:
        raise ValueError(f"two erasures named {kind}")
    _kinds[kind] = erase


def note(kind: str, subject_id: int) -> None:
    """Keep in the open unit of work that something was erased, and have the list beside the backups written after it.

    Raises KeyError for an unknown kind.
    """
    _kinds[kind]
    session.add(Erasure(token=secrets.token_hex(16), kind=kind, subject_id=subject_id, at=clock.now()))
    session.flush()
    side_writes.after_request(SideWrite.ERASURE_LIST, write_beside_backups)


def write_beside_backups(folder: Path | None = None) -> None:
    """Add to the list in a folder, by default that of the backups, what of this installation it does not hold yet.

    A folder that cannot be written to is left alone: the next backup writes the list into its own.
    """
    target = (folder or _folder[0]) / LIST_NAME
    try:
        here = installation()
        known = {row.token for row in read_list(target, here)}
        rows = session.execute(select(Erasure).order_by(Erasure.at, Erasure.token)).scalars()
        missing = [line_of(row, here) for row in rows if row.token not in known]
        if not missing:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as stream:
            stream.write("".join(missing))
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        return


def installation() -> str:
    """Return what tells this installation from others whose backups lie in the same folder: its first event."""
    return session.execute(select(Event.hash).where(Event.seq == 1)).scalar() or ""


def line_of(row: Erasure, here: str) -> str:
    """Return an erasure as a line of the list."""
    facts = {
        "installation": here,
        "token": row.token,
        "kind": row.kind,
        "subject": row.subject_id,
        "at": row.at.isoformat(),
    }
    return json.dumps(facts, sort_keys=True) + "\n"


def read_list(path: Path, here: str) -> list[Erasure]:
    """Return the erasures of one installation out of a list; nothing where there is no list.

    A line that was cut off while it was written is left out: its erasure stands in the database it came from.
    """
    if not path.is_file():
        return []
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            facts = json.loads(line)
            if facts["installation"] != here:
                continue
            found.append(
                Erasure(
                    token=str(facts["token"]),
                    kind=str(facts["kind"]),
                    subject_id=int(facts["subject"]),
                    at=datetime.fromisoformat(facts["at"]),
                )
            )
        except (ValueError, KeyError, TypeError):
            continue
    return found


def bring_along(archive: Path, data: Path) -> bool:
    """Put the list that lies beside a backup into the restored data folder; tells whether there is one."""
    source = archive.parent / LIST_NAME
    if not source.is_file():
        return False
    shutil.copyfile(source, data / PENDING_NAME)
    return True


def apply_pending(data: Path) -> int:
    """Erase again what a restored database does not know to be erased, and return how many that were."""
    path = data / PENDING_NAME
    if not path.is_file():
        return 0
    with unit_of_work():
        known = set(session.execute(select(Erasure.token)).scalars())
        fresh = [
            row for row in read_list(path, installation()) if row.token not in known and row.kind in _kinds
        ]
        for row in fresh:
            _kinds[row.kind](row.subject_id)
            session.add(row)
    path.unlink()
    return len(fresh)
