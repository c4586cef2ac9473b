"""Which revision of a quotation is the one shown at its own address, and which one a later one follows."""

from typing import Any

from sqlalchemy import select

from app.core.db import session
from app.features.quotations.enums import QuotationStatus
from app.features.quotations.models import QuotationRevision


def restore_current(revision: QuotationRevision) -> None:
    """Show the newest revision that still says something at the quotation's own address again, after one was voided.

    What is void or was replaced says nothing more; where all are, the newest is shown.
    """
    rows = list(
        session.execute(
            select(QuotationRevision)
            .where(QuotationRevision.quotation_id == revision.quotation_id)
            .order_by(QuotationRevision.revision.desc())
        )
        .unique()
        .scalars()
    )
    over = (QuotationStatus.VOID, QuotationStatus.SUPERSEDED)
    alive = next((row for row in rows if row.status not in over), rows[0])
    for row in rows:
        if row.current != (row is alive):
            row.current = row is alive
            row.touch()
    session.flush()


def earlier_content(revision: QuotationRevision) -> dict[str, Any] | None:
    """Return what was last submitted of the revisions before this one, void ones apart; None where there is none."""
    if revision.revision == 1:
        return None
    statement = (
        select(QuotationRevision.submitted_content)
        .where(
            QuotationRevision.quotation_id == revision.quotation_id,
            QuotationRevision.revision < revision.revision,
            QuotationRevision.submitted_at.is_not(None),
            QuotationRevision.status != QuotationStatus.VOID,
        )
        .order_by(QuotationRevision.revision.desc())
        .limit(1)
    )
    return session.execute(statement).scalar_one_or_none()
