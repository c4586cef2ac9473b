"""What training tells the platform: rights, settings, tasks, verbs, sentences, documents, search, growth, checks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, false, func, select

from app.core import (
    checks,
    clock,
    documents,
    growth,
    jobs,
    modules,
    search,
    sentences,
    settings,
    tasks,
    timeline,
)
from app.core.db import session
from app.core.growth import GrowthEntry, GrowthSource
from app.core.i18n import LazyText, lazy, lazy_in_context
from app.core.i18n import gettext as _
from app.core.permissions import Actor, Role, can, directory, register_permissions
from app.core.tasks import TaskKind
from app.core.timeline import Verb
from app.features.people.leaving import LeaverCheck, register_leaver_check
from app.features.training import calendar, indicators, queries, rotating_code, series
from app.features.training.enums import (
    HAS_SEAT,
    MODULE,
    TRAINING_SERIES,
    TRAINING_SESSION,
    TRAINING_TOPIC,
    PersonStatus,
    SessionStatus,
    TrainingPerm,
)
from app.features.training.flow import SIGN_IN_CODE
from app.features.training.models import TrainingPerson, TrainingSession, TrainingTopic

__all__ = ["calendar", "indicators"]

register_permissions(
    TrainingPerm,
    {
        TrainingPerm.LEAD: (lazy("安排和主持本部门的培训"), {Role.MANAGER, Role.LEADER}),
        TrainingPerm.MANAGE: (lazy("管理全公司的培训、科目和机构"), {Role.PEOPLE}),
        TrainingPerm.VIEW_ALL: (lazy("查看全部培训的出勤"), {Role.LEADER, Role.PEOPLE}),
    },
)
modules.register(modules.Module(MODULE, lazy("培训"), preset=modules.STANDARD, order=71))
modules.own_documents(MODULE, TRAINING_SESSION)


def between(least: int, most: int, said: LazyText) -> Any:
    """Return the check of a setting that holds a whole number between two bounds."""

    def check(value: object) -> LazyText | None:
        return None if isinstance(value, int) and least <= value <= most else said

    return check


settings.register(
    settings.Setting(
        series.WEEKS_AHEAD,
        "number",
        4,
        lazy("固定培训提前几周排好"),
        section="training",
        module=MODULE,
        check=between(1, 26, lazy("请填写 1 到 26 之间的周数")),
    ),
    settings.Setting(
        SIGN_IN_CODE,
        "boolean",
        False,
        lazy("扫码签到"),
        section="training",
        hint=lazy("签到时屏幕上显示二维码，隔一会儿换一个；拍下来的旧码不能用"),
        module=MODULE,
    ),
    settings.Setting(
        rotating_code.SECONDS,
        "number",
        20,
        lazy("签到二维码几秒换一次"),
        section="training",
        module=MODULE,
        check=between(10, 120, lazy("请填写 10 到 120 之间的秒数")),
    ),
)
tasks.register_kinds(
    TaskKind("training:announce", lazy("发布培训")),
    TaskKind("training:open", lazy("主持培训，签到")),
    TaskKind("training:leave", lazy("答复培训请假")),
    TaskKind("training:wrap-up", lazy("登记培训出勤"), "sign-in"),
    TaskKind("training:complete", lazy("写培训总结"), "complete"),
    TaskKind("training:feedback", lazy("评价培训"), "feedback", lags=True, ends_with_person=True),
)
jobs.register_job("training:watch", series.watch, every=timedelta(hours=1))

WHO, COUNT, THERE = frozenset({"who"}), frozenset({"count"}), frozenset({"there"})
timeline.register_verbs(
    Verb("training_session:plan", lazy_in_context("event", "安排培训")),
    Verb("training_session:edit", lazy_in_context("event", "修改培训"), folds=True),
    Verb("training_session:replace", lazy("由改期的培训转来，报名不变")),
    Verb("training_session:enrol", lazy_in_context("event", "报名")),
    Verb("training_session:wait", lazy_in_context("event", "报名候补")),
    Verb("training_session:withdraw", lazy_in_context("event", "退出培训")),
    Verb("training_session:step-up", lazy("有空位了，候补 %(count)s 人已转为报名"), COUNT, tone="ok"),
    Verb("training_session:ask-leave", lazy_in_context("event", "申请不参加培训")),
    Verb("training_session:grant-leave", lazy("准%(who)s的假"), WHO, tone="ok"),
    Verb("training_session:refuse-leave", lazy("没有准%(who)s的假"), WHO, tone="warn"),
    Verb("training_session:summon", lazy("加入须参加的 %(count)s 人"), COUNT),
    Verb("training_session:call-roll", lazy("点名：到场 %(there)s 人"), THERE),
    Verb("training_session:sign-in-sheet", lazy("按纸质签到表登记：到场 %(there)s 人"), THERE),
    Verb("training_session:sign-in", lazy_in_context("event", "扫码签到")),
    Verb("training_session:material", lazy("上传材料 %(name)s"), frozenset({"name"})),
    Verb("training_session:remind", lazy("提醒：%(when)s 有培训"), frozenset({"when"}), tone="warn"),
    Verb("training_series:begin", lazy_in_context("event", "开设固定培训")),
    Verb("training_series:edit", lazy_in_context("event", "修改固定培训")),
    Verb("training_topic:propose", lazy_in_context("event", "提出培训话题")),
    Verb("training_topic:drop", lazy("没有安排您提的话题"), tone="warn"),
    Verb("training_subject:keep", lazy("登记培训科目 %(name)s"), frozenset({"name"})),
    Verb("training_provider:keep", lazy("登记培训机构 %(name)s"), frozenset({"name"})),
)
sentences.register(
    {
        "training:person-state": lazy("这一步和目前的报名状态不符，请刷新页面查看"),
        "training:over": lazy("培训时间已经过去，请先修改时间"),
        "training:no-place": lazy("还没有地点，请先修改，写明在哪里"),
        "training:too-few-seats": lazy("名额 %(seats)s，须参加的有 %(people)s 人，请先增加名额"),
        "training:too-early": lazy("%(when)s 起可以开始签到"),
        "training:nobody-there": lazy("还没有人签到，请先登记出勤"),
        "training:not-announced": lazy("这场培训还没有发布，发布后才有签到表"),
        "training:not-held": lazy("这场培训还没有结束签到，结束后才有出勤记录"),
        "training:begun": lazy("培训已经开始，不能再报名，请直接到场，由主持人登记"),
        "training:own-session": lazy("您主持这场培训，不用报名"),
        "training:enrolled-already": lazy("您已经报过名了"),
        "training:clash": lazy("同一时间您还有培训“%(title)s”（%(when)s），请先退出那一场"),
        "training:not-open": lazy("这场培训的状态是“%(state)s”，现在不能报名、退出或请假"),
        "training:required": lazy("这场培训您须参加；来不了的，请写明原因请假"),
        "training:no-part": lazy("您没有报名这场培训"),
        "training:who-grants": lazy("请假由主持人或部门负责人答复，请找%(who)s"),
        "training:leave-answered": lazy("这个请假已经答复过，或已撤回"),
        "training:full": lazy("名额只有 %(seats)s 个，请先增加名额"),
        "training:not-signing-in": lazy("这场培训的状态是“%(state)s”，不能登记出勤"),
        "training:went-further": lazy("%(who)s已经测验或评价过，不能改为缺席"),
        "training:no-code": lazy("现在不能扫码签到，请找主持人登记"),
        "training:code-over": lazy("二维码已经换了，请对着屏幕重新扫一次；不在现场不能签到"),
        "training:signed-in-already": lazy("您已经签到"),
        "training:was-not-there": lazy("只有到场的人可以评价"),
        "training:feedback-given": lazy("您已经评价过，谢谢"),
        "training:no-feedback-now": lazy("评价在培训结束后七天内填写"),
        "training:topic-taken": lazy("这个话题已经安排在别的培训里，请另选"),
        "training:topic-known": lazy("这份单据已经在话题库里"),
        "training:topic-settled": lazy("这个话题已经安排或答复过"),
    }
)


def address(session_id: int) -> str:
    """Return the address of a session's page."""
    return f"/training/{session_id}"


