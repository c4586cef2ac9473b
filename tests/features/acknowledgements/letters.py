"""Letters of people for tests: asked for, handed in and filed by actions and steps alone."""

import io
from datetime import date
from typing import Any

from app.core import clock
from app.core.files import CheckedFile, check_upload
from app.core.permissions import SYSTEM
from app.core.uow import unit_of_work
from app.features.acknowledgements import actions, queries
from app.features.acknowledgements.flow import FLOW
from app.features.acknowledgements.models import Acknowledgement
from app.features.people.models import User
from tests import factories

PNG = b"\x89PNG\r\n\x1a\n" + b"7" * 40


def scan() -> CheckedFile:
    return check_upload("letter.png", io.BytesIO(PNG))


def load(letter_id: int) -> Acknowledgement:
    return queries.get_letter(SYSTEM, letter_id)


def asked(person: User) -> int:
    with unit_of_work():
        return actions.ask(person.id, actor=SYSTEM).id


def step(letter_id: int, name: str, who: User, note: str = "", **data: Any) -> Acknowledgement:
    with unit_of_work():
        FLOW.fire(load(letter_id), name, factories.actor(who), version=None, note=note, data=data)
    return load(letter_id)


def handed_in(person: User) -> int:
    letter_id = asked(person)
    step(letter_id, "hand_in", person, signed_on=clock.today(), scan=scan())
    return letter_id


def filed(person: User, keeper: User, signed_on: date | None = None) -> int:
    letter_id = asked(person)
    step(letter_id, "file", keeper, signed_on=signed_on or clock.today(), scan=scan())
    return letter_id
