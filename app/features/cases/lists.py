"""The library as a list."""

from collections.abc import Mapping

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from app.core.i18n import lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.features.cases import queries
from app.features.cases.enums import OUTCOME_LABELS, OUTCOME_TONES, STAGE_LABELS, MarkKind
from app.features.cases.flow import FLOW
from app.features.cases.models import CaseMark, CaseStudy
from app.features.people.models import User

Author = aliased(User)
OUTCOMES = {str(code): label for code, label in OUTCOME_LABELS.items()}
TONES = {str(code): tone for code, tone in OUTCOME_TONES.items()}
STAGES = {str(code): label for code, label in STAGE_LABELS.items()}
STATES = {str(state.code): state.label for state in FLOW.states}
STATE_TONES = {str(state.code): state.tone for state in FLOW.states}

USEFUL = (
    select(func.count())
    .where(CaseMark.case_id == CaseStudy.id, CaseMark.kind == MarkKind.USEFUL)
    .correlate(CaseStudy)
    .scalar_subquery()
)


class CaseList(Listing):
    """The cases a reader may see, the newest first."""

    searched = (
        CaseStudy.number,
        CaseStudy.title,
        CaseStudy.situation,
        CaseStudy.done,
        CaseStudy.result,
        CaseStudy.lesson,
        CaseStudy.tags,
        Author.name,
    )
    default_sort = "-published_at"
    row_id = CaseStudy.id
    columns = (
        Column(
            "title",
            lazy("标题"),
            CaseStudy.title,
            "link",
            href=lambda row: url_for("cases.show_case", case_id=row.row_id),
        ),
        Column("outcome", lazy("结果"), CaseStudy.outcome, labels=OUTCOMES, tones=TONES),
        Column("stage", lazy("阶段"), CaseStudy.stage, labels=STAGES),
        Column("tags", lazy("标签"), CaseStudy.tags, sortable=False),
        Column("author", lazy("作者"), Author.name, "person"),
        Column("useful", lazy("有用"), USEFUL, "number"),
        Column("status", lazy("状态"), CaseStudy.status, "status", labels=STATES, tones=STATE_TONES),
        Column(
            "published_at",
            lazy("入库时间"),
            CaseStudy.published_at,
            "date",
            sort_by=func.coalesce(CaseStudy.published_at, CaseStudy.created_at),
        ),
    )

    def __init__(self, actor: Actor, arguments: Mapping[str, str], path: str) -> None:
        """Open the library for a reader."""
        filters = (
            Filter("outcome", lazy("结果"), CaseStudy.outcome, options=list(OUTCOMES.items())),
            Filter("stage", lazy("阶段"), CaseStudy.stage, options=list(STAGES.items())),
            Filter(
                "tag",
                lazy("标签"),
                kind="text",
                condition=lambda word: CaseStudy.tags.contains(word, autoescape=True),
            ),
            Filter("status", lazy("状态"), CaseStudy.status, options=list(STATES.items())),
            Filter(
                "mine",
                lazy("作者"),
                options=[("own", lazy("我写的"))],
                condition=lambda _code: CaseStudy.owner_id == actor.id,
            ),
            Filter("published", lazy("入库日期"), CaseStudy.published_at, kind="date_range"),
        )
        base = queries.visible_ids(actor).join(Author, Author.id == CaseStudy.owner_id)
        super().__init__(base, arguments, path, filters=filters)
