"""Taking stored files away for good: the row at once, the bytes an hour later, when no backup waits for them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock, files, jobs
from app.core.db import session
from app.core.files import StoredFile
from app.core.uow import unit_of_work

REMOVE_BYTES = "files:remove-bytes"
# A backup copies the database before the files, and its rows must find them.
LONGEST_BACKUP = timedelta(hours=1)


def remove(row: StoredFile) -> None:
    """Delete the row of a file in the open unit of work, and ask for its bytes to be removed once nobody has them.

    Whatever refers to the row must have let go of it. For personal data; what others rely on is marked as deleted.
    """
    jobs.enqueue(REMOVE_BYTES, {"sha256": row.sha256}, run_at=clock.now() + LONGEST_BACKUP)
    session.delete(row)
    session.flush()


def remove_bytes(payload: dict[str, Any]) -> None:
    """Remove the bytes of a hash unless a row has them (again)."""
    digest = str(payload["sha256"])
    with unit_of_work():
        if session.execute(select(StoredFile.id).where(StoredFile.sha256 == digest).limit(1)).first() is None:
            files.path_of(digest).unlink(missing_ok=True)


jobs.register_job(REMOVE_BYTES, remove_bytes)
