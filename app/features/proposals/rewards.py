"""Rewards on the page of growth of a person: those of the public list, and one's own from their decision on."""

from collections.abc import Sequence

from sqlalchemy import and_, func, or_, select

from app.core import clock
from app.core.db import session
from app.core.growth import GrowthEntry, GrowthSource
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.features.proposals import queries
from app.features.proposals.actions import MODULE
from app.features.proposals.enums import ProposalKind
from app.features.proposals.models import Proposal


def read_growth(reader: Actor, user_id: int, limit: int) -> tuple[int, Sequence[GrowthEntry]]:
    """Return how many rewards of a person a reader may know of, and the newest of them, by two statements."""
    own = and_(Proposal.subject_id == reader.id, queries.condition(reader), Proposal.decided_at.is_not(None))
    wanted = and_(
        Proposal.subject_id == user_id,
        Proposal.kind == ProposalKind.REWARD.value,
        Proposal.decision != "refused",
        func.coalesce(Proposal.second_decision, "") != "refused",
        Proposal.decided_at.is_not(None),
        or_(queries.made_public(), own),
    )
    count = session.execute(select(func.count()).select_from(Proposal).where(wanted)).scalar_one()
    rows = session.execute(
        select(
            Proposal.id,
            Proposal.rule_title,
            Proposal.clause_name,
            Proposal.decided_at,
            queries.condition(reader),
        )
        .where(wanted)
        .order_by(Proposal.decided_at.desc(), Proposal.id.desc())
        .limit(limit)
    )
    return count, [
        GrowthEntry(
            clock.to_local(row.decided_at).date(),
            _("奖励：《%(rule)s》%(clause)s", rule=row.rule_title, clause=row.clause_name),
            f"/proposals/{row.id}" if row[-1] else "",
        )
        for row in rows
    ]


SOURCE = GrowthSource("rewards", lazy("奖励"), read_growth, MODULE, order=60)
