"""How well equipment is looked after: kept undamaged, brought back in time, checked by who is responsible."""

from sqlalchemy import ColumnElement, and_, exists, literal, or_, select

from app.core import indicators
from app.core.i18n import lazy
from app.core.indicators import Cases, Columns, Indicator, Period
from app.core.tasks import Task
from app.features.assets.enums import HAND_OVER, ITEM, MODULE
from app.features.assets.flow import GIVE_BACK
from app.features.assets.models import AssetItem, HandOver
from app.features.assets.upkeep.enums import SELF_CHECK
from app.features.assets.upkeep.models import AssetIncident, AssetSelfCheckRequest
from app.features.assets.upkeep.reminders import SELF_CHECKS

UNHARMED = "equipment-unharmed"
ANSWER = "asset_self_check_request:answer"


def items(period: Period) -> Cases:
    """Return every item that was there in a span of time, at who is responsible for it."""
    return select(
        AssetItem.id.label("case_id"),
        literal(ITEM).label("doc_type"),
        AssetItem.id.label("doc_id"),
        AssetItem.keeper_id.label("person_id"),
        AssetItem.department_id.label("department_id"),
        AssetItem.created_at.label("at"),
        AssetItem.scrapped_at.label("scrapped_at"),
    ).where(AssetItem.created_at < period.end)


def was_there(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Hold to account what was in the house at some time of the period."""
    return and_(
        columns.at < period.closing(),
        or_(columns.scrapped_at.is_(None), columns.scrapped_at >= period.start),
    )


def unharmed(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Count as kept what was neither lost nor damaged in the period."""
    return ~exists().where(
        AssetIncident.item_id == columns.case_id,
        AssetIncident.created_at >= period.start,
        AssetIncident.created_at < period.end,
    )


def loans(period: Period) -> Cases:
    """Return the loans whose end lies in a span of time: the task of bringing back says when it was done."""
    return (
        select(
            Task.id.label("case_id"),
            literal(HAND_OVER).label("doc_type"),
            Task.doc_id.label("doc_id"),
            Task.user_id.label("person_id"),
            HandOver.department_id.label("department_id"),
            Task.due_at.label("at"),
            Task.closed_at.label("closed_at"),
        )
        .join(HandOver, HandOver.id == Task.doc_id)
        .where(
            Task.doc_type == HAND_OVER,
            Task.kind == GIVE_BACK,
            Task.due_at > period.start,
            Task.due_at <= period.end,
        )
    )


def questions(period: Period) -> Cases:
    """Return the self-checks asked for whose last day lies in a span of time."""
    return (
        select(
            Task.id.label("case_id"),
            literal(SELF_CHECK).label("doc_type"),
            Task.doc_id.label("doc_id"),
            Task.user_id.label("person_id"),
            AssetSelfCheckRequest.department_id.label("department_id"),
            Task.due_at.label("at"),
            Task.closed_at.label("closed_at"),
        )
        .join(AssetSelfCheckRequest, AssetSelfCheckRequest.id == Task.doc_id)
        .where(
            Task.doc_type == SELF_CHECK,
            Task.kind == ANSWER,
            Task.due_at > period.start,
            Task.due_at <= period.end,
            AssetSelfCheckRequest.status != "lapsed",
        )
    )


def ran_out(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Hold to account what should have been done by now; the end of a day is the first moment of the next."""
    return and_(columns.at > period.start, columns.at <= period.end, columns.at <= period.closing())


def done_in_time(columns: Columns, period: Period) -> ColumnElement[bool]:
    """Count as kept what was done by then."""
    return and_(columns.closed_at.is_not(None), columns.closed_at <= columns.at)


indicators.register(
    Indicator(
        UNHARMED,
        lazy("设备未丢失损坏"),
        lazy("本期在册的设备中，没有报失报损的"),
        MODULE,
        items,
        was_there,
        unharmed,
    ),
    Indicator(
        "loans-returned-in-time",
        lazy("借用按期归还"),
        lazy("本期到期的借用中，到期日当天或之前还清的"),
        MODULE,
        loans,
        ran_out,
        done_in_time,
    ),
    Indicator(
        "equipment-self-checked",
        lazy("设备按期自查"),
        lazy("本期到期的自查中，责任人按期答复的"),
        SELF_CHECKS,
        questions,
        ran_out,
        done_in_time,
    ),
)
