"""Tests of the demo: a bank of sixty questions, tests with results, certificates, levels, plans, where people stand."""

import csv
import hashlib
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.core.i18n import CHINESE, using_locale
from app.core.numbering import next_number
from app.core.permissions import SYSTEM
from app.core.questions import QuestionKind
from app.demo.company import NAME, person
from app.demo.customers import FILE as CUSTOMERS
from app.demo.stage import Script, Stage
from app.features.curriculum import actions as curriculum
from app.features.curriculum import templates
from app.features.curriculum.actions import ItemValues, LevelValues, PlanValues
from app.features.exams import actions, answering, bank, certificates, queries
from app.features.exams.actions import ExamValues
from app.features.exams.bank import QuestionValues
from app.features.exams.certificates import CertificateValues
from app.features.exams.enums import CERTIFICATE, Difficulty
from app.features.exams.imports import read_answer
from app.features.exams.models import Exam
from app.features.training import catalogue
from app.features.training.enums import WAS_HELD
from app.features.training.models import TrainingSession, TrainingSubject

FILE = CUSTOMERS.parent / "questions.csv"
PEOPLE = ("m1", "s1", "s2", "t1", "p1", "c1", "w1", "f1", "l1")
# How many of ten answers are right.
KNOWING = {"m1": 10, "s1": 9, "s2": 7, "t1": 10, "p1": 9, "c1": 9, "w1": 2, "f1": 10, "l1": 9}
LEVELS = (
    ("新员工", "入职一年以内", 0),
    ("骨干", "独立完成选型、报价、谈判", 20),
    ("主管", "带一个组，把关报价和合同", 30),
    ("经理", "对部门的目标和制度执行负责", 40),
    ("总经理", "对公司的方向和文化负责", 40),
)
PLACES = {"s1": 1, "s2": 1, "t1": 2, "p1": 3, "c1": 2, "w1": 3, "f1": 3, "m1": 4, "l1": 5}


def stories(stage: Stage) -> list[Script]:
    """Return everything around tests and the curriculum."""
    return [
        entering(stage),
        levels(stage),
        company_test(stage),
        session_test(stage),
        open_test(stage),
        drafting(stage),
    ]


def subjects() -> dict[str, TrainingSubject]:
    """Return the six subjects by their keys, made where training made none yet."""
    with using_locale(CHINESE):
        catalogue.provide_subjects(actor=SYSTEM)
    rows = session.execute(select(TrainingSubject).where(TrainingSubject.key.is_not(None))).scalars()
    return {str(row.key): row for row in rows}


def entering(stage: Stage) -> Script:
    """Personnel enter the bank, a subject a day; one question turns out to be out of date."""
    known: dict[str, TrainingSubject] = {}
    with FILE.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for back, key in zip(range(100, 94, -1), dict.fromkeys(row["subject"] for row in rows), strict=True):
        yield stage.timetable.moment(back, 10, 10)
        known = known or subjects()
        for row in (row for row in rows if row["subject"] == key):
            bank.add_question(actor=stage.actor("h1"), values=question_of(row, known[key].id))
    yield stage.timetable.moment(60, 15, 20)
    outdated = queries.offered(known["finance"].id, 1)[0]
    bank.set_active(outdated, actor=stage.actor("h1"), version=outdated.version, active=False)


def question_of(row: dict[str, str], subject_id: int) -> QuestionValues:
    """Return a question of the file."""
    answer = read_answer(row["answer"])
    if answer is None:
        raise ValueError(row["text"])
    kind, places = answer
    options = tuple(row["options"].split("|")) if row["options"] else ()
    return QuestionValues(
        QuestionKind(kind),
        row["text"],
        subject_id,
        options,
        places,
        Difficulty(row["difficulty"]),
        row["about"],
        row["explanation"],
    )


def levels(stage: Stage) -> Script:
    """Five levels, the plans of three out of the templates, and where people stand."""
    yield stage.timetable.moment(93, 9, 30)
    keeper, known = stage.actor("h1"), subjects()
    ranks = [
        curriculum.put_level(
            None, actor=keeper, version=None, values=LevelValues(rank, name, description, points)
        )
        for rank, (name, description, points) in enumerate(LEVELS, 1)
    ]
    with using_locale(CHINESE):
        for template in templates.TEMPLATES:
            items = tuple(
                ItemValues(known[item.subject_key].id, str(item.topic), item.sessions)
                for item in template.items
            )
            values = PlanValues(
                str(template.title),
                template.stage,
                ranks[template.rank - 1].id,
                str(template.description),
                items=items,
            )
            curriculum.put_plan(None, actor=keeper, version=None, values=values)
    yield stage.timetable.moment(93, 14, 0)
    for number, rank in PLACES.items():
        curriculum.place_person(
            person(number).id,
            actor=stage.actor("h1"),
            level_id=ranks[rank - 1].id,
            since=date(clock.today().year, 1, 1),
            note="按现任岗位登记",
        )


