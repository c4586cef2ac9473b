"""延期: an issued offer past its date, or about to pass it, gets a next revision that differs in its validity only.

The revision of a bid takes over the uploaded file, unless the file itself says the day that is to change.
"""

from datetime import date, timedelta

from app.core import clock, settings
from app.core.errors import Conflict, Invalid
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.features.quotations import actions
from app.features.quotations.bid import actions as bid_actions
from app.features.quotations.bid import guards
from app.features.quotations.enums import QuotationStatus
from app.features.quotations.models import QuotationRevision

# From so many days before its last day on an offer may be prolonged.
SOON_DAYS = 7


def may_prolong(revision: QuotationRevision) -> bool:
    """Tell whether a revision is an issued, current offer whose last day has passed or comes within a week."""
    return (
        revision.status == QuotationStatus.ISSUED
        and revision.current
        and revision.valid_until is not None
        and revision.valid_until <= clock.today() + timedelta(days=SOON_DAYS)
    )


def usual_validity() -> date:
    """Return the last day a new offer of today usually has."""
    return clock.today() + timedelta(days=int(settings.get("quotations.validity_days")))


def prolong(
    revision: QuotationRevision, *, actor: Actor, version: int, valid_until: date, submit: bool
) -> QuotationRevision:
    """Create the next revision with a new validity, and submit it for review where ``submit`` is asked for.

    Raises what ``actions.revise`` and the submission raise, Conflict for an offer that is still valid for longer or
    a submission with a bid that names the old day, Invalid for a validity that does not lie later than the present
    one.
    """
    if revision.status == QuotationStatus.ISSUED and revision.current and not may_prolong(revision):
        day = revision.valid_until.isoformat() if revision.valid_until else ""
        raise Conflict("quotation:still-valid", day=day, days=SOON_DAYS)
    if revision.valid_until is not None and valid_until <= revision.valid_until:
        raise Invalid(fields={"valid_until": lazy("新的有效期须晚于原来的有效期")})
    actions.check_validity(valid_until)
    outdated = guards.outdated_bid(revision)
    if submit and outdated is not None:
        raise outdated
    fresh = actions.revise(
        revision,
        actor=actor,
        version=version,
        reason=str(lazy("延期至 %(day)s", day=valid_until.isoformat())),
    )
    fresh.valid_until = valid_until
    actions.index(fresh)
    if revision.bid is not None and outdated is None:
        bid_actions.take_over(fresh, revision.bid, actor=actor)
    if submit:
        actions.fire(fresh, "submit", actor=actor, version=None)
    return fresh
