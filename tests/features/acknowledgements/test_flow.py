"""The life of the letter: asked for once, handed in, filed by another person, taken back."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core import clock
from app.core import settings as installation
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.files import files_for
from app.core.notices import Notice
from app.core.permissions import SYSTEM, Role
from app.core.tasks import open_tasks
from app.core.uow import unit_of_work
from app.features.acknowledgements import actions, queries, wording
from app.features.acknowledgements.enums import ACKNOWLEDGEMENT, AcknowledgementStatus
from app.features.acknowledgements.flow import FLOW
from app.features.acknowledgements.models import Acknowledgement
from app.features.people import actions as people
from app.features.people.models import User
from app.features.people.welcome import first_page
from app.features.rules import evidence, pdf, reading
from app.features.rules import letters as counting
from app.features.rules import queries as rule_queries
from tests import factories, paper_tools
from tests.features.acknowledgements import letters
from tests.features.rules import rulebook


@pytest.fixture
def keeper() -> User:
    return factories.user("韩梅", "h1", None, [Role.PEOPLE])


@pytest.fixture
def person() -> User:
    return factories.user("孙晓", "s1", factories.department("销售部"), [Role.SALESPERSON])


def waiting(letter_id: int) -> list[tuple[str, int | None, str | None]]:
    return [(task.kind, task.user_id, task.permission) for task in open_tasks(ACKNOWLEDGEMENT, letter_id)]


def switch(on: bool) -> None:
    with unit_of_work():
        installation.put("modules.switches", {"acknowledgements": on})


def test_asked_handed_in_confirmed(keeper: User, person: User) -> None:
    number = letters.asked(person)
    assert waiting(number) == [("acknowledgement:sign", person.id, None)]
    assert session.query(Notice).filter_by(user_id=person.id).count() == 1
    letter = letters.step(number, "hand_in", person, signed_on=clock.today(), scan=letters.scan())
    assert (letter.status, letter.text_version, letter.text_hash) == (
        "handed_in",
        wording.VERSION,
        wording.hash_of(wording.VERSION),
    )
    assert waiting(number) == [("acknowledgement:confirm", None, "acknowledgements:letter:keep")]
    assert not queries.has_filed(person.id)
    letter = letters.step(number, "confirm", keeper)
    assert letter.filed_by is not None
    assert (letter.status, letter.filed_by.name) == ("filed", "韩梅")
    assert queries.has_filed(person.id)
    assert waiting(number) == []
    found = queries.letters_of([person.id, keeper.id])
    assert list(found) == [person.id]
    assert letter.scan is not None
    assert found[person.id].scan_hash == letter.scan.sha256


def test_a_letter_is_asked_for_once_and_by_nobody_else(keeper: User, person: User) -> None:
    number = letters.asked(person)
    for actor in (SYSTEM, factories.actor(keeper), factories.actor(person)):
        with unit_of_work():
            assert actions.ask(person.id, actor=actor).id == number
    other = factories.user("周静", "s2", None, [Role.SALESPERSON])
    with pytest.raises(Denied) as refused, unit_of_work():
        actions.ask(person.id, actor=factories.actor(other))
    assert "韩梅" in refused.value.sentence()


def test_nobody_files_the_own_letter(keeper: User) -> None:
    number = letters.asked(keeper)
    with pytest.raises(Denied):
        letters.step(number, "file", keeper, signed_on=clock.today(), scan=letters.scan())
    letters.step(number, "hand_in", keeper, signed_on=clock.today(), scan=letters.scan())
    with pytest.raises(Denied):
        letters.step(number, "confirm", keeper)
    second = factories.user("高翔", "admin", None, [Role.ADMINISTRATOR])
    assert letters.step(number, "confirm", second).status == "filed"


def test_day_and_scan_are_asked_for_at_their_fields(keeper: User, person: User) -> None:
    number = letters.asked(person)
    late = clock.today() + timedelta(days=1)
    for data, fields in (
        ({}, {"signed_on", "file"}),
        ({"signed_on": late, "scan": letters.scan()}, {"signed_on"}),
        ({"signed_on": clock.today(), "scan": None}, {"file"}),
    ):
        with pytest.raises(Invalid) as refused:
            letters.step(number, "file", keeper, **data)
        assert set(refused.value.fields) == fields
    assert files_for(ACKNOWLEDGEMENT, number) == []


def test_what_is_returned_or_taken_off_the_file_counts_no_more_but_its_scan_stays(
    keeper: User, person: User
) -> None:
    number = letters.handed_in(person)
    with pytest.raises(Invalid):
        letters.step(number, "return", keeper)
    letter = letters.step(number, "return", keeper, "签字看不清")
    assert (letter.status, letter.signed_on, letter.scan) == ("missing", None, None)
    assert waiting(number) == [("acknowledgement:sign", person.id, None)]
    letters.step(number, "file", keeper, signed_on=clock.today(), scan=letters.scan())
    assert queries.has_filed(person.id)
    letters.step(number, "reopen", keeper, "姓名写错")
    assert not queries.has_filed(person.id)
    assert len(files_for(ACKNOWLEDGEMENT, number)) == 2
    assert all(row.legal_hold for row in files_for(ACKNOWLEDGEMENT, number))


def test_only_the_person_and_the_keeper_see_a_letter(keeper: User, person: User) -> None:
    number = letters.asked(person)
    other = factories.user("马仓库", "w1", factories.department("仓库"), [Role.WAREHOUSE])
    elsewhere = factories.user("分部人事", "h2", factories.department("分部"), [Role.PEOPLE])
    for who in (other, elsewhere):
        with pytest.raises(NotVisible):
            queries.get_letter(factories.actor(who), number)
    for who in (keeper, person):
        assert queries.get_letter(factories.actor(who), number).id == number


def test_everybody_is_asked_in_time_and_leavers_are_not(keeper: User, person: User) -> None:
    factories.user("离职者", "x1", active=False)
    switch(False)
    actions.keep_up({})
    assert session.query(Acknowledgement).count() == 0
    switch(True)
    actions.keep_up({})
    actions.keep_up({})
    assert {letter.owner_id for letter in session.query(Acknowledgement)} == {keeper.id, person.id}


def test_who_sets_the_first_password_is_asked_and_led_to_the_letter(keeper: User, person: User) -> None:
    with unit_of_work():
        people.change_password(
            session.get_one(User, person.id), password_hash="x", actor=factories.actor(person)
        )
    letter = queries.letter_of(person.id)
    assert letter is not None
    assert letter.status == "missing"
    assert first_page(person.id) == "/acknowledgements/mine"
    letters.step(letter.id, "file", keeper, signed_on=clock.today(), scan=letters.scan())
    assert first_page(person.id) == "/"
    switch(False)
    assert first_page(keeper.id) == "/"
    with unit_of_work():
        people.change_password(
            session.get_one(User, keeper.id), password_hash="x", actor=factories.actor(keeper)
        )
    assert queries.letter_of(keeper.id) is None


def test_the_text_stands_in_both_languages_and_its_hash_is_that_of_the_chinese_one() -> None:
    assert len(wording.paragraphs(1)) == len(wording.paragraphs(1, "en")) == 9
    assert not any("\u4e00" <= character <= "\u9fff" for character in wording.text_of(1, "en"))
    # a published text is never changed
    assert wording.hash_of(1) == "5af7a0f41526c1e365d53d1db318d342c7662d4b28b46321068ccb5c0dbac512"


STEPS = ("hand_in", "file", "confirm", "return", "reopen")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(walk=st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(["person", "keeper"])), max_size=8))
def test_after_any_history_what_is_filed_is_whole_and_tasks_follow_the_state(
    keeper: User, person: User, walk: list[tuple[str, str]]
) -> None:
    number = letters.asked(person)
    if letters.load(number).status != AcknowledgementStatus.MISSING:
        step = "reopen" if letters.load(number).status == AcknowledgementStatus.FILED else "return"
        letters.step(number, step, keeper, "重来")
    for name, who in walk:
        before = letters.load(number).status
        actor = keeper if who == "keeper" else person
        try:
            letters.step(number, name, actor, "原因", signed_on=clock.today(), scan=letters.scan())
        except (Denied, Conflict):
            session.rollback()
            assert letters.load(number).status == before
    letter = letters.load(number)
    kinds = [task.kind for task in open_tasks(ACKNOWLEDGEMENT, number)]
    assert kinds == [want.kind for want in FLOW.wanted_tasks(letter)]
    assert queries.has_filed(person.id) == (letter.status == AcknowledgementStatus.FILED)
    assert (letter.scan is not None) == (letter.status != AcknowledgementStatus.MISSING)
    if letter.status == AcknowledgementStatus.FILED:
        assert letter.filed_by_id == keeper.id


def test_a_signature_counts_from_the_letter_or_from_itself_whichever_is_later(keeper: User) -> None:
    desk = rulebook.desk()
    number = rulebook.published(desk)
    for who in ("reader", "colleague"):
        with unit_of_work():
            reading.note_opened(number, getattr(desk, who).id)
            reading.reach_end(rulebook.load(number), actor=desk.actor(who))
            reading.sign(rulebook.load(number), actor=desk.actor(who), answers={})
    with unit_of_work():
        reading.enter_sheet(
            rulebook.load(number),
            actor=desk.actor("manager"),
            people=[desk.other.id],
            sheet=rulebook.picture(),
        )
    today = clock.today()
    letters.filed(desk.reader, keeper, today - timedelta(days=9))
    rows = {row.name: row for row in rule_queries.signatures(rulebook.load(number))}
    on_file = counting.of_signers(rows.values())
    told = {name: counting.counts_from(row, on_file) for name, row in rows.items()}
    assert told == {"孙晓": today, "周静": None, "马仓库": today}
    assert counting.count_waiting(rulebook.load(number)) == 1
    with clock.frozen(clock.now() + timedelta(days=5)):
        letters.filed(desk.colleague, keeper, clock.today())
        row = next(row for row in rule_queries.signatures(rulebook.load(number)) if row.name == "周静")
        assert counting.counts_from(row, counting.of_signers([row])) == today + timedelta(days=5)
    assert counting.count_waiting(rulebook.load(number)) == 0


def test_a_proof_is_made_anew_once_the_letter_has_come(keeper: User, tmp_path: Path) -> None:
    desk = rulebook.desk()
    number = rulebook.published(desk)
    with unit_of_work():
        reading.note_opened(number, desk.reader.id)
        reading.reach_end(rulebook.load(number), actor=desk.actor("reader"))
        reading.sign(rulebook.load(number), actor=desk.actor("reader"), answers={})

    def words() -> str:
        version = rulebook.load(number)
        signatures = evidence.told(version, desk.reader.id)
        paper = pdf.evidence_paper(version, "沃垦", signatures, "CODE", counting.of_signers(signatures))
        return paper_tools.text_of(paper_tools.saved(tmp_path, paper)).replace(" ", "")

    before = counting.hash_of(evidence.told(rulebook.load(number), desk.reader.id))
    assert "待补确认书" in words()
    assert "作为“已阅”" in words()
    letter = letters.load(letters.filed(desk.reader, keeper))
    assert counting.hash_of(evidence.told(rulebook.load(number), desk.reader.id)) != before == ""
    assert letter.scan is not None
    told = words()
    assert "待补确认书" not in told
    assert wording.hash_of(1) in told
    assert letter.scan.sha256[:20] in told
    assert wording.paragraphs(1)[0][:12] in told
