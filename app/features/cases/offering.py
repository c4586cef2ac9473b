"""What other features know of a document that may become a case: they register how one begins from it."""

from collections.abc import Callable
from dataclasses import dataclass

from app.core import documents, modules
from app.core.documents import Key
from app.core.errors import NotVisible
from app.core.permissions import Actor
from app.features.cases.actions import CaseValues, may_be_tied
from app.features.cases.enums import MODULE


@dataclass(frozen=True)
class CaseSeed:
    """How a case begins: what is known of it already, and the documents it is tied to."""

    values: CaseValues
    links: tuple[Key, ...]


Source = Callable[[Actor, int], CaseSeed]

_sources: dict[str, Source] = {}


def register(doc_type: str, source: Source) -> None:
    """Say how a case begins from a kind of document; ``source`` is asked only for what the actor may see."""
    _sources[doc_type] = source


def seed(actor: Actor, doc_type: str, doc_id: int) -> CaseSeed:
    """Return how a case begins from a document.

    Raises NotVisible for one the actor may not see, and for one of an unknown or private kind.
    """
    if not may_be_tied(doc_type) or not documents.is_visible(actor, doc_type, doc_id):
        raise NotVisible
    if doc_type in _sources:
        return _sources[doc_type](actor, doc_id)
    title = documents.document_type(doc_type).titles([doc_id]).get(doc_id, "")
    return CaseSeed(CaseValues(title[:120]), ((doc_type, doc_id),))


def write_url(doc_type: str, doc_id: int) -> str:
    """Return where a case is written from a document; empty while the library is switched off."""
    return f"/cases/new?from={doc_type}:{doc_id}" if modules.is_on(MODULE) else ""
