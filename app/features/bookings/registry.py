"""What bookings tell the platform: permissions, settings, tasks, verbs, sentences, documents, search, findings."""

from datetime import timedelta

from app.core import documents, findings, jobs, modules, search, sentences, settings, tasks, timeline
from app.core.findings import FindingKind
from app.core.i18n import LazyText, lazy, lazy_in_context
from app.core.permissions import EVERY_ROLE, Role, register_permissions
from app.core.tasks import TaskKind
from app.core.timeline import Verb
from app.features.bookings import actions, availability, fillings, indicators, mileage, queries
from app.features.bookings.enums import BOOKING, MODULE, BookingPerm
from app.features.bookings.models import Booking
from app.features.bookings.trips import GAP, LATE
from app.features.people.leaving import LeaverCheck, register_leaver_check
from app.features.vehicles.drivers import register_trip_finder
from app.features.vehicles.fuel import register_fillings

MOST_HORIZON = 366

register_permissions(
    BookingPerm,
    {
        BookingPerm.REQUEST: (lazy("约车，查看用车"), EVERY_ROLE),
        BookingPerm.AGREE: (lazy("同意本部门用车"), {Role.MANAGER}),
        BookingPerm.AGREE_AS_LEADER: (lazy("批准私人用车，查看全部用车"), {Role.LEADER}),
        BookingPerm.DISPATCH: (lazy("派车，核销用车"), {Role.DISPATCHER}),
    },
    approvals=(BookingPerm.AGREE, BookingPerm.AGREE_AS_LEADER, BookingPerm.DISPATCH),
)
modules.register(modules.Module(MODULE, lazy("用车"), order=51))
modules.own_documents(MODULE, BOOKING)


def refuse_horizon(value: object) -> LazyText | None:
    """Refuse a number of days that nobody can mean."""
    fits = isinstance(value, int) and 1 <= value <= MOST_HORIZON
    return None if fits else lazy("请填写 1 到 %(most)s 之间的天数", most=MOST_HORIZON)


settings.register(
    settings.Setting(
        actions.HORIZON_DAYS,
        "number",
        60,
        lazy("最多提前几天约车"),
        section="vehicles",
        hint=lazy("再往后的日期约不了，每周重复的用车也不能超过"),
        module=MODULE,
        check=refuse_horizon,
    ),
)
tasks.register_kinds(
    TaskKind("booking:agree", lazy("同意用车"), decides=True),
    TaskKind("booking:dispatch", lazy("派车"), "dispatch", decides=True),
    TaskKind("booking:record", lazy("补办登记")),
    TaskKind("booking:out", lazy("出车"), "out"),
    TaskKind("booking:seats", lazy("答复搭车")),
    TaskKind("booking:return", lazy("还车"), "return"),
    TaskKind("booking:settle", lazy("核销用车"), "settle"),
    TaskKind("booking:close", lazy("关闭用车")),
)
jobs.register_job("bookings:watch", actions.watch, every=timedelta(minutes=10))

