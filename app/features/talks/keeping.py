"""What of a talk is kept besides its notes: what the two agreed on, and how it is found by them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.core import clock, search
from app.core.db import session
from app.core.i18n import LazyText, lazy
from app.core.written import check_written
from app.features.people.models import User
from app.features.talks.enums import TALK
from app.features.talks.models import Talk, TalkAgreement

ROWS = 3
FIELDS = ("text", "responsible_id", "due_on")
LONGEST = timedelta(days=366)


def name_of(field: str, row: int) -> str:
    """Return the name of a field of an agreement in the form."""
    return f"agreement_{row}_{field}"


def typed(data: Mapping[str, Any]) -> list[tuple[int, tuple[Any, Any, Any]]]:
    """Return the rows of agreements in which something was typed, each with its number."""
    found = []
    for row in range(1, ROWS + 1):
        text, person, day = (data.get(name_of(field, row)) for field in FIELDS)
        if text or person or day:
            found.append((row, (text, person, day)))
    return found


def faults_of(talk: Talk, data: Mapping[str, Any]) -> dict[str, LazyText | str]:
    """Return what is wrong with the agreements, by field."""
    faults: dict[str, LazyText | str] = {}
    for row, (text, person, day) in typed(data):
        if not str(text or "").strip():
            faults[name_of("text", row)] = lazy("请写明约定的事")
        if person not in talk.pair:
            faults[name_of("responsible_id", row)] = lazy("请选择由谁做，谈话的两个人之一")
        if day is None or not clock.today() <= day <= clock.today() + LONGEST:
            faults[name_of("due_on", row)] = lazy("请填写期限，从今天起一年之内")
    return faults


def agree(talk: Talk, data: Mapping[str, Any]) -> None:
    """Keep what the two agreed on."""
    for row, (text, person, day) in typed(data):
        check_written(str(text), name_of("text", row))
        talk.agreements.append(
            TalkAgreement(text=str(text).strip(), responsible=session.get_one(User, person), due_on=day)
        )
    session.flush()


def index(talk: Talk) -> None:
    """Let the two find a talk by its number and names: what was said stays out of the index."""
    search.put(TALK, talk.id, f"{talk.number} {talk.owner.name} · {talk.other.name}")
