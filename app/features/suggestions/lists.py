"""Suggestions as lists: all, those one handles by the time left, the notice board, the figures, the themes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import url_for
from sqlalchemy import Row, Select, case, func, literal, select
from sqlalchemy.orm import aliased

from app.core.db import UTCDateTime, session
from app.core.i18n import gettext as _
from app.core.i18n import lazy, lazy_in_context
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.people.models import Department, User
from app.features.suggestions import queries
from app.features.suggestions.enums import ENDED, TAKEN_UP, SuggestionStatus
from app.features.suggestions.flow import FLOW
from app.features.suggestions.models import Suggestion, SuggestionTheme, SuggestionVote
from app.features.suggestions.people_of import UNNAMED_AUTHOR, turn_name
from app.features.suggestions.wording import clock_words

Author = aliased(User)
Doer = aliased(User)
STATES = {str(state.code): state.label for state in FLOW.states}
TONES = {str(state.code): state.tone for state in FLOW.states}
# Where in the order of time those stand that nobody has to act on now.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
VOTES = (
    select(func.count())
    .select_from(SuggestionVote)
    .where(SuggestionVote.suggestion_id == Suggestion.id)
    .correlate(Suggestion)
    .scalar_subquery()
)


def address(row: Row[Any]) -> str:
    """Return the address of a row's suggestion."""
    return url_for("suggestions.show_suggestion", suggestion_id=row.row_id)


def number_text(row: Row[Any]) -> str:
    """Return the number of a row's suggestion, or that it is a draft."""
    return row.number or _("草稿")


def author_text(row: Row[Any]) -> str:
    """Return who wrote a row's suggestion, for colleagues."""
    return row.author or str(UNNAMED_AUTHOR)


def clock_text(row: Row[Any]) -> str:
    """Return the time left of a row's suggestion, and who has it."""
    name = turn_name(row.status, row.department_id, row.owner_id, row.doer)
    due_at = None if row.due_at is None or row.due_at >= NEVER else row.due_at
    return clock_words(row.status, due_at, name)


def named(statement: Select[Any]) -> Select[Any]:
    """Join the people and the department a list names."""
    return (
        statement.join(Department, Department.id == Suggestion.department_id)
        .outerjoin(Author, Author.id == Suggestion.owner_id)
        .outerjoin(Doer, Doer.id == Suggestion.implementer_id)
    )


NUMBER = Column("number", lazy("编号"), Suggestion.number, "link", href=address, text=number_text)
TITLE = Column("title", lazy_in_context("document", "建议"), Suggestion.title)
AUTHOR = Column("author", lazy("提出人"), Author.name, "person", text=author_text)
DEPARTMENT = Column("department", lazy("办理部门"), Department.name)
STATUS = Column("status", lazy("状态"), Suggestion.status, "status", labels=STATES, tones=TONES)
VOTED = Column("votes", lazy("支持"), VOTES, "number")
CLOCK = Column(
    "due_at",
    lazy("时限与负责人"),
    func.coalesce(Suggestion.due_at, literal(NEVER, UTCDateTime())),
    text=clock_text,
)
HIDDEN = (
    Column("department_id", "", Suggestion.department_id, hidden=True, sortable=False),
    Column("owner_id", "", Suggestion.owner_id, hidden=True, sortable=False),
    Column("doer", "", Doer.name, hidden=True, sortable=False),
)
SUBMITTED = Column("submitted_at", lazy("提交时间"), Suggestion.submitted_at, "datetime")


def department_filter() -> Filter:
    """Return the filter by department."""
    return Filter(
        "department",
        lazy("办理部门"),
        options=[(str(number), name) for number, name in queries.departments()],
        condition=lambda code: Suggestion.department_id == int(code),
    )


def state_filter() -> Filter:
    """Return the filter by state."""
    return Filter("status", lazy("状态"), Suggestion.status, options=list(STATES.items()))


class SuggestionList(Listing):
    """The suggestions a reader may see, the newest first."""

    searched = (Suggestion.number, Suggestion.title, Suggestion.situation, Suggestion.method, Author.name)
    default_sort = "-created_at"
    row_id = Suggestion.id
    columns = (
        NUMBER, TITLE, AUTHOR, DEPARTMENT, STATUS, CLOCK, VOTED, SUBMITTED, *HIDDEN,
        Column("created_at", "", Suggestion.created_at, hidden=True),
    )  # fmt: skip

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        filters = (
            state_filter(),
            department_filter(),
            Filter(
                "mine",
                lazy("范围"),
                options=[("yes", lazy("我提的")), ("open", lazy("未办结"))],
                condition=lambda code: (
                    queries.own(actor) if code == "yes" else Suggestion.status.not_in(ENDED)
                ),
            ),
            Filter(
                "theme",
                lazy("主题"),
                options=theme_options(),
                condition=lambda code: Suggestion.theme_id == int(code),
            ),
            Filter("submitted", lazy("提交日期"), Suggestion.submitted_at, kind="date_range"),
        )
        super().__init__(named(queries.visible_ids(actor)), arguments, path, filters=filters)


def theme_options() -> list[tuple[str, str]]:
    """Return the themes, the newest first, for a choice."""
    statement = select(SuggestionTheme.id, SuggestionTheme.month, SuggestionTheme.title)
    rows = session.execute(statement.order_by(SuggestionTheme.month.desc()))
    return [(str(row.id), f"{row.month:%Y-%m} {row.title}") for row in rows]


class DeskList(Listing):
    """The open suggestions a reader handles: what is overdue first, then by the time that is left."""

    searched = (Suggestion.number, Suggestion.title, Author.name)
    default_sort = "due_at"
    row_id = Suggestion.id
    columns = (CLOCK, NUMBER, TITLE, AUTHOR, DEPARTMENT, STATUS, VOTED, SUBMITTED, *HIDDEN)

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        base = named(select(Suggestion.id).where(queries.handled_by(actor)))
        super().__init__(base, arguments, path, filters=(state_filter(), department_filter()))


