"""What is refused of a case, with its code or at its field; private documents, files, and names that stay hidden."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock, documents
from app.core import settings as configured
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible, Stale
from app.core.files import CheckedFile, files_for
from app.core.notices import Notice
from app.core.timeline import Event, events_for
from app.core.uow import unit_of_work
from app.features.cases import actions, offering, queries
from app.features.cases.enums import CASE, MarkKind
from app.features.people.models import User
from app.features.suggestions import actions as suggestions
from app.features.suggestions.actions import SuggestionValues
from app.features.talks import actions as talks
from app.features.talks.actions import TalkValues
from app.features.talks.enums import TALK
from tests.client import Client
from tests.features.cases import desk
from tests.features.cases.desk import House

FILE = CheckedFile("参数表.txt", "text/plain", b"7 bar")


@pytest.fixture
def house() -> House:
    return desk.house()


def talk(house: House) -> int:
    """A talk of the manager with the writer."""
    with unit_of_work():
        when = clock.now() + timedelta(hours=2)
        values = TalkValues(house.writer.id, when, "小会议室", "想调到技术部")
        return talks.plan(actor=house.actor("manager"), values=values).id


def link(house: House, number: int, doc_type: str, doc_id: int, who: str = "writer") -> None:
    with unit_of_work():
        actions.add_link(desk.load(number), actor=house.actor(who), doc_type=doc_type, doc_id=doc_id)


def attach(house: House, number: int, who: str = "writer", file: CheckedFile | None = FILE) -> int:
    with unit_of_work():
        return actions.attach(desk.load(number), actor=house.actor(who), file=file).id


def remove_file(house: House, number: int, file_id: int, who: str = "writer") -> None:
    with unit_of_work():
        actions.remove_file(desk.load(number), file_id, actor=house.actor(who))


# Private documents


def test_what_is_private_to_two_begins_no_case_and_is_tied_to_none(house: House) -> None:
    number, private = desk.draft(house), talk(house)
    assert documents.is_visible(house.actor("writer"), TALK, private)
    with pytest.raises(NotVisible):
        offering.seed(house.actor("writer"), TALK, private)
    with pytest.raises(NotVisible):
        link(house, number, TALK, private)
    assert desk.load(number).links == []
    both = ((TALK, private), ("customer", house.customer))
    made = desk.load(desk.draft(house, links=both))
    assert [(each.doc_type, each.doc_id) for each in made.links] == [("customer", house.customer)]


def test_no_page_offers_to_tie_a_private_document(client: Client, house: House) -> None:
    number, private = desk.draft(house), talk(house)
    page = f"/cases/{number}/links"
    client.as_(house.writer)
    assert client.get(f"/cases/new?from={TALK}:{private}").status_code == 404
    assert client.post(page, {"doc_type": TALK, "doc_id": str(private)}).status_code == 404
    client.get(f"/search?q={house.manager.name}")
    assert client.page.all("a", href=f"/talks/{private}")
    client.get(f"{page}?q={house.manager.name}")
    assert not client.page.all("input", name="doc_type", value=TALK)
    client.get(f"{page}?q={desk.SHORT}")
    assert client.page.all("input", name="doc_type", value="customer")


def test_what_a_switched_off_module_holds_is_tied_to_no_case(house: House) -> None:
    number = desk.draft(house)
    with unit_of_work():
        values = SuggestionValues("在库房门口放一台扫码枪", method="买一台")
        found = suggestions.send(actor=house.actor("writer"), values=values).id
        configured.put("modules.switches", {"suggestions": False})
    for act in (
        lambda: link(house, number, "suggestion", found),
        lambda: offering.seed(house.actor("writer"), "suggestion", found),
    ):
        with pytest.raises(NotVisible):
            act()
    with unit_of_work():
        configured.put("modules.switches", {})
    link(house, number, "suggestion", found)
    assert offering.seed(house.actor("writer"), "suggestion", found).links == (("suggestion", found),)
    assert not actions.may_be_tied("nothing")


# Links and files


def test_links_have_an_end_and_the_last_one_may_be_said_twice(house: House) -> None:
    number = desk.draft(house)
    others = [desk.draft(house, title=f"案例 {place}") for place in range(actions.MOST_LINKS)]
    for other in others:
        link(house, number, CASE, other)
    with pytest.raises(Conflict, match="case_study:too-many-links"):
        link(house, number, "customer", house.customer)
    link(house, number, CASE, others[-1])
    assert len(desk.load(number).links) == actions.MOST_LINKS


def test_an_anonymous_case_hides_what_was_typed_and_the_customers_it_is_tied_to(house: House) -> None:
    number = desk.draft(house, links=(("customer", house.customer),), anonymous=True, hidden_names="张工，李")
    row = desk.load(number)
    assert set(row.hidden_names.splitlines()) == {"张工", desk.NAME, desk.SHORT}
    assert desk.SHORT not in row.title


def test_files_come_and_go_with_the_author_until_it_is_handed_in(house: House) -> None:
    number = desk.draft(house)
    file = attach(house, number)
    for act in (
        lambda: attach(house, number, "colleague"),
        lambda: remove_file(house, number, file, "colleague"),
    ):
        with pytest.raises(Denied):
            act()
    with pytest.raises(Invalid) as refused:
        attach(house, number, file=None)
    assert set(refused.value.fields) == {"file"}
    remove_file(house, number, file)
    assert files_for(CASE, number) == []
    with pytest.raises(NotVisible):
        remove_file(house, number, file)
    kept = [attach(house, number) for _file in range(actions.MOST_FILES)]
    with pytest.raises(Conflict, match="case_study:too-many-files"):
        attach(house, number)
    desk.step(house, number, "submit", "writer")
    for act in (lambda: attach(house, number), lambda: remove_file(house, number, kept[0])):
        with pytest.raises(Conflict, match="wrong-state"):
            act()
    assert len(files_for(CASE, number)) == actions.MOST_FILES


def test_the_page_offers_to_take_files_back_only_while_it_is_written(client: Client, house: House) -> None:
    number = desk.draft(house)
    file = attach(house, number)
    page, way = f"/cases/{number}", f"/cases/{number}/files/{file}/remove"

    def offered(who: User) -> bool:
        client.as_(who).get(page)
        assert f"5 B · {house.writer.name}" in client.page.one("ul", class_="file-list").text
        return way in [form.attributes.get("action") for form in client.page.all("form")]

    assert offered(house.writer)
    desk.step(house, number, "submit", "writer")
    assert [offered(who) for who in (house.writer, house.manager)] == [False, False]
    desk.step(house, number, "take_back", "writer")
    client.as_(house.writer).get(page)
    assert client.submit(way, page=page).status_code == 303
    assert files_for(CASE, number) == []


# Writing


@pytest.mark.parametrize(
    "act",
    [
        lambda row, **given: actions.edit(row, version=None, values=desk.values(), **given),
        lambda row, **given: actions.add_link(row, doc_type="customer", doc_id=1, **given),
        lambda row, **given: actions.remove_link(row, 1, **given),
        lambda row, **given: actions.attach(row, file=FILE, **given),
        lambda row, **given: actions.remove_file(row, 1, **given),
    ],
    ids=["edit", "link", "unlink", "attach", "remove"],
)
def test_what_was_handed_in_is_changed_by_nobody(house: House, act: Callable[..., object]) -> None:
    number = desk.draft(house)
    desk.step(house, number, "submit", "writer")
    before = len(events_for(CASE, number))
    with pytest.raises(Denied), unit_of_work():
        act(desk.load(number), actor=house.actor("manager"))
    with pytest.raises(Conflict, match="wrong-state"), unit_of_work():
        act(desk.load(number), actor=house.actor("writer"))
    assert len(events_for(CASE, number)) == before


def test_an_edit_from_an_old_page_is_stale(house: House) -> None:
    number = desk.draft(house)
    with pytest.raises(Stale), unit_of_work():
        actions.edit(desk.load(number), actor=house.actor("writer"), version=99, values=desk.values())


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"hidden_names": "铃\x07"}, {"hidden_names"}),
        (
            {"title": "", "outcome": "", "stage": "lunch", "tags": "标" * 21},
            {"title", "outcome", "stage", "tags"},
        ),
    ],
)
def test_all_that_is_wrong_is_told_at_once(house: House, changed: dict, fields: set[str]) -> None:
    with pytest.raises(Invalid) as refused:
        desk.draft(house, **changed)
    assert set(refused.value.fields) == fields


def test_nothing_is_put_into_a_library_that_is_switched_off(house: House) -> None:
    with unit_of_work():
        configured.put("modules.switches", {"cases": False})
    with pytest.raises(Conflict, match="case_study:switched-off"), unit_of_work():
        actions.draft_from(actor=house.actor("writer"), title="演练", lesson="先问用量")
    assert queries.titles([1, 2, 3]) == {}
    assert offering.write_url("customer", house.customer) == ""


def test_hidden_later_a_name_leaves_the_comments_too(house: House) -> None:
    number = desk.published(house)
    with unit_of_work():
        actions.comment(desk.load(number), actor=house.actor("colleague"), text="恒泰阀门也问过我")
    desk.step(house, number, "rework", "writer")
    with unit_of_work():
        values = desk.values(anonymous=True, hidden_names="恒泰阀门\n苏州恒泰阀门有限公司")
        actions.edit(desk.load(number), actor=house.actor("writer"), version=None, values=values)
    row = desk.load(number)
    assert [each.text for each in row.comments] == ["某客户也问过我"]
    assert row.title == "某客户换型保住交货期"


# What colleagues say


def told(person: User, verb: str) -> int:
    statement = select(Notice.id).join(Event, Event.seq == Notice.event_seq)
    return len(session.execute(statement.where(Notice.user_id == person.id, Event.verb == verb)).all())


def test_thanks_reach_the_author_each_time_and_the_rest_quietly(house: House) -> None:
    number = desk.published(house)
    for kind in (MarkKind.USEFUL, MarkKind.THANKS):
        with unit_of_work():
            assert actions.mark(desk.load(number), actor=house.actor("keeper"), kind=kind)
    assert told(house.writer, "case_study:thank") == 1
    with unit_of_work():
        assert not actions.mark(desk.load(number), actor=house.actor("keeper"), kind=MarkKind.THANKS)
    assert told(house.writer, "case_study:thank") == 1
    assert queries.marks(desk.load(number), house.actor("keeper")).counts == {"useful": 1}


def test_a_comment_reaches_the_author_unless_they_wrote_it(house: House) -> None:
    number = desk.published(house)
    for who, notices in (("writer", 0), ("colleague", 1)):
        with unit_of_work():
            actions.comment(desk.load(number), actor=house.actor(who), text=" 好 ")
        assert told(house.writer, "case_study:comment") == notices
    assert [each.text for each in desk.load(number).comments] == ["好", "好"]
