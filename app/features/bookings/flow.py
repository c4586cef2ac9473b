"""The life of a booking (rule table 2.7): asked for, agreed, dispatched, out and back, settled.

What is asked for may overlap; what is dispatched or out holds its car, and a car that is out longer than planned is
given to nobody before it is really back.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app.core import clock
from app.core.errors import Conflict, Invalid, Problem
from app.core.i18n import lazy
from app.core.permissions import Actor, Person, directory
from app.core.tasks import WantedTask
from app.core.workflow import (
    Authority,
    Flow,
    State,
    Who,
    any_of,
    may,
    mine,
    stay,
    step,
    system_only,
    when,
)
from app.features.bookings import availability, guards, trips
from app.features.bookings.enums import BOOKING as DOC_TYPE
from app.features.bookings.enums import BookingPerm, BookingStatus, SeatStatus
from app.features.bookings.models import Booking

# After so long a dispatched car that nobody took is given back.
NO_SHOW_AFTER = timedelta(hours=2)


# Who


def apart(booking: Booking) -> frozenset[int]:
    """Return whose hand must not be in the agreement to a private trip: the applicant."""
    return frozenset({booking.owner_id}) if booking.private else frozenset()


def heads(booking: Booking) -> list[Person]:
    """Return who agrees for the department by their right."""
    return directory().holders(str(BookingPerm.AGREE), booking.department_id)


leader = may(BookingPerm.AGREE_AS_LEADER, apart=apart)
# A private trip is the leader's to allow, and so is every trip of a department without a head.
head = any_of(
    when(lambda booking: not booking.private, may(BookingPerm.AGREE)),
    when(lambda booking: booking.private or not heads(booking), leader),
)
dispatcher = may(BookingPerm.DISPATCH)


def both(first: Who, second: Who) -> Who:
    """Return the predicate of who may do what takes two rights."""
    return Who(
        lambda booking, actor: first.test(booking, actor) if second.test(booking, actor) else None,
        second.ask,
        first.permissions | second.permissions,
        lambda booking: [person for person in first.people(booking) if person in second.people(booking)],
    )


def drives(booking: Booking, actor: Actor) -> Authority | None:
    """Return the authority of who drives the car."""
    return Authority("driver") if actor.id is not None and actor.id == booking.driver_id else None


driver = Who(
    drives,
    lambda booking: booking.driver.name if booking.driver is not None else "",
    people=lambda booking: [booking.driver_id] if booking.driver_id is not None else [],
)
on_the_road = any_of(driver, dispatcher)


# Tasks


def agreeing(booking: Booking) -> Iterable[WantedTask]:
    """Yield the task of agreeing, for the head of the department or the leader."""
    permission = BookingPerm.AGREE
    if booking.private or not heads(booking):
        permission = BookingPerm.AGREE_AS_LEADER
    yield WantedTask(
        "booking:agree",
        permission=str(permission),
        department_id=booking.department_id,
        excluded_user_id=booking.owner_id if booking.private else None,
        due_at=booking.starts_at,
    )


def dispatching(booking: Booking) -> Iterable[WantedTask]:
    """Yield the dispatcher's task of giving a car, or of entering a trip that was driven already."""
    kind = "booking:record" if booking.retro else "booking:dispatch"
    yield WantedTask(
        kind,
        permission=str(BookingPerm.DISPATCH),
        department_id=booking.department_id,
        due_at=booking.starts_at,
    )


def going_out(booking: Booking) -> Iterable[WantedTask]:
    """Yield the driver's task of setting out, and the applicant's of answering who asks for a seat."""
    yield WantedTask("booking:out", user_id=booking.driver_id, due_at=booking.starts_at)
    if any(seat.status == SeatStatus.ASKED for seat in booking.seats):
        yield WantedTask("booking:seats", user_id=booking.owner_id, due_at=booking.starts_at)


def coming_back(booking: Booking) -> Iterable[WantedTask]:
    """Yield the driver's task of bringing the car back."""
    yield WantedTask("booking:return", user_id=booking.driver_id, due_at=booking.ends_at)


def settling(booking: Booking) -> Iterable[WantedTask]:
    """Yield the dispatcher's task of settling what was paid."""
    yield WantedTask(
        "booking:settle", permission=str(BookingPerm.DISPATCH), department_id=booking.department_id
    )


def closing(booking: Booking) -> Iterable[WantedTask]:
    """Yield the dispatcher's task of closing."""
    yield WantedTask(
        "booking:close", permission=str(BookingPerm.DISPATCH), department_id=booking.department_id
    )


# When a step is ready


def told(data: Mapping[str, Any], name: str) -> str:
    """Return a text of a form without the space around it."""
    return str(data.get(name) or "").strip()


