"""What the pages of upkeep show: trails, facts, steps, the panel on an item's page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import url_for

from app.core import clock, files, modules, money
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can
from app.core.timeline import events_for
from app.features.assets.enums import ITEM, AssetPerm, ItemStatus
from app.features.assets.models import AssetItem
from app.features.assets.upkeep import incidents, queries, repairs, self_checks
from app.features.assets.upkeep.enums import (
    ANSWER_LABELS,
    ANSWER_TONES,
    INCIDENT,
    INCIDENT_LABELS,
    READERS,
    SCRAPPING,
    SELF_CHECK,
    Answer,
    IncidentKind,
    RepairOutcome,
)
from app.features.assets.upkeep.incident_flow import FLOW as INCIDENT_FLOW
from app.features.assets.upkeep.incidents import PHOTO, REPORTABLE
from app.features.assets.upkeep.models import AssetIncident, AssetScrapping, AssetSelfCheckRequest
from app.features.assets.upkeep.reminders import SELF_CHECKS
from app.features.assets.upkeep.repairs import REPAIRABLE
from app.features.assets.upkeep.scrapping_flow import FLOW as SCRAPPING_FLOW
from app.features.assets.upkeep.scrapping_flow import SCRAPPABLE
from app.features.assets.upkeep.self_check_flow import FLOW as SELF_CHECK_FLOW
from app.web import document_panels, documents
from app.web.guard import current_actor


def item_url(item_id: int) -> str:
    """Return the address of an item."""
    return url_for("assets.show", item_id=item_id)


def list_names() -> dict[str, tuple[str, str]]:
    """Return the lists of upkeep: label and address by key."""
    found = {
        "repairs": (_("维修"), url_for("upkeep.repair_list")),
        "incidents": (_("报失报损"), url_for("upkeep.incident_list")),
        "scrappings": (_("报废"), url_for("upkeep.scrapping_list")),
        "overdue": (_("逾期未还"), url_for("upkeep.overdue_list")),
    }
    if modules.is_on(SELF_CHECKS):
        found["self_checks"] = (_("自查"), url_for("upkeep.self_check_list"))
    return found


def tabs(current: str) -> list[tuple[str, str, bool, int]]:
    """Return the lists of upkeep as tabs."""
    return [(label, url, key == current, 0) for key, (label, url) in list_names().items()]


def trail_of(key: str) -> list[tuple[str, str]]:
    """Return the way to a list, for who may open it."""
    names = list_names()
    may_list = key in names and any(can(current_actor(), permission) for permission in READERS)
    return [names[key]] if may_list else []


def trail_to_item(item: AssetItem) -> list[tuple[str, str]]:
    """Return the way to an item."""
    return [(f"{item.number} {item.name}", item_url(item.id))]


def item_facts(item: AssetItem) -> tuple[str, ...]:
    """Return what tells an item apart, and who is responsible for it."""
    place = (item.place.name,) if item.place is not None else ()
    return (
        item.name,
        *([item.model] if item.model else []),
        _("责任人 %(name)s", name=item.keeper.name),
        *place,
    )


def item_fact(item: AssetItem) -> tuple[str, str]:
    """Return an item as a fact."""
    return (_("设备"), f"{item.number} {item.name}")


# Reports of loss and damage


def incident_buttons(incident: AssetIncident, actor: Actor) -> dict[str, Any]:
    """Return what the step buttons need."""
    return {
        "steps": INCIDENT_FLOW.open_steps(incident, actor),
        "action": url_for("upkeep.show_incident", incident_id=incident.id),
        "version": incident.version,
    }


def incident_context(incident: AssetIncident, actor: Actor) -> dict[str, Any]:
    """Return what the page of a report shows."""
    events, state = events_for(INCIDENT, incident.id), INCIDENT_FLOW.state(incident.status)
    facts: list[tuple[Any, ...]] = [
        item_fact(incident.item),
        (_("责任人"), incident.person.name),
        (_("报告人"), incident.owner.name),
        (_("时间"), moment_text(incident.happened_at)),
        (_("地点"), incident.place),
        (_("经过"), incident.account, True),
    ]
    if incident.conclusion:
        facts.append((_("处理结果"), incident.conclusion, True))
    return {
        "heading": f"{INCIDENT_LABELS[IncidentKind(incident.kind)]} {incident.number}",
        "trail": trail_of("incidents"),
        "state": state.label,
        "tone": state.tone,
        "facts": [incident.item.name, incident.person.name],
        "told": facts,
        "photos": documents.file_rows(files.files_for(INCIDENT, incident.id, PHOTO), events=events),
        "item_url": item_url(incident.item_id),
        "scrap_url": scrap_url(incident.item, actor),
        **incident_buttons(incident, actor),
        "stations": documents.stations(INCIDENT_FLOW, incident.status, events),
        "further": document_panels.beside(INCIDENT, incident.id, actor),
        "events": documents.timeline_rows(events),
    }


def moment_text(moment: datetime) -> str:
    """Return a moment in full, as facts show it."""
    return clock.to_local(moment).strftime("%Y-%m-%d %H:%M")


# Requests to scrap


def scrapping_buttons(document: AssetScrapping, actor: Actor) -> dict[str, Any]:
    """Return what the step buttons need."""
    return {
        "steps": SCRAPPING_FLOW.open_steps(document, actor),
        "action": url_for("upkeep.show_scrapping", scrapping_id=document.id),
        "version": document.version,
    }


def scrapping_context(document: AssetScrapping, actor: Actor) -> dict[str, Any]:
    """Return what the page of a request to scrap shows."""
    events, state = events_for(SCRAPPING, document.id), SCRAPPING_FLOW.state(document.status)
    item = document.item
    facts: list[tuple[Any, ...]] = [
        item_fact(item),
        (_("类别"), item.category.name),
        (_("购置日期"), item.bought_on.isoformat() if item.bought_on is not None else ""),
        (_("原价（元）"), money.format_amount(item.price) if item.price is not None else ""),
        (_("残值（元）"), money.format_amount(document.residual)),
        (_("申请人"), document.owner.name),
        (_("报废原因"), document.reason, True),
    ]
    if document.approved_by is not None:
        facts.append((_("批准人"), document.approved_by.name))
    if document.disposal:
        facts.append((_("处置情况"), document.disposal, True))
    return {
        "heading": _("设备报废 %(number)s", number=document.number),
        "trail": trail_of("scrappings"),
        "state": state.label,
        "tone": state.tone,
        "facts": [item.name, document.owner.name],
        "told": facts,
        "item_url": item_url(item.id),
        **scrapping_buttons(document, actor),
        "stations": documents.stations(SCRAPPING_FLOW, document.status, events),
        "further": document_panels.beside(SCRAPPING, document.id, actor),
        "events": documents.timeline_rows(events),
    }


# Self-checks


def self_check_buttons(document: AssetSelfCheckRequest, actor: Actor) -> dict[str, Any]:
    """Return what the step buttons need."""
    return {
        "steps": SELF_CHECK_FLOW.open_steps(document, actor),
        "action": url_for("upkeep.show_self_check", request_id=document.id),
        "version": document.version,
    }


def self_check_context(document: AssetSelfCheckRequest, actor: Actor) -> dict[str, Any]:
    """Return what the page of a self-check shows: what is due, or what was answered."""
    events, state = events_for(SELF_CHECK, document.id), SELF_CHECK_FLOW.state(document.status)
    due = (
        self_checks.due_items([document.owner_id]).get(document.owner_id, [])
        if document.answered_at is None and not state.terminal
        else []
    )
    return {
        "heading": _("%(name)s的设备自查", name=document.owner.name),
        "trail": trail_of("self_checks"),
        "state": state.label,
        "tone": state.tone,
        "facts": [_("请在 %(day)s 前答复", day=document.due_on.isoformat())] if due else [],
        "due": [(item, item_url(item.id)) for item in due],
        "answers": [answer_row(row, item, actor) for row, item in self_checks.answers_of(document)],
        **self_check_buttons(document, actor),
        "stations": documents.stations(SELF_CHECK_FLOW, document.status, events),
        "further": document_panels.beside(SELF_CHECK, document.id, actor),
        "events": documents.timeline_rows(events),
    }


def answer_row(row: Any, item: AssetItem, actor: Actor) -> dict[str, Any]:
    """Return an answer as the page shows it, with the way to report what is not in order."""
    said = self_checks.answer_code(row)
    kind = {Answer.MISSING: IncidentKind.LOST, Answer.BROKEN: IncidentKind.DAMAGED}.get(said)
    may_report = kind is not None and item.status in REPORTABLE and incidents.may_report(actor, item)
    return {
        "item": item,
        "url": item_url(item.id),
        "label": ANSWER_LABELS[said],
        "tone": ANSWER_TONES[said],
        "note": row.note,
        "report_label": INCIDENT_LABELS[kind] if kind is not None else "",
        "report_url": url_for("upkeep.report_incident", item_id=item.id, kind=kind) if may_report else "",
    }


# On an item's page


def scrap_url(item: AssetItem, actor: Actor) -> str:
    """Return where an actor asks to scrap an item, or finds who asked already; empty where that cannot be."""
    may_ask = can(actor, AssetPerm.KEEP, item.department_id) and item.status in SCRAPPABLE
    return url_for("upkeep.ask_to_scrap", item_id=item.id) if may_ask else ""


def ways(item: AssetItem, actor: Actor) -> Mapping[str, Any] | None:
    """Return what an actor may do for the upkeep of an item, as buttons on its page; None for nothing."""
    found = []
    if can(actor, AssetPerm.KEEP, item.department_id):
        if item.status in REPAIRABLE:
            found.append((_("送修"), url_for("upkeep.send_to_repair", item_id=item.id)))
        if item.status == ItemStatus.REPAIR:
            found.append((_("登记修回"), url_for("upkeep.back_of_item", item_id=item.id)))
    if item.status in REPORTABLE and incidents.may_report(actor, item):
        found.append((_("报失报损"), url_for("upkeep.report_incident", item_id=item.id)))
    address = scrap_url(item, actor)
    if address:
        found.append((_("申请报废"), address))
    return {"ways": found} if found else None


def panel(item: AssetItem, actor: Actor) -> Mapping[str, Any] | None:
    """Return what happened to an item, for its page; None where nothing ever did."""
    happened = queries.happened_to(item.id, actor)
    if not happened:
        return None
    overseen = any(
        can(actor, permission, item.department_id) for permission in (AssetPerm.KEEP, AssetPerm.VIEW_ALL)
    )
    scrapped = next((row for row in happened if row.what == SCRAPPING), None)
    return {
        "repairs": [repair_row(row, overseen=overseen) for row in happened if row.what == ITEM],
        "incidents": [
            {
                "label": INCIDENT_LABELS[IncidentKind(row.kind)],
                "number": row.number,
                "url": url_for("upkeep.show_incident", incident_id=row.id),
                "at": row.began_at,
                "state": INCIDENT_FLOW.state(row.state),
            }
            for row in happened
            if row.what == INCIDENT
        ],
        "scrapping": scrapped,
        "scrapping_state": SCRAPPING_FLOW.state(scrapped.state) if scrapped is not None else None,
        "scrapping_url": url_for("upkeep.show_scrapping", scrapping_id=scrapped.id)
        if scrapped is not None and overseen
        else "",
    }


def repair_row(row: Any, *, overseen: bool) -> dict[str, Any]:
    """Return a repair as the page shows it; what it cost is for who keeps or oversees equipment."""
    return {
        "vendor": row.number,
        "fault": row.text,
        "sent_at": row.began_at,
        "back_at": row.ended_at,
        "cost": row.cost if overseen else None,
        "outcome": repairs.outcome_label(row.state) if row.state else "",
        "tone": "ok" if row.state == RepairOutcome.SUCCESS else "bad",
        "note": row.note,
    }