def topic_titles(ids: list[int]) -> dict[int, str]:
    """Return the titles of topics."""
    rows = session.execute(select(TrainingTopic.id, TrainingTopic.title).where(TrainingTopic.id.in_(ids)))
    return {row.id: row.title for row in rows}


def topic_visible(actor: Actor) -> Select[int]:
    """Return the SELECT of the ids of topics: everybody sees the pool while training is on."""
    return select(TrainingTopic.id)


documents.register_document_type(
    documents.DocumentType(
        doc_type=TRAINING_SESSION,
        label=lazy("培训"),
        url=address,
        titles=queries.titles,
        visible=queries.visible_ids,
        model=TrainingSession,
    ),
    documents.DocumentType(
        doc_type=TRAINING_TOPIC,
        label=lazy("培训话题"),
        url=lambda topic_id: "/training/topics",
        titles=topic_titles,
        visible=topic_visible,
    ),
)
modules.own_documents(MODULE, TRAINING_TOPIC, TRAINING_SERIES)
search.register_source(
    search.SearchSource(
        doc_type=TRAINING_SESSION, label=lazy("培训"), visible=queries.visible_ids, url=address, order=45
    )
)
register_leaver_check(
    LeaverCheck(
        queries.chaired_open,
        lazy("主持的 %(count)s 场培训还没有完成，须换主持人"),
        "/training/all?chair=%(user)s",
        TrainingPerm.MANAGE,
    ),
    LeaverCheck(
        queries.chaired_series,
        lazy("主持的 %(count)s 个固定培训须换主持人"),
        "/training/series",
        TrainingPerm.MANAGE,
    ),
)


