"""The board of all bound clauses, and the exceptions behind a figure."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlalchemy import ColumnElement, Integer, Row, String, case, cast, func, literal, null, select

from app.core import documents, indicators
from app.core.db import session
from app.core.i18n import LazyText, lazy, lazy_in_context
from app.core.i18n import gettext as _
from app.core.indicators import Figure, Indicator, Period
from app.core.listing import Column, Filter, Listing, parse_day
from app.core.permissions import Actor
from app.core.search_index import SearchEntry, entry_of
from app.features.people.models import Department, User
from app.features.rules.models import ClauseText, Rule, RuleVersion
from app.features.rules.queries import citation
from app.features.supervision import queries
from app.features.supervision.enums import FLOW_PREFIX
from app.features.supervision.models import ClauseBinding
from app.web import charts

NOTHING_DUE = 2_000
STATES = {"exceptions": lazy("有例外"), "kept": lazy("全部做到")}


def percent(per_mille: int | None) -> str:
    """Return a share in thousandths as percent; a dash where nothing was due."""
    return "—" if per_mille is None else f"{Decimal(per_mille) / 10}%"


def by_target(values: Mapping[str, int | str | None], kind: Any) -> ColumnElement[Any]:
    """Return the SQL of what belongs to the target of a binding; null where there is nothing."""
    known = [
        (ClauseBinding.target == target, literal(value, kind))
        for target, value in values.items()
        if value is not None
    ]
    return case(*known, else_=cast(null(), kind)) if known else cast(null(), kind)


class BoardList(Listing):
    """Every bound clause in force, the one that is kept worst first."""

    searched = (RuleVersion.title, ClauseText.cited)
    default_sort = "share"
    row_id = ClauseBinding.id

    def __init__(self, arguments: Mapping[str, str], path: str) -> None:
        """Open the board; all its figures are read at once, before its rows."""
        bound = queries.bound_targets()
        weeks = indicators.last_weeks()
        measured = indicators.measure(bound, [indicators.this_month(), *weeks])
        now = {key: figures[0] for key, figures in measured.items()}
        self.courses = {key: figures[1:] for key, figures in measured.items()}
        exceptions = by_target({key: figure.exceptions for key, figure in now.items()}, Integer)
        known = queries.targets()
        labels = {target: named(target, known[target]) for target in bound if target in known}
        filters = (
            Filter("target", lazy("指标"), ClauseBinding.target, options=list(labels.items())),
            Filter(
                "state",
                lazy("执行情况"),
                options=list(STATES.items()),
                condition=lambda code: exceptions > 0 if code == "exceptions" else exceptions == 0,
            ),
        )
        columns = (
            *self.columns_of_clause(labels),
            *self.columns_of_figure(now, exceptions),
            Column(
                "course",
                lazy("近 12 周"),
                by_target({key: course_text(found) for key, found in self.courses.items()}, String),
                "drawing",
                sortable=False,
                shown_by=self.course,
            ),
        )
        super().__init__(queries.bound_clauses(), arguments, path, columns=columns, filters=filters)

    def columns_of_clause(self, labels: Mapping[str, Any]) -> Sequence[Column]:
        """Return the columns that say which clause is bound to what."""
        return (
            Column(
                "cited",
                lazy_in_context("rule", "条款"),
                ClauseText.cited,
                "link",
                href=clause_address,
                text=cited_text,
            ),
            Column("target", lazy("指标"), ClauseBinding.target, labels=labels),
            Column("title", "", RuleVersion.title, hidden=True, sortable=False),
            Column("rule_id", "", Rule.id, hidden=True, sortable=False),
            Column("clause_id", "", ClauseBinding.clause_id, hidden=True, sortable=False),
        )

    def columns_of_figure(
        self, now: Mapping[str, Figure], exceptions: ColumnElement[int]
    ) -> Sequence[Column]:
        """Return the columns of the figure of this month."""
        share = by_target({key: figure.per_mille for key, figure in now.items()}, Integer)
        return (
            Column(
                "kept", lazy("做到"), by_target({key: f.kept for key, f in now.items()}, Integer), "number"
            ),
            Column("due", lazy("应做"), by_target({key: f.due for key, f in now.items()}, Integer), "number"),
            Column(
                "share",
                lazy("做到率"),
                share,
                "number",
                text=lambda row: percent(row.share),
                sort_by=(func.coalesce(share, NOTHING_DUE), -func.coalesce(exceptions, 0)),
            ),
            Column(
                "exceptions",
                lazy("例外"),
                exceptions,
                "number",
                href=lambda row: queries.exceptions_address(row.target) if row.exceptions else None,
            ),
        )

    def course(self, row: Row[Any]) -> Markup:
        """Return the course of the last weeks as a drawing; nothing for a flow."""
        figures = self.courses.get(row.target)
        if figures is None:
            return Markup("")
        shares = [figure.per_mille for figure in figures]
        return charts.course(_("近 12 周的做到率"), course_text(figures), shares, f"course-{row.row_id}")


def named(target: str, label: LazyText) -> LazyText:
    """Return how a target is called among indicators: a flow says that it is one."""
    return lazy("流程：%(label)s", label=label) if target.startswith(FLOW_PREFIX) else label


def course_text(figures: Sequence[Figure]) -> str:
    """Return the course of the last weeks in figures, the oldest first."""
    return " ".join(percent(figure.per_mille) for figure in figures)


def cited_text(row: Row[Any]) -> str:
    """Return how the clause of a row is cited."""
    return citation(row.title, row.cited)


def clause_address(row: Row[Any]) -> str:
    """Return the address of a row's clause."""
    return url_for("rules.show_rule", rule_id=row.rule_id, _anchor=f"clause-{row.clause_id}")


