"""What inquiries offer for the weekly training: what the technical department was asked and answered."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from app.core import topics
from app.core.db import session
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.core.topics import OfferedTopic, TopicSource
from app.features.inquiries.flow import DOC_TYPE as INQUIRY
from app.features.inquiries.models import InquiryLine, TechnicalAnswer
from app.features.inquiries.queries import visible_line_ids


def answered(actor: Actor, since: datetime, limit: int) -> Sequence[OfferedTopic]:
    """Return the lines answered by the technical department last, one an inquiry, named by product and question."""
    newest = (
        select(func.max(TechnicalAnswer.id))
        .join(InquiryLine, InquiryLine.id == TechnicalAnswer.line_id)
        .where(InquiryLine.id.in_(visible_line_ids(actor)), TechnicalAnswer.created_at >= since)
        .group_by(InquiryLine.inquiry_id)
    )
    rows = session.execute(
        select(
            InquiryLine.inquiry_id,
            InquiryLine.name,
            InquiryLine.question,
            TechnicalAnswer.created_at,
        )
        .join(TechnicalAnswer, TechnicalAnswer.line_id == InquiryLine.id)
        .where(TechnicalAnswer.id.in_(newest))
        .order_by(TechnicalAnswer.created_at.desc(), TechnicalAnswer.id.desc())
        .limit(limit)
    )
    return [
        OfferedTopic(
            INQUIRY,
            row.inquiry_id,
            _("%(name)s：%(question)s", name=row.name, question=row.question or _("选型和参数")),
            row.created_at,
        )
        for row in rows
    ]


topics.register(TopicSource("technical_answers", lazy("技术答复"), answered, "quotations"))
