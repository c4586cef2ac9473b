"""What must survive a refusal or a GET, each in its own short transaction after the request's own has ended.

The list is closed: refused attempts, throttle counts, session last-seen, recently seen, first view of a rule, and
that a list left the system as a file or the paper of an unopened bid was opened: a download is a GET, but who
took personal data or a sealed price with them must be known, as must who looked at what a colleague shows to a few;
and the list of erasures beside the backups, a file that only what was committed may enter.
"""

from collections.abc import Callable
from enum import StrEnum

from app.core.db import session
from app.core.uow import unit_of_work


class SideWrite(StrEnum):
    """The only things that may be written beside a request's own transaction."""

    REFUSED_ATTEMPT = "refused_attempt"
    THROTTLE = "throttle"
    SESSION_SEEN = "session_seen"
    RECENTLY_SEEN = "recently_seen"
    RULE_FIRST_VIEW = "rule_first_view"
    EXPORT = "export"
    SEALED_PAPER = "sealed_paper"
    RESTRICTED_VIEW = "restricted_view"
    ERASURE_LIST = "erasure_list"


_queue_key = "side_writes"


def after_request(kind: SideWrite, function: Callable[[], None]) -> None:
    """Queue a write for after the request's own transaction; it runs also where that one was rolled back."""
    pending().append((SideWrite(kind), function))


def pending() -> list[tuple[SideWrite, Callable[[], None]]]:
    """Return the queue of this session's side writes."""
    registry = session.registry()
    queue = getattr(registry, _queue_key, None)
    if queue is None:
        queue = []
        setattr(registry, _queue_key, queue)
    return queue


def run_pending() -> int:
    """Run the queued writes in one short transaction and return how many there were."""
    queue = pending()
    waiting = list(queue)
    # Emptied first: one that fails must not come back after every later request.
    queue.clear()
    if waiting:
        with unit_of_work():
            for _kind, function in waiting:
                function()
    return len(waiting)
