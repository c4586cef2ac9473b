"""What is read of proposals: they are for the person, the proposer, the deciders and H.

The public list is a list of its own. A draft is the proposer's alone: nobody hears of a proposal that was never made.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from app.core import configuration, documents, modules, settings, timeline
from app.core.db import in_departments, one_visible, session
from app.core.i18n import gettext as _
from app.core.listing import matches_words
from app.core.permissions import Actor, can, departments_of
from app.core.search_index import SearchEntry
from app.features.checks.models import ClauseCheck
from app.features.checks.queries import titles as check_titles
from app.features.checks.queries import visible_ids as check_ids
from app.features.people.models import Department, User
from app.features.proposals.enums import COUNTERS, EvidenceKind, ProposalKind, ProposalPerm, ProposalStatus
from app.features.proposals.models import ClauseRange, Proposal, ProposalEvidence, ProposalTip
from app.features.rules.enums import NumberStyle
from app.features.rules.models import ClauseText, Rule, RuleVersion, is_in_force
from app.features.rules.queries import ClausePlace

MOST_CLAUSES = 200
MOST_EVENTS = 100
HEADINGS = (NumberStyle.CHAPTER, NumberStyle.SECTION)
# From when on a proposal concerns those who carry it out.
CARRIED_OUT = (
    ProposalStatus.SERVED,
    ProposalStatus.REDECIDED,
    ProposalStatus.EXECUTED,
    ProposalStatus.CLOSED,
)
# From when on a reward, and a penalty the leader lets be known, stand in the public list: no penalty before its end.
REWARD_SHOWN = (ProposalStatus.DECIDED, ProposalStatus.SERVED, ProposalStatus.EXECUTED, ProposalStatus.CLOSED)
PENALTY_SHOWN = (ProposalStatus.EXECUTED, ProposalStatus.CLOSED)


def second_decider() -> int | None:
    """Return the person of the setting: who decides where no other leader is left."""
    person: int | None = settings.get("proposals.second_decider")
    return person


# Who may see what


def condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a proposal: every page, list, search and file starts from it."""
    if actor.is_system:
        return true()
    submitted = Proposal.number.is_not(None)
    carrying = and_(
        within(Proposal.department_id, actor, ProposalPerm.EXECUTE), Proposal.status.in_(CARRIED_OUT)
    )
    return or_(
        Proposal.owner_id == actor.id,
        and_(submitted, or_(Proposal.subject_id == actor.id, carrying, judged_by(actor))),
    )


def judged_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that an actor hears or decides proposals like this one."""
    if actor.id is not None and actor.id == second_decider():
        return true()
    return or_(
        *(
            within(Proposal.department_id, actor, permission)
            for permission in (ProposalPerm.HEAR, ProposalPerm.DECIDE)
        )
    )


def checks_judged(actor: Actor) -> ColumnElement[bool] | None:
    """Return the condition that a check is evidence of a proposal an actor hears or decides; None for who does neither.

    Nobody decides by evidence they cannot read; a draft is not put to anybody yet.
    """
    judges = can(actor, ProposalPerm.HEAR) or can(actor, ProposalPerm.DECIDE)
    if not judges and (actor.id is None or actor.id != second_decider()):
        return None
    cited = (
        select(ProposalEvidence.doc_id)
        .join(Proposal, Proposal.id == ProposalEvidence.proposal_id)
        .where(ProposalEvidence.kind == EvidenceKind.CHECK, Proposal.number.is_not(None), judged_by(actor))
    )
    return ClauseCheck.id.in_(cited)


def within(column: ColumnElement[int] | object, actor: Actor, permission: str) -> ColumnElement[bool]:
    """Return the condition that a row lies in a department where an actor holds a permission."""
    return in_departments(column, departments_of(actor, permission))


def visible_to(actor: Actor) -> Select[Proposal]:
    """Return the SELECT of the proposals an actor may see."""
    return select(Proposal).where(condition(actor))


def visible_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the proposals an actor may see."""
    return select(Proposal.id).where(condition(actor))


def get_proposal(actor: Actor, proposal_id: int) -> Proposal:
    """Return a proposal the actor may see; raises NotVisible."""
    statement = visible_to(actor).where(Proposal.id == proposal_id)
    return one_visible(statement)


def titles(ids: list[int]) -> dict[int, str]:
    """Return number and person of proposals, for tasks, notices and the log."""
    rows = session.execute(
        select(Proposal.id, Proposal.number, Proposal.kind, User.name)
        .join(User, User.id == Proposal.subject_id)
        .where(Proposal.id.in_(ids))
    )
    return {row.id: title_of(row.number, row.kind, row.name) for row in rows}


