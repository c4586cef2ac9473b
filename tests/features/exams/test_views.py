"""The pages of tests over HTTP: the bank, setting up, answering without scripts, results, certificates, rights."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from app.core import clock, imports
from app.core import settings as installation
from app.core.db import session
from app.core.files import StoredFile, read_bytes
from app.core.permissions import Role
from app.core.uow import unit_of_work
from app.features.exams import queries
from app.features.exams.imports import KIND
from app.features.exams.models import Certificate, Exam, ExamQuestion
from app.features.people.models import User
from app.features.seals import keys
from tests import factories
from tests.client import Client
from tests.features.exams import school as schools
from tests.features.exams.school import School, answered, load
from tests.imports import act, faults, post_file, upload

Queries = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture(autouse=True)
def monday(at) -> None:
    at(2026, 11, 23, 9, 0)


@pytest.fixture
def school() -> School:
    return schools.school()


def sheet_values(client: Client, exam: Exam, answers: dict[int, tuple[int, ...]]) -> dict[str, object]:
    values: dict[str, object] = client.page.values(f"/exams/{exam.id}/answer")
    return values | {f"item_{number}": [str(place) for place in places] for number, places in answers.items()}


# The bank


def test_who_keeps_the_bank_writes_a_question_once(client: Client, school: School) -> None:
    for person in (school.reader, school.leader):
        assert client.as_(person).get("/exams/bank").status_code == 403
        assert client.as_(person).get("/exams/bank/new").status_code == 403
    client.as_(school.keeper).get("/exams/bank/new")
    values = client.page.values("/exams/bank/new")
    assert client.post("/exams/bank/new", values).status_code == 422
    given = {
        **values,
        "kind": "several",
        "text": "哪些要写进询价？",
        "option_0": "工况",
        "option_1": "数量",
        "option_2": "星座",
        "subject_id": str(school.subject.id),
    }
    refused = client.post("/exams/bank/new", {**given, "answer": ["0"]})
    assert refused.status_code == 422
    assert "多选题请至少选两个正确的选项" in client.page.text
    assert client.page.one("input", name="option_1").attributes["value"] == "数量"
    done = client.post("/exams/bank/new", {**given, "answer": ["0", "1"]})
    assert done.status_code == 303
    assert client.post("/exams/bank/new", {**given, "answer": ["0", "1"]}).status_code == 303
    assert session.query(ExamQuestion).count() == 1
    client.get(done.headers["Location"])
    assert "哪些要写进询价？" in client.page.text
    assert client.as_(school.reader).get(done.headers["Location"]).status_code == 403


def test_a_question_is_changed_retired_and_taken_back(client: Client, school: School) -> None:
    question = school.question()
    page = f"/exams/bank/{question.id}"
    client.as_(school.keeper).get(f"{page}/edit")
    values = client.page.values(f"{page}/edit")
    assert values["text"] == "阀门选型先问什么？"
    assert client.post(f"{page}/edit", {**values, "text": "先问什么？"}).status_code == 303
    assert client.post(f"{page}/edit", {**values, "text": "旧的"}).status_code == 409
    client.get(page)
    assert "阀门选型先问什么？" in client.page.text
    for step, said in (("retire", "已停用"), ("restore", "使用中")):
        version = str(session.get_one(ExamQuestion, question.id).version)
        client.get(page)
        form = client.page.values(f"{page}/{step}")
        assert form["version"] == version
        assert client.post(f"{page}/{step}", form).status_code == 303
        client.get(page)
        assert said in client.page.text
        session.expire_all()
    assert client.get("/exams/bank/999").status_code == 404


def test_questions_come_from_a_table(client: Client, school: School) -> None:
    rows = [
        ["题目", "科目", "题型", "答案", "选项A", "选项B", "选项C", "难度", "出处", "解析"],
        ["单选？", "产品知识", "", "B", "甲", "乙", "", "熟练", "条款", "因为"],
        ["多选？", "产品知识", "多选题", "AC", "甲", "乙", "丙", "", "", ""],
        ["判断？", "产品知识", "判断题", "对", "", "", "", "精通", "", ""],
        ["没有科目？", "天文", "", "A", "甲", "乙", "", "", "", ""],
        ["答案不对？", "产品知识", "", "Z", "甲", "乙", "", "", "", ""],
        ["少选项？", "产品知识", "", "A", "甲", "", "", "", "", ""],
    ]
    batch = upload(KIND, school.keeper, *rows)
    said = " ".join(sentence for _row, _field, sentence in faults(batch))
    assert "没有这个科目" in said
    assert "答案应是选项的字母" in said
    client.as_(school.keeper)
    assert client.get(f"/exams/bank/imports/{batch.id}").status_code == 200
    act(imports.confirm, KIND, batch, school.keeper)
    found = {row.text: row for row in session.query(ExamQuestion)}
    assert set(found) == {"单选？", "多选？", "判断？"}
    assert (found["多选？"].kind, found["多选？"].answers) == ("several", [0, 2])
    assert (found["判断？"].kind, found["判断？"].options, found["判断？"].answers) == ("true_false", [], [0])
    assert (found["单选？"].difficulty, found["单选？"].about) == ("skilled", "条款")


# Setting up and answering


def test_a_test_is_set_up_chosen_published_and_answered_without_scripts(
    client: Client, school: School
) -> None:
    questions = school.questions(3)
    assert client.as_(school.reader).get("/exams/new").status_code == 403
    client.as_(school.keeper).get("/exams/new")
    values = client.page.values("/exams/new")
    assert client.post("/exams/new", values).status_code == 422
    given = {
        **values,
        "title": "十一月测试",
        "opens_at": "2026-11-23 09:00",
        "closes_at": "2026-11-23 18:00",
        "department_id": str(school.department.id),
        "attempts": "2",
    }
    made = client.post("/exams/new", given)
    assert made.status_code == 303
    page = made.headers["Location"]
    assert client.as_(school.reader).get(page).status_code == 404
    client.as_(school.keeper).get(f"{page}/questions")
    form = f"{page}/questions?subject=0"
    ticks = client.page.values(form) | {
        "chosen": [str(question.id) for question in questions],
        "offered": [str(question.id) for question in questions],
    }
    assert client.post(form, ticks).status_code == 303
    client.get(page)
    assert client.post(f"{page}/publish", client.page.values(f"{page}/publish")).status_code == 303
    exam = load(int(page.rsplit("/", 1)[1]))
    client.as_(school.reader).get("/")
    assert "参加测试" in client.page.text
    client.get(page)
    assert client.post(f"{page}/start", client.page.values(f"{page}/start")).status_code == 303
    client.get(f"{page}/answer")
    assert client.page.all("script", src="") == []
    order = [field.attributes["name"] for field in client.page.all("input", type="radio")]
    two = dict(list(answered(exam, 2).items()))
    saved = client.post(f"{page}/answer", sheet_values(client, exam, two))
    assert saved.status_code == 303
    client.get(f"{page}/answer")
    assert order == [field.attributes["name"] for field in client.page.all("input", type="radio")]
    assert len([box for box in client.page.all("input", type="radio") if "checked" in box.attributes]) == 3
    handed_in = {**sheet_values(client, exam, two), "hand_in": "1"}
    assert client.post(f"{page}/answer", handed_in).headers["Location"] == page
    client.get(page)
    assert "未及格" in client.page.text
    assert "66" in client.page.text
    assert "正确答案在测试结束后按设置公布" in client.page.text
    again = client.post(f"{page}/answer", handed_in)
    assert again.status_code == 409
    assert "这次提交没有改变结果" in client.page.text
    assert len([box for box in client.page.all("input", type="radio") if "checked" in box.attributes]) == 3
    assert client.get(f"{page}/answer").status_code == 303


def test_too_late_is_said_and_what_was_ticked_remains(client: Client, school: School, at) -> None:
    exam = school.exam(*school.questions(2))
    page = f"/exams/{exam.id}"
    client.as_(school.reader).get(page)
    client.post(f"{page}/start", client.page.values(f"{page}/start"))
    client.get(f"{page}/answer")
    values = {**sheet_values(client, exam, answered(exam, 2)), "hand_in": "1"}
    at(2026, 11, 23, 11, 30)
    refused = client.post(f"{page}/answer", values)
    assert refused.status_code == 409
    assert "截止，不能再交卷" in client.page.text
    assert len([box for box in client.page.all("input", type="radio") if "checked" in box.attributes]) == 2
    assert queries.sheets_of(exam.id, school.reader.id)[0].submitted_at is None
    client.get(page)
    assert "未交卷" in client.page.text
    assert client.post(f"{page}/start", values).status_code == 409


def test_the_result_comes_with_the_answers_after_closing(client: Client, school: School, at) -> None:
    exam = school.exam(school.question(explanation="先看介质和压力"))
    school.answer(exam, 0)
    page = f"/exams/{exam.id}"
    client.as_(school.reader).get(page)
    assert "先看介质和压力" not in client.page.text
    at(2026, 11, 23, 12, 0)
    client.get(page)
    assert "先看介质和压力" in client.page.text
    assert "工况" in client.page.text
    with unit_of_work():
        installation.put("exams.show_answers", "never")
    client.get(page)
    assert "先看介质和压力" not in client.page.text


def test_those_absent_see_nothing_of_the_test_of_a_session(client: Client, school: School) -> None:
    of = school.training(school.reader, absent=[school.colleague])
    exam = school.exam(school.question(), session_id=of.id)
    page = f"/exams/{exam.id}"
    assert client.as_(school.colleague).get(page).status_code == 404
    assert client.post(f"{page}/start", {"csrf_token": "x"}).status_code in (400, 404)
    assert client.as_(school.reader).get(page).status_code == 200
    client.as_(school.manager).get(page)
    assert "阀门选型先问什么？" in client.page.text
    start = client.post(f"{page}/start", client.page.values(f"{page}/close"))
    assert start.status_code == 403
    assert "只有到场的人才能作答" in client.page.text


def test_questions_and_results_of_others_are_for_who_may(client: Client, school: School) -> None:
    exam = school.exam(school.question())
    school.answer(exam, 1)
    page = f"/exams/{exam.id}"
    client.as_(school.colleague).get(page)
    assert "孙晓" not in client.page.text
    assert "工况" not in client.page.text
    assert client.get(f"{page}/results").status_code == 403
    assert client.get(f"{page}/edit").status_code == 403
    assert client.get(f"{page}/questions").status_code == 403
    for person in (school.keeper, school.manager, school.leader):
        client.as_(person).get(f"{page}/results")
        assert "孙晓" in client.page.text
        assert client.get(f"{page}/results?format=xlsx").status_code == 200
    elsewhere = factories.user("别的经理", "e9", factories.department("仓库"), [Role.MANAGER])
    assert client.as_(elsewhere).get(page).status_code == 404


@pytest.mark.parametrize("address", ["/exams", "/exams/bank", "/exams/certificates"])
def test_a_list_asks_the_same_for_one_and_for_thirty(
    client: Client, school: School, queries: Queries, address: str
) -> None:
    def fill(count: int) -> None:
        for question in [school.question(f"{clock.now()} {count} {place}") for place in range(count)]:
            exam = school.exam(question)
            with unit_of_work():
                session.add(certificate(school.reader, exam))

    client.as_(school.keeper).get(address)
    sent = []
    for count in (1, 29):
        fill(count)
        client.get(address)
        with queries() as asked:
            client.get(address)
        sent.append(len(asked))
    assert sent[0] == sent[1]


def certificate(person: User, exam: Exam) -> Certificate:
    return Certificate(
        number=f"ZS-{exam.id}",
        user_id=person.id,
        person_name=person.name,
        title="合格证书",
        exam_id=exam.id,
        issued_on=clock.today(),
        issued_by_id=exam.owner_id,
        code=f"{exam.id:024d}",
        document_id=f"d{exam.id}",
        sha256="0" * 64,
        created_at=clock.now(),
        updated_at=clock.now(),
    )


# Certificates


def test_a_certificate_is_issued_checked_by_anybody_and_revoked(client: Client, school: School) -> None:
    keys.create("沃垦农机")
    exam = school.exam(school.question())
    school.answer(exam, 1)
    assert client.as_(school.manager).get("/exams/certificates/new").status_code == 403
    form = f"/exams/certificates/new?exam={exam.id}"
    client.as_(school.keeper).get(form)
    values = client.page.values(form)
    assert values["title"] == "产品知识测试合格证书"
    nobody = {key: value for key, value in values.items() if key != "people"}
    assert client.post(form, nobody).status_code == 422
    assert client.post(form, {**values, "people": [str(school.reader.id)]}).status_code == 303
    row = session.query(Certificate).one()
    assert (row.user_id, row.exam_id) == (school.reader.id, exam.id)
    page = f"/exams/certificates/{row.id}"
    for person, status in ((school.reader, 200), (school.manager, 200), (school.colleague, 404)):
        assert client.as_(person).get(page).status_code == status
    stored = read_bytes(session.get_one(StoredFile, row.stored_file_id))
    assert stored.startswith(b"%PDF")
    client.as_(school.reader).get(f"/files/{row.stored_file_id}")
    client.get(f"/verify/{row.code}")
    assert all(text in client.page.text for text in (row.number, "孙晓", "产品知识测试合格证书"))
    check(client, stored, "没有任何改动")
    check(client, stored + b"\n% more", "后面又加了内容")
    client.as_(school.keeper).get(page)
    revoke = client.page.values(f"{page}/revoke")
    assert client.post(f"{page}/revoke", revoke).status_code == 422
    assert client.post(f"{page}/revoke", {**revoke, "reason": "发错了人"}).status_code == 303
    assert client.post(f"{page}/revoke", {**revoke, "reason": "再来一次"}).status_code == 409
    client.get(f"/verify/{row.code}")
    assert "撤销" in client.page.text
    check(client, stored, "撤销")


def check(client: Client, content: bytes, said: str) -> None:
    client.get("/verify")
    post_file(client, "/verify", "paper.pdf", content)
    assert said in client.page.text


def test_nobody_certifies_themselves(client: Client, school: School) -> None:
    client.as_(school.keeper).get("/exams/certificates/new")
    values = client.page.values("/exams/certificates/new")
    given = {**values, "people": [str(school.keeper.id)], "title": "证书"}
    assert client.post("/exams/certificates/new", given).status_code == 422
    assert session.query(Certificate).count() == 0


def test_off_means_gone(client: Client, school: School) -> None:
    exam = school.exam(school.question())
    with unit_of_work():
        installation.put("modules.preset", "essential")
    client.as_(school.keeper)
    for address in ("/exams", f"/exams/{exam.id}", "/exams/bank", "/exams/certificates"):
        assert client.get(address).status_code == 404
    client.get("/")
    assert "题库" not in client.page.text
    assert clock.now() + timedelta(hours=2) == load(exam.id).closes_at