# What a person learnt


def grown(reader: Actor, user_id: int, limit: int) -> tuple[int, Sequence[GrowthEntry]]:
    """Return how many sessions a person attended and the newest, for themselves, their head, H and the leader."""
    person = directory().people([user_id]).get(user_id)
    department = person.department_id if person is not None else None
    open_to = (
        reader.id == user_id
        or queries.sees_everything(reader)
        or (department is not None and can(reader, TrainingPerm.LEAD, department))
    )
    condition = queries.attended(user_id) if open_to else false()
    rows = session.execute(
        select(
            TrainingSession.id,
            TrainingSession.title,
            TrainingSession.starts_at,
            func.count().over().label("all"),
        )
        .where(condition)
        .order_by(TrainingSession.starts_at.desc(), TrainingSession.id.desc())
        .limit(limit)
    ).all()
    entries = [GrowthEntry(clock.to_local(row.starts_at).date(), row.title, address(row.id)) for row in rows]
    return (rows[0].all if rows else 0), entries


growth.register(GrowthSource("training", lazy("参加的培训"), grown, MODULE, order=10))


# What must hold


def check_seats() -> list[str]:
    """Find sessions with more people than seats, and people who wait while a seat is free."""
    seated = func.count().filter(TrainingPerson.status.in_(HAS_SEAT))
    waiting = func.count().filter(TrainingPerson.status == PersonStatus.WAITLISTED)
    rows = session.execute(
        select(
            TrainingSession.number, TrainingSession.capacity, seated.label("seated"), waiting.label("waiting")
        )
        .join(TrainingPerson, TrainingPerson.session_id == TrainingSession.id)
        .where(TrainingSession.status == SessionStatus.ANNOUNCED)
        .group_by(TrainingSession.id, TrainingSession.number, TrainingSession.capacity)
        .order_by(TrainingSession.id)
    )
    sentences_ = []
    for row in rows:
        if row.capacity is not None and row.seated > row.capacity:
            sentences_.append(_("培训 %(number)s 报名人数超过名额", number=row.number))
        if row.waiting and (row.capacity is None or row.seated < row.capacity):
            sentences_.append(_("培训 %(number)s 有空位，却还有人在候补", number=row.number))
    return sentences_


checks.register_check("training seats", check_seats)
