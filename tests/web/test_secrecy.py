"""The price of a sealed bid before its opening: crawled for by everybody who must not know it, and found by none."""

import re
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.core import clock, timeline
from app.core.db import session
from app.core.files import check_upload
from app.core.uow import unit_of_work
from app.features.inquiries import actions as inquiry_actions
from app.features.inquiries import tender
from app.features.inquiries.models import Inquiry
from app.features.people import actions as people_actions
from app.features.people.models import Delegation
from app.features.quotations import actions, follow_up
from app.features.quotations.models import QuotationRevision
from app.features.quotations.negotiation import actions as negotiations
from tests import factories, paper_tools, registrations, stories
from tests.web import small_world
from tests.web.crawling import crawl

PRICE = Decimal("753.19")
# Unit price, amounts of a line, total, net and tax of three lines of ten, written with and without separators.
MARKERS = ("753.19", "7531.9", "22595.7", "19996.1", "2599.5", "贰万贰仟伍佰")
TOLD = "They want 753.19 each"
SECRET_FROM = ("s2", "t1", "p1", "c1", "k1", "w1", "f1", "v1", "admin")
# What no link leads to, besides the pages crawled.
LISTS = (
    "/quotations",
    "/quotations/follow-up",
    "/quotations/prices",
    "/quotations/negotiations",
    "/admin/audit",
    "/figures",
    "/figures/win-rate",
    "/figures/rows?kind=issued",
    "/inquiries/market",
    "/market",
    "/search?q=753.19",
    "/search?q=BJ",
)


@pytest.fixture
def world(at, monkeypatch):
    registrations.take_away(monkeypatch)
    at(2026, 11, 23, 9, 41)
    found = small_world.world(states=("issued",))
    given = session.execute(select(Delegation)).scalar_one()
    with unit_of_work():
        people_actions.revoke_delegation(given, actor=factories.actor(found.accounts["m1"]))
    return found


def priced(who, revision):
    """Price every line with what is looked for, after another price, so that the record holds a change."""
    for price in (Decimal("700.00"), PRICE):
        values = {"unit_price": price, "tax_rate": Decimal(13), "lead_time_days": 15, "floor_reason": ""}
        with unit_of_work():
            actions.edit(
                revision,
                actor=who.actor("salesperson"),
                version=revision.version,
                head=stories.head(revision, valid_until=stories.valid_until(5), delivery_place="Their yard"),
                lines=stories.typed(revision, **values),
            )


def bid(desk, state, form="electronic"):
    """A tender's quotation in a state: review, issued (not handed over), submitted."""
    who = desk.people
    row = small_world.inquiry(who, desk.customer, kind="tender")
    row = stories.decide(who, stories.report(who, row))
    revision = stories.draft(who, stories.answer(who, row, source="Supplier", price_unit="pcs"))
    priced(who, revision)
    stories.step(who, revision, "submit", "salesperson")
    stories.step(who, revision, "return", "manager", note=TOLD)
    priced(who, revision)
    stories.step(who, revision, "submit", "salesperson")
    if state == "review":
        return revision
    stories.approve(who, revision)
    stories.issue(who, revision, desk.seal, form=form)
    with unit_of_work():
        follow_up.note_contact(revision, actor=who.actor("salesperson"), text=TOLD)
        negotiations.record(
            revision,
            actor=who.actor("salesperson"),
            typed=negotiations.NegotiationInput("Mr Wu", TOLD, TOLD),
        )
    if state == "submitted":
        hand_over(who, row)
    return revision


def hand_over(who, row):
    """Tick the checklist, with the price in its file, and hand the bid over."""
    letter = small_world.LETTER + b"753.19"
    for item in tender.items_of(row.id):
        with unit_of_work():
            tender.tick(
                row,
                item.id,
                actor=who.actor("salesperson"),
                version=row.version,
                file=check_upload("prices.pdf", BytesIO(letter)),
            )
    small_world.fire(who, row, "submit", "salesperson", data={"delivered_how": "courier"})


def text_of(response, folder):
    """Return all that a person can read in an answer, figures without their separators."""
    content = response.get_data()
    if response.mimetype == "application/pdf" and content.startswith(b"%PDF"):
        text = content.decode("latin-1")
        if len(content) > 1_000:  # a paper of ours, not the letter of the small world
            text += paper_tools.text_of(paper_tools.saved(folder, content))
    elif response.mimetype.endswith("spreadsheetml.sheet"):
        sheets = load_workbook(BytesIO(content)).worksheets
        text = " ".join(str(cell) for sheet in sheets for row in sheet.values for cell in row if cell)
    else:
        text = content.decode("utf-8", "replace")
    return re.sub(r"(?<=\d),(?=\d{3})", "", text)


def found_in(response, folder):
    text = text_of(response, folder)
    return [marker for marker in MARKERS if marker in text]


