"""What the pages of an item and of a hand-over show, made ready so that the templates decide nothing."""

from dataclasses import dataclass
from typing import Any

from flask import url_for

from app.core import files, timeline
from app.core.i18n import gettext as _
from app.core.i18n import listed, pgettext
from app.core.permissions import Actor
from app.core.workflow import StepView
from app.features.assets import accepting, custody, panels, queries
from app.features.assets.enums import (
    CONDITION_LABELS,
    CUSTODY_LABELS,
    GONE,
    HAND_OVER,
    HAND_OVER_KIND_LABELS,
    ITEM,
    ITEM_STATUS_LABELS,
    ITEM_STATUS_TONES,
    PHOTO,
    Condition,
    CustodyKind,
    HandOverKind,
    HandOverStatus,
    ItemStatus,
)
from app.features.assets.flow import FLOW
from app.features.assets.forms import checks_of
from app.features.assets.models import AssetCustody, AssetItem, HandOver, HandOverLine
from app.features.people.models import User
from app.features.rules import versions
from app.web import document_panels, documents, filters


@dataclass(frozen=True)
class Period:
    """A period of responsibility as the page tells it."""

    name: str
    said: str
    present: bool
    hand_over: str
    url: str


def trail(actor: Actor, item: AssetItem | None = None) -> list[tuple[str, str]]:
    """Return the way back: to the list for those who have it, else to one's own things."""
    steps = [list_step(actor)]
    if item is not None:
        steps.append((item.name, url_for("assets.show", item_id=item.id)))
    return steps


def list_step(actor: Actor) -> tuple[str, str]:
    """Return name and address of the list an actor comes from."""
    if queries.oversees(actor):
        return pgettext("list", "设备"), url_for("assets.index")
    return _("我的设备"), url_for("assets.mine")


def person_name(person: User) -> str:
    """Return a person's name, with a word where they have left."""
    return person.name if person.active else _("%(name)s（已离职）", name=person.name)


def item_facts(item: AssetItem, actor: Actor) -> list[tuple[Any, ...]]:
    """Return the card of an item for this reader."""
    facts: list[tuple[Any, ...]] = [
        (_("设备编号"), item.number),
        (_("类别"), item.category.name),
        (_("部门"), item.department.name),
        (_("存放地点"), item.place.name if item.place is not None else ""),
        (_("厂家"), item.maker),
        (_("型号"), item.model),
        (_("序列号"), item.serial_number),
    ]
    facts += [(field["label"], item.values.get(field["key"], "")) for field in item.category.fields]
    facts.append((_("配件"), listed(item.accessories), True))
    facts.append((_("保修期至"), item.warranty_until.isoformat() if item.warranty_until else ""))
    if queries.sees_prices(actor, item):
        facts += [
            (_("购置日期"), item.bought_on.isoformat() if item.bought_on else ""),
            (_("价格"), filters.amount_text(item.price) if item.price is not None else ""),
            (_("供应商"), item.supplier),
        ]
    if item.note:
        facts.append((_("备注"), item.note, True))
    return [fact for fact in facts if fact[1]]


def periods(found: list[AssetCustody], hand_overs: dict[int, str]) -> list[Period]:
    """Return the history of responsibility, the present period first."""
    return [
        Period(
            person_name(period.person),
            period_text(period),
            period.until_at is None,
            hand_overs.get(period.hand_over_id or 0, ""),
            url_for("assets.show_hand_over", hand_over_id=period.hand_over_id) if period.hand_over_id else "",
        )
        for period in found
    ]


def period_text(period: AssetCustody) -> str:
    """Return how and from when to when somebody was responsible."""
    kind, since = CUSTODY_LABELS[CustodyKind(period.kind)], filters.moment_text(period.from_at)
    if period.until_at is None:
        return _("%(kind)s · %(since)s 至今", kind=kind, since=since)
    return _(
        "%(kind)s · %(since)s 至 %(until)s",
        kind=kind,
        since=since,
        until=filters.moment_text(period.until_at),
    )


