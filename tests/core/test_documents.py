"""What the platform knows of documents of any kind."""

import pytest

from app.core import documents
from app.core.permissions import SYSTEM
from tests import factories
from tests.features.inquiries.making import Staff, bring_to, inquiry


def test_a_kind_is_found_by_its_name():
    assert documents.document_type("inquiry").doc_type == "inquiry"
    assert documents.is_registered("inquiry")
    assert not documents.is_registered("ghost")
    with pytest.raises(KeyError):
        documents.document_type("ghost")
    assert "customer" in [kind.doc_type for kind in documents.registered()]


def test_documents_are_linked_by_one_query_for_each_kind(queries):
    staff = Staff()
    made = [inquiry(staff.owner) for _number in range(3)]
    keys = [("inquiry", row.id) for row in made] + [("customer", made[0].customer_id), ("ghost", 1)]
    with queries() as sent:
        found = documents.links(keys)
    assert len([statement for statement in sent if statement.startswith("SELECT")]) == 2
    assert set(found) == set(keys) - {("ghost", 1)}
    link = found[("inquiry", made[0].id)]
    assert (link.label, link.url) == ("询价", f"/inquiries/{made[0].id}")


def test_only_what_the_actor_may_see_is_visible():
    staff = Staff()
    row = inquiry(staff.owner)
    keys = [("inquiry", row.id), ("customer", row.customer_id), ("inquiry", 999), ("ghost", 1)]
    assert documents.visible_keys(factories.actor(staff.owner), keys) == set(keys[:2])
    assert documents.visible_keys(factories.actor(staff.colleague), keys) == set()
    assert not documents.is_visible(factories.actor(staff.owner), "ghost", 1)


def test_a_state_is_told_in_words_for_kinds_with_a_table():
    staff = Staff()
    row = bring_to(staff, "reported")
    found = documents.states([("inquiry", row.id), ("customer", row.customer_id)])
    assert {key: (state.number, state.label) for key, state in found.items()} == {
        ("inquiry", row.id): (row.number, "已上报")
    }
    assert documents.state_of("ghost", None, "odd") == documents.DocumentState("", "odd", "neutral")


def test_ones_own_newest_documents_come_first_and_no_others():
    staff = Staff()
    made = [inquiry(staff.owner) for _number in range(4)]
    inquiry(staff.colleague)
    found = documents.recent_of(factories.actor(staff.owner), 3)
    assert {item.link.doc_id for item in found} == {row.id for row in made[1:]}
    assert documents.recent_of(SYSTEM, 3) == []


def test_a_document_of_an_unknown_kind_has_no_address():
    assert documents.link_of("ghost", 1, "旧单据").url == ""
    assert documents.link_of("inquiry", 1, None).title == "询价"
