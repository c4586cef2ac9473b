"""What the page of a car shows, made ready so that the template decides nothing."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import url_for
from markupsafe import Markup

from app.core import clock, modules, money
from app.core.i18n import LazyText, listed_clauses, ngettext
from app.core.i18n import gettext as _
from app.core.permissions import Actor, directory
from app.features.assets.enums import ITEM
from app.features.assets.models import AssetItem
from app.features.vehicles import costs, fuel, queries, readings, reminders, services
from app.features.vehicles.enums import (
    COST_LABELS,
    FINE_LABELS,
    FINE_TONES,
    GROUNDED,
    LICENCE_CLASS_LABELS,
    PAPER_LABELS,
    POLICY_LABELS,
    READING_LABELS,
    REQUIRED_PAPERS,
    VehicleStatus,
)
from app.features.vehicles.lists import SHOWN_LABELS, SHOWN_TONES, days_tone
from app.features.vehicles.models import (
    DrivingLicence,
    OdometerCorrection,
    OdometerReading,
    Vehicle,
    VehicleDefect,
    VehicleFine,
    VehiclePaper,
)
from app.features.vehicles.queries import CarOnPage
from app.features.vehicles.readings import Link
from app.features.vehicles.services import Projection
from app.web import charts, documents, filters
from app.web.charts import Bar

MONTHS = 6
SHOWN = 10
Facts = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Line:
    """A row of one of the lists on the page: what it says, where it leads, what may be done about it."""

    title: str
    sub: str = ""
    href: str = ""
    aside: str = ""
    tone: str = "neutral"
    act: str = ""
    act_label: str = ""


def days_left(day: date) -> str:
    """Return how far off an end is, in words."""
    left = (day - clock.today()).days
    if left < 0:
        return ngettext("已过期 %(num)s 天", "已过期 %(num)s 天", -left)
    if left == 0:
        return _("今天到期")
    return ngettext("还有 %(num)s 天", "还有 %(num)s 天", left)


def state_of(vehicle: Vehicle, defects: list[VehicleDefect]) -> tuple[LazyText, str]:
    """Return how a car stands, with its tone: one that a defect grounds is not available, whatever its card says."""
    grounded = any(defect.grounds and defect.mended_at is None for defect in defects)
    code = GROUNDED if grounded and vehicle.status == VehicleStatus.AVAILABLE else vehicle.status
    return SHOWN_LABELS[code], SHOWN_TONES[code]


def card_facts(vehicle: Vehicle) -> Facts:
    """Return what the card of a car says."""
    return [
        (_("车牌号"), vehicle.plate),
        (_("车辆名称"), vehicle.name),
        (_("部门"), vehicle.department.name),
        (_("座位数"), vehicle.seats),
        (_("准驾车型"), LICENCE_CLASS_LABELS[vehicle.licence_class]),
        (_("约车方式"), POLICY_LABELS[vehicle.policy]),
        (_("专职驾驶员"), vehicle.driver.name if vehicle.driver is not None else _("没有")),
        (_("里程表读数"), kilometres(vehicle.odometer)),
        (_("备注"), vehicle.note, True),
    ]


def kilometres(value: int) -> str:
    """Return kilometres as pages write them."""
    return _("%(value)s 公里", value=f"{value:,}")


def yuan(value: Decimal) -> str:
    """Return an amount with its sign."""
    return f"¥{money.format_amount(value)}"


def item_address(car: CarOnPage) -> str:
    """Return the address of the piece of equipment a car is, empty where the reader may not open it."""
    return f"/assets/{car.vehicle.item_id}" if car.opens_item and modules.shows(ITEM) else ""


def of_item(item: AssetItem, actor: Actor) -> dict[str, Any] | None:
    """Return the way from a piece of equipment to the car it is; None for everything else."""
    vehicle_id = queries.of_item(actor, item.id)
    return None if vehicle_id is None else {"url": url_for("vehicles.show", vehicle_id=vehicle_id)}


def paper_lines(vehicle: Vehicle, papers: list[VehiclePaper], *, manages: bool) -> list[Line]:
    """Return the papers that end last of each kind, and which required ones are missing."""
    latest = reminders.latest_papers(papers)
    lines = []
    for kind, label in PAPER_LABELS.items():
        paper = latest.get(kind)
        if paper is not None:
            said = [paper.issuer, paper.paper_number, f"{paper.valid_from} – {paper.valid_until}"]
            lines.append(
                Line(
                    str(label),
                    " · ".join([part for part in said if part]),
                    documents.address_of(paper.stored_file_id) if paper.stored_file_id else "",
                    days_left(paper.valid_until),
                    days_tone(paper.valid_until),
                    url_for("vehicles.remove_paper", vehicle_id=vehicle.id, paper_id=paper.id)
                    if manages
                    else "",
                    _("撤销登记"),
                )
            )
        elif kind in REQUIRED_PAPERS:
            lines.append(Line(str(label), _("没有登记，不能派车"), "", _("缺少"), "bad"))
    return lines


def defect_lines(defects: list[VehicleDefect]) -> list[Line]:
    """Return the defects of a car."""
    lines = []
    for defect in defects[:SHOWN]:
        said = f"{defect.reported_by.name} {filters.moment_text(defect.reported_at)}"
        state, tone = defect_state(defect)
        lines.append(
            Line(defect.text[:80], said, url_for("vehicles.show_defect", defect_id=defect.id), state, tone)
        )
    return lines


def defect_state(defect: VehicleDefect) -> tuple[str, str]:
    """Return how a defect stands, with its tone."""
    if defect.mended_at is not None:
        return _("已修复"), "ok"
    return (_("停驶"), "bad") if defect.grounds else (_("待修"), "warn")


def service_facts(vehicle: Vehicle, daily: Decimal | None) -> Facts:
    """Return when the next service comes, given the average kilometres of a day."""
    coming = services.projection(vehicle, daily)
    return [
        (_("下次保养里程"), left_text(coming)),
        (_("下次保养日期"), coming.due_on.isoformat() if coming.due_on is not None else ""),
        (_("日均里程"), _("%(value)s 公里", value=daily) if daily is not None else ""),
        (_("预计保养"), filters.date_text(coming.likely_on) if coming.likely_on is not None else ""),
    ]


def left_text(coming: Projection) -> str:
    """Return the kilometres of the next service with what is left to it."""
    if coming.kilometres is None or coming.left is None:
        return ""
    left = (
        _("还剩 %(left)s 公里", left=f"{coming.left:,}")
        if coming.left >= 0
        else _("已超 %(over)s 公里", over=f"{-coming.left:,}")
    )
    return f"{kilometres(coming.kilometres)} · {left}"


def service_lines(vehicle: Vehicle) -> list[Line]:
    """Return the services of a car."""
    return [
        Line(service.work[:80], service.workshop, "", f"{service.done_on} · {kilometres(service.kilometres)}")
        for service in queries.services_of(vehicle.id)[:SHOWN]
    ]


def cost_context(car: CarOnPage, *, manages: bool) -> dict[str, Any]:
    """Return what a car cost: sums of the year, months as a drawing, kinds, the latest rows."""
    vehicle, paid_lately = car.vehicle, costs.recent(car.vehicle.id)
    of_year = costs.of_year(paid_lately)
    year, months = costs.running(of_year, car.kilometres), costs.by_month(of_year, MONTHS)
    burnt = fuel.total(fuel.consumption_of(vehicle.id, clock.today() - readings.YEAR))
    paid = any(amount for _start, amount in months)
    return {
        "cost_facts": [
            (_("近一年费用"), yuan(year.amount)),
            (_("近一年里程"), kilometres(year.kilometres)),
            (_("每公里费用"), yuan(year.per_kilometre) if year.per_kilometre is not None else ""),
            (_("百公里油耗"), fuel.in_words(burnt)),
        ],
        "cost_chart": month_chart(months) if paid else Markup(""),
        "cost_kinds": [(str(COST_LABELS[kind]), yuan(amount)) for kind, amount in costs.by_kind(of_year)],
        "cost_lines": [
            Line(
                f"{COST_LABELS[cost.kind]} {yuan(cost.amount)}",
                cost.note,
                documents.address_of(cost.stored_file_id) if cost.stored_file_id else "",
                cost.paid_on.isoformat(),
                act=url_for("vehicles.remove_cost", vehicle_id=vehicle.id, cost_id=cost.id)
                if manages
                else "",
                act_label=_("撤销"),
            )
            for cost in paid_lately[: costs.SHOWN]
        ],
        "costs_url": url_for("vehicles.cost_list", vehicle=vehicle.id),
    }


def month_chart(months: list[tuple[date, Decimal]]) -> Markup:
    """Return the drawing of the sums of months; the list of costs says the same in figures."""
    bars = [Bar(f"{start:%Y-%m}", amount, f"{amount:.0f}") for start, amount in months]
    said = listed_clauses(f"{start:%Y-%m} {money.format_amount(amount)}" for start, amount in months)
    return charts.columns(_("每月费用（元）"), said, bars, "vehicle-costs")


def fine_lines(fines: list[VehicleFine]) -> list[Line]:
    """Return the fines of a car the reader may see."""
    return [
        Line(
            fine.offence,
            " · ".join(
                [fine.driver.name if fine.driver is not None else _("驾驶人待查明"), yuan(fine.amount)]
            ),
            url_for("vehicles.show_fine", fine_id=fine.id),
            f"{FINE_LABELS[fine.status]} · {filters.moment_text(fine.happened_at)}",
            FINE_TONES[fine.status],
        )
        for fine in fines
    ]


def names_of(links: list[Link]) -> dict[int, str]:
    """Return the names of those who read the odometer."""
    people = directory().people({link.reading.by_id for link in links})
    return {number: person.name for number, person in people.items()}


def reading_lines(vehicle: Vehicle, links: list[Link], names: dict[int, str], *, manages: bool) -> list[Line]:
    """Return the newest readings of the odometer, each with whoever read it and what was corrected."""
    lines = []
    for link in links:
        said = [str(READING_LABELS[link.reading.kind]), names.get(link.reading.by_id, "")]
        if link.correction is not None:
            said.append(
                _(
                    "原读数 %(value)s，%(reason)s",
                    value=link.reading.kilometres,
                    reason=link.correction.reason,
                )
            )
        lines.append(
            Line(
                kilometres(link.kilometres),
                " · ".join([part for part in said if part]),
                "",
                filters.moment_text(link.reading.at),
                act=url_for("vehicles.correct", vehicle_id=vehicle.id, reading_id=link.reading.id)
                if manages
                else "",
                act_label=_("申请更正"),
            )
        )
    return lines


def reading_hint(reading: OdometerReading) -> str:
    """Return what a reading says, for the form by which it is corrected."""
    return _(
        "原读数 %(value)s 公里，%(when)s",
        value=f"{reading.kilometres:,}",
        when=filters.moment_text(reading.at),
    )


def defect_facts(defect: VehicleDefect, *, sees_who: bool) -> Facts:
    """Return what is known of a defect; who did it only for whom that is."""
    facts: Facts = [
        (_("故障"), defect.text, True),
        (_("能否行驶"), _("停驶，修复前不派车") if defect.grounds else _("可以继续开")),
        (_("性质"), _("人为损坏") if defect.is_damage else _("自然故障")),
    ]
    if defect.caused_by is not None and sees_who:
        facts.append((_("当时用车人"), defect.caused_by.name))
    if defect.mended_at is not None:
        facts += [
            (_("修复时间"), filters.moment_text(defect.mended_at)),
            (_("修复说明"), defect.mended_note, True),
        ]
    return facts


def fine_facts(fine: VehicleFine, vehicle: Vehicle) -> Facts:
    """Return what a notice says, and who drove."""
    return [
        (_("车牌号"), vehicle.plate),
        (_("违章时间"), clock.to_local(fine.happened_at).strftime("%Y-%m-%d %H:%M")),
        (_("违章地点"), fine.place),
        (_("违章行为"), fine.offence, True),
        (_("罚款"), yuan(fine.amount)),
        (_("记分"), fine.points),
        (_("决定书编号"), fine.notice_number or ""),
        (_("驾驶人"), fine.driver.name if fine.driver is not None else _("待查明")),
    ]


def licence_facts(licence: DrivingLicence | None) -> Facts:
    """Return what is known of a licence; nothing where none was seen."""
    if licence is None:
        return []
    return [
        (_("准驾车型"), LICENCE_CLASS_LABELS[licence.licence_class]),
        (_("有效期止"), f"{licence.valid_until.isoformat()} · {days_left(licence.valid_until)}"),
        (_("核对日期"), licence.seen_on.isoformat()),
    ]


def correction_facts(correction: OdometerCorrection) -> Facts:
    """Return what is asked to be corrected."""
    reading = correction.reading
    return [
        (_("车辆"), f"{correction.vehicle.plate} {correction.vehicle.name}"),
        (_("读数"), str(READING_LABELS[reading.kind])),
        (_("读数时间"), filters.moment_text(reading.at)),
        (_("原读数"), kilometres(reading.kilometres)),
        (_("更正为"), kilometres(correction.kilometres)),
        (_("更正原因"), correction.reason, True),
    ]
