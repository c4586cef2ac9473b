"""A department with a subject, a bank of questions and a training session, for tests of exams and the curriculum."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from app.core import clock, settings
from app.core.db import session
from app.core.permissions import Role
from app.core.questions import QuestionKind
from app.core.uow import unit_of_work
from app.features.exams import actions, answering, bank
from app.features.exams.actions import ExamValues
from app.features.exams.bank import QuestionValues
from app.features.exams.models import Exam, ExamQuestion, ExamSheet
from app.features.people.models import Department, User
from app.features.training.enums import PersonStatus, Presence, SessionStatus, SignInMethod
from app.features.training.models import TrainingPerson, TrainingSession, TrainingSubject
from tests import factories

RIGHT = 1


@dataclass
class School:
    """The people: who keeps tests, who sees results, who answers, who was not there."""

    department: Department
    subject: TrainingSubject
    keeper: User
    manager: User
    leader: User
    reader: User
    colleague: User

    def question(self, text: str = "阀门选型先问什么？", **changed: Any) -> ExamQuestion:
        values: dict[str, Any] = {
            "kind": QuestionKind.SINGLE,
            "text": text,
            "subject_id": self.subject.id,
            "options": ("价格", "工况", "颜色"),
            "answers": (RIGHT,),
        }
        with unit_of_work():
            return bank.add_question(
                actor=factories.actor(self.keeper), values=QuestionValues(**{**values, **changed})
            )

    def questions(self, count: int) -> list[ExamQuestion]:
        return [self.question(f"第 {place} 题？") for place in range(1, count + 1)]

    def exam(self, *questions: ExamQuestion, published: bool = True, **changed: Any) -> Exam:
        values: dict[str, Any] = {
            "title": "产品知识测试",
            "opens_at": clock.now(),
            "closes_at": clock.now() + timedelta(hours=2),
            "department_id": self.department.id,
        }
        actor = factories.actor(self.keeper)
        with unit_of_work():
            exam = actions.create_exam(actor=actor, values=ExamValues(**{**values, **changed}))
            ids = [question.id for question in questions]
            actions.choose(exam, actor=actor, version=None, offered=ids, chosen=ids)
        if published:
            self.step(exam, "publish")
        return load(exam.id)

    def step(self, exam: Exam, name: str, by: User | None = None, note: str = "") -> Exam:
        with unit_of_work():
            actions.fire(
                load(exam.id), name, actor=factories.actor(by or self.keeper), version=None, note=note
            )
        return load(exam.id)

    def start(self, exam: Exam, who: User | None = None) -> ExamSheet:
        with unit_of_work():
            return answering.start(load(exam.id), actor=factories.actor(who or self.reader))

    def save(self, exam: Exam, answers: Mapping[int, Collection[int]], who: User | None = None) -> ExamSheet:
        with unit_of_work():
            return answering.save(load(exam.id), actor=factories.actor(who or self.reader), answers=answers)

    def submit(
        self, exam: Exam, answers: Mapping[int, Collection[int]], who: User | None = None
    ) -> ExamSheet:
        with unit_of_work():
            return answering.submit(load(exam.id), actor=factories.actor(who or self.reader), answers=answers)

    def answer(self, exam: Exam, right: int, who: User | None = None) -> ExamSheet:
        """Begin and hand in an attempt with so many right answers."""
        self.start(exam, who)
        return self.submit(exam, answered(exam, right), who)

    def training(self, *present: User, absent: Collection[User] = (), **changed: Any) -> TrainingSession:
        """A session that was held, with who was there and who was not."""
        starts = changed.pop("starts_at", clock.now() - timedelta(hours=2))
        with unit_of_work():
            row = TrainingSession(
                **{
                    "number": f"PX-{starts:%Y%m%d%H%M}-{len(present)}-{self.subject.id}",
                    "status": SessionStatus.COMPLETED,
                    "owner_id": self.manager.id,
                    "title": "阀门选型培训",
                    "department_id": self.department.id,
                    "subject_id": self.subject.id,
                    "chair_id": self.manager.id,
                    "starts_at": starts,
                    "ends_at": starts + timedelta(hours=1),
                    "week": monday_of(starts),
                    "wrapped_up_at": starts + timedelta(hours=1),
                    "created_at": starts,
                    "updated_at": starts,
                    **changed,
                }
            )
            session.add(row)
            session.flush()
            for person in present:
                session.add(
                    TrainingPerson(
                        session_id=row.id,
                        user_id=person.id,
                        status=PersonStatus.PRESENT,
                        presence=Presence.PRESENT,
                        signed_in_at=starts,
                        signed_in_how=SignInMethod.CHAIR,
                        created_at=starts,
                        updated_at=starts,
                    )
                )
            for person in absent:
                session.add(
                    TrainingPerson(
                        session_id=row.id,
                        user_id=person.id,
                        status=PersonStatus.ABSENT,
                        presence=Presence.ABSENT,
                        created_at=starts,
                        updated_at=starts,
                    )
                )
        return row


def monday_of(moment: datetime) -> date:
    day = clock.to_local(moment).date()
    return day - timedelta(days=day.weekday())


def load(exam_id: int) -> Exam:
    session.expire_all()
    return session.get_one(Exam, exam_id)


def answered(exam: Exam, right: int) -> dict[int, tuple[int, ...]]:
    """Answers of a sheet of which the first ``right`` are right."""
    return {
        item.id: tuple(item.answers) if place < right else (0,)
        for place, item in enumerate(load(exam.id).items)
    }


def subject(name: str = "产品知识", position: int = 10) -> TrainingSubject:
    with unit_of_work():
        row = TrainingSubject(
            name=name, position=position, active=True, created_at=clock.now(), updated_at=clock.now()
        )
        session.add(row)
        session.flush()
    return row


def school() -> School:
    with unit_of_work():
        settings.put("modules.preset", "full")
    department = factories.department()
    return School(
        department,
        subject(),
        factories.user("韩梅", "e1", None, [Role.PEOPLE]),
        factories.user("王建国", "e2", department, [Role.MANAGER]),
        factories.user("刘振华", "e3", None, [Role.LEADER]),
        factories.user("孙晓", "e4", department, [Role.SALESPERSON]),
        factories.user("陈志远", "e5", department, [Role.SALESPERSON]),
    )
