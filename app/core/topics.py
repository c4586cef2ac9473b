"""Real problems that are worth talking about in the weekly training: each feature offers those it knows.

Negotiations, technical answers, findings and suggestions register what they offer; the pool of topics asks them
all. Neither knows the other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core import modules
from app.core.i18n import LazyText
from app.core.permissions import Actor


@dataclass(frozen=True)
class OfferedTopic:
    """A problem out of daily work: the document it comes from, a line that says what it is about, when it arose."""

    doc_type: str
    doc_id: int
    title: str
    arisen_at: datetime


@dataclass(frozen=True)
class TopicSource:
    """Where topics come from.

    ``read(reader, since, limit)`` returns the newest that arose since then and that the reader may see, in one
    statement. Nothing is asked while ``module`` is off.
    """

    key: str
    label: LazyText
    read: Callable[[Actor, datetime, int], Sequence[OfferedTopic]]
    module: str


_sources: dict[str, TopicSource] = {}


def register(*sources: TopicSource) -> None:
    """Add a source of topics."""
    for source in sources:
        _sources[source.key] = source


def registered() -> list[TopicSource]:
    """Return the sources whose module is on, in the order of their keys."""
    return [source for _key, source in sorted(_sources.items()) if modules.is_on(source.module)]
