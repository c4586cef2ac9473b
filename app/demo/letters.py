"""The letters on account use and delivery: most are filed before the first rule is signed, a few are still missing."""

from app.core import clock, files
from app.demo.company import person
from app.demo.rules import blank_sheet
from app.demo.stage import Script, Stage
from app.features.acknowledgements import actions
from app.features.acknowledgements.flow import FLOW
from app.features.acknowledgements.models import Acknowledgement
from app.features.acknowledgements.queries import letter_of, not_asked_yet

FILED_AT_ONCE = ("m1", "s1", "t1", "p1", "c1", "a1", "l1", "f1")
FILING_DAYS = (115, 114)


def stories(stage: Stage) -> list[Script]:
    """Return everything that happens around the letters."""
    return [asking(stage), by_oneself(stage), written_wrong(stage), waiting(stage)]


def letter(staff_number: str) -> Acknowledgement:
    """Return the letter of a person, asked for already."""
    found = letter_of(person(staff_number).id)
    if found is None:
        raise LookupError(staff_number)
    return found


def fire(stage: Stage, whose: str, step: str, who: str, note: str = "") -> None:
    """Do a step of somebody's letter as one of the people; the scan is a blank sheet."""
    found = letter(whose)
    scan = files.check_upload("确认书.pdf", blank_sheet())
    data = {"signed_on": clock.today(), "scan": scan} if step in ("hand_in", "file") else {}
    FLOW.fire(found, step, stage.actor(who), version=found.version, note=note, data=data)


def asking(stage: Stage) -> Script:
    """Personnel ask everybody, collect the signed letters and file them; the own letter is filed by another person."""
    at = stage.timetable.moment
    yield at(116, 9, 30)
    for user_id in not_asked_yet():
        actions.ask(user_id, actor=stage.actor("h1"))
    for day, people in zip(FILING_DAYS, (FILED_AT_ONCE[:4], FILED_AT_ONCE[4:]), strict=True):
        for place, whose in enumerate(people):
            yield at(day, 10 + place, 15)
            fire(stage, whose, "file", "h1")
    yield at(113, 9, 40)
    fire(stage, "h1", "file", "admin")
    yield at(113, 10, 20)
    fire(stage, "admin", "file", "h1")


def by_oneself(stage: Stage) -> Script:
    """A salesperson uploads a photo that cannot be read, then a better one."""
    at = stage.timetable.moment
    yield at(114, 13, 50)
    fire(stage, "s2", "hand_in", "s2")
    yield at(113, 14, 20)
    fire(stage, "s2", "return", "h1", "照片里看不清签字，请重新拍一张")
    yield at(112, 9, 10)
    fire(stage, "s2", "hand_in", "s2")
    yield at(112, 11, 0)
    fire(stage, "s2", "confirm", "h1")


def written_wrong(stage: Stage) -> Script:
    """A letter turns out to bear a wrong staff number: it is taken off file and signed again."""
    at = stage.timetable.moment
    yield at(90, 15, 10)
    fire(stage, "f1", "reopen", "h1", "工号手写改动过，请重新签署")
    yield at(88, 10, 30)
    fire(stage, "f1", "file", "h1")


def waiting(stage: Stage) -> Script:
    """The dispatcher has handed in the letter yesterday; two people have not signed it yet."""
    yield stage.timetable.moment(1, 14, 10)
    fire(stage, "v1", "hand_in", "v1")
