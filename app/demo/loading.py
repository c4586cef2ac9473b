"""Loading the demo company into an empty database."""

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.core.i18n import CHINESE, using_locale
from app.core.uow import unit_of_work
from app.demo import (
    bargaining,
    cars,
    cases,
    cast,
    company,
    contacts,
    customers,
    directory,
    drills,
    equipment,
    exams,
    letters,
    meetings,
    mentoring,
    more_rules,
    notices,
    products,
    profiles,
    proposals,
    rules,
    sealing,
    studying,
    suggestions,
    supervision,
    training,
    trips,
    upkeep,
)
from app.demo.people import ACCOUNTS, PASSWORD, create_accounts, create_departments
from app.demo.stage import Script, Stage, play, readers
from app.demo.timetable import timetable
from app.features.figures import actions as figures
from app.features.people import actions as people
from app.features.people.models import User
from app.features.people.passwords import hash_password
from app.features.quotations.models import IssuedFile
from app.features.seals import marks
from app.features.verify import actions as verification

PUBLIC_URL = "http://127.0.0.1:8000"
AWAY_FIRST, AWAY_LAST = 60, 56

Progress = Callable[[str], None]


def load(*, today: date | None = None, progress: Progress = print, public_url: str = PUBLIC_URL) -> None:
    """Fill an empty database with the demo company, as if it had worked until the evening before ``today``.

    ``today`` is a day of the company's zone, by default the present one; ``public_url`` is where the QR codes of
    its papers lead. Needs an application context and existing tables. Raises RuntimeError where somebody has an
    account already.
    """
    if session.execute(select(User.id).limit(1)).first() is not None:
        raise RuntimeError("the demo company can only be loaded into an empty installation")
    stage = Stage(timetable(today or clock.today()))
    stage.away = (stage.timetable.day(AWAY_FIRST), stage.timetable.day(AWAY_LAST))
    marks.use_demo(True)
    # what the system writes by itself into the record of a Chinese company is Chinese on every machine
    with using_locale(CHINESE):
        fill(stage, progress, public_url)


def fill(stage: Stage, progress: Progress, public_url: str) -> None:
    """Let the company found itself and work until the last day of the stage."""
    progress("人员与部门 people and departments")
    hashes = {account.staff_number: hash_password(PASSWORD) for account in ACCOUNTS}
    with clock.frozen(stage.timetable.moment(stage.timetable.length, 8, 40)), unit_of_work():
        create_departments()
        create_accounts(hashes.__getitem__)
    progress("印章、设置、产品与客户 seals, settings, products and customers")
    first = [company.founding(stage, public_url), products.entering(stage), customers.entering(stage)]
    play(stage, first, lambda day: None)
    play(stage, [contacts.entering(stage)], lambda day: None)
    play(stage, half_year(stage, public_url), monthly(progress))
    figures.recount()


def half_year(stage: Stage, public_url: str) -> list[Script]:
    """Return everything that happens after the first days."""
    return [
        *cast.stories(stage),
        *sealing.stories(stage),
        *letters.stories(stage),
        *rules.stories(stage),
        *more_rules.stories(stage),
        *equipment.stories(stage, public_url),
        *upkeep.stories(stage),
        *supervision.stories(stage),
        *proposals.stories(stage),
        *suggestions.stories(stage),
        *cars.stories(stage),
        *trips.stories(stage),
        *cases.stories(stage),
        *mentoring.stories(stage),
        *drills.stories(stage),
        *notices.stories(stage),
        *meetings.stories(stage),
        *directory.stories(stage),
        *training.stories(stage),
        *exams.stories(stage),
        *profiles.stories(stage),
        studying.answering(stage),
        customers.changing(stage),
        products.changing(stage),
        bargaining.library(stage),
        delegating(stage),
        telephoning(stage),
        readers(stage, [account.staff_number for account in ACCOUNTS]),
    ]


def monthly(progress: Progress) -> Callable[[date], None]:
    """Return what tells the progress of the half year, once a month."""
    told: set[tuple[int, int]] = set()

    def tell(day: date) -> None:
        if (day.year, day.month) not in told:
            told.add((day.year, day.month))
            progress(f"询价与报价 inquiries and quotations {day:%Y-%m}")

    return tell


def delegating(stage: Stage) -> Script:
    """The manager is away for a week and lets a salesperson decide for him; the next journey is planned."""
    yield stage.timetable.moment(AWAY_FIRST + 1, 16, 30)
    away = stage.away
    if away is not None:
        people.delegate(
            to=company.person("s2"),
            from_date=away[0],
            to_date=away[1],
            actor=stage.actor("m1"),
            note="赴潍坊参加农机展",
        )
    yield stage.timetable.moment(1, 16, 40)
    today = stage.timetable.today
    people.delegate(
        to=company.person("s2"),
        from_date=today + timedelta(days=7),
        to_date=today + timedelta(days=9),
        actor=stage.actor("m1"),
        note="走访安徽客户",
    )


def telephoning(stage: Stage) -> Script:
    """Customers ring up to check papers: one reads the right figures, one a changed amount."""
    for back, caller, changed in ((45, "武经理", 0), (19, "陌生来电", 1000)):
        yield stage.timetable.moment(back, 14, 50)
        issued = (
            session.execute(select(IssuedFile).order_by(IssuedFile.id.desc()).limit(1)).unique().scalar_one()
        )
        revision = issued.revision
        verification.answer_telephone(
            actor=stage.actor("c1"),
            number=str(revision.number),
            copy_number=issued.copy_number,
            amount=revision.total + changed,
            hash_start=str(revision.content_hash)[:8],
            caller=caller,
        )
