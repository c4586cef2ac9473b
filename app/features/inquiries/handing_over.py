"""Giving inquiries to another salesperson: one or many in one act, with the quotations made for them."""

from collections.abc import Callable, Iterable, Sequence

from sqlalchemy import Select, func, select

from app.core import timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Problem
from app.core.i18n import lazy
from app.core.permissions import Actor, Person, directory
from app.core.workflow import Authority, check_version, may
from app.features.customers.actions import active_person
from app.features.inquiries import queries
from app.features.inquiries.enums import InquiryPerm
from app.features.inquiries.flow import DOC_TYPE, FLOW
from app.features.inquiries.models import Inquiry
from app.features.people.models import User

VERB = "inquiry:hand-over"
VERB_MANY = "inquiry:hand-over-many"
ENDED = tuple(state.code for state in FLOW.states if state.terminal)

# Not one's own: whoever decides could otherwise decide what they had reported themselves (rule R4).
giver = may(InquiryPerm.HAND_OVER, own=False)

# Of the inquiries that are to be given away, why they cannot be, None where nothing stands in the way.
Hindrance = Callable[[Sequence[int]], Problem | None]
_hindrances: list[Hindrance] = []


def register_hindrance(hindrance: Hindrance) -> None:
    """Let a feature above say what keeps inquiries from being handed over."""
    if hindrance not in _hindrances:
        _hindrances.append(hindrance)


def takers() -> list[Person]:
    """Return the people an inquiry may be given to: those who register inquiries."""
    return directory().holders(str(InquiryPerm.REGISTER), None)


def open_count(owner_id: int) -> Select[int]:
    """Return the SELECT of how many inquiries of a person have no result yet."""
    return (
        select(func.count())
        .select_from(Inquiry)
        .where(Inquiry.owner_id == owner_id, Inquiry.status.not_in(ENDED))
    )


def hand_over(
    chosen: Sequence[tuple[int, int | None]], *, actor: Actor, owner_id: int | None, note: str = ""
) -> int:
    """Give inquiries, as (id, version), to another salesperson in one act; return how many changed hands.

    Their quotations go with them. Each has its event; both sides are told once; what is theirs already stays. Raises
    NotVisible, Denied, Stale, Invalid, and Conflict where nothing would change hands or a quotation is under review;
    one refusal leaves all as they were.
    """
    versions = dict(chosen)
    statement = queries.visible_to(actor).where(Inquiry.id.in_(versions)).order_by(Inquiry.id)
    inquiries = list(session.execute(statement.with_for_update(of=Inquiry)).unique().scalars())
    if len(inquiries) != len(versions):
        raise NotVisible
    rights = {inquiry.id: right_to_give(inquiry, actor) for inquiry in inquiries}
    for inquiry in inquiries:
        check_version(DOC_TYPE, inquiry, versions[inquiry.id])
    owner = taker(owner_id)
    moved = [inquiry for inquiry in inquiries if inquiry.owner_id != owner.id]
    if not moved:
        raise Conflict("inquiry:same-owner", name=owner.name)
    for hindrance in _hindrances:
        problem = hindrance([inquiry.id for inquiry in moved])
        if problem is not None:
            raise problem
    told = [*(inquiry.owner_id for inquiry in moved), owner.id]
    # Of a single one its own event tells, of many the one that counts them.
    alone = len(moved) == 1
    for inquiry in moved:
        give_to(inquiry, owner, actor, rights[inquiry.id], note, tell=told if alone else ())
    if not alone:
        last = moved[-1]
        timeline.record(
            DOC_TYPE,
            last.id,
            VERB_MANY,
            actor,
            data={"count": len(moved), "to": owner.name},
            reason=note.strip(),
            role=rights[last.id].role,
            on_behalf_of=rights[last.id].on_behalf_of,
            tell=told,
        )
    return len(moved)


def taker(owner_id: int | None) -> User:
    """Return the person inquiries are given to; Invalid at ``owner_id`` for who left or registers none."""
    person = active_person(owner_id)
    if person.id not in {known.id for known in takers()}:
        raise Invalid(fields={"owner_id": lazy("%(name)s不能办理询价，请选择一位销售员", name=person.name)})
    return person


def right_to_give(inquiry: Inquiry, actor: Actor) -> Authority:
    """Return by what right an actor hands an inquiry over; raises Denied, for one's own too."""
    authority = giver.test(inquiry, actor)
    if authority is None:
        raise Denied("core:denied", what=lazy("移交询价"), who=giver.ask(inquiry))
    return authority


def give_to(
    inquiry: Inquiry, owner: User, actor: Actor, authority: Authority, note: str, tell: Iterable[int]
) -> None:
    """Change the owner of an inquiry, with its tasks, and record it."""
    before = inquiry.owner
    inquiry.owner_id, inquiry.owner = owner.id, owner
    inquiry.department_id = owner.department_id or inquiry.department_id
    inquiry.touch()
    session.flush()
    FLOW.sync_tasks(inquiry)
    timeline.record(
        DOC_TYPE,
        inquiry.id,
        VERB,
        actor,
        data={"from": before.name, "to": owner.name},
        reason=note.strip(),
        role=authority.role,
        on_behalf_of=authority.on_behalf_of,
        tell=tell,
    )
