"""What negotiations offer for the weekly training: demands outside the normal terms, without customer and price."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_

from app.core import topics
from app.core.db import session
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.core.topics import OfferedTopic, TopicSource
from app.features.quotations.negotiation.enums import OUTSIDE_LABELS, OutsideTerm
from app.features.quotations.negotiation.flow import DOC_TYPE as NEGOTIATION
from app.features.quotations.negotiation.models import Negotiation
from app.features.quotations.negotiation.queries import visible_to


def demands(actor: Actor, since: datetime, limit: int) -> Sequence[OfferedTopic]:
    """Return the newest talks in which the customer asked for more than the normal terms."""
    flags = {term: getattr(Negotiation, f"outside_{term}") for term in OutsideTerm}
    statement = visible_to(actor).with_only_columns(Negotiation.id, Negotiation.held_at, *flags.values())
    rows = session.execute(
        statement.where(Negotiation.held_at >= since, or_(*flags.values()))
        .order_by(Negotiation.held_at.desc(), Negotiation.id.desc())
        .limit(limit)
    )
    return [OfferedTopic(NEGOTIATION, row.id, told(row), row.held_at) for row in rows]


def told(row: object) -> str:
    """Return what was asked for beyond the normal terms, as a topic."""
    terms = [str(OUTSIDE_LABELS[term]) for term in OutsideTerm if getattr(row, f"outside_{term}")]
    return _("客户要求%(terms)s超出正常条款，怎样谈", terms=_("、").join(terms))


topics.register(TopicSource("negotiations", lazy("商务谈判"), demands, "quotations"))