WHO, UNTIL = frozenset({"who"}), frozenset({"until"})
timeline.register_verbs(
    Verb("booking:request", lazy_in_context("event", "申请用车")),
    Verb("booking:request-retro", lazy_in_context("event", "申请补办用车"), tone="warn"),
    Verb("booking:collides", lazy("同一辆车这段时间已派给别人，请改时间或换车"), tone="warn"),
    Verb("booking:free-again", lazy("这辆车这段时间又空出来了"), tone="ok"),
    Verb("booking:drive-no-more", lazy("这次不再由您驾驶")),
    Verb("booking:overdue", lazy("应于 %(until)s 前还车，还没有还"), UNTIL, tone="bad"),
    Verb(
        "booking:car-late",
        lazy("这辆车应于 %(until)s 还回，现在还没有还，可能要等或换车"),
        UNTIL,
        tone="warn",
    ),
    Verb("booking:car-scrapped", lazy("这辆车已报废，请换车或取消"), tone="bad"),
    Verb("booking:ask-seat", lazy_in_context("event", "申请搭车")),
    Verb("booking:give-seat", lazy("同意%(who)s搭车"), WHO, tone="ok"),
    Verb("booking:refuse-seat", lazy("没有同意%(who)s搭车"), WHO),
)
sentences.register(
    {
        "booking:no-department": lazy("您的账号还没有部门，请系统管理员先补上"),
        "booking:nobody-agrees": lazy("没有人可以同意这次用车：请系统管理员指定部门经理或公司主管领导"),
        "booking:free-again": lazy("刚才有人约了同一辆车，现在这段时间又空着，请再提交一次"),
        "booking:taken": lazy(
            "%(car)s 在 %(span)s 已派给%(who)s。那段时间空着的车：%(free)s；这辆车最早可改到：%(later)s"
        ),
        "booking:not-back": lazy(
            "%(car)s 应于 %(until)s 还回，%(who)s还没有还车，还车前不能再派。空着的车：%(free)s"
        ),
        "booking:driver-busy": lazy("%(who)s在 %(span)s 已安排驾驶 %(car)s，请换驾驶员或改时间"),
        "booking:not-fit": lazy("不能派车：%(reasons)s"),
        "booking:over": lazy("计划时间已经过去，请取消；已经出过车的，请用“补办”"),
        "booking:time-over": lazy("计划的还车时间已经过去，请车辆管理员先改时间"),
        "booking:ask-first": lazy("这次用车须先由部门同意，再由车辆管理员派车"),
        "booking:still-out": lazy("这辆车由%(who)s开着（%(number)s），还车后才能出车"),
        "booking:another-first": lazy("%(car)s 在 %(span)s 先由%(who)s使用，还车后才能出车"),
        "booking:late-already": lazy("已经超过计划时间，请尽快还车；超时后不能再延长"),
        "booking:record-instead": lazy("这是补办，请用“补办登记”"),
        "booking:dispatch-instead": lazy("这次用车还没有出过车，请用“派车”"),
        "booking:record-whole": lazy("补办须写明车辆和驾驶员"),
        "booking:driven-by-other": lazy(
            "%(car)s 在 %(span)s 由%(who)s使用（%(number)s），请核对车辆和时间后重新补办"
        ),
        "booking:may-still-come": lazy("%(until)s 前还可能出车，过后才能登记未用车"),
        "booking:no-seats-now": lazy("这趟车已经出发、结束，或不能搭乘"),
        "booking:own-car": lazy("这是您自己的车"),
        "booking:asked-already": lazy("您已经申请过搭这趟车"),
        "booking:not-going": lazy("这趟车现在是“%(state)s”，不能再同意搭车"),
        "booking:full": lazy("这趟车没有空座了"),
        "booking:answered-already": lazy("这个搭车申请已经答复过"),
    }
)
findings.register_kinds(
    FindingKind(GAP, indicators.COMPLETE, lazy("%(document)s 出车时有未登记里程")),
    FindingKind(LATE, indicators.IN_TIME, lazy("%(document)s 超时还车")),
)


def address(booking_id: int) -> str:
    """Return the address of a booking's page."""
    return f"/bookings/{booking_id}"


documents.register_document_type(
    documents.DocumentType(
        doc_type=BOOKING,
        label=lazy("用车"),
        url=address,
        titles=queries.titles,
        visible=queries.visible_ids,
        model=Booking,
    )
)
search.register_source(
    search.SearchSource(
        doc_type=BOOKING, label=lazy("用车"), visible=queries.visible_ids, url=address, order=60
    )
)
register_trip_finder(queries.trip_at)
register_fillings(fillings.fillings_of)
timeline.on("vehicle:scrapped", availability.tell_scrapped)
timeline.on("odometer_correction:agree", mileage.renew_on_correction)


# bookings of a leaver that are not over get another driver, or are cancelled first (rule R12)
register_leaver_check(
    LeaverCheck(queries.open_of, lazy("还有 %(count)s 次用车没有办完"), "/bookings/all", BookingPerm.REQUEST)
)
