"""开标一览表 and 分项报价表: the figures of the quotation, marked until somebody approved them."""

from pathlib import Path

import pytest

from app.core.db import session
from app.features.people.models import User
from app.features.quotations.bid import comparison, tables
from app.features.quotations.models import QuotationRevision
from app.features.quotations.snapshot import content
from tests import bids, stories
from tests.paper_tools import saved, text_of


@pytest.fixture
def desk() -> stories.Desk:
    return stories.desk()


def draft(desk: stories.Desk, **values) -> QuotationRevision:
    return bids.tender(desk, desk.quotation("draft", **values))


def read(folder: Path, revision: QuotationRevision, kind: str) -> str:
    return text_of(saved(folder, tables.render(revision, kind)))


def marked(folder: Path, revision: QuotationRevision, kind: str) -> bool:
    """Tell whether 未审核 runs across the page; turned as it is, its signs are read one by one."""
    return "核" in read(folder, revision, kind)


def test_opening_table_says_total_in_figures_and_words_lead_time_and_validity(desk, tmp_path):
    revision = draft(desk, project="液压站\r\n二期")
    text = read(tmp_path, revision, tables.OPENING)
    capital = content(revision)["totals"]["capital"]
    for wanted in (
        "开标一览表",
        "13,965.00",
        capital,
        "15 天",
        "液压站 二期",
        "江苏测试液压有限公司",
        "质保期",
    ):
        assert wanted in text, wanted


def test_price_list_has_every_line_with_unit_price_and_amount(desk, tmp_path):
    text = read(tmp_path, draft(desk, lines=40), tables.ITEMISED)
    assert text.count("465.50") == 40
    assert text.count("4,655.00") == 40
    assert "186,200.00" in text


def test_tables_are_marked_until_approved_and_then_drawn_from_the_snapshot(desk, tmp_path):
    people, revision = desk.people, draft(desk)
    for kind in tables.TITLES:
        assert marked(tmp_path, revision, kind)
    stories.step(people, revision, "submit", "salesperson")
    stories.approve(people, revision)
    for kind in tables.TITLES:
        assert not marked(tmp_path, revision, kind)
        assert revision.number in read(tmp_path, revision, kind)
    assert tables.render(revision, tables.OPENING) == tables.render(revision, tables.OPENING)
    stories.step(people, revision, "void", "manager", note="不投了")
    assert marked(tmp_path, revision, tables.OPENING)


def test_comparison_finds_every_figure_of_the_tables_that_were_put_into_a_bid(desk):
    import json

    from app.core.pdf import examine

    revision = draft(desk, lines=5)
    texts = []
    for kind in tables.TITLES:
        texts += examine.examine(tables.render(revision, kind), 9)["texts"]
    found = comparison.compare(content(revision), json.dumps(texts))
    assert found.missing == []


def test_whoever_reads_the_quotation_opens_the_tables_and_only_a_tender_has_them(client, desk):
    revision = draft(desk)
    plain = desk.quotation("draft")
    place = f"/quotations/{revision.quotation_id}/r/1/bid"
    wanted = {"salesperson": 200, "manager": 200, "keeper": 200, "colleague": 404, "outsider": 403}
    for who, status in wanted.items():
        client.as_(session.get_one(User, desk.people.ids[who]))
        for kind in tables.TITLES:
            answer = client.get(f"{place}/{kind}.pdf")
            assert answer.status_code == status, who
            assert (answer.mimetype == "application/pdf") is (status == 200)
    client.as_(session.get_one(User, desk.people.ids["salesperson"]))
    assert client.get(f"/quotations/{plain.quotation_id}/r/1/bid/opening.pdf").status_code == 404
    client.get(f"/quotations/{revision.quotation_id}/r/1")
    assert f"{place}/itemised.pdf" in client.page.html
