"""What meetings tell the platform: permission, module, tasks, verbs, document type, search, the job that plans them."""

from datetime import timedelta

from app.core import checks, documents, jobs, modules, search, sentences, tasks, timeline
from app.core.i18n import gettext as _
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Role, register_permissions
from app.core.timeline import Verb
from app.features.meetings import actions, queries
from app.features.meetings.enums import MEETING, MISSED, MODULE, MeetingPerm
from app.features.meetings.models import Meeting
from app.features.people.leaving import LeaverCheck, register_leaver_check

register_permissions(
    MeetingPerm,
    {MeetingPerm.ARRANGE: (lazy("安排部门会议"), {Role.MANAGER, Role.LEADER, Role.PEOPLE})},
)
modules.register(modules.Module(MODULE, lazy("部门会议"), preset=modules.STANDARD, order=68))
modules.own_documents(MODULE, MEETING)
tasks.register_kinds(
    tasks.TaskKind("meeting:hold", lazy("写会议纪要"), "hold", lags=True),
    tasks.TaskKind("meeting:confirm", lazy("确认会议纪要"), ends_with_person=True),
)
jobs.register_job("meetings:plan", actions.plan, every=timedelta(hours=1))
timeline.register_verbs(
    Verb("meeting:plan", lazy("安排会议，%(when)s 开始"), frozenset({"when"})),
    Verb("meeting:add-item", lazy("提议题：%(text)s"), frozenset({"text"})),
    Verb("meeting:remove-item", lazy("撤下议题：%(text)s"), frozenset({"text"}), tone="warn"),
    Verb("meeting_series:begin", lazy("设定例会：%(name)s"), frozenset({"name"})),
    Verb("meeting_series:change", lazy("修改例会：%(name)s"), frozenset({"name"})),
)
timeline.register_field_labels({"meeting.text": lazy("会议纪要")})
sentences.register(
    {
        "meeting:not-yet": lazy("会议 %(when)s 才开始，开过以后再写纪要"),
        "meeting:agenda-full": lazy("一次会议最多 %(most)s 个议题，请先撤下不急的"),
    }
)


def address(meeting_id: int) -> str:
    """Return the address of a meeting's page."""
    return f"/meetings/{meeting_id}"


documents.register_derived_states(MEETING, {MISSED: (lazy("没有召开"), "bad")})
documents.register_document_type(
    documents.DocumentType(
        doc_type=MEETING,
        label=lazy_in_context("document", "部门会议"),
        url=address,
        titles=queries.titles,
        visible=queries.visible_ids,
        model=Meeting,
    )
)
search.register_source(
    search.SearchSource(
        doc_type=MEETING, label=lazy("部门会议"), visible=queries.visible_ids, url=address, order=42
    )
)
register_leaver_check(
    LeaverCheck(queries.open_of, lazy("还主持 %(count)s 个例会"), "/meetings/series", MeetingPerm.ARRANGE),
    LeaverCheck(queries.planned_of, lazy("还有 %(count)s 次会议由他主持"), "/meetings", MeetingPerm.ARRANGE),
)


def check_minutes() -> list[str]:
    """Return a sentence for each meeting that counts as confirmed too early."""
    return [
        _("会议 %(number)s 的纪要还有人没有确认，却记成已确认", number=number)
        for number in queries.wrongly_confirmed()
    ]


checks.register_check("minutes of meetings", check_minutes)
