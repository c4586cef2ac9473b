"""What mentoring tells the platform: permission, module, tasks, verbs, sentences, search, growth, leavers."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, or_, select

from app.core import checks, documents, growth, jobs, modules, search, sentences, tasks, timeline
from app.core.db import session
from app.core.growth import GrowthEntry, GrowthSource
from app.core.i18n import gettext as _
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Actor, Role, register_permissions
from app.core.tasks import TaskKind
from app.core.timeline import Verb
from app.features.mentoring import actions, queries
from app.features.mentoring import indicators as indicators
from app.features.mentoring.enums import MODULE, OPEN, PAIR, MentoringPerm
from app.features.mentoring.models import MentorPair, MentorWeek
from app.features.people.leaving import Counting, LeaverCheck, register_leaver_check

register_permissions(
    MentoringPerm,
    {MentoringPerm.ARRANGE: (lazy("安排以优带优"), {Role.MANAGER, Role.LEADER, Role.PEOPLE})},
)
modules.register(modules.Module(MODULE, lazy("以优带优"), preset=modules.STANDARD, order=63))
modules.own_documents(MODULE, PAIR)
tasks.register_kinds(
    TaskKind("mentor_pair:accept", lazy("答复以优带优结对")),
    TaskKind("mentor_pair:note", lazy("写本周带教周记"), lags=True),
    TaskKind("mentor_pair:answer", lazy("给本周带教写一句反馈"), lags=True),
    TaskKind("mentor_pair:mid", lazy("中期考评"), step="mid", lags=True),
    TaskKind("mentor_pair:finish", lazy("带教期已满，进入结业互评"), lags=True),
    TaskKind("mentor_pair:rate", lazy("结业互评"), step="rate"),
    TaskKind("mentor_pair:close", lazy("写结业意见"), step="close", decides=True),
)
jobs.register_job("mentoring:keep-up", actions.keep_up, every=timedelta(minutes=30))
timeline.register_verbs(
    Verb("mentor_pair:offer", lazy_in_context("event", "提出以优带优结对")),
    Verb("mentor_pair:note", lazy("写了 %(week)s 这一周的周记"), frozenset({"week"})),
    Verb("mentor_pair:answer", lazy("回应了 %(week)s 这一周"), frozenset({"week"})),
    Verb("mentor_pair:remind", lazy("提醒写本周带教周记"), tone="warn"),
    Verb("mentor_pair:missed", lazy("%(week)s 这一周没有周记"), frozenset({"week"}), tone="bad"),
)
sentences.register(
    {
        "mentor_pair:accepted-already": lazy("您已经同意，等对方答复"),
        "mentor_pair:over-already": lazy("带教期已过，请提出人重新安排"),
        "mentor_pair:rated-already": lazy("这一期您已经评过了"),
        "mentor_pair:not-rated": lazy("%(who)s还没有互评，评完才能结业"),
        "mentor_pair:week-over": lazy("这一周已经过去，写好的内容不能再改"),
        "mentor_pair:week-coming": lazy("这一周还没有开始，请到时再写"),
    }
)


def address(pair_id: int) -> str:
    """Return the address of a pair's page."""
    return f"/mentoring/{pair_id}"


documents.register_document_type(
    documents.DocumentType(
        doc_type=PAIR,
        label=lazy("以优带优"),
        url=address,
        titles=queries.titles,
        visible=queries.visible_ids,
        model=MentorPair,
    )
)
search.register_source(
    search.SearchSource(
        doc_type=PAIR, label=lazy("以优带优"), visible=queries.visible_ids, url=address, order=33
    )
)


def grown(reader: Actor, user_id: int, limit: int) -> tuple[int, Sequence[GrowthEntry]]:
    """Return the pairs in which a person taught or learnt."""
    count, rows = queries.pairs_of(reader, user_id, limit)
    entries = [
        GrowthEntry(
            row.starts_on,
            _("带教 %(name)s", name=row.pupil.name)
            if row.mentor_id == user_id
            else _("跟 %(name)s 学习", name=row.mentor.name),
            address(row.id),
        )
        for row in rows
    ]
    return count, entries


growth.register(GrowthSource("mentoring", lazy("以优带优"), grown, MODULE, order=20))


def open_of(user_id: int) -> Counting:
    """Return the SELECT of how many pairs of a person are not over."""
    return select(func.count()).where(
        or_(MentorPair.mentor_id == user_id, MentorPair.pupil_id == user_id), MentorPair.status.in_(OPEN)
    )


register_leaver_check(
    LeaverCheck(
        open_of,
        lazy("还有 %(count)s 对以优带优没有结束，请先结业、解除或换人"),
        "/mentoring?person=%(user)s",
        permission=str(MentoringPerm.ARRANGE),
    )
)


def weeks_fit() -> list[str]:
    """Return what contradicts: weeks of a pair that never began, weeks that do not begin on a Monday."""
    rows = session.execute(
        select(MentorWeek.id, MentorWeek.first_day, MentorWeek.last_day, MentorPair.status)
        .join(MentorPair, MentorPair.id == MentorWeek.pair_id)
        .order_by(MentorWeek.id)
    )
    return [
        f"mentor week {row.id} does not fit its pair"
        for row in rows
        if row.status in ("offered", "declined")
        or row.first_day.weekday() != 0
        or (row.last_day - row.first_day).days != 6
    ]


checks.register_check("mentoring", weeks_fit)