def ready_to_agree(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to agree to what is over."""
    if not booking.retro and booking.ends_at <= clock.now():
        return Conflict("booking:over")
    return None


def ready_to_dispatch(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a trip driven already, and one that is over."""
    if booking.retro:
        return Conflict("booking:record-instead")
    if booking.ends_at <= clock.now():
        return Conflict("booking:over")
    return None


def check_dispatch(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a car or driver that must not go, and a car that another has."""
    return guards.check(guards.chosen(booking, data))


def ready_to_take(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to take a car oneself where its policy asks for agreement, or where the car must not go."""
    if not guards.may_be_taken(booking):
        return Conflict("booking:ask-first")
    return ready_to_dispatch(booking, actor, data) or check_dispatch(booking, actor, {})


def check_change(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse another car, driver or time that cannot be had."""
    asked = guards.chosen(booking, data)
    if asked.ends_at <= asked.starts_at:
        return Invalid(fields={"ends_at": lazy("结束时间须晚于出发时间")})
    if asked.ends_at <= clock.now():
        return Invalid(fields={"ends_at": lazy("结束时间已经过去，请改到现在以后")})
    return guards.check(asked)


def ready_to_go(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to set out with a car that is not there or must not go, or after the planned time is over."""
    if booking.ends_at <= clock.now():
        return Conflict("booking:time-over")
    return guards.check_there(booking) or guards.check_fit(guards.chosen(booking, {}))


def check_out(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to set out without the odometer."""
    if data.get("kilometres") is None:
        return Invalid(fields={"kilometres": lazy("请填写仪表盘上的里程数")})
    return None


def check_return(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a return without the odometer, below what it said, or without saying how the car is."""
    faults = {}
    kilometres = data.get("kilometres")
    if kilometres is None:
        faults["kilometres"] = lazy("请填写仪表盘上的里程数")
    elif booking.odometer_out is not None and kilometres < booking.odometer_out:
        faults["kilometres"] = lazy("出车时是 %(out)s 公里，还车里程不能更少", out=booking.odometer_out)
    if not data.get("condition_good") and not told(data, "defect"):
        faults["condition_good"] = lazy("请勾选“车况正常”，或在“有情况”里写明哪里不对")
    return Invalid(fields=faults) if faults else None


def ready_to_prolong(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to prolong what is late already."""
    return Conflict("booking:late-already") if booking.ends_at <= clock.now() else None


def check_prolonged(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to prolong backwards, or into another's time."""
    ends_at = data.get("ends_at")
    if ends_at is None or ends_at <= booking.ends_at:
        return Invalid(fields={"ends_at": lazy("请填写比原计划更晚的时间")})
    return availability.find_taken(
        availability.Wanted(trips.car_of(booking).id, booking.ends_at, ends_at, booking.id)
    )


def ready_to_record(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to enter as driven what is yet to come, or at a time when the car was elsewhere."""
    if not booking.retro:
        return Conflict("booking:dispatch-instead")
    return guards.check_driven(booking)


def no_show_from(booking: Booking) -> datetime:
    """Return from when a dispatched car that nobody took is given back."""
    return max(booking.starts_at, booking.dispatched_at or booking.starts_at) + NO_SHOW_AFTER


def ready_for_no_show(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse to call a car not taken before there was time to take it."""
    if clock.now() < no_show_from(booking):
        until = clock.to_local(no_show_from(booking)).strftime("%m-%d %H:%M")
        return Conflict("booking:may-still-come", until=until)
    return None


def cancelled_or_missed(booking: Booking, actor: Actor, data: Mapping[str, Any]) -> str:
    """Choose between a booking given up in time, and a dispatched car given up after it should have gone."""
    missed = booking.dispatched_at is not None and booking.starts_at <= clock.now()
    return BookingStatus.NO_SHOW if missed else BookingStatus.CANCELLED


# Whom to tell


def owner(booking: Booking) -> list[int | None]:
    """Return the applicant."""
    return [booking.owner_id]


def owner_and_dispatchers(booking: Booking) -> list[int | None]:
    """Return the applicant and who gives the cars."""
    return [booking.owner_id, *dispatcher.people(booking)]


def owner_and_driver(booking: Booking) -> list[int | None]:
    """Return the applicant and the driver."""
    return [booking.owner_id, booking.driver_id]


def everybody(booking: Booking) -> list[int | None]:
    """Return applicant, driver, head and dispatchers, and who was given a seat."""
    riders = [seat.user_id for seat in booking.seats if seat.status == SeatStatus.AGREED]
    return [*owner_and_driver(booking), *head.people(booking), *dispatcher.people(booking), *riders]


# Where one person is head and dispatcher, a single tap agrees and gives the car.
head_and_dispatcher = both(head, dispatcher)
cancelling = any_of(mine, dispatcher, when(lambda booking: booking.agreed_at is None, head))
S = BookingStatus

# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    S.SUBMITTED,
    (
        State(S.SUBMITTED, lazy("待部门同意"), "warn", agreeing, milestone=True),
        State(S.DEPT_OK, lazy("待派车"), "warn", dispatching),
        State(S.DISPATCHED, lazy("已派车"), "info", going_out, milestone=True),
        State(S.OUT, lazy("已出车"), "info", coming_back, milestone=True),
        State(S.RETURNED, lazy("已还车"), "ok", settling, milestone=True),
        State(S.SETTLED, lazy("已核销"), "ok", closing),
        State(S.CLOSED, lazy("已关闭"), "ok", terminal=True, milestone=True),
        State(S.REJECTED, lazy("未同意"), "bad", terminal=True),
        State(S.CANCELLED, lazy("已取消"), "neutral", terminal=True),
        State(S.NO_SHOW, lazy("未用车"), "bad", terminal=True),
    ),
    (
        step("take", "submitted", "dispatched", mine, lazy("自助约车"), kind="primary", ready=ready_to_take,
             effect=trips.dispatch, tell=everybody, offered_when_ready=True, fields=trips.DISPATCHED,
             sentence=lazy("自助约车 %(car)s，驾驶员%(driver)s，派车单 %(slip)s")),
        step("agree", "submitted", "dept_ok", head, lazy("部门同意"), kind="primary", ready=ready_to_agree,
             effect=trips.agree, tell=owner_and_dispatchers),
        step("agree_and_dispatch", "submitted", "dispatched", head_and_dispatcher, lazy("同意并派车"), kind="primary",
             form="dispatch", ready=ready_to_dispatch, check=check_dispatch, effect=trips.agree_and_dispatch,
             tell=owner_and_driver, fields=trips.DISPATCHED, offered_when_ready=True,
             sentence=lazy("同意并派车 %(car)s，驾驶员%(driver)s，派车单 %(slip)s")),
        step("reject", "submitted dept_ok", "rejected", any_of(head, dispatcher), lazy("不同意"), kind="danger",
             reason=True, tell=owner),
        step("dispatch", "dept_ok", "dispatched", dispatcher, lazy("派车"), kind="primary", form="dispatch",
             ready=ready_to_dispatch, check=check_dispatch, effect=trips.dispatch, tell=owner_and_driver,
             fields=trips.DISPATCHED, sentence=lazy("派车 %(car)s，驾驶员%(driver)s，派车单 %(slip)s"),
             offered_when_ready=True),
        step("change", "dispatched", "dispatched", dispatcher, lazy("换车、换人、改时间"), form="change", choose=stay,
             check=check_change, effect=trips.change, tell=owner_and_driver, fields=trips.CHANGED,
             sentence=lazy("改为 %(car)s，驾驶员%(driver)s，%(span)s")),
        step("out", "dispatched", "out", on_the_road, lazy("出车"), kind="primary", form="out", ready=ready_to_go,
             check=check_out, effect=trips.go_out, tell=owner, fields=frozenset({"kilometres"}),
             sentence=lazy("出车，里程 %(kilometres)s 公里")),
        step("prolong", "out", "out", on_the_road, lazy("延长"), form="prolong", choose=stay, ready=ready_to_prolong,
             check=check_prolonged, effect=trips.prolong, tell=owner_and_dispatchers, fields=frozenset({"until"}),
             sentence=lazy("延长到 %(until)s"), offered_when_ready=True),
        step("return", "out", "returned", on_the_road, lazy("还车"), kind="primary", form="return",
             check=check_return, effect=trips.come_back, tell=owner, fields=frozenset({"kilometres", "distance"}),
             sentence=lazy("还车，里程 %(kilometres)s 公里，本次 %(distance)s 公里")),
        step("record", "dept_ok", "out returned", dispatcher, lazy("补办登记"), kind="primary", ready=ready_to_record,
             choose=trips.back_already, effect=trips.record, tell=owner_and_driver, offered_when_ready=True,
             fields=frozenset({"car", "slip"}), sentence=lazy("补办登记 %(car)s，派车单 %(slip)s")),
        step("settle", "returned", "settled", dispatcher, lazy("核销"), kind="primary", form="settle",
             effect=trips.settle, tell=owner),
        step("close", "settled", "closed", dispatcher, lazy("关闭"), kind="primary", effect=trips.close),
        step("cancel", "submitted dept_ok dispatched", "cancelled no_show", cancelling, lazy("取消用车"),
             kind="danger", reason=True, choose=cancelled_or_missed, effect=trips.give_up, tell=everybody),
        step("no_show", "dispatched", "no_show", any_of(system_only, dispatcher), lazy("登记未用车"), kind="danger",
             ready=ready_for_no_show, effect=trips.give_up, tell=everybody, offered_when_ready=True),
    ),
    lazy("用车"),
)
# fmt: on
