"""The bid as an uploaded PDF: kept with the draft, frozen by its hash, compared, reviewed as that very file."""

import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import clock, files
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, Problem, Stale
from app.core.timeline import describe, events_for
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.quotations import actions, prolong, snapshot
from app.features.quotations.bid import actions as bid_actions
from app.features.quotations.bid import comparison, guards
from app.features.quotations.models import BidFile, QuotationRevision
from app.features.quotations.snapshot_schema import snapshot_from
from tests import bids, stories
from tests.client import Client


@pytest.fixture
def desk() -> stories.Desk:
    return stories.desk()


def draft(desk: stories.Desk, **values: Any) -> QuotationRevision:
    return bids.tender(desk, desk.quotation("draft", **values))


def refusal(act: Any, *arguments: Any, **options: Any) -> Problem:
    with pytest.raises(Problem) as found, unit_of_work():
        act(*arguments, **options)
    return found.value


def submit(desk: stories.Desk, revision: QuotationRevision) -> QuotationRevision:
    return stories.step(desk.people, revision, "submit", "salesperson")


def page(client: Client, desk: stories.Desk, who: str, revision: QuotationRevision, more: str = "") -> Any:
    client.as_(session.get_one(User, desk.people.ids[who]))
    return client.get(f"/quotations/{revision.quotation_id}/r/{revision.revision}{more}")


