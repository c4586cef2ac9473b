"""The documents that can be sealed by hand: upper features say how theirs stand, without being known here."""

from collections.abc import Callable
from dataclasses import dataclass

from app.core import documents
from app.core.permissions import Actor


@dataclass(frozen=True)
class Sealable:
    """A document as a request for its seal sees it.

    ``paper_kind`` is a code of PaperKind; ``approved`` tells whether its content may be sealed today;
    ``content_hash`` is the SHA-256 of that content, ``pages`` those of one copy, ``copies`` how many there are.
    """

    paper_kind: str
    title: str
    number: str
    revision: int
    content_hash: str
    pages: int
    copies: int
    approved: bool
    legal_entity_id: int | None = None


Finder = Callable[[int], Sealable | None]

_finders: dict[str, Finder] = {}
_secrets: dict[str, Callable[[Actor, int], bool]] = {}


def register(
    doc_type: str, finder: Finder, *, tells_secret: Callable[[Actor, int], bool] | None = None
) -> None:
    """Make a kind of document sealable: ``finder(doc_id)`` says how it stands now, None where it does not exist.

    ``tells_secret(actor, doc_id)`` tells whether its stamped paper holds what this actor may not read yet.
    """
    _finders[doc_type] = finder
    if tells_secret is not None:
        _secrets[doc_type] = tells_secret


def tells_secret(actor: Actor, doc_type: str | None, doc_id: int | None) -> bool:
    """Tell whether the stamped paper of a document holds what an actor may not read yet."""
    test = _secrets.get(doc_type or "")
    return test is not None and doc_id is not None and test(actor, doc_id)


def find(doc_type: str, doc_id: int) -> Sealable | None:
    """Return how a document stands now, None where it does not exist or its kind cannot be sealed."""
    finder = _finders.get(doc_type)
    return finder(doc_id) if finder is not None else None


def find_visible(actor: Actor, doc_type: str, doc_id: int) -> Sealable | None:
    """Return how a document stands now, None where the actor may not see it."""
    if doc_type not in _finders or not documents.is_visible(actor, doc_type, doc_id):
        return None
    return find(doc_type, doc_id)
