"""Who may carry out a resolution and until when, and its place in the search."""

from datetime import date, timedelta

from app.core import clock, search
from app.core.db import session
from app.core.documents import numbered_title
from app.core.i18n import LazyText, lazy
from app.features.people.models import User
from app.features.resolutions.enums import RESOLUTION
from app.features.resolutions.models import Resolution

LONGEST = timedelta(days=730)


def fault_of_person(person_id: int | None, decided_by: int | None) -> LazyText | None:
    """Return why a person cannot carry out what another decided; None where they can."""
    person = session.get(User, person_id) if person_id is not None else None
    if person is None or not person.active:
        return lazy("请选择在职的落实人")
    if person.id == decided_by:
        return lazy("作出决议的人自己核实，请另选落实人")
    return None


def fault_of_day(due_on: date | None) -> LazyText | None:
    """Return why a day cannot be that by which something is done; None where it can."""
    if due_on is None or not clock.today() <= due_on <= clock.today() + LONGEST:
        return lazy("请填写期限，从今天起两年之内")
    return None


def assign(resolution: Resolution, person_id: int) -> None:
    """Let a person carry out a resolution."""
    person = session.get_one(User, person_id)
    resolution.responsible, resolution.responsible_id = person, person.id
    resolution.department_id = person.department_id


def index(resolution: Resolution) -> None:
    """Bring the search index up to date."""
    title = numbered_title(resolution.number, resolution.text)
    search.put(RESOLUTION, resolution.id, title, f"{resolution.text}\n{resolution.result}")
