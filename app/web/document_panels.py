"""What upper features show on the page of any document: what was reported of it, what else may be done about it.

A feature registers a panel here; the page of a document gives its kind and number. Neither knows the other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import request
from markupsafe import Markup
from sqlalchemy import ColumnElement, Integer, Row, Select, SelectBase, bindparam, literal, select, union_all

from app.core import configuration, documents, modules
from app.core.db import LARGEST_ID
from app.core.documents import DocumentLink
from app.core.errors import NotVisible
from app.core.permissions import Actor
from app.core.prepared import read
from app.web.panels import SIDE, Panels

# How many records of a kind are shown beside a document.
MOST_SHOWN = 6


@dataclass(frozen=True)
class Subject:
    """The document beside which panels stand, with what its sources hold of it, the newest of each first."""

    doc_type: str
    doc_id: int
    found: Sequence[Row[Any]]

    def of(self, kind: str) -> list[Row[Any]]:
        """Return what one kind of record holds of the document."""
        return [row for row in self.found if row.source == kind]


# Of an actor and a document the SELECT of what may be seen: id, text, status, who, moment, day.
Source = Callable[[Actor, str, ColumnElement[int]], Select[*tuple[Any, ...]]]

DOCUMENT = bindparam("of_document", type_=Integer)

_panels: Panels[Subject] = Panels((SIDE,))
_sources: dict[str, Source] = {}

register = _panels.register


def register_source(kind: str, source: Source) -> None:
    """Add a kind of document of which some concern others: all sources of a page are read by one statement.

    ``source(actor, doc_type, doc_id)`` gives the SELECT of ``id``, ``text``, ``status``, ``who`` (a name), ``moment``
    and ``day``, each of which may be null. It is kept for the actor until people, roles or settings change and gets
    the number of the document as a parameter: what it holds of anything else, a time for instance, must be one too.
    """
    _sources[kind] = source


def beside(doc_type: str, doc_id: int, actor: Actor) -> list[Markup]:
    """Return the rendered panels that stand beside a document, as this reader may see them."""
    if not documents.is_registered(doc_type):
        return []
    return _panels.render(Subject(doc_type, doc_id, _found(doc_type, doc_id, actor)), actor)[SIDE]


def _found(doc_type: str, doc_id: int, actor: Actor) -> Sequence[Row[Any]]:
    key = ("beside", actor, doc_type, tuple(_sources))
    statement = configuration.kept(key, partial(_statement, actor, doc_type))
    return [] if statement is None else read(statement, {DOCUMENT.key: doc_id})


def _statement(actor: Actor, doc_type: str) -> SelectBase | None:
    selects = []
    for kind, source in _sources.items():
        if modules.shows(kind):
            rows = source(actor, doc_type, DOCUMENT).subquery()
            newest = select(rows).order_by(rows.c.id.desc()).limit(MOST_SHOWN).subquery()
            selects.append(select(literal(kind).label("source"), newest))
    return union_all(*selects) if selects else None


def about(doc_type: str, doc_id: int) -> str:
    """Return how the address of a form names the document it is about."""
    return f"{doc_type}:{doc_id}"


def asked(actor: Actor) -> DocumentLink | None:
    """Return the document that ``about`` in the address names, None where it names none.

    Raises NotVisible for one that does not exist for the actor, and for one of a private kind.
    """
    doc_type, _colon, number = request.args.get("about", "").partition(":")
    if not doc_type:
        return None
    readable = number.isascii() and number.isdigit() and len(number) <= 10 and int(number) <= LARGEST_ID
    key = (doc_type, int(number) if readable else 0)
    found = documents.links(documents.visible_keys(actor, [key])).get(key)
    if found is None or documents.document_type(doc_type).private:
        raise NotVisible
    return found