def files_of_everything():
    """The addresses of all stored files, and of every paper by guessing."""
    numbers = range(1, 40)
    yield from (f"/files/{number}" for number in numbers)
    for number in range(1, 8):
        place = f"/quotations/{number}/r/1"
        yield f"/quotations/{number}"
        yield f"/quotations/{number}/compare"
        yield f"/quotations/approval-sheet/{number}.pdf"
        for end in ("pdf", "copies/1.pdf", "copies/2.pdf", "warehouse.pdf", "preview", "edit", "copy"):
            yield f"{place}/{end}"
        yield from (f"{place}/{name}" for name in ("issue", "approve", "ask_extra", "lose"))
        yield f"/quotations/negotiations/{number}"


def every_answer(client, person, number, queries):
    client.as_(person)
    for visit in crawl(client, number, queries):
        # a search for the price repeats the words looked for
        if "753" not in visit.address:
            yield visit.address, visit.response
    for address in LISTS:
        mark = "&" if "?" in address else "?"
        for more in ("", "format=csv", "format=xlsx", "format=print", "sort=total", "sort=-total"):
            answer = client.get(f"{address}{mark}{more}" if more else address)
            if "753" not in address:
                yield f"{address} {more}", answer
            else:
                assert "XJ-" not in answer.get_data(as_text=True)
    for address in files_of_everything():
        yield address, client.get(address)


@pytest.fixture(scope="module")
def kept_bids():
    """The company with its two sealed bids, as the first test that asks for it made it."""
    return []


@pytest.fixture
def sealed_accounts(request, at, monkeypatch, kept_bids, tmp_path_factory):
    """The people of a company with a sealed bid under review and one handed over."""
    if not kept_bids:
        made = request.getfixturevalue("world")
        assert bid(made.desk, "submitted").total == Decimal("22595.70")
        bid(made.desk, "review")
        kept_bids.append(small_world.KeptWorld(made, tmp_path_factory.mktemp("bids")))
    registrations.take_away(monkeypatch)
    at(2026, 11, 23, 9, 41)
    return kept_bids[0].accounts()


@pytest.mark.slow
@pytest.mark.parametrize("number", SECRET_FROM)
def test_nobody_else_reads_the_price_anywhere_before_the_opening(
    client, sealed_accounts, queries, tmp_path, number
):
    leaks = [
        f"{address}: {markers}"
        for address, answer in every_answer(client, sealed_accounts[number], number, queries)
        if (markers := found_in(answer, tmp_path))
    ]
    assert leaks == []


@pytest.mark.slow
def test_the_same_search_finds_it_where_it_may_be_read(client, world, queries, tmp_path):
    revision = bid(world.desk, "submitted")
    found = {
        address
        for address, answer in every_answer(client, world.accounts["m1"], "m1", queries)
        if found_in(answer, tmp_path)
    }
    place = f"/quotations/{revision.quotation_id}/r/1"
    inquiry = f"/inquiries/{revision.quotation.inquiry_id}"
    wanted = {
        place,
        inquiry,
        f"{place}/preview",
        f"{place}/copies/1.pdf",
        f"/quotations/approval-sheet/{revision.quotation.inquiry_id}.pdf",
        "/customers/1",
        *(
            f"{address} {more}"
            for address in ("/quotations", "/quotations/prices", "/quotations/negotiations")
            for more in ("", "format=csv", "format=xlsx", "format=print")
        ),
    }
    assert wanted <= found, wanted - found
    assert any(address.startswith("/files/") for address in found)


@pytest.mark.slow
@pytest.mark.parametrize("number", ["s1", "m1", "l1"])
def test_owner_manager_and_leader_read_it_before(client, world, number):
    revision = bid(world.desk, "submitted")
    client.as_(world.accounts[number])
    place = f"/quotations/{revision.quotation_id}/r/1"
    for address in (place, f"{place}/preview", "/quotations", "/quotations/prices"):
        client.get(address)
        assert "753.19" in client.page.text or "22,595.70" in client.page.text, address
    assert client.get(f"{place}/copies/1.pdf").status_code == 200
    assert client.get("/quotations/negotiations").status_code == 200
    assert TOLD in client.page.text


@pytest.mark.slow
@pytest.mark.parametrize("number", ["c1", "k1", "admin"])
def test_after_the_opening_all_who_see_the_quotation_read_it(client, world, at, number):
    revision = bid(world.desk, "submitted")
    place = f"/quotations/{revision.quotation_id}/r/1"
    client.as_(world.accounts[number]).get(place)
    assert "753.19" not in client.page.text
    assert "kept secret" in client.page.text
    assert client.get(f"{place}/copies/1.pdf").status_code == 403
    at(2026, 11, 26, 9, 42)
    client.as_(world.accounts[number]).get(place)
    assert "753.19" in client.page.text
    assert "22,595.70" in client.page.text
    assert client.get(f"{place}/copies/1.pdf").status_code == 200


