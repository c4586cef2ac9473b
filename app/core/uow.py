"""The unit of work: one change of state is one transaction with its audit events, or nothing at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError

from app.core.db import end_reading, session, writing
from app.core.errors import Conflict, Problem

RACE = "race"

_before_commit: list[Callable[[], None]] = []

# SQLSTATEs by which PostgreSQL tells the loser of a race: serialization, deadlock, exclusion.
RACE_STATES = {"40001", "40P01", "23P01"}


def before_commit(function: Callable[[], None]) -> Callable[[], None]:
    """Register a function that runs last inside every unit of work (the timeline writes its events there)."""
    _before_commit.append(function)
    return function


def is_race(error: DBAPIError) -> bool:
    """Tell whether a database error means that somebody else was faster."""
    if isinstance(error, IntegrityError):
        return True
    return getattr(error.orig, "sqlstate", None) in RACE_STATES


def explain_race(explain: Callable[[], Problem]) -> None:
    """Say what a lost race means from here on in the open unit of work, in place of ``core:race``.

    ``explain`` is called after everything was taken back and reads what the faster one left behind.
    """
    session.info[RACE] = explain


class _Rehearsed(Exception):
    """Ends a rehearsal."""


@contextmanager
def rehearsal() -> Iterator[None]:
    """Do a change as in a unit of work and take all of it back: what it would write is known without being written.

    Raises what the change itself refuses.
    """
    with suppress(_Rehearsed), unit_of_work():
        yield
        raise _Rehearsed


def _explained(explain: Callable[[], Problem] | None) -> Problem:
    try:
        return explain() if explain is not None else Conflict("core:race")
    finally:
        session.rollback()


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Open the one transaction of a change, commit it at the end of the block, roll back on any exception.

    Ends the reading transaction first, so that every object loaded before is read again under the write lock.
    Raises Conflict("core:race"), or what ``explain_race`` was given, where the database tells that somebody else was
    faster; RuntimeError when nested.
    """
    if writing.get():
        raise RuntimeError("a unit of work is already open")
    end_reading()
    session.info.clear()
    token = writing.set(True)
    try:
        yield
        for function in _before_commit:
            function()
        session.commit()
    except (StaleDataError, IntegrityError, OperationalError) as error:
        explain = session.info.get(RACE)
        session.rollback()
        if isinstance(error, StaleDataError) or is_race(error):
            raise _explained(explain) from error
        raise
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.clear()
        writing.reset(token)
