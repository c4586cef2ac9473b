"""The rules of the small company: numbered without Chinese, in each state that has pages of its own."""

import io
from datetime import timedelta

from app.core import clock
from app.core.files import check_upload
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.rules import actions, attachments, editing, procedure, reading
from app.features.rules.actions import VersionValues
from app.features.rules.clause_text import paragraphs
from app.features.rules.enums import NumberStyle, RecordKind
from app.features.rules.flow import FLOW
from app.features.rules.models import RuleVersion
from app.features.rules.outline import OutlineRow
from app.features.seals import keys
from tests import factories
from tests.features.acknowledgements import letters
from tests.features.rules.rulebook import load, picture

ROWS = (
    OutlineRow(1, NumberStyle.NONE, "Vehicles"),
    OutlineRow(2, NumberStyle.DECIMAL, body=paragraphs(["Cars are booked one day ahead."])),
    OutlineRow(2, NumberStyle.DECIMAL, body=paragraphs(["Keys are given back by hand."])),
)


def begin(accounts: dict[str, User], title: str) -> RuleVersion:
    """Begin a rule of the manager with a few clauses and a question."""
    actor = factories.actor(accounts["m1"])
    values = VersionValues(title, "assets", accounts["m1"].department_id or 0, affects_staff=title == "Pay")
    version = actions.start_rule(actor=actor, values=values)
    editing.append_rows(version, ROWS)
    procedure.put_question(
        version,
        actor=actor,
        text="How many days ahead?",
        options=("One", "Two"),
        answer=0,
        clause_id=version.clauses[1].clause_id,
    )
    return version


def fire(accounts: dict[str, User], version: RuleVersion, step: str, who: str, **data: object) -> None:
    """Do a step as one of the people."""
    FLOW.fire(version, step, factories.actor(accounts[who]), version=None, note="As agreed", data=data)


def acknowledgements(accounts: dict[str, User]) -> None:
    """One letter on file, one to be checked, one to be signed; of the others none was asked for yet."""
    letters.filed(accounts["s1"], accounts["h1"])
    letters.handed_in(accounts["s2"])
    letters.asked(accounts["t1"])


def rules(accounts: dict[str, User]) -> None:
    """Make them: one published and signed with its next version in work, one consulted, one to be decided."""
    keys.create("Test Hydraulics Ltd")
    acknowledgements(accounts)
    with unit_of_work():
        version = begin(accounts, "Vehicles")
        fire(accounts, version, "submit", "m1")
        fire(accounts, version, "approve", "l1", effective_on=clock.today(), material=True)
        number = version.id
        reading.note_opened(number, accounts["s1"].id)
        reading.reach_end(version, actor=factories.actor(accounts["s1"]))
        answers: dict[int, int | None] = {question.id: question.answer for question in version.questions}
        reading.sign(version, actor=factories.actor(accounts["s1"]), answers=answers)
        reading.enter_sheet(
            version, actor=factories.actor(accounts["m1"]), people=[accounts["w1"].id], sheet=picture()
        )
    read = attachments.read_all([check_upload("Checklist.txt", io.BytesIO(b"Lights, brakes, first aid kit"))])
    with unit_of_work():
        draft = actions.start_version(load(number).rule, actor=factories.actor(accounts["m1"]))
        attachments.add(draft, actor=factories.actor(accounts["m1"]), brought=read)
    with unit_of_work():
        version = begin(accounts, "Pay")
        procedure.keep_record(
            version,
            actor=factories.actor(accounts["m1"]),
            kind=RecordKind.STAFF_DISCUSSION,
            held_on=clock.today(),
            participants="All",
            result="Agreed",
            paper=picture(),
        )
        fire(accounts, version, "consult", "m1", comments_until=clock.today() + timedelta(days=3))
        comment = procedure.comment(
            version, actor=factories.actor(accounts["s2"]), text="One day is too long", clause_id=None
        )
        procedure.answer_comment(
            version,
            comment.id,
            actor=factories.actor(accounts["m1"]),
            answer="declined",
            reason="It is needed",
        )
    with unit_of_work():
        fire(accounts, begin(accounts, "Returns"), "submit", "m1")
        begin(accounts, "Pay")
    with unit_of_work():
        version = begin(accounts, "Telephones")
        fire(accounts, version, "submit", "m1")
        fire(accounts, version, "approve", "l1", effective_on=clock.today(), material=True)
        reading.note_opened(version.id, accounts["s2"].id)
        reading.reach_end(version, actor=factories.actor(accounts["s2"]))