class BoardList(Listing):
    """What hangs on the notice board: what was suggested, by whom, and the answer."""

    searched = (Suggestion.number, Suggestion.title)
    default_sort = "-submitted_at"
    row_id = Suggestion.id
    columns = (
        NUMBER, TITLE, AUTHOR, STATUS,
        Column("answer", lazy("答复"), Suggestion.answer, sortable=False),
        CLOCK, SUBMITTED, *HIDDEN,
    )  # fmt: skip

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the list for a reader."""
        base = named(queries.visible_ids(actor).where(Suggestion.number.is_not(None)))
        filters = (
            state_filter(),
            department_filter(),
            Filter("submitted", lazy("提交日期"), Suggestion.submitted_at, kind="date_range"),
        )
        super().__init__(base, arguments, path, filters=filters)


# Figures

STAFF = (
    select(User.department_id, func.count().label("staff"))
    .where(User.active, User.department_id.is_not(None))
    .group_by(User.department_id)
    .subquery()
)
# Of those who wrote to a department, its own people.
OWN = case((Author.department_id == Suggestion.department_id, Suggestion.owner_id))
ANSWERED = Suggestion.answered_at.is_not(None)
ADOPTED = Suggestion.status.in_(TAKEN_UP)
DONE = Suggestion.status.in_((SuggestionStatus.DONE, SuggestionStatus.REWARDED))


def counted(*conditions: Any) -> Any:
    """Return how many of a group meet some conditions."""
    return func.count(Suggestion.id).filter(*conditions) if conditions else func.count(Suggestion.id)


def month_text(row: Row[Any]) -> str:
    """Return the month of a row."""
    return f"{row.month:%Y-%m}"


def mean_text(row: Row[Any]) -> str:
    """Return how many working days the first answer took, on the average; a dash before the first."""
    return f"{row.answer_days / row.answered:.1f}" if row.answered else "—"


def share(part: int, whole: int) -> str:
    """Return a share in percent, a dash of nothing."""
    return f"{100 * part // whole}%" if whole else "—"


class FigureList(Listing):
    """Suggestions by month and department: how many took part, what was adopted and carried out, how fast answered."""

    rows_gathered = True
    searched = (Department.name,)
    default_sort = "-month"
    columns = (
        Column("month", lazy("月份"), Suggestion.month, text=month_text),
        Column("department", lazy("部门"), Department.name),
        Column("suggested", lazy("提出"), counted(), "number", total=True),
        Column("people", lazy("本部门参与人数"), func.count(func.distinct(OWN)), "number", total=False),
        Column(
            "staff",
            lazy("参与率"),
            func.coalesce(func.max(STAFF.c.staff), 0),
            sortable=False,
            text=lambda row: share(row.people, row.staff),
        ),
        Column("adopted", lazy("采纳"), counted(ADOPTED), "number", total=True),
        Column(
            "adopted_share",
            lazy("采纳率"),
            counted(ADOPTED),
            sortable=False,
            text=lambda row: share(row.adopted, row.answered),
        ),
        Column("done", lazy("已实施"), counted(DONE), "number", total=True),
        Column(
            "done_share",
            lazy("实施率"),
            counted(DONE),
            sortable=False,
            text=lambda row: share(row.done, row.adopted),
        ),
        Column("answered", lazy("已答复"), counted(ANSWERED), "number", total=True),
        Column(
            "answer_days",
            lazy("平均答复（工作日）"),
            func.coalesce(func.sum(Suggestion.answer_days), 0),
            sortable=False,
            text=mean_text,
        ),
        Column("unnamed", lazy("不署名"), counted(Suggestion.owner_id.is_(None)), "number", total=True),
    )

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the table for a reader, over the departments they answer for."""
        base = (
            select(func.min(Suggestion.id))
            .select_from(Suggestion)
            .join(Department, Department.id == Suggestion.department_id)
            .outerjoin(Author, Author.id == Suggestion.owner_id)
            .outerjoin(STAFF, STAFF.c.department_id == Suggestion.department_id)
            .where(queries.counted_by(actor))
            .group_by(Suggestion.month, Suggestion.department_id, Department.name)
        )
        filters = (
            department_filter(),
            Filter("month", lazy("月份"), Suggestion.month, kind="date_range"),
        )
        super().__init__(base, arguments, path, columns=type(self).columns, filters=filters)
        self._row_id = func.min(Suggestion.id)


THEME_COUNT = (
    select(func.count())
    .select_from(Suggestion)
    .where(Suggestion.theme_id == SuggestionTheme.id, Suggestion.number.is_not(None))
    .correlate(SuggestionTheme)
    .scalar_subquery()
)


class ThemeList(Listing):
    """What was asked for, month by month."""

    searched = (SuggestionTheme.title, SuggestionTheme.hint)
    default_sort = "-month"
    row_id = SuggestionTheme.id
    columns = (
        Column("month", lazy("月份"), SuggestionTheme.month, text=month_text),
        Column(
            "title",
            lazy("主题"),
            SuggestionTheme.title,
            "link",
            href=lambda row: url_for("suggestions.index", theme=row.row_id),
        ),
        Column("hint", lazy("说明"), SuggestionTheme.hint, sortable=False),
        Column("suggestions", lazy("合理化建议"), THEME_COUNT, "number", total=False),
    )
    filters = ()

    def __init__(self, arguments: Mapping[str, str], path: str) -> None:
        """Open the list; it is the same for every reader."""
        super().__init__(select(SuggestionTheme.id), arguments, path)
