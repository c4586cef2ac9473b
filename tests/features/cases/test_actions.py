"""Cases by their actions: written, checked, anonymous, tied to documents, spoken of."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import clock, growth, search, timeline, topics
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.files import CheckedFile, files_for
from app.core.search_index import SearchEntry
from app.core.tasks import open_tasks
from app.core.uow import unit_of_work
from app.features.cases import actions, anonymity, offering, pdf, queries
from app.features.cases.enums import CASE, MarkKind
from app.features.cases.flow import FLOW
from app.features.cases.models import CaseStudy
from app.features.people import leaving
from tests.features.cases import desk
from tests.features.cases.desk import House
from tests.paper_tools import saved, text_of

NAMES = ("恒泰阀门", "恒泰", "aB0", "苏州恒泰")
STEPS = [step.name for step in FLOW.steps]
PEOPLE = ("writer", "colleague", "manager", "leader")


@pytest.fixture
def house() -> House:
    return desk.house()


def sees(house: House, name: str, number: int) -> bool:
    try:
        queries.get_case(house.actor(name), number)
    except NotVisible:
        return False
    return True


def test_nobody_reads_a_case_before_it_was_checked_by_another(house: House) -> None:
    number = desk.draft(house)
    assert [name for name in ("writer", "colleague", "manager") if sees(house, name, number)] == ["writer"]
    desk.step(house, number, "submit", "writer")
    assert desk.load(number).number.startswith("AL-")
    assert [
        name for name in ("writer", "colleague", "manager", "leader", "keeper") if sees(house, name, number)
    ] == [
        "writer",
        "manager",
        "leader",
    ]
    for who in ("writer", "colleague"):
        with pytest.raises((Denied, NotVisible)):
            desk.step(house, number, "publish", who)
    desk.step(house, number, "publish", "manager")
    assert all(sees(house, name, number) for name in ("writer", "colleague", "manager", "leader", "keeper"))
    assert open_tasks(CASE, number) == []
    assert search.find(house.actor("keeper"), "换型")


def test_the_manager_checks_all_but_their_own(house: House) -> None:
    number = desk.draft(house, "manager")
    desk.step(house, number, "submit", "manager")
    with pytest.raises(Denied):
        desk.step(house, number, "publish", "manager")
    assert desk.step(house, number, "publish", "leader").status == "published"


def test_sent_back_with_a_reason_it_waits_for_its_author(house: House) -> None:
    number = desk.draft(house)
    desk.step(house, number, "submit", "writer")
    with pytest.raises(Invalid):
        desk.step(house, number, "send_back", "manager")
    desk.step(house, number, "send_back", "manager", "结果没有数据")
    assert [(task.kind, task.user_id) for task in open_tasks(CASE, number)] == [
        ("case_study:revise", house.writer.id)
    ]
    assert not sees(house, "manager", number)
    with unit_of_work():
        row = desk.load(number)
        actions.edit(
            row, actor=house.actor("writer"), version=row.version, values=desk.values(result="省 28 天")
        )
    desk.step(house, number, "submit", "writer")
    assert desk.step(house, number, "publish", "manager").result == "省 28 天"


def test_what_is_unfinished_is_not_handed_in(house: House) -> None:
    number = desk.draft(house, situation="", lesson=" ")
    with pytest.raises(Conflict) as refused:
        desk.step(house, number, "submit", "writer")
    assert "情况" in refused.value.sentence()
    assert "经验教训" in refused.value.sentence()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": " "}, "title"),
        ({"outcome": "magic"}, "outcome"),
        ({"stage": ""}, "stage"),
        ({"tags": "一 二 三 四 五 六 七 八 九"}, "tags"),
        ({"tags": "标" * 21}, "tags"),
        ({"lesson": "看不见\x07"}, "lesson"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field(house: House, changed: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        desk.draft(house, **changed)
    assert field in refused.value.fields
    assert session.query(CaseStudy).count() == 0


def test_only_its_author_writes_on_and_only_until_it_is_handed_in(house: House) -> None:
    number = desk.draft(house)
    with pytest.raises(Denied), unit_of_work():
        actions.edit(desk.load(number), actor=house.actor("colleague"), version=None, values=desk.values())
    desk.step(house, number, "submit", "writer")
    with pytest.raises(Conflict), unit_of_work():
        actions.edit(desk.load(number), actor=house.actor("writer"), version=None, values=desk.values())
    desk.step(house, number, "take_back", "writer")
    with unit_of_work():
        actions.edit(
            desk.load(number), actor=house.actor("writer"), version=None, values=desk.values(title="改")
        )
    assert desk.step(house, number, "drop", "writer").status == "dropped"


def test_archived_it_is_read_by_author_and_checkers_and_can_come_back(house: House) -> None:
    number = desk.published(house)
    day = desk.load(number).published_at
    desk.step(house, number, "archive", "manager", "产品已停产")
    assert [name for name in ("writer", "colleague", "manager") if sees(house, name, number)] == [
        "writer",
        "manager",
    ]
    assert not search.find(house.actor("colleague"), "换型")
    assert desk.step(house, number, "restore", "leader").published_at == day
    assert sees(house, "colleague", number)


# The customer left out


@settings(max_examples=60)
@given(
    st.text(alphabet="恒泰阀门苏州aB 0", max_size=30),
    st.lists(st.sampled_from(["恒泰阀门", "恒泰", "aB0", "苏州恒泰"]), max_size=4),
)
def test_no_hidden_name_is_left_in_a_text(text: str, names: list[str]) -> None:
    found = anonymity.without(text + "".join(names), anonymity.names_in("\n".join(names)))
    assert not any(name.lower() in found.lower() for name in names)


def test_an_anonymous_case_holds_its_customer_nowhere(house: House, tmp_path: Path) -> None:
    number = desk.published(house, links=(("customer", house.customer),), anonymous=True, hidden_names="张工")
    row = desk.load(number)
    with unit_of_work():
        actions.comment(row, actor=house.actor("colleague"), text=f"{desk.SHORT}的张工也问过我")
    row = desk.load(number)
    stored = [getattr(row, name) for name in actions.TEXTS] + [each.text for each in row.comments]
    entry = session.execute(select(SearchEntry).where(SearchEntry.doc_type == CASE)).scalars().one()
    stored += [entry.title, text_of(saved(tmp_path, pdf.case_paper(row, "沃垦")))]
    stored += [str(event.data) for event in timeline.events_for(CASE, number)]
    for name in (desk.NAME, desk.SHORT, "张工"):
        assert not any(name in text for text in stored), name
    assert "某客户" in row.title
    for reader, expected in (
        ("colleague", (0, 1)),
        ("keeper", (0, 1)),
        ("manager", (1, 0)),
        ("writer", (1, 0)),
    ):
        seen = queries.seen_links(row, house.actor(reader))
        assert (len(seen.shown), seen.hidden) == expected, reader
    assert queries.tied_to(house.actor("manager"), "customer", house.customer, 5) == []
    assert not search.find(house.actor("manager"), desk.SHORT, only=CASE)


def test_linking_the_customer_later_takes_the_name_out_too(house: House) -> None:
    number = desk.draft(house, anonymous=True)
    assert desk.SHORT in desk.load(number).title
    with unit_of_work():
        actions.add_link(
            desk.load(number), actor=house.actor("writer"), doc_type="customer", doc_id=house.customer
        )
    assert desk.SHORT not in desk.load(number).title


# Links


def test_a_link_shows_only_to_who_may_see_the_document(house: House) -> None:
    number = desk.published(house, links=(("customer", house.customer),))
    row = desk.load(number)
    writer, keeper = (queries.seen_links(row, house.actor(name)) for name in ("writer", "keeper"))
    assert [link.title for _row, link in writer.shown]
    assert writer.hidden == 0
    assert keeper.shown == ()
    assert keeper.hidden == 1
    assert [each.title for each in queries.tied_to(house.actor("writer"), "customer", house.customer, 5)] == [
        row.title
    ]


def test_nobody_links_what_they_do_not_see(house: House) -> None:
    number = desk.draft(house, "keeper", links=(("customer", house.customer),))
    assert desk.load(number).links == []
    for doc_type, doc_id in (
        ("customer", house.customer),
        ("nothing", 1),
        (CASE, number),
        ("customer", 99_999),
    ):
        with pytest.raises(NotVisible), unit_of_work():
            actions.add_link(desk.load(number), actor=house.actor("keeper"), doc_type=doc_type, doc_id=doc_id)
    with pytest.raises(NotVisible):
        offering.seed(house.actor("keeper"), "customer", house.customer)
    seed = offering.seed(house.actor("writer"), "customer", house.customer)
    assert seed.links == (("customer", house.customer),)


def test_links_are_kept_once_and_can_be_undone(house: House) -> None:
    number = desk.draft(house)
    for _twice in range(2):
        with unit_of_work():
            actions.add_link(
                desk.load(number), actor=house.actor("writer"), doc_type="customer", doc_id=house.customer
            )
    (link,) = desk.load(number).links
    with pytest.raises(NotVisible), unit_of_work():
        actions.remove_link(desk.load(number), link.id + 1, actor=house.actor("writer"))
    with unit_of_work():
        actions.remove_link(desk.load(number), link.id, actor=house.actor("writer"))
    assert desk.load(number).links == []


# What colleagues and other features do


def test_marks_are_counted_once_and_taken_back_and_never_ones_own(house: House) -> None:
    number = desk.published(house)
    for name in ("colleague", "keeper", "colleague", "colleague"):
        with unit_of_work():
            actions.mark(desk.load(number), actor=house.actor(name), kind=MarkKind.USEFUL)
    found = queries.marks(desk.load(number), house.actor("keeper"))
    assert found.counts == {"useful": 2}
    assert found.own == {"useful"}
    with pytest.raises(Denied), unit_of_work():
        actions.mark(desk.load(number), actor=house.actor("writer"), kind=MarkKind.THANKS)
    with pytest.raises(NotVisible), unit_of_work():
        actions.mark(desk.load(number), actor=house.actor("keeper"), kind="hate")
    draft = desk.draft(house)
    with pytest.raises(Conflict), unit_of_work():
        actions.mark(desk.load(draft), actor=house.actor("manager"), kind=MarkKind.USEFUL)


def test_comments_say_something_below_published_cases(house: House) -> None:
    number = desk.published(house)
    for text in ("", "  ", "字" * 2_001, "铃\x07"):
        with pytest.raises(Invalid), unit_of_work():
            actions.comment(desk.load(number), actor=house.actor("colleague"), text=text)
    with unit_of_work():
        actions.comment(desk.load(number), actor=house.actor("colleague"), text="<script>alert(1)</script>")
    assert desk.load(number).comments[0].text == "<script>alert(1)</script>"
    unread = desk.draft(house)
    with pytest.raises(Conflict), unit_of_work():
        actions.comment(desk.load(unread), actor=house.actor("writer"), text="好")


def test_another_feature_puts_its_lesson_into_the_library(house: House) -> None:
    photo = CheckedFile("白板.png", "image/png", b"\x89PNG\r\n\x1a\n0")
    with unit_of_work():
        row = actions.draft_from(
            actor=house.actor("writer"),
            title="演练：价格谈判",
            lesson="先问用量再报价",
            links=(("customer", house.customer), ("unknown", 3)),
            photos=(photo,),
        )
    assert (row.status, row.owner_id) == (FLOW.initial, house.writer.id)
    assert [link.doc_type for link in row.links] == ["customer"]
    assert [file.name for file in files_for(CASE, row.id)] == ["白板.png"]


def test_growth_and_topics_tell_what_their_reader_may_see(house: House) -> None:
    begin = clock.now() - timedelta(minutes=1)
    number = desk.published(house)
    desk.draft(house)
    source = next(each for each in growth.registered() if each.key == "cases")
    count, entries = source.read(house.actor("keeper"), house.writer.id, 5)
    assert (count, [entry.url for entry in entries]) == (1, [f"/cases/{number}"])
    pool = next(each for each in topics.registered() if each.key == "cases")
    assert pool.read(house.actor("keeper"), begin, 5) == []
    with unit_of_work():
        actions.mark(desk.load(number), actor=house.actor("colleague"), kind=MarkKind.TRAINING)
    assert [topic.doc_id for topic in pool.read(house.actor("keeper"), begin, 5)] == [number]
    assert pool.read(house.actor("keeper"), clock.now() + timedelta(minutes=1), 5) == []
    desk.step(house, number, "archive", "manager", "重复")
    assert pool.read(house.actor("keeper"), begin, 5) == []


def test_who_leaves_a_case_unchecked_is_told_so(house: House) -> None:
    number = desk.draft(house)
    assert not any("案例" in matter.sentence for matter in leaving.open_matters(house.writer.id))
    desk.step(house, number, "submit", "writer")
    assert any("案例" in matter.sentence for matter in leaving.open_matters(house.writer.id))


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from([step.name for step in FLOW.steps]),
            st.sampled_from(["writer", "colleague", "manager", "leader"]),
        ),
        max_size=12,
    )
)
def test_whatever_is_done_what_is_public_was_checked_by_another(
    house: House, acts: list[tuple[str, str]]
) -> None:
    number = desk.draft(house)
    for name, who in acts:
        before = desk.load(number).status
        try:
            desk.step(house, number, name, who, "原因")
        except (Conflict, Denied):
            assert desk.load(number).status == before
    row = desk.load(number)
    if row.status in ("published", "archived"):
        assert row.checked_by_id not in (None, row.owner_id)
    assert sees(house, "colleague", number) is (row.status == "published")
    assert {task.kind for task in open_tasks(CASE, number)} == {
        "submitted": {"case_study:check"},
        "returned": {"case_study:revise"},
    }.get(row.status, set())