def item_context(item: AssetItem, actor: Actor) -> dict[str, Any]:
    """Return all that the page of an item needs, for this reader."""
    keeps = queries.keeps(actor, item.department_id)
    mine = item.keeper_id == actor.id
    changing = queries.hand_overs_of(item.id)
    offer = next((row for row in changing if row.status == HandOverStatus.OFFERED), None)
    numbers = {row.id: row.number or "" for row in changing}
    events = timeline.events_for(ITEM, item.id)
    return {
        "heading": item.name,
        "trail": trail(actor),
        "state": ITEM_STATUS_LABELS[ItemStatus(item.status)],
        "tone": ITEM_STATUS_TONES[ItemStatus(item.status)],
        "facts": [item.number, _("责任人：%(name)s", name=person_name(item.keeper))],
        "item": item,
        "card": item_facts(item, actor),
        "periods": periods(custody.history([item.id])[item.id], numbers),
        "offer": offer,
        "offer_url": url_for("assets.show_hand_over", hand_over_id=offer.id) if offer is not None else "",
        "offer_text": offer_text(offer),
        "left": not item.keeper.active and item.status != ItemStatus.SCRAPPED,
        **item_actions(item, mine=mine, keeps=keeps, offered=offer is not None),
        "panels": panels.render(item, actor),
        "photos": documents.file_rows(files.files_for(ITEM, item.id), events=events),
        "photo_url": url_for("assets.add_photo", item_id=item.id) if mine or keeps else "",
        "events": documents.timeline_rows(events),
        "further": document_panels.beside(ITEM, item.id, actor),
    }


def offer_text(offer: HandOver | None) -> str:
    """Return to whom an item is offered, as the note on its page says it."""
    if offer is None:
        return ""
    return _(
        "%(number)s：%(giver)s交给%(receiver)s，等对方接收",
        number=offer.number,
        giver=offer.giver.name,
        receiver=offer.receiver.name,
    )


def item_actions(item: AssetItem, *, mine: bool, keeps: bool, offered: bool) -> dict[str, str]:
    """Return the addresses of what this reader may do with an item now, empty where it is not possible."""
    gone = item.status in GONE
    free = not gone and not offered
    in_store = item.status == ItemStatus.IN_STOCK
    return {
        "edit_url": url_for("assets.edit", item_id=item.id) if keeps else "",
        "label_url": url_for("assets.labels", item=item.id) if keeps and not gone else "",
        "hand_over_url": url_for("assets.new_hand_over", item=item.id) if free and (mine or keeps) else "",
        "return_url": url_for("assets.new_hand_over", item=item.id, returning=1)
        if free and mine and not keeps
        else "",
        "take_back_url": url_for("assets.take_back", item=item.id) if free and keeps and not in_store else "",
        "assume_url": url_for("assets.assume", item_id=item.id)
        if keeps and item.status == ItemStatus.LOST and not mine
        else "",
    }


# Hand-overs


@dataclass(frozen=True)
class LineView:
    """One item of a hand-over as its page shows it."""

    name: str
    number: str
    url: str
    described: str
    accessories: str
    condition: str
    tone: str
    checked: str


def line_views(hand_over: HandOver) -> list[LineView]:
    """Return the items of a hand-over."""
    return [
        LineView(
            line.item.name,
            str(line.item.number),
            url_for("assets.show", item_id=line.item_id),
            " ".join(part for part in (line.item.maker, line.item.model, line.item.serial_number) if part),
            listed(line.accessories) or _("无配件"),
            condition_text(line),
            "bad" if line.condition == Condition.DAMAGED else "neutral",
            listed(checked_text(row) for row in line.checklist),
        )
        for line in hand_over.lines
    ]


def condition_text(line: HandOverLine) -> str:
    """Return in which condition an item changes hands."""
    said = str(CONDITION_LABELS[Condition(line.condition)])
    return _("%(what)s：%(found)s", what=said, found=line.condition_note) if line.condition_note else said


def checked_text(row: dict[str, Any]) -> str:
    """Return what was looked at on return with what was found."""
    if row["ok"] and not row["note"]:
        return _("%(what)s：正常", what=row["text"])
    return _("%(what)s：%(found)s", what=row["text"], found=row["note"])