@pytest.mark.slow
def test_a_later_opening_keeps_the_price_beyond_the_deadline(client, world, at):
    revision = bid(world.desk, "submitted")
    with unit_of_work():
        revision.quotation.inquiry.opening_at = clock.now() + timedelta(days=6)
    at(2026, 11, 27, 9, 42)
    client.as_(world.accounts["c1"]).get(f"/quotations/{revision.quotation_id}/r/1")
    assert "753.19" not in client.page.text


@pytest.mark.slow
@pytest.mark.parametrize("number", ["k1", "c1"])
def test_who_seals_opens_the_paper_until_it_is_handed_over_and_that_is_recorded(client, world, number):
    who = world.desk.people
    revision = bid(world.desk, "issued", form="paper")
    quotation_id, revision_id = revision.quotation_id, revision.id
    place = f"/quotations/{quotation_id}/r/1"
    client.as_(world.accounts[number])
    assert client.get(f"{place}/copies/2.pdf").status_code == 200
    events = timeline.events_for("quotation", revision_id)
    assert (events[0].verb, events[0].data, events[0].actor_name) == (
        "quotation:sealed-paper-opened",
        {"copy": 2},
        world.accounts[number].name,
    )
    client.get(place)
    assert "753.19" not in client.page.text
    assert f"{place}/copies/1.pdf" in client.page.html
    hand_over(who, session.get_one(QuotationRevision, revision_id).quotation.inquiry)
    assert client.get(f"{place}/copies/2.pdf").status_code == 403
    assert "opened" in client.page.text
    assert timeline.events_for("quotation", revision_id)[0].verb == "quotation:paper-refused"
    client.get(place)
    assert f"{place}/copies/1.pdf" not in client.page.html


@pytest.mark.slow
def test_who_only_reads_is_refused_the_paper_even_while_it_is_sealed(client, world):
    revision = bid(world.desk, "issued")
    client.as_(world.accounts["admin"])
    assert client.get(f"/quotations/{revision.quotation_id}/r/1/copies/1.pdf").status_code == 403


@pytest.mark.slow
def test_a_sealed_paper_is_not_printed_again_by_who_may_not_open_it(client, world):
    revision = bid(world.desk, "submitted")
    place = f"/quotations/{revision.quotation_id}/r/1/copies/1/reprint"
    answer = client.as_(world.accounts["c1"]).post(place, {"note": "Lost in the mail"})
    assert answer.status_code == 403


@pytest.mark.slow
def test_hidden_totals_are_sorted_below_all_others_and_enter_no_sum(client, world):
    hidden = bid(world.desk, "submitted").number
    client.as_(world.accounts["c1"])
    for sort in ("total", "-total"):
        client.get(f"/quotations?sort={sort}")
        text = client.page.text
        assert "13,965.00" in text
        first, last = (hidden, "BJ-2026-0001") if sort == "total" else ("BJ-2026-0001", hidden)
        assert text.index(first) < text.index(last), sort
    foot = client.page.html.partition("<tfoot")[2]
    assert "13,965.00" in foot
    assert "only shown once the bids are opened" in client.page.text


@pytest.mark.slow
def test_nothing_is_copied_from_an_unopened_bid(client, world):
    """Somebody who prepares and sees all, yet decides nothing."""
    revision = bid(world.desk, "submitted")
    person = factories.user(
        name="Both Hands",
        staff_number="b2",
        department=world.desk.people.department,
        roles=(small_world.Role.SALESPERSON, small_world.Role.BACK_OFFICE),
        locale="en",
    )
    client.as_(person)
    assert client.get(f"/quotations/{revision.quotation_id}/r/1/copy").status_code == 403
    client.get(f"/quotations/{revision.quotation_id}/r/1")
    assert "/copy" not in client.page.html


def test_a_kind_that_is_not_sealed_has_no_opening_and_hides_nothing(world):
    row = small_world.inquiry(world.desk.people, world.desk.customer)
    assert row.opening_at is None


def test_the_opening_is_the_deadline_unless_it_is_later(world):
    row = small_world.inquiry(world.desk.people, world.desk.customer, kind="tender")
    assert row.opening_at == row.deadline
    with unit_of_work(), pytest.raises(inquiry_actions.Invalid) as refused:
        inquiry_actions.edit(
            row,
            actor=world.desk.people.actor("salesperson"),
            version=row.version,
            head={
                **{name: getattr(row, name) for name in inquiry_actions.HEAD_FIELDS},
                "opening_at": row.deadline - timedelta(minutes=1),
            },
            lines=(),
        )
    assert "opening_at" in refused.value.fields
    assert session.get_one(Inquiry, row.id).opening_at == row.deadline
