"""Tests and curriculum of the small company: questions, a test in each state, sheets, a certificate, levels, a plan."""

from datetime import timedelta

from sqlalchemy import select

from app.core import clock, settings
from app.core.db import session
from app.core.questions import QuestionKind
from app.core.uow import unit_of_work
from app.features.curriculum import actions as curriculum
from app.features.curriculum.actions import ItemValues, LevelValues, PlanValues
from app.features.curriculum.enums import Stage
from app.features.exams import actions, answering, bank, certificates
from app.features.exams.actions import ExamValues
from app.features.exams.bank import QuestionValues
from app.features.exams.certificates import CertificateValues
from app.features.exams.models import Exam, ExamQuestion
from app.features.people.models import User
from app.features.training.enums import PersonStatus, Presence, SessionStatus, SignInMethod
from app.features.training.models import TrainingPerson, TrainingSession, TrainingSubject
from tests import factories


def exams(accounts: dict[str, User]) -> None:
    """Fill the bank, hold tests, issue a certificate, keep levels and a plan."""
    with unit_of_work():
        switched = settings.get("modules.switches")
        settings.put("modules.switches", {**switched, "exams": True, "curriculum": True})
    subject = session.execute(select(TrainingSubject).where(TrainingSubject.name == "Products")).scalar_one()
    questions = ask(accounts, subject)
    draft(accounts, "Draft test", questions, department=True)
    company = draft(accounts, "Company test", questions)
    fire(company, "publish", accounts["h1"])
    hand_in(company, accounts["s1"], right=True)
    hand_in(company, accounts["s2"], right=False)
    of_session = draft(accounts, "Test of a session", questions, session_id=held(accounts, subject).id)
    fire(of_session, "publish", accounts["h1"])
    with unit_of_work():
        answering.start(session.get_one(Exam, of_session.id), actor=factories.actor(accounts["m1"]))
    closed = draft(accounts, "Closed test", questions)
    fire(closed, "publish", accounts["h1"])
    hand_in(closed, accounts["s1"], right=True)
    fire(closed, "close", accounts["h1"])
    cancelled = draft(accounts, "Cancelled test", questions)
    fire(cancelled, "cancel", accounts["h1"], note="Set again later")
    for number in ("s1", "s2"):
        certify(accounts, company, accounts[number], revoked=number == "s2")
    levels(accounts, subject, company)


def ask(accounts: dict[str, User], subject: TrainingSubject) -> list[ExamQuestion]:
    """A question of each kind, and one that was retired."""
    keeper = factories.actor(accounts["h1"])
    found = []
    with unit_of_work():
        for kind, text, options, answers in (
            (QuestionKind.SINGLE, "What is asked first?", ("Price", "Conditions"), (1,)),
            (QuestionKind.SEVERAL, "What must be written down?", ("Medium", "Pressure", "Colour"), (0, 1)),
            (QuestionKind.TRUE_FALSE, "Prices are tax-included.", (), (0,)),
            (QuestionKind.SINGLE, "An old question?", ("Yes", "No"), (0,)),
        ):
            values = QuestionValues(
                kind, text, subject.id, options, answers, about="Clause 5", explanation="As the rule says"
            )
            found.append(bank.add_question(actor=keeper, values=values))
        bank.set_active(found[-1], actor=keeper, version=None, active=False)
    return found[:-1]


def draft(
    accounts: dict[str, User],
    title: str,
    questions: list[ExamQuestion],
    *,
    department: bool = False,
    session_id: int | None = None,
) -> Exam:
    """A draft with the questions."""
    keeper = factories.actor(accounts["h1"])
    ids = [question.id for question in questions]
    values = ExamValues(
        title,
        clock.now() - timedelta(hours=1),
        clock.now() + timedelta(days=3),
        session_id=session_id,
        department_id=accounts["s1"].department_id if department else None,
        attempts=2,
    )
    with unit_of_work():
        exam = actions.create_exam(actor=keeper, values=values)
        actions.choose(exam, actor=keeper, version=None, offered=ids, chosen=ids)
    return exam


def fire(exam: Exam, step: str, who: User, note: str = "") -> None:
    """A step of a test."""
    with unit_of_work():
        row = session.get_one(Exam, exam.id)
        actions.fire(row, step, actor=factories.actor(who), version=None, note=note)


def hand_in(exam: Exam, who: User, *, right: bool) -> None:
    """An attempt with all right answers, or with none."""
    actor = factories.actor(who)
    with unit_of_work():
        row = session.get_one(Exam, exam.id)
        answering.start(row, actor=actor)
        answers = {item.id: item.answers if right else () for item in row.items}
        answering.submit(row, actor=actor, answers=answers)


def held(accounts: dict[str, User], subject: TrainingSubject) -> TrainingSession:
    """A session that was held, with two people present."""
    starts = clock.now() - timedelta(days=4)
    day = clock.to_local(starts).date()
    with unit_of_work():
        row = TrainingSession(
            number="TR-1",
            status=SessionStatus.COMPLETED,
            owner_id=accounts["m1"].id,
            title="Choosing valves",
            department_id=accounts["s1"].department_id,
            subject_id=subject.id,
            chair_id=accounts["t1"].id,
            starts_at=starts,
            ends_at=starts + timedelta(hours=1),
            week=day - timedelta(days=day.weekday()),
            wrapped_up_at=starts + timedelta(hours=1),
        )
        session.add(row)
        session.flush()
        for number in ("s1", "m1"):
            session.add(
                TrainingPerson(
                    session_id=row.id,
                    user_id=accounts[number].id,
                    status=PersonStatus.PRESENT,
                    presence=Presence.PRESENT,
                    signed_in_at=starts,
                    signed_in_how=SignInMethod.CHAIR,
                )
            )
    return row


def certify(accounts: dict[str, User], exam: Exam, person: User, *, revoked: bool) -> None:
    """A certificate, or one that was revoked."""
    values = CertificateValues("Certificate of product knowledge", "Test passed", exam_id=exam.id)
    row = certificates.issue(
        actor=factories.actor(accounts["h1"]), people=[person.id], values=values, company="Test Hydraulics"
    )[0]
    if revoked:
        with unit_of_work():
            certificates.revoke(
                session.merge(row), actor=factories.actor(accounts["h1"]), version=None, reason="By mistake"
            )


def levels(accounts: dict[str, User], subject: TrainingSubject, exam: Exam) -> None:
    """Three levels, a plan of the second one, and people on the first."""
    keeper = factories.actor(accounts["h1"])
    with unit_of_work():
        ranks = [
            curriculum.put_level(
                None, actor=keeper, version=None, values=LevelValues(rank, name, points_needed=rank)
            )
            for rank, name in enumerate(("Newcomer", "Senior", "Head"), 1)
        ]
        curriculum.put_plan(
            None,
            actor=keeper,
            version=None,
            values=PlanValues(
                "Plan for seniors",
                Stage.GROWTH,
                ranks[1].id,
                items=(ItemValues(subject.id, "Valves", 1, exam.id), ItemValues(subject.id, "Pumps", 2)),
            ),
        )
        for number in ("s1", "s2", "m1"):
            curriculum.place_person(
                accounts[number].id, actor=keeper, level_id=ranks[0].id, since=clock.today(), note="Letter"
            )