def hand_over_facts(hand_over: HandOver) -> list[tuple[Any, ...]]:
    """Return between whom, in which way, until when."""
    facts: list[tuple[Any, ...]] = [
        (_("方式"), HAND_OVER_KIND_LABELS[HandOverKind(hand_over.kind)]),
        (_("交出人"), person_name(hand_over.giver)),
        (_("接收人"), person_name(hand_over.receiver)),
        (_("发起人"), person_name(hand_over.owner)),
    ]
    if hand_over.due_back_on is not None:
        facts.append((_("归还日期"), filters.date_text(hand_over.due_back_on)))
    if hand_over.place is not None:
        facts.append((_("存放地点"), hand_over.place.name))
    if hand_over.witness is not None:
        facts.append((_("见证人"), hand_over.witness.name))
    if hand_over.status == HandOverStatus.OFFERED:
        facts.append((_("请在此前确认"), filters.moment_text(hand_over.confirm_by)))
    if hand_over.rule_title:
        facts.append((_("确认的制度"), hand_over.rule_title, True))
    if hand_over.on_keepers_screen:
        facts.append((_("确认方式"), _("在资产管理员的设备上输入本人密码")))
    if hand_over.note:
        facts.append((_("说明"), hand_over.note, True))
    return facts


def hand_over_context(hand_over: HandOver, actor: Actor) -> dict[str, Any]:
    """Return all that the page of a hand-over needs, for this reader."""
    state = FLOW.state(hand_over.status)
    events = timeline.events_for(HAND_OVER, hand_over.id)
    offered = hand_over.status == HandOverStatus.OFFERED
    at_my_desk = offered and queries.keeps(actor, hand_over.department_id) and hand_over.to_id != actor.id
    return {
        "heading": hand_over.number,
        "trail": [list_step(actor), (_("设备交接"), url_for("assets.hand_overs"))],
        "state": state.label,
        "tone": state.tone,
        "facts": [
            _("%(giver)s交给%(receiver)s", giver=hand_over.giver.name, receiver=hand_over.receiver.name)
        ],
        "hand_over": hand_over,
        "about": hand_over_facts(hand_over),
        "lines": line_views(hand_over),
        **steps_context(hand_over, actor),
        "sign_url": url_for("assets.keepers_screen", hand_over_id=hand_over.id) if at_my_desk else "",
        "sheet_url": sheet_url(hand_over),
        "stations": documents.stations(FLOW, hand_over.status, events),
        "photos": documents.file_rows(files.files_for(HAND_OVER, hand_over.id, PHOTO), events=events),
        "further": document_panels.beside(HAND_OVER, hand_over.id, actor),
        "events": documents.timeline_rows(events),
        "remind_url": url_for("home.reminder", doc_type=HAND_OVER, doc_id=hand_over.id)
        if offered and hand_over.to_id != actor.id
        else "",
    }


def sheet_url(hand_over: HandOver) -> str:
    """Return where the sheet is: the stored one once accepted, before that one to be signed by hand."""
    if hand_over.sheet_file_id is not None:
        return documents.address_of(hand_over.sheet_file_id)
    return url_for("assets.unsigned_sheet", hand_over_id=hand_over.id)


def steps_context(hand_over: HandOver, actor: Actor) -> dict[str, Any]:
    """Return what the step buttons alone need, to be renewed beside a refusal."""
    return {
        "steps": FLOW.open_steps(hand_over, actor),
        "action": url_for("assets.show_hand_over", hand_over_id=hand_over.id),
        "version": hand_over.version,
    }


def accept_context(hand_over: HandOver, actor: Actor, checks: Any = None) -> dict[str, Any]:
    """Return what the receiver sees before accepting: what it is, which rule is confirmed by it, what blocks it."""
    rule = queries.rule_to_confirm()
    steps: list[StepView] = FLOW.open_steps(hand_over, actor)
    accept = next((step for step in steps if step.name == "accept"), None)
    wanted = accepting.checklist_of(hand_over)
    return {
        "hand_over": hand_over,
        "about": hand_over_facts(hand_over),
        "lines": line_views(hand_over),
        "photos": documents.file_rows(files.files_for(HAND_OVER, hand_over.id, PHOTO)),
        "rule_title": f"{rule.title} · {versions.label(rule)}" if rule is not None else "",
        "rule_url": f"/rules/versions/{rule.id}" if rule is not None else "",
        "blocked": accept.blocked if accept is not None else None,
        "checks": [
            (line, checks[line.id] if checks else checks_of(line.item.category, None, f"l{line.id}"))
            for line in hand_over.lines
            if line.id in wanted
        ],
        "other_steps": [step for step in steps if step.name == "decline"],
        "action": url_for("assets.hand_over_step", hand_over_id=hand_over.id, name="accept"),
        "steps_action": url_for("assets.show_hand_over", hand_over_id=hand_over.id),
        "steps_version": hand_over.version,
    }
