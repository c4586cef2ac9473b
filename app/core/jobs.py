"""Background work: rows written in the transaction that asks for it, claimed with a lease by any worker.

A job runs at least once: a worker that dies keeps it only until its lease ends. Whoever registers a job
therefore makes it harmless to run twice.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, Text, delete, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, planner_statistics
from app.core.db import Model, UTCDateTime, session
from app.core.uow import unit_of_work

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 5
FIRST_RETRY = timedelta(seconds=30)
KEPT = timedelta(days=30)
ERROR_LENGTH = 2_000

logger = logging.getLogger(__name__)


class Job(Model):
    """One piece of work. Open until ``finished_at``; ``failed_at`` marks one that was given up."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_open", "finished_at", "failed_at", "run_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(80), nullable=False)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, nullable=False, default=dict)
    # one open job per key: a second request for the same work changes nothing
    unique_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    run_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    attempts: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    leased_by: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    lease_until: Mapped[datetime | None] = mapped_column(UTCDateTime())
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    failed_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    error: Mapped[str] = mapped_column(Text, nullable=False, default="")


@dataclass(frozen=True)
class JobKind:
    """A registered kind of work; ``every`` makes it recur."""

    kind: str
    function: Callable[[dict[str, Any]], None]
    every: timedelta | None = None


@dataclass(frozen=True)
class ClaimedJob:
    """What a worker holds while it works: plain values, since the row belongs to an ended transaction."""

    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int


_kinds: dict[str, JobKind] = {}


def register_job(
    kind: str, function: Callable[[dict[str, Any]], None], *, every: timedelta | None = None
) -> None:
    """Name a kind of work: ``function(payload)`` opens its own units of work and may be run twice.

    ``every`` repeats it, counted from the end of the last run. Raises ValueError for a second one.
    """
    if kind in _kinds:
        raise ValueError(f"two jobs named {kind}")
    _kinds[kind] = JobKind(kind, function, every)


def registered_jobs() -> list[JobKind]:
    """Return all registered kinds of work."""
    return list(_kinds.values())


def enqueue(
    kind: str,
    payload: dict[str, Any] | None = None,
    *,
    run_at: datetime | None = None,
    unique_key: str | None = None,
) -> None:
    """Ask for work in the open unit of work; it is seen by workers once that commits.

    With ``unique_key`` an open job of the same key is left as it is. Raises KeyError for an unknown kind.
    """
    _kinds[kind]
    if unique_key is not None and session.execute(select(Job.id).where(Job.unique_key == unique_key)).first():
        return
    session.add(Job(kind=kind, payload=payload or {}, run_at=run_at or clock.now(), unique_key=unique_key))
    session.flush()


def ensure_recurring() -> None:
    """Write the row of every recurring job that has none; called when a worker starts."""
    wanted = {f"every:{kind.kind}" for kind in _kinds.values() if kind.every is not None}
    known = set(session.execute(select(Job.unique_key).where(Job.unique_key.in_(wanted))).scalars())
    session.rollback()
    if wanted - known:
        with unit_of_work():
            for key in sorted(wanted - known):
                enqueue(key.removeprefix("every:"), unique_key=key)


def claim(worker: str) -> ClaimedJob | None:
    """Take the oldest due job for the time of the lease; None when nothing is due.

    Looks first without the write lock, so that an idle worker never keeps anybody waiting.
    """
    now = clock.now()
    due = (
        select(Job)
        .where(
            Job.finished_at.is_(None),
            Job.failed_at.is_(None),
            Job.run_at <= now,
            or_(Job.lease_until.is_(None), Job.lease_until < now),
            Job.kind.in_(list(_kinds)),
        )
        .order_by(Job.run_at, Job.id)
        .limit(1)
    )
    waiting = session.execute(due).scalar_one_or_none() is not None
    session.rollback()
    if not waiting:
        return None
    with unit_of_work():
        job = session.execute(due.with_for_update(skip_locked=True)).scalar_one_or_none()
        if job is None:
            return None
        job.leased_by = worker
        job.lease_until = now + LEASE
        job.attempts += 1
        return ClaimedJob(job.id, job.kind, dict(job.payload), job.attempts)


def finish(claimed: ClaimedJob, worker: str) -> None:
    """Close a job that was done, or set the next time of a recurring one; nothing once the lease is lost."""
    with unit_of_work():
        job = _held(claimed, worker)
        if job is None:
            return
        every = _kinds[claimed.kind].every
        job.lease_until, job.error = None, ""
        if every is not None:
            job.run_at, job.attempts = clock.now() + every, 0
        else:
            job.finished_at, job.unique_key = clock.now(), None


def give_back(claimed: ClaimedJob, worker: str, error: str) -> None:
    """Note a failure: tried again after a growing pause, given up after the fifth, a recurring one never."""
    with unit_of_work():
        job = _held(claimed, worker)
        if job is None:
            return
        every = _kinds[claimed.kind].every
        job.lease_until, job.error = None, error[:ERROR_LENGTH]
        if every is None and job.attempts >= MAX_ATTEMPTS:
            job.failed_at, job.unique_key = clock.now(), None
            return
        pause = FIRST_RETRY * 4 ** (min(job.attempts, MAX_ATTEMPTS) - 1)
        job.run_at = clock.now() + pause


def _held(claimed: ClaimedJob, worker: str) -> Job | None:
    job = session.get(Job, claimed.id, with_for_update=True)
    held = job is not None and job.leased_by == worker and job.finished_at is None
    return job if held and job is not None and job.attempts == claimed.attempts else None


def run_due(worker: str = "command", limit: int = 100) -> int:
    """Run what is due, at most ``limit`` jobs, and return how many were run; a failure stops no other job."""
    ensure_recurring()
    count = 0
    while count < limit:
        claimed = claim(worker)
        if claimed is None:
            break
        count += 1
        try:
            _kinds[claimed.kind].function(claimed.payload)
        except Exception as error:
            logger.exception("job %s %s failed", claimed.id, claimed.kind)
            session.rollback()
            give_back(claimed, worker, f"{type(error).__name__}: {error}")
        else:
            session.rollback()
            finish(claimed, worker)
    return count


def forget_finished(payload: dict[str, Any]) -> None:
    """Remove the rows of jobs that were done a month ago; those that were given up stay to be looked at."""
    with unit_of_work():
        session.execute(delete(Job).where(Job.finished_at < clock.now() - KEPT))


register_job("core:forget-finished-jobs", forget_finished, every=timedelta(days=1))


class Worker(threading.Thread):
    """A thread that runs due jobs until it is told to stop.

    ``context`` opens what one round needs (the application context); ``pause`` is the rest in seconds.
    """

    def __init__(
        self, name: str, context: Callable[[], AbstractContextManager[Any]], pause: float = 5.0
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.context = context
        self.pause = pause
        self._stopping = threading.Event()

    def run(self) -> None:
        """Run rounds until stop(); a database that is away for a moment ends no worker."""
        while not self._stopping.is_set():
            try:
                with self.context():
                    run_due(self.name)
            except Exception:
                logger.exception("worker %s could not look for jobs", self.name)
            self._stopping.wait(self.pause)

    def stop(self, timeout: float = 10.0) -> None:
        """Ask the thread to end after its current job and wait for it, at most ``timeout`` seconds."""
        self._stopping.set()
        if self.is_alive():
            self.join(timeout)


register_job("core:renew-planner-statistics", planner_statistics.renew, every=timedelta(days=1))
