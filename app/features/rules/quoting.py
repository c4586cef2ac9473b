"""The words of a clause as other features quote them: who judges by a clause reads it there and then."""

from dataclasses import dataclass

from sqlalchemy import select

from app.core.db import session
from app.features.rules.clause_text import words_of
from app.features.rules.models import ClauseText
from app.features.rules.queries import ClausePlace


@dataclass(frozen=True)
class Quote:
    """A clause in words: how it is cited, its heading, its text line by line, and where it stands."""

    cited: str
    title: str
    lines: tuple[str, ...]
    url: str


def quote(place: ClausePlace) -> Quote:
    """Return what a clause says in the version a place names, by two statements; pictures are left out."""
    texts = session.execute(
        select(ClauseText.clause_id, ClauseText.cited).where(ClauseText.version_id == place.version_id)
    )
    body = session.execute(
        select(ClauseText).where(
            ClauseText.version_id == place.version_id, ClauseText.clause_id == place.clause_id
        )
    ).scalar_one()
    words = words_of(body.body, {text.clause_id: text.cited for text in texts})
    return Quote(
        place.cited,
        body.title,
        tuple(line for line in words.splitlines() if line.strip()),
        f"/rules/clauses/{body.id}",
    )
