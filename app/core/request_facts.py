"""What an audit row keeps of the request that caused it; empty for jobs and commands."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class RequestFacts:
    """Request id and network address."""

    request_id: str = ""
    address: str = ""


_facts: ContextVar[RequestFacts] = ContextVar("request_facts")
_NONE = RequestFacts()


def current() -> RequestFacts:
    """Return the facts of the current request, empty ones outside a request."""
    return _facts.get(_NONE)


def set_current(request_id: str, address: str) -> None:
    """Set the facts at the start of a request."""
    _facts.set(RequestFacts(request_id, address))


@contextmanager
def withheld() -> Iterator[None]:
    """Keep nothing of the request inside the block: what was sent without a name leads back to no machine."""
    token = _facts.set(_NONE)
    try:
        yield
    finally:
        _facts.reset(token)
