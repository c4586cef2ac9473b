"""Proposals as lists: all a reader may see, the public one, tips, and what is counted by department and month."""

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy import Row, Select, case, func, select
from sqlalchemy.orm import aliased

from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.people.models import Department, User
from app.features.proposals import queries
from app.features.proposals.enums import (
    DECISION_LABELS,
    KIND_LABELS,
    KIND_TONES,
    Decision,
    ProposalKind,
    ProposalStatus,
)
from app.features.proposals.flow import FLOW
from app.features.proposals.models import Proposal, ProposalTip
from app.features.proposals.queries import name_or_draft
from app.features.proposals.tip_flow import FLOW as TIP_FLOW
from app.features.rules.queries import citation

Subject = aliased(User)
Proposer = aliased(User)
KINDS = {str(code): label for code, label in KIND_LABELS.items()}
TONES = {str(code): tone for code, tone in KIND_TONES.items()}
STATES = {str(state.code): state.label for state in FLOW.states}
STATE_TONES = {str(state.code): state.tone for state in FLOW.states}
DECISIONS = {str(code): label for code, label in DECISION_LABELS.items()}


def proposal_address(row: Row[Any]) -> str:
    """Return the address of a row's proposal."""
    return url_for("proposals.show_proposal", proposal_id=row.row_id)


def number_text(row: Row[Any]) -> str:
    """Return the number of a row's proposal, or that it is a draft."""
    return name_or_draft(row.number)


def cited_text(row: Row[Any]) -> str:
    """Return how the clause of a row is cited."""
    return citation(row.rule_title, row.clause_name)


def named(statement: Select[Any]) -> Select[Any]:
    """Join the people and the department a list names."""
    return (
        statement.join(Department, Department.id == Proposal.department_id)
        .join(Subject, Subject.id == Proposal.subject_id)
        .join(Proposer, Proposer.id == Proposal.owner_id)
    )


class ProposalList(Listing):
    """The proposals a reader may see, the newest first."""

    searched = (
        Proposal.number,
        Proposal.rule_title,
        Proposal.clause_name,
        Subject.name,
        Department.name,
        Proposal.facts,
    )
    default_sort = "-created_at"
    row_id = Proposal.id
    columns = (
        Column("number", lazy("编号"), Proposal.number, "link", href=proposal_address, text=number_text),
        Column("kind", lazy("类别"), Proposal.kind, labels=KINDS, tones=TONES),
        Column("subject", lazy("当事人"), Subject.name, "person"),
        Column("department", lazy("部门"), Department.name),
        Column("rule_title", lazy("依据条款"), Proposal.rule_title, text=cited_text),
        Column("clause_name", "", Proposal.clause_name, hidden=True, sortable=False),
        Column("amount", lazy("金额"), Proposal.amount, "money"),
        Column("status", lazy("状态"), Proposal.status, "status", labels=STATES, tones=STATE_TONES),
        Column("decision", lazy("决定"), Proposal.decision, labels=DECISIONS),
        Column("proposer", lazy("提出人"), Proposer.name, "person"),
        Column("created_at", lazy("起草时间"), Proposal.created_at, "datetime"),
    )
    filters = (
        Filter("kind", lazy("类别"), Proposal.kind, options=list(KINDS.items())),
        Filter("status", lazy("状态"), Proposal.status, options=list(STATES.items())),
        Filter("created", lazy("起草日期"), Proposal.created_at, kind="date_range"),
    )

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        super().__init__(named(queries.visible_ids(actor)), arguments, path)


class PublicList(Listing):
    """What is made known to everybody: rewards, and penalties the leader decided to make known."""

    searched = (Subject.name, Department.name, Proposal.rule_title, Proposal.decided_measure)
    default_sort = "-decided_at"
    row_id = Proposal.id
    columns = (
        Column("subject", lazy("姓名"), Subject.name, "person"),
        Column("department", lazy("部门"), Department.name),
        Column("kind", lazy("类别"), Proposal.kind, labels=KINDS, tones=TONES),
        # What a penalty is for may quote what the person said; everybody is told the clause and the decision.
        Column(
            "facts",
            lazy("事由"),
            case((Proposal.kind == ProposalKind.REWARD, Proposal.facts), else_=""),
            sortable=False,
        ),
        Column("measure", lazy("内容"), Proposal.decided_measure, sortable=False),
        Column("rule_title", lazy("依据条款"), Proposal.rule_title, text=cited_text),
        Column("clause_name", "", Proposal.clause_name, hidden=True, sortable=False),
        Column("decided_at", lazy("决定时间"), Proposal.decided_at, "date"),
    )
    filters = (
        Filter("kind", lazy("类别"), Proposal.kind, options=list(KINDS.items())),
        Filter("decided", lazy("决定日期"), Proposal.decided_at, kind="date_range"),
    )

    def __init__(self, arguments: Mapping[str, str], path: str) -> None:
        """Open the list; it is the same for every reader."""
        super().__init__(named(select(Proposal.id).where(queries.made_public())), arguments, path)


