"""The life of a letter: missing, handed in by the person, filed by who keeps the letters."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.core import clock, files
from app.core.errors import Invalid, Problem
from app.core.files import CheckedFile
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.core.tasks import WantedTask
from app.core.workflow import Flow, State, may, mine, step
from app.features.acknowledgements import wording
from app.features.acknowledgements.enums import ACKNOWLEDGEMENT as DOC_TYPE
from app.features.acknowledgements.enums import AcknowledgementPerm, AcknowledgementStatus
from app.features.acknowledgements.models import Acknowledgement

SCAN = "signed_letter"

# Whoever signs does not file the own letter: another person has compared the scan with the name (R4).
keeper = may(AcknowledgementPerm.KEEP, own=False)


# Tasks


def signing(letter: Acknowledgement) -> Iterable[WantedTask]:
    """Yield the person's task of signing the letter; it has no date, nobody is locked out."""
    yield WantedTask("acknowledgement:sign", user_id=letter.owner_id)


def confirming(letter: Acknowledgement) -> Iterable[WantedTask]:
    """Yield the keepers' task of comparing the scan."""
    yield WantedTask(
        "acknowledgement:confirm",
        permission=str(AcknowledgementPerm.KEEP),
        department_id=letter.department_id,
        excluded_user_id=letter.owner_id,
    )


# When a step is ready


def signed_and_scanned(letter: Acknowledgement, actor: Actor, data: Mapping[str, Any]) -> Problem | None:
    """Refuse a letter without its day or its scan."""
    faults = {}
    day = data.get("signed_on")
    if day is None or day > clock.today():
        faults["signed_on"] = lazy("请填写纸上的签字日期，不能晚于今天")
    if data.get("scan") is None:
        faults["file"] = lazy("请上传签好的确认书的扫描件或照片")
    return Invalid(fields=faults) if faults else None


# What a step does


def keep_scan(letter: Acknowledgement, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep the scan for good, with the text that was signed and the day."""
    scan: CheckedFile = data["scan"]
    letter.signed_on = data["signed_on"]
    letter.text_version, letter.text_hash = wording.VERSION, wording.hash_of(wording.VERSION)
    letter.scan = files.attach(scan, DOC_TYPE, letter.id, actor, kind=SCAN, legal_hold=True)


def put_on_file(letter: Acknowledgement, actor: Actor, data: Mapping[str, Any]) -> None:
    """Note who filed the letter, from which moment on signatures by the account count."""
    letter.filed_by_id, letter.filed_at = actor.id, clock.now()


def keep_and_file(letter: Acknowledgement, actor: Actor, data: Mapping[str, Any]) -> None:
    """Keep a scan that its keeper brought, and file it at once."""
    put_on_file(letter, actor, data)
    keep_scan(letter, actor, data)


def take_off_file(letter: Acknowledgement, actor: Actor, data: Mapping[str, Any]) -> None:
    """Forget what was signed; the scan stays among the files of the letter."""
    letter.filed_by_id = letter.filed_at = letter.signed_on = None
    letter.scan = letter.text_version = letter.text_hash = None


# Whom to tell


def keepers(letter: Acknowledgement) -> list[int | None]:
    """Return who may file the letter."""
    return [*keeper.people(letter)]


def owner(letter: Acknowledgement) -> list[int | None]:
    """Return whose letter it is."""
    return [letter.owner_id]


S = AcknowledgementStatus

# One row a step: the table must be readable on one screen.
# fmt: off
FLOW = Flow(
    DOC_TYPE,
    S.MISSING,
    (
        State(S.MISSING, lazy("待签署"), "warn", signing, milestone=True),
        State(S.HANDED_IN, lazy("待核对"), "info", confirming, milestone=True),
        State(S.FILED, lazy("已归档"), "ok", terminal=True, milestone=True),
    ),
    (
        step("hand_in", "missing", "handed_in", mine, lazy("上传签好的确认书"), kind="primary", form="hand_in",
             ready=signed_and_scanned, effect=keep_scan, tell=keepers),
        step("file", "missing", "filed", keeper, lazy("登记签好的确认书"), kind="primary", form="file",
             ready=signed_and_scanned, effect=keep_and_file, tell=owner),
        step("confirm", "handed_in", "filed", keeper, lazy("核对无误，归档"), kind="primary", effect=put_on_file,
             tell=owner),
        step("return", "handed_in", "missing", keeper, lazy("退回重签"), reason=True, effect=take_off_file,
             tell=owner),
        step("reopen", "filed", "missing", keeper, lazy("撤销归档"), kind="danger", reason=True,
             effect=take_off_file, tell=owner),
    ),
    lazy("账号使用与电子送达确认书"),
)
# fmt: on
