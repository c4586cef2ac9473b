"""The times of a tender once it is reported: a notice of correction (更正公告) moves its deadline and its opening."""

from datetime import datetime

from app.core import clock, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid
from app.core.files import CheckedFile
from app.core.i18n import lazy
from app.core.permissions import Actor, directory
from app.core.workflow import Authority, any_of, check_version, lock, mine
from app.features.inquiries import actions, secrecy
from app.features.inquiries.enums import InquiryPerm, InquiryStatus
from app.features.inquiries.flow import DOC_TYPE, FLOW, answering_people, decider, deciders
from app.features.inquiries.models import Inquiry

VERB = "inquiry:move-opening"
# A draft is simply changed; what has its result has no opening before it any more.
OPEN_STATES = (
    InquiryStatus.REPORTED,
    InquiryStatus.PREPARING,
    InquiryStatus.QUOTING,
    InquiryStatus.SUBMITTED,
)

mover = any_of(mine, decider)


def may_move(inquiry: Inquiry, actor: Actor) -> bool:
    """Tell whether an actor may record new times of this tender now."""
    running = inquiry.status in OPEN_STATES and secrecy.is_sealed(inquiry)
    return running and mover.test(inquiry, actor) is not None


def check_movable(inquiry: Inquiry, actor: Actor, version: int | None = None) -> Authority:
    """Return by what right an actor moves the times of a tender now.

    Raises in this order: Denied for anybody but the owner and who decides, Stale (where ``version`` is given),
    Conflict where the inquiry is a draft or closed, has no opening, or its bids were opened already.
    """
    authority = mover.test(inquiry, actor)
    if authority is None:
        raise Denied("core:denied", what=lazy("更改投标时间"), who=inquiry.owner.name)
    check_version(DOC_TYPE, inquiry, version)
    if inquiry.status not in OPEN_STATES:
        raise Conflict("core:wrong-state", state=FLOW.state(inquiry.status).label, step=lazy("更改投标时间"))
    if inquiry.opening_at is None:
        raise Conflict("inquiry:no-opening")
    if not secrecy.is_sealed(inquiry):
        raise Conflict(
            "inquiry:opened", at=secrecy.opening_text(inquiry.opening_at), who=decider.ask(inquiry)
        )
    return authority


def move(
    inquiry: Inquiry,
    *,
    actor: Actor,
    version: int | None,
    deadline: datetime,
    opening_at: datetime,
    reason: str,
    notice: CheckedFile | None = None,
) -> None:
    """Record the new deadline and opening of a tender, why, and where there is one the notice that says so.

    The prices stay secret until the new opening. Raises what ``check_movable`` raises, and Invalid for times that
    have passed, an opening before the deadline, nothing changed, or no reason.
    """
    lock(inquiry)
    authority = check_movable(inquiry, actor, version)
    check_times(inquiry, deadline, opening_at)
    if not reason.strip():
        raise Invalid(
            "core:reason-missing", fields={"reason": lazy("请写明依据，如：更正公告第 2 号，开标延期")}
        )
    before = actions.facts(inquiry)
    inquiry.deadline, inquiry.opening_at = deadline, opening_at
    inquiry.touch()
    session.flush()
    FLOW.sync_tasks(inquiry)
    timeline.record(
        DOC_TYPE,
        inquiry.id,
        VERB,
        actor,
        data={
            "deadline": secrecy.opening_text(deadline),
            "opening": secrecy.opening_text(opening_at),
            "changes": actions.change_rows(before, actions.facts(inquiry)),
        },
        reason=reason.strip(),
        role=authority.role,
        on_behalf_of=authority.on_behalf_of,
        tell=concerned(inquiry),
    )
    if notice is not None:
        actions.attach_file(inquiry, actor=actor, file=notice)


def check_times(inquiry: Inquiry, deadline: datetime, opening_at: datetime) -> None:
    """Raise Invalid for times that no notice of correction could set.

    A deadline that has passed may stay as it is, where the opening alone was postponed.
    """
    now = clock.now()
    if deadline != inquiry.deadline and deadline <= now:
        raise Invalid(fields={"deadline": lazy("新的截止时间须晚于现在")})
    if opening_at <= now:
        raise Invalid(fields={"opening_at": lazy("新的开标时间须晚于现在，到时报价即公开")})
    actions.opening_of(inquiry.kind, deadline, opening_at)
    if (deadline, opening_at) == (inquiry.deadline, inquiry.opening_at):
        raise Invalid(fields={"opening_at": lazy("时间没有变化，请填写更正公告中的新时间")})


def concerned(inquiry: Inquiry) -> list[int]:
    """Return who works towards these times: the owner, who decides, who answers, who sees to the checklist."""
    checking = directory().holders(InquiryPerm.CHECK_TENDER, inquiry.department_id)
    people = [*answering_people(inquiry), *deciders(inquiry), *(person.id for person in checking)]
    return [person for person in dict.fromkeys(people) if person is not None]
