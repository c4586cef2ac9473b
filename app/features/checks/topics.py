"""What checks offer for the weekly training: clauses that were not kept, without saying by whom."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.core import topics
from app.core.db import session
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.core.topics import OfferedTopic, TopicSource
from app.features.checks.enums import CLAUSE_CHECK, MODULE, CheckResult
from app.features.checks.models import ClauseCheck
from app.features.checks.queries import condition
from app.features.rules.queries import citation


def not_kept(actor: Actor, since: datetime, limit: int) -> Sequence[OfferedTopic]:
    """Return the newest checks that found a clause not kept, named by the clause alone."""
    rows = session.execute(
        select(ClauseCheck.id, ClauseCheck.rule_title, ClauseCheck.clause_name, ClauseCheck.created_at)
        .where(
            condition(actor),
            ClauseCheck.result == CheckResult.DEVIATING,
            ClauseCheck.created_at >= since,
        )
        .order_by(ClauseCheck.created_at.desc(), ClauseCheck.id.desc())
        .limit(limit)
    )
    return [
        OfferedTopic(
            CLAUSE_CHECK,
            row.id,
            _("怎样做到%(clause)s", clause=citation(row.rule_title, row.clause_name)),
            row.created_at,
        )
        for row in rows
    ]


topics.register(TopicSource("checks", lazy("执行检查"), not_kept, MODULE))
