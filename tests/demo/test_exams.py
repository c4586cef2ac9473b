"""What the demo shows of tests and curriculum: a full bank, results, certificates, plans of three levels."""

from sqlalchemy import func, select

from app.core.db import session
from app.features.curriculum import readiness
from app.features.curriculum.models import CareerLevel, CurriculumPlan
from app.features.exams.models import Certificate, Exam, ExamQuestion, ExamSheet
from app.features.people.models import User
from app.features.training.models import TrainingSubject


def test_the_bank_holds_sixty_questions_over_six_subjects() -> None:
    counts = session.execute(
        select(TrainingSubject.key, func.count(ExamQuestion.id))
        .join(ExamQuestion, ExamQuestion.subject_id == TrainingSubject.id)
        .group_by(TrainingSubject.key)
    ).all()
    assert len(counts) == 6
    assert sum(count for _key, count in counts) == 60
    assert {row.kind for row in session.execute(select(ExamQuestion.kind))} == {
        "single",
        "several",
        "true_false",
    }


def test_tests_stand_in_every_state_with_results() -> None:
    states = set(session.execute(select(Exam.status)).scalars())
    assert {"draft", "published", "closed"} <= states
    of_sessions = select(func.count(Exam.id)).where(Exam.session_id.is_not(None))
    assert session.execute(of_sessions).scalar_one() >= 2
    passed = set(session.execute(select(ExamSheet.passed)).scalars())
    assert passed == {True, False}


def test_certificates_stand_and_one_was_revoked() -> None:
    rows = list(session.execute(select(Certificate)).unique().scalars())
    assert len(rows) >= 4
    assert sum(row.revoked_at is not None for row in rows) == 1


def test_levels_plans_and_people_have_their_places() -> None:
    assert session.query(CareerLevel).count() == 5
    assert session.query(CurriculumPlan).count() == 3
    people = list(session.execute(select(User).where(User.active)).scalars())
    found = readiness.progress_of(people)
    assert sum(each.level is not None for each in found) == 9
    assert any(each.done for each in found)