def upload(client: Client, revision: QuotationRevision, content: bytes, name: str = "bid.pdf") -> Any:
    address = f"/quotations/{revision.quotation_id}/r/{revision.revision}/bid"
    return client.post(
        address,
        data={"version": str(revision.version), "file": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
    )


# Keeping


def test_uploaded_bid_is_kept_with_pages_hash_and_text_and_can_be_replaced_and_removed(desk):
    revision = draft(desk)
    first = bids.put(desk, revision, bids.read("甲", None, name="一.pdf")).bid
    assert (first.pages, first.stored.name) == (2, "一.pdf")
    assert bids.texts_of(revision) == ["甲", None]
    old = first.stored.id
    bids.put(desk, revision, bids.read("乙", name="二.pdf"))
    assert revision.bid.stored.name == "二.pdf"
    assert session.get_one(files.StoredFile, old).deleted_at is not None
    with unit_of_work():
        bid_actions.remove(revision, actor=desk.people.actor("salesperson"), version=None)
    assert revision.bid is None
    assert files.files_for("quotation", revision.id, "bid") == []
    said = [describe(event) for event in events_for("quotation", revision.id)][:3]
    assert said[0] == "移除投标文件 二.pdf"
    assert said[2].startswith("上传投标文件 一.pdf（2 页，摘要 ")


def test_only_the_owner_uploads_to_a_tender_that_is_a_draft(desk):
    people, revision = desk.people, draft(desk)
    put = {"revision": revision, "upload": bids.read("甲")}
    for who in ("colleague", "manager", "keeper"):
        assert isinstance(refusal(bid_actions.put, **put, actor=people.actor(who), version=None), Denied), who
    owner = people.actor("salesperson")
    assert isinstance(refusal(bid_actions.put, **put, actor=owner, version=99), Stale)
    assert refusal(bid_actions.remove, revision, actor=owner, version=None).code == "quotation:no-bid"
    submit(desk, revision)
    assert refusal(bid_actions.put, **put, actor=owner, version=None).code == "quotation:not-editable"
    plain = desk.quotation("draft")
    problem = refusal(bid_actions.put, plain, actor=owner, version=None, upload=bids.read("甲"))
    assert problem.code == "quotation:no-tender"


def test_hash_of_the_bid_is_part_of_what_is_submitted_approved_and_frozen(desk):
    revision = draft(desk)
    before = snapshot.hash_of(snapshot.content(revision))
    bids.put(desk, revision)
    bid = revision.bid
    assert snapshot.hash_of(snapshot.content(revision)) != before
    submit(desk, revision)
    assert revision.submitted_content["bid"]["sha256"] == bid.stored.sha256
    stories.approve(desk.people, revision)
    assert revision.status == "approved"
    frozen = snapshot_from(revision.snapshot)
    assert (frozen.bid.sha256, frozen.bid.pages) == (bid.stored.sha256, 2)
    assert frozen.content_hash == revision.content_hash
    assert bid.stored.legal_hold


def test_approval_of_another_file_than_was_submitted_is_refused(desk):
    revision = submit(desk, bids.put(desk, draft(desk)))
    with unit_of_work():
        session.get_one(BidFile, revision.bid.id).stored.sha256 = "0" * 64
    with pytest.raises(Conflict) as found:
        stories.approve(desk.people, revision)
    assert found.value.code == "quotation:content-changed"


def test_snapshots_without_a_bid_keep_the_hash_they_had(desk):
    revision = desk.quotation("approved")
    assert "bid" not in revision.snapshot
    assert snapshot_from(revision.snapshot).content_hash == revision.content_hash


def test_changed_bid_goes_back_to_the_manager_and_is_told(desk):
    people = desk.people
    revision = submit(desk, bids.put(desk, draft(desk, payment_term="other", payment_other="面议")))
    stories.approve(people, revision)
    assert revision.status == "leader_review"
    stories.step(people, revision, "return_as_leader", "leader", note="换封面")
    bids.put(desk, revision, bids.read("\n".join(bids.lines_of(revision)), "新封面"))
    submit(desk, revision)
    assert revision.status == "review"
    assert [change[0] for change in actions.submitted_changes(revision)] == ["bid"]


def test_revision_after_a_bid_needs_a_bid_of_its_own(desk):
    people, owner = desk.people, desk.people.actor("salesperson")
    revision = stories.approve(people, submit(desk, bids.put(desk, draft(desk))))
    with unit_of_work():
        fresh = actions.revise(revision, actor=owner, version=None, reason="换页")
    assert fresh.bid is None
    assert refusal(actions.fire, fresh, "submit", actor=owner, version=None).code == "quotation:bid-missing"
    bids.put(desk, fresh)
    assert submit(desk, fresh).status == "review"


def test_plain_revision_of_a_tender_needs_none(desk):
    owner = desk.people.actor("salesperson")
    revision = stories.approve(desk.people, submit(desk, draft(desk)))
    with unit_of_work():
        fresh = actions.revise(revision, actor=owner, version=None, reason="改期")
    assert submit(desk, fresh).status == "review"
    assert prolong.may_prolong(fresh) is False


def issued(desk: stories.Desk, *texts: str | None) -> QuotationRevision:
    """A bid with these texts, issued, whose last day has come."""
    revision = bids.put(desk, draft(desk), bids.read(*texts))
    submit(desk, revision)
    data = {"content_hash": revision.submitted_hash, "warnings_ticked": True, "bid_ticked": True}
    stories.step(desk.people, revision, "approve", "manager", data=data)
    return stories.issue(desk.people, revision, desk.seal)


def prolonged(desk: stories.Desk, revision: QuotationRevision, *, submit: bool) -> QuotationRevision:
    with clock.frozen(clock.now() + timedelta(days=25)):
        return prolong.prolong(
            revision,
            actor=desk.people.actor("salesperson"),
            version=revision.version,
            valid_until=clock.today() + timedelta(days=60),
            submit=submit,
        )


def test_prolonged_bid_takes_over_its_file_where_the_file_names_no_last_day(desk):
    first = issued(desk, "投标总价 13,965.00，壹万叁仟玖佰陆拾伍元整，有效期 90 天", "技术方案")
    with unit_of_work():
        second = prolonged(desk, first, submit=True)
    assert second.status == "review"
    assert second.bid.content == first.bid.content
    assert second.bid.stored.id != first.bid.stored.id
    assert bids.texts_of(second) == bids.texts_of(first)
    assert second.submitted_content["bid"] == first.bid.content
    said = [describe(event) for event in events_for("quotation", second.id)]
    assert any(text.startswith("沿用上一版的投标文件 投标文件.pdf（2 页") for text in said)


def test_prolonged_bid_that_names_its_last_day_or_cannot_be_read_needs_a_new_file(desk):
    day = stories.valid_until(30)
    for texts, code in (
        (("封面", f"有效期至 {day:%Y.%m.%d}"), "quotation:bid-says-validity"),
        ((f"{day:%Y年%m月%d日}", None), "quotation:bid-says-validity"),
        (("总价", None), "quotation:bid-unread"),
    ):
        first = issued(desk, *texts)
        problem = refusal(prolonged, desk, first, submit=True)
        assert problem.code == code
        assert "另起新版，先修改" in problem.sentence()
        with unit_of_work():
            second = prolonged(desk, first, submit=False)
        assert (second.status, second.bid) == ("draft", None)


def test_form_says_whether_the_bid_stays_and_offers_only_what_will_do(client, desk):
    day = stories.valid_until(30)
    kept, named = issued(desk, "有效期 90 天"), issued(desk, "封面", f"{day:%Y-%m-%d}")
    with clock.frozen(clock.now() + timedelta(days=25)):
        page(client, desk, "salesperson", kept, "/prolong")
        assert "投标文件 投标文件.pdf 原样沿用" in client.page.text
        assert "延期并提交审核" in client.page.text
        page(client, desk, "salesperson", named, "/prolong")
        assert f"投标文件第 2 页写着原来的有效期 {day:%Y-%m-%d}" in client.page.text
        assert "延期并提交审核" not in client.page.text
        place = f"/quotations/{named.quotation_id}/r/1/prolong"
        answer = client.post(place, {**client.page.values(place), "then": "submit"})
        assert answer.status_code == 409
        assert client.post(place, client.page.values(place)).status_code == 303


# Comparison


def found_in(revision: QuotationRevision, *texts: str | None) -> comparison.Comparison:
    import json

    return comparison.compare(snapshot.content(revision), json.dumps(texts))


def test_every_figure_of_the_quotation_is_found_with_its_page(desk):
    revision = bids.put(desk, draft(desk))
    found = guards.comparison(revision)
    assert [item.kind for item in found.opening] == ["total", "capital", "validity", "lead_time"]
    assert len(found.lines) == 2 * 3
    assert {item.page for item in (*found.opening, *found.lines)} == {1}
    assert (found.missing, found.doubt, found.scan) == ([], "", False)


def test_separators_spaces_line_breaks_and_wide_figures_do_not_hide_a_figure(desk):
    revision = draft(desk)
    total = revision.total
    assert f"{total:,.2f}" == "13,965.00"
    for written in ("13,965.00", "13965", "13，965．00", "１３９６５.00", "13,\n965.00", "¥13,965.00元"):
        assert found_in(revision, "封面", written).opening[0].page == 2, written
    for other in ("113,965.00", "13,965.01", "3,965.00", "139650", "13965.004", "1396,500"):
        assert found_in(revision, other).opening[0].page is None, other
    capital = snapshot.content(revision)["totals"]["capital"]
    assert found_in(revision, f"大写：\n{capital[:6]}\n {capital[6:]}").opening[1].page == 1
    assert found_in(revision, capital.replace("元", "圆").replace("整", "正")).opening[1].page == 1
    day = revision.valid_until
    for written in (
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y-%m-%d}",
        f"{day:%Y.%m.%d}",
        f"{day:%Y/%m/%d}",
    ):
        assert found_in(revision, written).opening[2].page == 1, written
    assert found_in(revision, "交货期 15 个日历天").opening[3].page == 1
    assert found_in(revision, "交货期 115 天").opening[3].page is None


