"""What announcements tell the platform: permission, module, tasks, verbs, sentences, documents, search, job."""

from sqlalchemy import func, select

from app.core import checks, documents, jobs, modules, search, sentences, tasks, timeline
from app.core.db import session
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Role, register_permissions
from app.core.tasks import TaskKind
from app.core.timeline import Verb
from app.features.announcements import actions, queries
from app.features.announcements import indicators as indicators
from app.features.announcements.enums import ANNOUNCEMENT, CONFIRM, LIVE, MODULE, AnnouncementPerm
from app.features.announcements.models import Announcement, AnnouncementReceipt
from app.features.people.leaving import Counting, LeaverCheck, register_leaver_check

register_permissions(
    AnnouncementPerm,
    {AnnouncementPerm.PUBLISH: (lazy("发布通知公告"), {Role.MANAGER, Role.LEADER, Role.PEOPLE})},
)
modules.register(modules.Module(MODULE, lazy("通知公告"), preset=modules.STANDARD, order=59))
modules.own_documents(MODULE, ANNOUNCEMENT)
tasks.register_kinds(TaskKind(CONFIRM, lazy("确认已读通知"), lags=True, ends_with_person=True))
jobs.register_job("announcements:keep-up", actions.keep_up, every=actions.KEEP_UP_EVERY)

timeline.register_verbs(
    Verb("announcement:draft", lazy_in_context("event", "起草通知")),
    Verb("announcement:correct", lazy_in_context("event", "起草更正")),
    Verb("announcement:edit", lazy_in_context("event", "修改通知"), folds=True),
    Verb("announcement:attach", lazy("添加附件 %(file)s"), frozenset({"file"})),
    Verb("announcement:remove-file", lazy("移除附件 %(file)s"), frozenset({"file"})),
    Verb("announcement:confirm", lazy_in_context("event", "确认已读")),
    Verb("announcement:remind", lazy("提醒 %(count)s 人确认已读"), frozenset({"count"}), tone="warn"),
)
timeline.register_field_labels(
    {
        "announcement.title": lazy("标题"),
        "announcement.text": lazy("正文"),
        "announcement.audience": lazy("通知对象"),
        "announcement.must_confirm": lazy("要求确认"),
        "announcement.visible_from": lazy("发布时间"),
        "announcement.visible_until": lazy("下架时间"),
    }
)
sentences.register(
    {
        "announcement:over-already": lazy("下架时间已过，或早于发布时间，请点“修改”改正"),
        "announcement:nobody": lazy("通知对象里没有在职人员，请点“修改”重新选择"),
        "announcement:replaced-already": lazy("原通知已经下架、撤回或更正，这份更正不能发布；请放弃草稿"),
        "announcement:corrected-already": lazy("这份通知已有一份更正，请直接修改那一份"),
        "announcement:too-many-files": lazy("附件最多 %(most)s 个，请先移除一些"),
        "announcement:not-up": lazy("通知已下架、撤回或更正，不用再确认"),
        "announcement:nothing-to-confirm": lazy("这份通知不要求确认"),
        "announcement:not-for-you": lazy("您不在这份通知的对象里，不用确认"),
        "announcement:nobody-to-remind": lazy("没有要提醒的人：都已确认，或今天已经提醒过"),
    }
)


def address(announcement_id: int) -> str:
    """Return the address of an announcement's page."""
    return f"/announcements/{announcement_id}"


documents.register_document_type(
    documents.DocumentType(
        doc_type=ANNOUNCEMENT,
        label=lazy_in_context("document", "通知"),
        url=address,
        titles=queries.titles,
        visible=queries.visible_ids,
        model=Announcement,
    )
)
search.register_source(
    search.SearchSource(
        doc_type=ANNOUNCEMENT, label=lazy("通知公告"), visible=queries.visible_ids, url=address, order=30
    )
)


def scheduled_by(user_id: int) -> Counting:
    """Return the SELECT of how many announcements of a person still wait for their moment."""
    return select(func.count()).where(Announcement.owner_id == user_id, Announcement.status == "scheduled")


register_leaver_check(
    LeaverCheck(
        scheduled_by,
        lazy("还有 %(count)s 份定时通知没有发布，请先撤回或等它发布"),
        "/announcements?status=scheduled",
    )
)


def receipts_fit() -> list[str]:
    """Return what contradicts: a receipt of another series or edition, two rows of a series up at once."""
    wrong = session.execute(
        select(AnnouncementReceipt.id)
        .join(Announcement, Announcement.id == AnnouncementReceipt.announcement_id)
        .where(
            (Announcement.series_id != AnnouncementReceipt.series_id)
            | (Announcement.edition != AnnouncementReceipt.edition)
        )
        .order_by(AnnouncementReceipt.id)
    ).scalars()
    found = [f"announcement receipt {number} belongs to another edition" for number in wrong]
    twice = session.execute(
        select(Announcement.series_id)
        .where(Announcement.status == LIVE[1])
        .group_by(Announcement.series_id)
        .having(func.count() > 1)
        .order_by(Announcement.series_id)
    ).scalars()
    return found + [f"announcement series {number} is up twice" for number in twice]


checks.register_check("announcements", receipts_fit)
