"""How far a signature by account counts: its reader's letter on account use and electronic delivery must be on file.

Until then the signature counts as read and is marked. It counts as a signature from the day on which the letter was
signed, or from its own moment where that is later: the letter accepts what was signed before it.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import ColumnElement, and_, false, func, select

from app.core import clock
from app.core.canonical import content_hash
from app.core.db import session
from app.features.acknowledgements import queries as acknowledgements
from app.features.acknowledgements.queries import Letter
from app.features.rules import queries
from app.features.rules.enums import BY_OWN_ACCOUNT
from app.features.rules.models import RuleSignature, RuleVersion

Letters = dict[int, Letter]

are_asked_for = acknowledgements.are_asked_for


def of_signers(signatures: Iterable[RuleSignature]) -> Letters:
    """Return the filed letters of those who signed by their account, by person."""
    return acknowledgements.letters_of(
        signature.user_id for signature in signatures if signature.way in BY_OWN_ACCOUNT
    )


def hash_of(signatures: Iterable[RuleSignature]) -> str:
    """Return what stands for the letters of those who signed; empty without any."""
    found = of_signers(signatures)
    return content_hash({str(person): letter.scan_hash for person, letter in found.items()}) if found else ""


def lacks_letter() -> ColumnElement[bool]:
    """Return the condition that a signature waits for its reader's letter; never where none is asked for."""
    if not are_asked_for():
        return false()
    return and_(
        RuleSignature.way.in_(BY_OWN_ACCOUNT),
        RuleSignature.user_id.not_in(acknowledgements.filed_people()),
    )


def waits(signature: RuleSignature, letters: Letters) -> bool:
    """Tell whether a signature waits for its reader's letter (``lacks_letter``, for one at hand)."""
    return signature.way in BY_OWN_ACCOUNT and signature.user_id not in letters and are_asked_for()


def count_waiting(version: RuleVersion) -> int:
    """Return how many of those who signed this edition wait for the letter."""
    people = (
        select(RuleSignature.user_id)
        .where(RuleSignature.version_id.in_(queries.same_edition(version)), lacks_letter())
        .distinct()
        .subquery()
    )
    return int(session.execute(select(func.count()).select_from(people)).scalar_one())


def counts_from(signature: RuleSignature, letters: Letters) -> date | None:
    """Return the day from which a signature counts; None while it waits for the letter."""
    signed = clock.to_local(signature.signed_at).date()
    if waits(signature, letters):
        return None
    letter = letters.get(signature.user_id) if signature.way in BY_OWN_ACCOUNT else None
    return signed if letter is None else max(signed, letter.signed_on)
