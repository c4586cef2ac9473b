"""What the forms of proposals are filled with and choose among: of a clause, a check or a tip, and for each step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.core import clock
from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.features.checks.actions import may_propose
from app.features.checks.queries import get_check
from app.features.proposals import queries
from app.features.proposals.actions import ProposalValues
from app.features.proposals.enums import ProposalKind, TipStatus
from app.features.proposals.flow import range_words
from app.features.proposals.forms import STEP_FORMS, DecideForm, ServeForm
from app.features.proposals.models import Proposal
from app.features.rules.queries import citation
from app.features.rules.quoting import quote
from app.web import documents

FIELDS = ("kind", "subject_id", "clause_id", "happened_at", "place", "facts", "measure", "amount")
LONGEST_ID = 9


@dataclass(frozen=True)
class Source:
    """What a proposal is made of, and what is known of it from there; ``facts`` stand above the form."""

    check_id: int | None = None
    tip_id: int | None = None
    clause_id: int | None = None
    subject_id: int | None = None
    kind: str = ""
    happened_at: datetime | None = None
    text: str = ""
    facts: tuple[str, ...] = ()


def number_in(arguments: Mapping[str, str], name: str) -> int | None:
    """Return an id of the address; None where it holds none."""
    text = arguments.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID else None


def asked(actor: Actor, arguments: Mapping[str, str]) -> Source:
    """Return what the address names; raises NotVisible for a check or tip the actor can make no proposal of."""
    check_id, tip_id = number_in(arguments, "check"), number_in(arguments, "tip")
    if check_id is not None:
        return of_check(actor, check_id)
    if tip_id is not None:
        return of_tip(actor, tip_id)
    return Source(clause_id=number_in(arguments, "clause"))


def of_check(actor: Actor, check_id: int) -> Source:
    """Return what a check says."""
    check = get_check(actor, check_id)
    made = queries.proposal_of_check(actor, check_id)
    if made is None and (queries.was_proposed(check_id) or not may_propose(check, actor)):
        raise NotVisible
    said = [check.told]
    if check.explanation:
        said.append(_("当事人说明：%(text)s", text=check.explanation))
    return Source(
        check_id=check.id,
        clause_id=check.clause_id,
        subject_id=check.subject_id,
        kind=str(ProposalKind.REWARD if check.is_conforming else ProposalKind.PENALTY),
        happened_at=check.created_at,
        text="\n".join(said),
        facts=(str(check.number), citation(check.rule_title, check.clause_name), check.subject_name),
    )


def of_tip(actor: Actor, tip_id: int) -> Source:
    """Return what a tip says."""
    tip = queries.get_tip(actor, tip_id)
    made = queries.proposal_of_tip(actor, tip_id)
    if (tip.status != TipStatus.SENT and made is None) or tip.subject_id == actor.id:
        raise NotVisible
    return Source(
        tip_id=tip.id,
        clause_id=tip.clause_id,
        subject_id=tip.subject_id,
        kind=tip.kind,
        text=tip.text,
        facts=(str(tip.number), tip.subject.name),
    )


def fill(form: Any, source: Source) -> None:
    """Put what is known into a new form."""
    form.kind.data, form.subject_id.data, form.clause_id.data = (
        source.kind,
        source.subject_id,
        source.clause_id,
    )
    form.happened_at.data, form.facts.data = source.happened_at, source.text


def fill_from(form: Any, proposal: Proposal) -> None:
    """Put a draft into the form by which it is changed."""
    form.version.data = proposal.version
    for name in FIELDS:
        form[name].data = getattr(proposal, name)


def choose(form: Any, actor: Actor, source: Source) -> None:
    """Give a form its choices: people within reach, clauses in force on the day of the facts that fit the words.

    Of a check or a tip the person is known; what was chosen stays among the clauses, whatever is looked for.
    """
    people = queries.proposable_people(actor)
    if source.check_id is not None or source.tip_id is not None:
        people = [row for row in people if row[0] == source.subject_id]
    form.subject_id.choices = people
    moment = form.happened_at.data or clock.now()
    day = clock.to_local(moment).date()
    found = queries.clauses_on(day, form.words.data or "")
    chosen = form.clause_id.data
    if chosen is not None and all(place.clause_id != chosen for place in found):
        found = [*queries.clauses_on(day, only=chosen), *found]
    form.clause_id.choices = [(place.clause_id, place.cited) for place in found]


def words_hint(form: Any) -> str:
    """Return how a clause is looked for, or that no clause in force fits the words."""
    if form.words.data and not any(value for value, *_rest in form.clause_id.choices):
        return _("没有现行条款的制度名称、编号或标题含这些字，请换个说法；留空列出全部")
    return _("制度名称、编号或条款，如 考勤 第五条")


def quoted(form: Any) -> dict[str, Any]:
    """Return the chosen clause as it stood on the day of the facts, with the range of penalties kept at it.

    ``quote`` is None where no clause is chosen, and where the chosen one was not in force then (``not_then``).
    """
    clause_id, moment = form.clause_id.data, form.happened_at.data or clock.now()
    if clause_id is None or not 0 < clause_id < 10**LONGEST_ID:
        return {"quote": None, "not_then": False, "range": ""}
    place = queries.clause_on(clock.to_local(moment).date(), clause_id)
    known = queries.ranges_of([clause_id]).get(clause_id)
    return {
        "quote": None if place is None else quote(place),
        "not_then": place is None,
        "range": "" if known is None else range_words(*known),
    }


def values(form: Any) -> ProposalValues:
    """Return what a valid form says."""
    return ProposalValues(**{name: form[name].data for name in FIELDS})


# Steps


def step_form(proposal: Proposal, name: str, actor: Actor, *, posted: bool) -> Any:
    """Return the form of a step, without what this proposal does not ask for."""
    form = STEP_FORMS[name]()
    if isinstance(form, DecideForm) and proposal.is_reward:
        del form.joint_liability, form.joint_reason, form.published
    if isinstance(form, ServeForm):
        people = [row for row in queries.colleagues(actor) if row[0] != proposal.subject_id]
        blank = _("当事人已签收，不用见证人") if proposal.read_at is not None else _("请选择")
        form.witness_id.blank = blank
        form.witness_id.choices = people
    if not posted and "measure" in form:
        form.measure.data = proposal.decided_measure or proposal.measure
        form.amount.data = proposal.decided_amount if proposal.decision else proposal.amount
    return form


def step_data(form: Any) -> dict[str, Any]:
    """Return what a step is given."""
    data = documents.typed_fields(form)
    if "joint_liability" in data:
        data["joint_liability"] = {"yes": True, "no": False}.get(data["joint_liability"] or "")
    return data