class TipList(Listing):
    """The tips a reader sent or answers, the newest first."""

    searched = (ProposalTip.number, Subject.name, ProposalTip.text)
    default_sort = "-created_at"
    row_id = ProposalTip.id
    columns = (
        Column(
            "number",
            lazy("编号"),
            ProposalTip.number,
            "link",
            href=lambda row: url_for("proposals.show_tip", tip_id=row.row_id),
        ),
        Column("kind", lazy("类别"), ProposalTip.kind, labels=KINDS, tones=TONES),
        Column("subject", lazy("同事"), Subject.name, "person"),
        Column(
            "status",
            lazy("状态"),
            ProposalTip.status,
            "status",
            labels={str(state.code): state.label for state in TIP_FLOW.states},
            tones={str(state.code): state.tone for state in TIP_FLOW.states},
        ),
        Column("sender", lazy("提供人"), Proposer.name, "person"),
        Column("created_at", lazy("提供时间"), ProposalTip.created_at, "datetime"),
    )
    filters = (
        Filter(
            "status",
            lazy("状态"),
            ProposalTip.status,
            options=[(str(state.code), state.label) for state in TIP_FLOW.states],
        ),
    )

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        base = (
            queries.visible_tip_ids(actor)
            .join(Subject, Subject.id == ProposalTip.subject_id)
            .join(Proposer, Proposer.id == ProposalTip.owner_id)
        )
        super().__init__(base, arguments, path)


# Statistics

FINAL = case(
    (func.coalesce(Proposal.second_decision, Decision.AGREED) == Decision.AGREED, Proposal.decision),
    else_=Proposal.second_decision,
)
UNDECIDED = (ProposalStatus.PROPOSED, ProposalStatus.HEARING)
REFUSED = FINAL == Decision.REFUSED
GRANTED = FINAL.in_([Decision.AGREED, Decision.CHANGED])


def counted(*conditions: Any) -> Any:
    """Return how many of a group meet some conditions."""
    return func.count(Proposal.id).filter(*conditions) if conditions else func.count(Proposal.id)


def month_text(row: Row[Any]) -> str:
    """Return the month of a row."""
    return f"{row.month:%Y-%m}"


class StatisticsList(Listing):
    """Proposals and what came of them, by month and department."""

    rows_gathered = True
    searched = (Department.name,)
    default_sort = "-month"
    columns = (
        Column("month", lazy("月份"), Proposal.month, text=month_text),
        Column("department", lazy("部门"), Department.name),
        Column("proposed", lazy("提出"), counted(), "number", total=True),
        Column("rewards", lazy("奖励"), counted(Proposal.kind == ProposalKind.REWARD), "number", total=True),
        Column(
            "penalties", lazy("处罚"), counted(Proposal.kind == ProposalKind.PENALTY), "number", total=True
        ),
        Column("waiting", lazy("待决定"), counted(Proposal.status.in_(UNDECIDED)), "number", total=True),
        Column("granted", lazy("同意或变更"), counted(GRANTED), "number", total=True),
        Column("refused", lazy("不予或撤销"), counted(REFUSED), "number", total=True),
        Column("appealed", lazy("申诉"), counted(Proposal.appealed_at.is_not(None)), "number", total=True),
        Column(
            "withdrawn",
            lazy("撤回"),
            counted(Proposal.status == ProposalStatus.WITHDRAWN),
            "number",
            total=True,
        ),
    )

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the table for a reader, over the departments they answer for."""
        base = (
            select(func.min(Proposal.id))
            .select_from(Proposal)
            .join(Department, Department.id == Proposal.department_id)
            .where(queries.counted_by(actor))
            .group_by(Proposal.month, Proposal.department_id, Department.name)
        )
        filters = (
            Filter(
                "department",
                lazy("部门"),
                options=queries.departments_counted(actor),
                condition=lambda code: Proposal.department_id == int(code),
            ),
            Filter("month", lazy("月份"), Proposal.month, kind="date_range"),
        )
        super().__init__(base, arguments, path, columns=type(self).columns, filters=filters)
        self._row_id = func.min(Proposal.id)
