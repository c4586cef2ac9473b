"""Accepting a hand-over: the sheet is drawn before any lock, then everything passes in one instant or nothing does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core import clock, settings
from app.core.files import CheckedFile
from app.core.i18n import CHINESE, using_locale
from app.core.permissions import Actor
from app.features.assets import offering, queries, sheets
from app.features.assets.enums import HandOverKind
from app.features.assets.models import HandOver
from app.features.assets.sheets import Acceptance
from app.features.rules import versions
from app.features.rules.models import RuleVersion

Checklists = Mapping[int, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Prepared:
    """An acceptance with its sheet, made of one version of the hand-over."""

    version: int
    acceptance: Acceptance
    sheet: CheckedFile


def prepare(
    hand_over: HandOver, *, keeper: Actor | None = None, checklists: Checklists | None = None
) -> Prepared:
    """Return what accepting needs, with its sheet drawn; call it outside the unit of work.

    ``keeper`` is whose screen it happens on: who keeps the equipment is then there and witnesses it. ``checklists``
    are by line what was looked at on return, ``{"text", "ok", "note"}`` each. The rule to confirm is the version in
    force now.
    """
    version = queries.rule_to_confirm()
    known = hand_over.witness
    watching = (
        keeper if keeper is not None and keeper.id not in (hand_over.from_id, hand_over.to_id) else None
    )
    acceptance = Acceptance(
        at=clock.now(),
        rule_version_id=version.id if version is not None else None,
        rule_title=rule_words(version) if version is not None else "",
        witness_id=watching.id if watching is not None else hand_over.witness_id,
        witness_name=watching.name if watching is not None else (known.name if known is not None else ""),
        keeper_name=keeper.name if keeper is not None else "",
        checklists={line: [dict(row) for row in rows] for line, rows in (checklists or {}).items()},
    )
    company = str(settings.get("company.name") or "")
    return Prepared(hand_over.version, acceptance, sheets.accepted_sheet(hand_over, acceptance, company))


def rule_words(version: RuleVersion) -> str:
    """Return title and edition of a rule in Chinese, as papers and the record name it."""
    with using_locale(CHINESE):
        return f"《{version.title}》{versions.label(version)}"


def accept(
    hand_over: HandOver, *, actor: Actor, version: int | None, prepared: Prepared | None = None
) -> None:
    """Accept a hand-over in the open unit of work: the actor is responsible for all of it from this instant on.

    ``prepared`` was made outside of it where somebody waits for the answer. Raises Denied for anybody but the
    receiver, Stale, and Conflict where it was answered, something is gone, or a witness is missing.
    """
    made = prepared if prepared is not None else prepare(hand_over)
    acceptance = made.acceptance
    offering.fire(
        hand_over,
        "accept",
        actor=actor,
        version=version if version is not None else made.version,
        data={
            "sheet": made.sheet,
            "rule_version_id": acceptance.rule_version_id,
            "rule_title": acceptance.rule_title,
            "on_keepers_screen": bool(acceptance.keeper_name),
            "witness_id": acceptance.witness_id,
            "checklists": acceptance.checklists,
        },
    )


def take_back(
    *,
    actor: Actor,
    items: Sequence[offering.OfferedItem],
    place_id: int | None = None,
    checklists: Mapping[int, Sequence[Mapping[str, Any]]] | None = None,
    note: str = "",
) -> HandOver:
    """Take items back into the store by who keeps the equipment, without an offer; ``checklists`` are by item.

    Whoever held them is told. Raises what ``offering.offer`` and ``accept`` raise.
    """
    hand_over = offering.offer(
        actor=actor, items=items, to_id=actor.id, returning=True, place_id=place_id, note=note
    )
    by_item = checklists or {}
    looked_at = {line.id: by_item[line.item_id] for line in hand_over.lines if line.item_id in by_item}
    accept(hand_over, actor=actor, version=None, prepared=prepare(hand_over, checklists=looked_at))
    return hand_over


def checklist_of(hand_over: HandOver) -> dict[int, list[str]]:
    """Return what is to be looked at on return, by line; nothing where things do not go back to a store."""
    if hand_over.kind != HandOverKind.RETURN:
        return {}
    return {line.id: line.item.category.checklist for line in hand_over.lines if line.item.category.checklist}