def test_price_and_amount_of_a_line_are_told_from_the_page_that_has_both(desk):
    revision = draft(desk)
    found = found_in(revision, "465.50", "4,655.00 x", "465.5 4655.00")
    assert [(item.kind, item.page) for item in found.lines[:2]] == [("unit_price", 3), ("amount", 3)]


@given(st.decimals(min_value=Decimal("0.01"), max_value=Decimal("9999999999.99"), places=2))
def test_any_amount_is_found_as_people_write_it(amount):
    for written in (f"{amount:,.2f}", f"{amount:.2f}", f"总价{amount:,.2f}元"):
        assert comparison.Pages(["", written]).with_number(amount) == [2]
    assert comparison.Pages([f"1{amount:.2f}"]).with_number(amount) == []


@pytest.mark.parametrize(
    "chance",
    [
        "41200",
        "12001",
        "1200.5",
        "41,200",
        "1200,345",
        "HY-1200",
        "HY1200",
        "M10x1200",
        "1200mm",
        "第 1200 页",
    ]
    + [
        "1200-05",
        "2026-1200",
        "2026/1200/3",
        "1200年",
        "1200 年 3 月",
        "3.1200",
        "1200.3.4",
        "1200%",
        "1,200,345",
    ],
)
def test_price_without_decimals_is_not_found_in_a_longer_number_a_model_or_a_date(chance):
    for text in (chance, f"规格 {chance} 见附件", f"规格{chance}，"):
        assert comparison.Pages([text]).with_number(Decimal("1200.00")) == [], text


@pytest.mark.parametrize(
    "written",
    [
        "1200",
        "单价1200元",
        "￥1200",
        "¥ 1,200",
        "RMB1200",
        "CNY 1200",
        "1200RMB",
        "1200/台",
        "1200，数量3",
        "（1200）",
    ]
    + ["共1200。", "1200 日期", "1200.00", "1200.\n", "10 1200 2", "1200元/月", "价 1200 -"],
)
def test_price_without_decimals_is_found_where_it_stands_alone(written):
    assert comparison.Pages(["", written]).with_number(Decimal("1200.00")) == [2]


@given(st.integers(1, 10**6), st.integers(1, 10**4))
def test_no_whole_number_is_found_in_one_that_only_contains_it(price, more):
    for text in (
        f"{more}{price}",
        f"{price}{more}",
        f"{more}.{price}",
        f"{price}.{more}1",
        f"{more}-{price}",
    ):
        assert comparison.Pages([text]).with_number(Decimal(price)) == [], text


