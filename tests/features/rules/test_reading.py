"""Reading to the end, answering, signing; reminders, sheets signed by hand, people who come later; the proof."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.core import clock, files
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.notices import unread_count
from app.core.permissions import SYSTEM, Role
from app.core.signing import inspect
from app.core.tasks import open_tasks
from app.core.uow import unit_of_work
from app.features.people import actions as people
from app.features.people.models import User
from app.features.rules import evidence, procedure, queries, reading
from app.features.rules.models import RuleReading, RuleSignature, RuleVersion
from app.features.seals import keys
from app.features.verify import queries as verification
from tests import factories, paper_tools
from tests.features.rules import rulebook
from tests.features.rules.rulebook import Desk


@pytest.fixture
def desk(at: Callable[..., Any]) -> Desk:
    at(2026, 11, 23, 9, 0)
    return rulebook.desk()


def opened(version_id: int, person: User) -> None:
    with unit_of_work():
        reading.note_opened(version_id, person.id)


def end(desk: Desk, version_id: int, who: str = "reader") -> None:
    with unit_of_work():
        reading.reach_end(rulebook.load(version_id), actor=desk.actor(who))


def sign(desk: Desk, version_id: int, who: str = "reader", **answers: int | None) -> RuleSignature:
    with unit_of_work():
        return reading.sign(
            rulebook.load(version_id),
            actor=desk.actor(who),
            answers={int(key[1:]): value for key, value in answers.items()},
        )


def read_and_sign(desk: Desk, version_id: int, who: str = "reader") -> None:
    opened(version_id, getattr(desk, who))
    end(desk, version_id, who)
    sign(desk, version_id, who)


def waiting(version_id: int) -> set[int | None]:
    return {task.user_id for task in open_tasks("rule_version", version_id) if task.kind == "rule:read"}


def test_a_signature_keeps_everything_as_it_was(desk: Desk) -> None:
    version_id = rulebook.published(desk)
    read_and_sign(desk, version_id)
    row = session.query(RuleSignature).one()
    assert (row.name, row.staff_number, row.department, row.way) == ("孙晓", "s1", "销售部", "account")
    assert (row.title, row.label) == ("车辆管理办法", "第 1 版")
    assert row.wording == "本人已阅读并理解《车辆管理办法》第 1 版全文，知悉须遵照执行。"
    assert row.content_hash == rulebook.load(version_id).content_hash
    assert None not in (row.opened_at, row.end_reached_at)
    assert desk.reader.id not in waiting(version_id)


def test_signing_before_the_end_twice_or_without_opening_is_refused(desk: Desk) -> None:
    version_id = rulebook.published(desk)
    with pytest.raises(Conflict, match="end-not-reached"):
        sign(desk, version_id)
    with pytest.raises(Conflict, match="not-opened"):
        end(desk, version_id)
    opened(version_id, desk.reader)
    with pytest.raises(Conflict, match="end-not-reached"):
        sign(desk, version_id)
    end(desk, version_id)
    end(desk, version_id)
    sign(desk, version_id)
    with pytest.raises(Conflict, match="signed-already"):
        sign(desk, version_id)


def test_a_version_replaced_while_it_was_read_is_not_signed(desk: Desk) -> None:
    first = rulebook.published(desk)
    opened(first, desk.reader)
    end(desk, first)
    rulebook.revised(desk, first)
    with pytest.raises(Conflict) as found:
        sign(desk, first)
    assert found.value.code == "rule:replaced"
    assert "第 2 版" in found.value.sentence()


def test_a_draft_or_a_rule_made_void_is_not_signed(desk: Desk) -> None:
    draft = rulebook.draft(desk)
    with pytest.raises(Conflict, match="not-published"):
        end(desk, draft)
    version_id = rulebook.published(desk)
    rulebook.step(desk, version_id, "void", "leader", note="停用", void_on=clock.today())
    with pytest.raises(Conflict, match="not-in-force"):
        end(desk, version_id)


def test_only_those_it_concerns_are_asked_and_may_sign(desk: Desk) -> None:
    scope = {"for_everybody": False, "departments": (desk.department.id,), "roles": ("leader",)}
    version_id = rulebook.published(desk, **scope)
    assert waiting(version_id) == {desk.manager.id, desk.leader.id, desk.reader.id, desk.colleague.id}
    with pytest.raises(Denied, match="not-concerned"):
        end(desk, version_id, "other")


def test_wrong_answers_are_said_at_their_questions_and_counted(desk: Desk) -> None:
    version_id = rulebook.draft(desk)
    with unit_of_work():
        question = procedure.put_question(
            rulebook.load(version_id),
            actor=desk.actor("manager"),
            text="谁？",
            options=("甲", "乙"),
            answer=1,
        ).id
    rulebook.approve(desk, version_id)
    opened(version_id, desk.reader)
    end(desk, version_id)
    for given in (0, 1):
        with unit_of_work():
            reading.note_attempt(
                rulebook.load(version_id), actor=desk.actor("reader"), answers={question: given}
            )
    with pytest.raises(Invalid) as found:
        sign(desk, version_id, **{f"q{question}": 0})
    assert set(found.value.fields) == {f"question_{question}"}
    row = sign(desk, version_id, **{f"q{question}": 1})
    assert (row.questions, row.attempts) == (1, 2)


def test_a_sheet_signed_by_hand_is_entered_with_one_photo(desk: Desk) -> None:
    version_id = rulebook.published(desk)

    def enter(people: list[int], sheet: Any, who: str = "manager") -> int:
        with unit_of_work():
            return reading.enter_sheet(
                rulebook.load(version_id), actor=desk.actor(who), people=people, sheet=sheet
            )

    with pytest.raises(Invalid) as found:
        enter([999], None)
    assert set(found.value.fields) == {"people", "file"}
    with pytest.raises(Denied):
        enter([desk.other.id], rulebook.picture(), "reader")
    assert enter([desk.other.id, desk.colleague.id, desk.other.id], rulebook.picture()) == 2
    rows = session.query(RuleSignature).all()
    assert {(row.way, row.entered_by_id, row.stored_file_id) for row in rows} == {
        ("paper", desk.manager.id, rows[0].stored_file_id)
    }
    assert waiting(version_id) == {desk.manager.id, desk.leader.id, desk.reader.id}
    rulebook.step(desk, version_id, "void", "leader", note="停用", void_on=clock.today())
    with pytest.raises(Conflict, match="not-in-force"):
        enter([desk.reader.id], rulebook.picture())


def test_those_who_have_not_signed_are_reminded_once_a_day(desk: Desk) -> None:
    version_id = rulebook.published(desk)
    read_and_sign(desk, version_id)
    before = unread_count(desk.colleague.id)

    def remind() -> int:
        with unit_of_work():
            return reading.remind(rulebook.load(version_id), actor=desk.actor("manager"))

    assert remind() == 4
    assert unread_count(desk.colleague.id) == before + 1
    with pytest.raises(Conflict, match="reminded-already"):
        remind()
    second = rulebook.revised(desk, version_id)
    with unit_of_work(), pytest.raises(Conflict, match="not-in-force"):
        reading.remind(rulebook.load(version_id), actor=desk.actor("manager"))
    assert rulebook.load(second).standing == "in_force"


def test_the_job_asks_people_who_came_later_and_reminds_by_day_only(desk: Desk) -> None:
    version_id = rulebook.published(desk)
    newcomer = factories.user("新人", "n1", desk.department, [Role.SALESPERSON])
    assert newcomer.id not in waiting(version_id)
    reading.keep_up({})
    assert newcomer.id in waiting(version_id)
    due = clock.day_bounds(clock.today() + timedelta(days=6))[0]
    before = unread_count(newcomer.id)
    with clock.frozen(due + timedelta(hours=2)):
        reading.keep_up({})
        assert unread_count(newcomer.id) == before
    for hours in (9, 10):
        with clock.frozen(due + timedelta(hours=hours)):
            reading.keep_up({})
            assert unread_count(newcomer.id) == before + 1
    # what one was still to read is nobody else's: it keeps nobody from leaving
    administrator = factories.user("高翔", "a1", None, [Role.ADMINISTRATOR])
    with unit_of_work():
        people.deactivate(newcomer, version=None, actor=factories.actor(administrator))
    reading.keep_up({})
    assert newcomer.id not in waiting(version_id)


def test_what_the_job_leaves_open_is_what_the_states_imply(desk: Desk) -> None:
    from app.features.rules.flow import FLOW

    first = rulebook.published(desk)
    rulebook.revised(desk, first, rulebook.tomorrow(9))
    rulebook.published(desk, rulebook.tomorrow(3), title="另一份")
    with clock.frozen(clock.now() + timedelta(days=12)):
        reading.keep_up({})
        for version in session.query(RuleVersion):
            wanted = {(want.kind, want.user_id) for want in FLOW.wanted_tasks(version)}
            found = {(task.kind, task.user_id) for task in open_tasks("rule_version", version.id)}
            assert found == wanted


def test_a_reading_is_opened_once(desk: Desk) -> None:
    version_id = rulebook.published(desk)
    opened(version_id, desk.reader)
    opened(version_id, desk.reader)
    assert session.query(RuleReading).count() == 1
    assert queries.last_signed(rulebook.load(version_id).rule_id, desk.reader.id) is None


def test_the_proof_is_recognised_by_the_check_and_an_altered_one_is_not(desk: Desk) -> None:
    keys.create("沃垦农机")
    version_id = rulebook.published(desk)
    with pytest.raises(NotVisible):
        evidence.prepare(rulebook.load(version_id), company="沃垦农机")
    with pytest.raises(Conflict, match="not-published"):
        evidence.prepare(rulebook.load(rulebook.draft(desk)), company="沃垦农机")
    read_and_sign(desk, version_id)
    prepared = evidence.prepare(rulebook.load(version_id), company="沃垦农机", user_id=desk.reader.id)
    with unit_of_work():
        stored = evidence.keep(rulebook.load(version_id), prepared, actor=desk.actor("reader"))
        number = stored.id
    content = prepared.content
    found = inspect(content, keys.trusted_certificates(), verification.StoredCopies())
    assert found.verdict == "genuine"
    proof = verification.proof_of(sha256=found.sha256)
    assert proof is not None
    assert (proof.title, proof.number, proof.signatures) == ("车辆管理办法", "RUL-2026-0001 V1", 1)
    assert verification.proof_of(code=prepared.code) == proof
    assert verification.proof_of(code="nonsense") is None
    assert verification.proof_of(sha256="0" * 64) is None
    changed = bytearray(content)
    changed[len(content) // 2] ^= 1
    found = inspect(bytes(changed), keys.trusted_certificates(), verification.StoredCopies())
    assert found.verdict == "altered"
    assert verification.proof_of(document_id=found.document_id or "") == proof
    known = evidence.known(rulebook.load(version_id), desk.reader.id)
    assert known is not None
    assert (known.id, files.read_bytes(known)) == (number, content)
    read_and_sign(desk, version_id, "colleague")
    assert evidence.known(rulebook.load(version_id), None) is None


def test_the_proof_tells_who_when_and_that_no_third_party_kept_it(desk: Desk, tmp_path: Path) -> None:
    keys.create("沃垦农机")
    version_id = rulebook.published(desk)
    read_and_sign(desk, version_id)
    prepared = evidence.prepare(rulebook.load(version_id), company="沃垦农机")
    text = paper_tools.text_of(paper_tools.saved(tmp_path, prepared.content))
    for wanted in ("本证明由用人单位系统生成，未经第三方存证", "孙晓", "第一条", "知悉须遵照执行"):
        assert wanted in text
    assert reading.wording(queries.get_version(SYSTEM, version_id)) in text.replace("\n", "")


def test_the_proof_names_the_scan_of_the_sheet_signed_by_hand(desk: Desk, tmp_path: Path) -> None:
    keys.create("沃垦农机")
    version_id = rulebook.published(desk)
    with unit_of_work():
        reading.enter_sheet(
            rulebook.load(version_id),
            actor=desk.actor("manager"),
            people=[desk.other.id, desk.colleague.id],
            sheet=rulebook.picture(),
        )
    prepared = evidence.prepare(rulebook.load(version_id), company="沃垦农机")
    text = paper_tools.text_of(paper_tools.saved(tmp_path, prepared.content)).replace("\n", "")
    assert "纸质签字表" in text
    scans = {row.stored_file_id for row in session.query(RuleSignature)}
    scan = session.get_one(files.StoredFile, scans.pop())
    assert scan.sha256[:32] in text
    assert scan.sha256[32:] in text