def title_of(number: str | None, kind: str, name: str) -> str:
    """Return how a proposal is named where it is one among other documents."""
    reward = kind == ProposalKind.REWARD
    said = _("奖励 %(name)s", name=name) if reward else _("处罚 %(name)s", name=name)
    return f"{number} {said}" if number else _("%(title)s（草稿）", title=said)


def name_or_draft(number: str | None) -> str:
    """Return how a proposal is called among its like: its number, or that it is a draft."""
    return number or _("奖惩建议草稿")


def made_public() -> ColumnElement[bool]:
    """Return the condition that a proposal stands in the public list."""
    return and_(
        Proposal.published,
        or_(
            and_(Proposal.kind == ProposalKind.REWARD, Proposal.status.in_(REWARD_SHOWN)),
            and_(Proposal.kind == ProposalKind.PENALTY, Proposal.status.in_(PENALTY_SHOWN)),
        ),
        func.coalesce(Proposal.second_decision, "") != "refused",
    )


def counted_by(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that a proposal counts for an actor: submitted, in departments they answer for."""
    reached = [within(Proposal.department_id, actor, permission) for permission in COUNTERS]
    return and_(Proposal.number.is_not(None), or_(*reached))


def balance(actor: Actor) -> tuple[int, int]:
    """Return how many rewards and how many penalties were submitted where an actor answers for departments."""
    rewards = func.count().filter(Proposal.kind == ProposalKind.REWARD)
    row = session.execute(select(rewards, func.count()).select_from(Proposal).where(counted_by(actor))).one()
    return int(row[0]), int(row[1]) - int(row[0])


def departments_counted(actor: Actor) -> list[tuple[str, str]]:
    """Return the departments in which proposals count for an actor, by name."""
    statement = (
        select(Department.id, Department.name)
        .where(Department.id.in_(select(Proposal.department_id).where(counted_by(actor))))
        .order_by(Department.name)
    )
    return [(str(row.id), row.name) for row in session.execute(statement)]


# Tips


def tip_condition(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a tip: who sent it, and the head whom it is put to."""
    if actor.is_system:
        return true()
    return or_(
        ProposalTip.owner_id == actor.id,
        and_(
            ProposalTip.subject_id != actor.id,
            within(ProposalTip.department_id, actor, ProposalPerm.PROPOSE),
        ),
    )


def visible_tip_ids(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of the tips an actor may see."""
    return select(ProposalTip.id).where(tip_condition(actor))


def get_tip(actor: Actor, tip_id: int) -> ProposalTip:
    """Return a tip the actor may see; raises NotVisible."""
    statement = select(ProposalTip).where(ProposalTip.id == tip_id, tip_condition(actor))
    return one_visible(statement)


def tip_titles(ids: list[int]) -> dict[int, str]:
    """Return the numbers of tips; whom one is about stands on its page alone."""
    rows = session.execute(select(ProposalTip.id, ProposalTip.number).where(ProposalTip.id.in_(ids)))
    return {row.id: str(row.number) for row in rows}


def proposal_of_tip(actor: Actor, tip_id: int) -> int | None:
    """Return the proposal a tip became, where the actor may see it."""
    statement = visible_ids(actor).where(Proposal.tip_id == tip_id).limit(1)
    return session.execute(statement).scalar_one_or_none()


# People


def proposable_people(actor: Actor) -> Sequence[tuple[int, str]]:
    """Return the colleagues an actor may propose a reward or penalty for, by department and name."""
    return people_named(
        in_departments(User.department_id, departments_of(actor, ProposalPerm.PROPOSE)), actor
    )


def colleagues(actor: Actor) -> Sequence[tuple[int, str]]:
    """Return all colleagues who belong to a department, by department and name."""
    return people_named(true(), actor)


def people_named(reached: ColumnElement[bool], actor: Actor) -> Sequence[tuple[int, str]]:
    """Return active people besides an actor with their department, for a choice."""
    statement = (
        select(User.id, User.name, Department.name.label("department"))
        .join(Department, Department.id == User.department_id)
        .where(User.active, User.id != actor.id, reached)
        .order_by(Department.name, User.name)
    )
    return [
        (row.id, _("%(name)s（%(department)s）", name=row.name, department=row.department))
        for row in session.execute(statement)
    ]


# Clauses


def clauses_on(day: date, words: str = "", only: int | None = None) -> list[ClausePlace]:
    """Return clauses in force on a day, in the order of rules and clauses, at most MOST_CLAUSES.

    ``words`` are looked for in the rule's title and number, in the clause's number and its heading; ``only`` names
    one clause.
    """
    statement = (
        select(
            ClauseText.clause_id,
            RuleVersion.rule_id,
            ClauseText.version_id,
            RuleVersion.title,
            ClauseText.cited,
        )
        .join(RuleVersion, RuleVersion.id == ClauseText.version_id)
        .join(Rule, Rule.id == RuleVersion.rule_id)
        .where(is_in_force(), ClauseText.style.not_in(HEADINGS), ClauseText.cited != "")
        .order_by(Rule.number, ClauseText.position)
        .limit(MOST_CLAUSES)
    )
    if only is not None:
        statement = statement.where(ClauseText.clause_id == only)
    else:
        looked = (RuleVersion.title, Rule.number, ClauseText.cited, ClauseText.title)
        statement = statement.where(matches_words(words, looked))
    return [
        ClausePlace(row.clause_id, row.rule_id, row.version_id, row.title, row.cited)
        for row in session.execute(statement, {"today": day})
    ]


def clause_on(day: date, clause_id: int) -> ClausePlace | None:
    """Return where a clause stood in what was in force on a day; None where it was not."""
    return next(iter(clauses_on(day, only=clause_id)), None)


def range_of(clause_id: int) -> ClauseRange | None:
    """Return the range of penalties kept at a clause; None where there is none."""
    statement = select(ClauseRange).where(ClauseRange.clause_id == clause_id)
    return session.execute(statement).scalar_one_or_none()


def ranges_of(clause_ids: Iterable[int]) -> dict[int, tuple[Decimal | None, Decimal | None]]:
    """Return the ends of the ranges of clauses that have one, by the identity of the clause."""
    known = configuration.kept("clause ranges", _read_ranges)
    return {clause_id: known[clause_id] for clause_id in clause_ids if clause_id in known}


def _read_ranges() -> dict[int, tuple[Decimal | None, Decimal | None]]:
    rows = session.execute(
        select(ClauseRange.clause_id, ClauseRange.least, ClauseRange.most).where(
            or_(ClauseRange.least.is_not(None), ClauseRange.most.is_not(None))
        )
    )
    return {row.clause_id: (row.least, row.most) for row in rows}


# Evidence


def events_seen(actor: Actor, *conditions: ColumnElement[bool]) -> list[tuple[timeline.Event, str]]:
    """Return the newest events that meet some conditions, of documents an actor reads whole, with their titles.

    One statement, however many kinds of documents there are.
    """
    event, entry = timeline.Event, SearchEntry
    visible = [
        and_(event.doc_type == kind.doc_type, event.doc_id.in_(kind.visible(actor)))
        for kind in documents.registered()
        if modules.shows(kind.doc_type) and not kind.private
    ]
    statement = (
        select(event, entry.title)
        .outerjoin(entry, and_(entry.doc_type == event.doc_type, entry.doc_id == event.doc_id))
        .where(*conditions, or_(*visible), documents.seen_whole(actor, event.doc_type, event.doc_id))
        .order_by(event.seq.desc())
        .limit(MOST_EVENTS)
    )
    return [
        (row[0], documents.link_of(row[0].doc_type, row[0].doc_id, row[1]).title)
        for row in session.execute(statement)
    ]


def checks_of(actor: Actor, subject_id: int) -> list[tuple[int, str]]:
    """Return the checks of a person that an actor may see, the newest first, for a choice."""
    statement = (
        check_ids(actor)
        .where(ClauseCheck.subject_id == subject_id)
        .order_by(ClauseCheck.id.desc())
        .limit(MOST_EVENTS)
    )
    named = check_titles(list(session.execute(statement).scalars()))
    return sorted(named.items(), reverse=True)


def proposal_of_check(actor: Actor, check_id: int) -> tuple[int, str | None] | None:
    """Return id and number of the proposal a check became, where the actor may see it."""
    statement = (
        select(Proposal.id, Proposal.number).where(Proposal.check_id == check_id, condition(actor)).limit(1)
    )
    row = session.execute(statement).first()
    return None if row is None else (row.id, row.number)


def was_proposed(check_id: int) -> bool:
    """Tell whether there is a proposal made of a check, whoever may see it; one that was withdrawn counts no more."""
    return session.execute(select(Proposal.id).where(Proposal.check_id == check_id)).first() is not None


def events_by_seq(numbers: Sequence[int]) -> dict[int, timeline.Event]:
    """Return events by their number."""
    if not numbers:
        return {}
    rows = session.execute(select(timeline.Event).where(timeline.Event.seq.in_(list(numbers)))).scalars()
    return {row.seq: row for row in rows}