def test_missing_total_and_scan_are_ticked_by_whoever_approves(desk):
    for texts, code in ((("没有总价",), "quotation:bid-total-missing"), ((None, ""), "quotation:bid-scan")):
        revision = bids.put(desk, draft(desk), bids.read(*texts, content=bids.scan(len(texts))))
        submit(desk, revision)
        data = {"content_hash": revision.submitted_hash, "warnings_ticked": True}
        with pytest.raises(Invalid) as found:
            stories.step(desk.people, revision, "approve", "manager", data=data)
        assert set(found.value.fields) == {"bid_ticked"}
        stories.step(desk.people, revision, "approve", "manager", data={**data, "bid_ticked": True})
        assert revision.status == "approved"
        assert events_for("quotation", revision.id)[0].data["warnings"] == [code]


# Pages


def test_owner_uploads_sees_and_removes_the_bid_over_http(client, desk):
    revision = draft(desk)
    shown = page(client, desk, "salesperson", revision)
    assert "投标文件 PDF" in client.page.text
    content = bids.pdf(bids.lines_of(revision), ["技术方案"])
    answer = upload(client, revision, content)
    assert answer.status_code == 303
    assert answer.location.endswith("#bid")
    shown = page(client, desk, "salesperson", revision).text
    digest = revision.bid.stored.sha256
    assert digest in shown
    assert "全部找到" in shown
    assert "2 页" in client.page.text
    opened = client.get(f"/files/{revision.bid.stored_file_id}")
    assert opened.data == content
    address = f"/quotations/{revision.quotation_id}/r/{revision.revision}"
    removed = client.submit(f"{address}/bid/remove", page=address)
    assert removed.status_code == 303
    assert revision.bid is None


def test_refusals_over_http_say_why(client, desk):
    revision = draft(desk)
    client.as_(session.get_one(User, desk.people.ids["salesperson"]))
    assert upload(client, revision, bids.HOSTILE["launch"]()).status_code == 422
    assert "打开程序" in client.page.text
    assert upload(client, revision, b"x", name="a.txt").status_code == 422
    assert upload(client, revision, b"", name="").status_code == 422
    assert "请选择一个文件" in client.page.text
    with unit_of_work():
        session.get_one(QuotationRevision, revision.id).touch()
    stale = client.post(
        f"/quotations/{revision.quotation_id}/r/{revision.revision}/bid", data={"version": "1"}
    )
    assert stale.status_code == 409
    client.as_(session.get_one(User, desk.people.ids["colleague"]))
    assert upload(client, revision, bids.pdf(["a"])).status_code == 404
    client.as_(session.get_one(User, desk.people.ids["manager"]))
    assert upload(client, revision, bids.pdf(["a"])).status_code == 403
    client.as_(session.get_one(User, desk.people.ids["keeper"]))
    assert upload(client, revision, bids.pdf(["a"])).status_code == 403


def test_reviewer_reads_file_hash_and_comparison_and_must_tick_a_missing_total(client, desk):
    revision = submit(desk, bids.put(desk, draft(desk), bids.read("报价 465.50", "没有总价")))
    page(client, desk, "manager", revision, "/approve")
    text = client.page.text
    for wanted in (
        "投标文件.pdf",
        "2 页",
        revision.bid.stored.sha256[:8],
        "未找到",
        "没有同时找到与报价相同的合计数字和大写",
    ):
        assert wanted in text, wanted
    address = f"/quotations/{revision.quotation_id}/r/{revision.revision}/approve"
    values = {**client.page.values(address), "warnings_ticked": "y", "note": "可以"}
    values.pop("bid_ticked", None)
    assert client.post(address, data=values).status_code == 422
    assert "请打开投标文件核对总价" in client.page.text
    assert client.post(address, data={**values, "bid_ticked": "y"}).status_code == 303
    assert session.get_one(QuotationRevision, revision.id).status == "approved"


def test_scan_says_that_it_cannot_be_compared(client, desk):
    revision = bids.put(desk, draft(desk), bids.read("", "", content=bids.scan()))
    page(client, desk, "salesperson", revision)
    assert "扫描件，无法核对" in client.page.text
    partly = bids.put(desk, draft(desk), bids.read("\n".join(bids.lines_of(revision)), None))
    page(client, desk, "salesperson", partly)
    assert "有 1 页读不出文字" in client.page.text


def test_plain_quotations_show_no_bid_and_ask_nothing_more_of_the_database(client, desk, queries):
    plain = desk.quotation("draft")
    page(client, desk, "salesperson", plain)
    assert 'id="bid"' not in client.page.html
    few, many = draft(desk, lines=1), draft(desk, lines=30)
    counts = []
    for revision in (few, many):
        bids.put(desk, revision)
        page(client, desk, "salesperson", revision)
        with queries() as seen:
            page(client, desk, "salesperson", revision)
        counts.append(len(seen))
    assert counts[0] == counts[1]