def make(stage: Stage, title: str, days: int, **values: Any) -> Exam:
    """Set up a test of personnel and publish it; it is open for some days."""
    opens = clock.now()
    closes = clock.from_local(
        clock.to_local(opens + timedelta(days=days)).replace(hour=18, minute=0, second=0, tzinfo=None)
    )
    exam = actions.create_exam(actor=stage.actor("h1"), values=ExamValues(title, opens, closes, **values))
    actions.fire(exam, "publish", actor=stage.actor("h1"), version=exam.version)
    session.flush()
    return exam


def answer(stage: Stage, exam: Exam, who: str) -> None:
    """One person answers: what they know is right, the rest they guess, the same in every demo."""
    actor = stage.actor(who)
    answering.start(exam, actor=actor)
    ticked = {
        item.id: item.answers if knows(who, item.text) else [(item.answers[0] + 1) % (len(item.options) or 2)]
        for item in exam.items
    }
    answering.submit(exam, actor=actor, answers=ticked)


def knows(who: str, text: str) -> bool:
    """Tell whether a person of the demo knows a question."""
    return int(hashlib.sha256(f"{who} {text}".encode()).hexdigest(), 16) % 10 < KNOWING[who]


def company_test(stage: Stage) -> Script:
    """A test of the whole company, closed since; who passed gets a certificate, one of which was a mistake."""
    yield stage.timetable.moment(46, 9, 0)
    exam = make(stage, "产品知识季度测试", 7, subject_id=subjects()["products"].id, draw_count=8, attempts=2,
                draw_subject_id=subjects()["products"].id, pass_mark=60)  # fmt: skip
    for place, who in enumerate(PEOPLE):
        yield stage.timetable.moment(45, 9, 10 + 5 * place)
        answer(stage, exam, who)
    yield stage.timetable.moment(38, 9, 0)
    actions.fire(exam, "close", actor=stage.actor("h1"), version=exam.version)
    values = CertificateValues("产品知识考核合格证书", f"参加“{exam.title}”测试", exam_id=exam.id)
    passed = queries.passed_without_certificate(exam)[:5]
    for user_id, _name in passed:
        issue(stage, user_id, values)
    yield stage.timetable.moment(30, 16, 0)
    holder = person("t1")
    values = CertificateValues("内部讲师证书", "主讲选型培训三次", clock.today() + timedelta(days=730))
    row = issue(stage, holder.id, values)
    yield stage.timetable.moment(29, 9, 30)
    certificates.revoke(row, actor=stage.actor("h1"), version=row.version, reason="姓名对应错误，另行颁发")


def issue(stage: Stage, user_id: int, values: CertificateValues) -> Any:
    """Issue one certificate in the open day."""
    number = next_number(CERTIFICATE, "ZS")
    holder = next(person(each) for each in PEOPLE if person(each).id == user_id)
    prepared = certificates.prepare(number, holder, values, NAME)
    return certificates.keep(prepared, actor=stage.actor("h1"), values=values)


def session_test(stage: Stage) -> Script:
    """The last sessions that were held get their tests, which those present answer."""
    for back in (20, 13, 6):
        yield stage.timetable.moment(back, 9, 20)
        statement = (
            select(TrainingSession)
            .where(TrainingSession.status.in_(WAS_HELD), TrainingSession.subject_id.is_not(None))
            .where(TrainingSession.id.not_in(select(Exam.session_id).where(Exam.session_id.is_not(None))))
            .order_by(TrainingSession.starts_at.desc(), TrainingSession.id.desc())
            .limit(1)
        )
        of = session.execute(statement).unique().scalar_one_or_none()
        if of is None:
            continue
        exam = make(stage, f"课后测试：{of.title}"[:120], 3, session_id=of.id, draw_count=5, attempts=2,
                    draw_subject_id=of.subject_id, pass_mark=60)  # fmt: skip
        present = set(queries.still_to_answer(exam))
        for place, who in enumerate(number for number in PEOPLE if person(number).id in present):
            yield stage.timetable.moment(back, 10, 5 * place)
            answer(stage, exam, who)


def open_test(stage: Stage) -> Script:
    """A test of the sales department is open: one has answered, the others are asked for."""
    yield stage.timetable.moment(2, 9, 0)
    known = subjects()
    exam = make(
        stage,
        "报价与合同知识测试",
        14,
        department_id=person("m1").department_id,
        draw_count=10,
        draw_subject_id=known["contracts"].id,
        attempts=2,
    )
    yield stage.timetable.moment(1, 9, 30)
    answer(stage, exam, "s1")


def drafting(stage: Stage) -> Script:
    """Another test is being set up."""
    yield stage.timetable.moment(1, 15, 0)
    known = subjects()
    opens = clock.now() + timedelta(days=3)
    values = ExamValues(
        "新员工入职测试", opens, opens + timedelta(days=7), subject_id=known["culture"].id, pass_mark=80
    )
    exam = actions.create_exam(actor=stage.actor("h1"), values=values)
    chosen = [row.id for row in queries.offered(known["culture"].id, 4)]
    actions.choose(exam, actor=stage.actor("h1"), version=exam.version, offered=chosen, chosen=chosen)