# Exceptions


def period_of(arguments: Mapping[str, str]) -> Period:
    """Return the span the address asks for, this month where it asks for none."""
    first, last = (parse_day(arguments.get(f"day_{end}", "")) for end in ("from", "to"))
    if first is None and last is None:
        return indicators.this_month()
    usual = indicators.this_month().days
    first = first or min(usual[0], last or usual[0])
    after = last + timedelta(days=1) if last is not None else max(usual[1], first + timedelta(days=1))
    return indicators.span(first, max(after, first))


class ExceptionList(Listing):
    """The cases behind a figure that were not kept, as far as their reader may know of them by name."""

    default_sort = "-at"
    searched = (SearchEntry.title, User.name)
    row_id = ClauseBinding.id

    def __init__(self, indicator: Indicator, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader over the span the address asks for."""
        self.period = period_of(arguments)
        found = indicators.exceptions(indicator, self.period).subquery()
        columns = (
            Column("at", lazy("时间"), found.c.at, indicator.at_kind),
            Column(
                "document", lazy("单据"), SearchEntry.title, "link", text=document_text, href=document_address
            ),
            Column("person", lazy("人员"), User.name, "person"),
            Column("department", lazy("部门"), Department.name),
            Column("doc_type", "", found.c.doc_type, hidden=True, sortable=False),
            Column("doc_id", "", found.c.doc_id, hidden=True, sortable=False),
            Column(
                "opens",
                "",
                documents.may_open(actor, found.c.doc_type, found.c.doc_id),
                hidden=True,
                sortable=False,
            ),
        )
        filters = (Filter("day", lazy("期间"), kind="date_range"),)
        base = (
            select(found.c.case_id)
            .select_from(found)
            .outerjoin(User, User.id == found.c.person_id)
            .outerjoin(Department, Department.id == found.c.department_id)
            .outerjoin(SearchEntry, entry_of(found.c))
            .where(queries.sees_case(actor, found.c.person_id, found.c.department_id))
        )
        super().__init__(base, arguments, path, columns=columns, filters=filters)
        self._row_id = found.c.case_id

    def _condition(self, item: Filter) -> ColumnElement[bool] | None:
        """Return no condition for the span, which chose the cases already."""
        return None if item.key == "day" else super()._condition(item)

    def seen(self) -> int:
        """Return how many exceptions this reader sees, whatever is looked for in the list."""
        return int(session.execute(select(func.count()).select_from(self.base.subquery())).scalar_one())


def document_text(row: Row[Any]) -> str:
    """Return the document of a row: its title, else its kind."""
    return documents.link_of(row.doc_type, row.doc_id, row.document).title


def document_address(row: Row[Any]) -> str:
    """Return the address of a row's document; empty where its reader may not open it."""
    return documents.link_of(row.doc_type, row.doc_id, row.document).url if row.opens else ""
