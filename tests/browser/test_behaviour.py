"""What pages do under people's hands: Back, double clicks, two tabs, leaving, keys, focus, print, phone."""

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.conftest import NARROW, WIDE, Visits
from tests.browser.story import CUSTOMER
from tests.browser.walking import REVISION, find, walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DRAFT = f"/quotations?status=draft -> {REVISION}"


def start_inquiry(page: Page, site: str, summary: str = "来电询价") -> None:
    """Fill the form of a new inquiry, without sending it."""
    page.goto(f"{site}/inquiries/new")
    box = page.locator("input[role=combobox]")
    box.fill(CUSTOMER)
    box.press("Enter")
    page.fill("[name=received_at]", "9:00")
    page.fill("[name=summary]", summary)


def total(page: Page) -> int:
    """Return how many rows the list has."""
    found = re.search(r"\d+", page.locator("#list-count").inner_text())
    assert found is not None
    return int(found.group())


def test_back_after_filtering_shows_the_whole_page_with_the_filter(visits: Visits) -> None:
    page = visits.open("m1", "/quotations")
    everything = total(page)
    with page.expect_response(re.compile(r"/quotations\?.*status=issued")):
        page.locator("#filters [name=status]").select_option("issued")
    expect(page).to_have_url(re.compile("status=issued"))
    expect(page.locator("#list-count")).not_to_have_text(re.compile(rf"\b{everything}\b"))
    narrowed = total(page)
    page.locator("#rows tbody a").first.click()
    expect(page.locator("#record")).to_be_visible()
    page.go_back()
    expect(page.locator(".sidebar")).to_be_visible()
    expect(page.locator("h1")).to_have_text("报价")
    assert total(page) == narrowed
    assert page.input_value("#filters [name=status]") == "issued"
    page.go_back()
    expect(page.locator("#list-count")).to_contain_text(str(everything))
    expect(page.locator(".sidebar")).to_be_visible()


def test_a_double_click_registers_one_inquiry(visits: Visits) -> None:
    page = visits.open("s1", "/inquiries")
    before = total(page)
    start_inquiry(page, visits.site)
    page.get_by_role("button", name="登记并上报").dblclick()
    page.wait_for_url(re.compile(r"/inquiries/\d+$"))
    page.goto(f"{visits.site}/inquiries")
    assert total(page) == before + 1


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without"])
def test_a_double_click_on_a_step_has_one_effect(visits: Visits, scripts: bool) -> None:
    page = visits.open("s1")
    start_inquiry(page, visits.site)
    page.get_by_role("button", name="先登记为草稿").click()
    page.wait_for_url(re.compile(r"/inquiries/\d+$"))
    if not scripts:
        visits.options["java_script_enabled"] = False
        address = page.url
        page = visits.open("s1")
        page.goto(address)
    page.get_by_role("button", name="上报经理").dblclick()
    expect(page.locator("h1 .status")).to_have_text("已上报")
    page.reload()
    expect(page.locator("#record li", has_text="上报经理")).to_have_count(1)


def test_the_second_of_two_tabs_is_told_what_changed(visits: Visits) -> None:
    first = visits.open("s1")
    address = find(first, visits.site, f"{DRAFT} + /edit")
    first.goto(visits.site + address)
    second = first.context.new_page()
    second.goto(visits.site + address)
    first.fill("[name=project]", "第一个窗口的项目")
    first.get_by_role("button", name="保存", exact=True).click()
    expect(first.locator("h1 .status")).to_have_text("编制")
    second.fill("[name=delivery_place]", "第二个窗口的地点")
    with second.expect_response(lambda answer: answer.request.method == "POST") as answered:
        second.get_by_role("button", name="保存", exact=True).click()
    assert answered.value.status == 409
    expect(second.locator("#form-frame")).to_contain_text("第一个窗口的项目")
    expect(second.locator("[name=delivery_place]")).to_have_value("第二个窗口的地点")
    assert second.url.endswith(address), "the page did not jump"


def test_a_stale_step_is_refused_beside_its_button(visits: Visits) -> None:
    first = visits.open("s1")
    start_inquiry(first, visits.site)
    first.get_by_role("button", name="先登记为草稿").click()
    first.wait_for_url(re.compile(r"/inquiries/\d+$"))
    second = first.context.new_page()
    second.goto(first.url)
    first.get_by_role("button", name="上报经理").click()
    expect(first.locator("h1 .status")).to_have_text("已上报")
    with second.expect_response(lambda answer: answer.request.method == "POST") as answered:
        second.get_by_role("button", name="上报经理").click()
    assert answered.value.status == 409
    expect(second.locator("#toasts [role=alert]")).to_be_visible()
    expect(second.get_by_role("button", name="上报经理")).to_have_count(0)


def test_leaving_with_unsaved_changes_asks_first(visits: Visits) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page = visits.open("s1")
    start_inquiry(page, visits.site, "还没有保存")
    page.on("dialog", stay)
    page.locator(".sidebar").get_by_role("link", name="客户").click(no_wait_after=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert page.url.endswith("/inquiries/new")
    assert page.input_value("[name=summary]") == "还没有保存"
    page.get_by_role("button", name="先登记为草稿").click()
    page.wait_for_url(re.compile(r"/inquiries/\d+$"))
    page.goto(f"{visits.site}/customers")
    assert asked == ["beforeunload"], "nothing is asked once it is saved"


def test_ctrl_k_goes_to_the_search_and_enter_to_the_first_result(visits: Visits) -> None:
    page = visits.open("m1", "/customers")
    page.keyboard.press("Control+k")
    expect(page.locator("#global-search")).to_be_focused()
    page.keyboard.type(CUSTOMER[:6])
    page.keyboard.press("Enter")
    expect(page.locator("#search-results")).to_contain_text(CUSTOMER)
    page.wait_for_function("document.activeElement.matches('#search-results a')")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/customers/\d+$"))


@pytest.mark.parametrize(
    ("account", "address"),
    [
        ("", "/login"),
        ("s1", "/inquiries/new"),
        ("m1", f"/quotations?status=review -> {REVISION}"),
        ("m1", "/quotations"),
    ],
    ids=["sign-in", "form", "document", "list"],
)
def test_everything_is_reached_by_keyboard_in_order_and_seen(
    visits: Visits, account: str, address: str
) -> None:
    page = visits.open(account)
    page.goto(visits.site + find(page, visits.site, address))
    page.wait_for_load_state("networkidle")
    faults = walk(page)
    assert not faults, faults


def test_the_skip_link_leads_to_the_content(visits: Visits) -> None:
    page = visits.open("s1")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_a_step_that_needs_a_reason_is_done_by_keyboard_alone(visits: Visits) -> None:
    page = visits.open("m1")
    page.goto(visits.site + find(page, visits.site, f"/quotations?status=review -> {REVISION}"))
    pop = page.locator("details.pop", has_text="退回修改").first
    pop.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(pop.locator("textarea")).to_be_visible()
    page.keyboard.press("Escape")
    expect(pop.locator("textarea")).not_to_be_visible()
    expect(pop.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(pop.locator("select")).to_be_focused()
    page.keyboard.press("Tab")
    expect(pop.locator("textarea")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    # Without a reason: said aloud, and the small form stays.
    expect(page.locator("#toasts [role=alert]")).to_be_visible()
    expect(pop.locator("textarea")).to_be_visible()


def test_the_summary_of_errors_takes_the_focus_and_leads_to_the_fields(visits: Visits) -> None:
    page = visits.open("s1", "/inquiries/new")
    page.fill("[name=received_at]", "2026-02-30")
    page.fill("[name=summary]", "写好的内容")
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        page.get_by_role("button", name="登记并上报").click()
    assert answered.value.status == 422
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("[name=summary]")).to_have_value("写好的内容")
    expect(page.locator("#received_at")).to_have_attribute("aria-invalid", "true")
    page.locator("#error-summary a[href='#received_at']").click()
    expect(page.locator("#received_at")).to_be_focused()
    page.locator("#error-summary a[href='#customer_id']").click()
    expect(page.locator("input#customer_id[role=combobox]")).to_be_focused()


def test_a_toast_speaks_and_can_be_closed(visits: Visits) -> None:
    page = visits.open("s1")
    start_inquiry(page, visits.site)
    page.get_by_role("button", name="先登记为草稿").click()
    toast = page.locator("#toasts[aria-live=polite] .toast")
    expect(toast).to_contain_text("询价已登记为草稿")
    toast.locator("summary").press("Enter")
    expect(toast.locator(".toast-text")).not_to_be_visible()


def test_printing_a_draft_prints_only_the_refusal(visits: Visits) -> None:
    page = visits.open("s1")
    page.goto(visits.site + find(page, visits.site, f"{DRAFT} + /preview"))
    expect(page.locator("article.quotation-preview")).to_be_visible()
    expect(page.locator(".print-refusal")).not_to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("article.quotation-preview")).not_to_be_visible()
    expect(page.locator(".print-refusal")).to_be_visible()
    for chrome in (".sidebar", ".topbar", ".bottom-bar", "main .actions"):
        expect(page.locator(chrome).first).not_to_be_visible()


def test_totals_follow_what_is_typed(visits: Visits) -> None:
    page = visits.open("s1")
    page.goto(visits.site + find(page, visits.site, f"{DRAFT} + /edit"))
    before = page.locator("#totals").inner_text()
    page.fill("[name=line-0-quantity]", "7")
    page.locator("[name=line-0-unit_price]").fill("98765.43")
    expect(page.locator("#totals")).not_to_have_text(before)
    assert page.evaluate("document.activeElement.name") == "line-0-unit_price", (
        "the focus stays where one types"
    )


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_products_found_for_the_last_row_are_all_to_be_seen(visits: Visits, width: int) -> None:
    visits.prefer(width=width)
    page = visits.open("s1", "/quotations/fast")
    # what is typed before the script of the table is there finds nothing
    page.wait_for_load_state("networkidle")
    field = page.locator("[name=line-0-name]")
    field.click()
    page.keyboard.type("clb")
    found = page.locator(".combo-list")
    expect(found).to_be_visible()
    box, of_field = found.bounding_box(), field.bounding_box()
    assert box is not None
    assert of_field is not None
    assert abs(box["width"] - of_field["width"]) < 2
    seen = "([x, y]) => Boolean(document.elementFromPoint(x, y)?.closest('.combo-list'))"
    for height in (0.1, 0.5, 0.8):
        assert page.evaluate(seen, [box["x"] + box["width"] / 2, box["y"] + box["height"] * height]), height


def test_a_contact_chosen_by_name_brings_the_telephone_but_never_replaces_what_was_typed(
    visits: Visits,
) -> None:
    page = visits.open("s1")
    page.goto(visits.site + find(page, visits.site, f"{DRAFT} + /edit"))
    first = page.locator("#contact-names option").first
    name, phone = first.get_attribute("value") or "", first.get_attribute("data-phone") or ""
    assert name
    assert phone
    page.fill("[name=customer_phone]", "")
    for typed in ("", name):
        page.locator("[name=attention]").fill(typed)
        page.locator("[name=project]").focus()
    expect(page.locator("[name=customer_phone]")).to_have_value(phone)
    page.fill("[name=customer_phone]", "010-0000-9999")
    for typed in ("", name):
        page.locator("[name=attention]").fill(typed)
        page.locator("[name=project]").focus()
    expect(page.locator("[name=customer_phone]")).to_have_value("010-0000-9999")


def test_language_and_theme_are_changed_where_one_stands_and_kept(visits: Visits) -> None:
    page = visits.open("s2", "/customers?q=农机")
    page.locator(".topbar details.menu summary").click()
    page.get_by_role("button", name="English").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert "q=" in page.url
    page.locator(".topbar details.menu summary").click()
    page.get_by_role("button", name="Dark").first.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(int(part) for part in re.findall(r"\d+", paper)[:3]) < 64, paper
    page.goto(visits.site)
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_on_a_phone_the_bar_is_below_and_all_entries_in_the_drawer(visits: Visits) -> None:
    visits.prefer(width=NARROW)
    page = visits.open("s1")
    expect(page.locator(".sidebar")).not_to_be_visible()
    bar = page.locator(".bottom-bar")
    expect(bar).to_be_visible()
    bar.locator("summary").click()
    bar.locator(".drawer-panel").get_by_role("link", name="客户").click()
    expect(page.locator("h1")).to_have_text("客户")
    tall = page.locator(".bottom-bar > a").first.bounding_box()
    assert tall is not None
    assert tall["height"] >= 44, "a finger needs room"


def test_the_text_of_a_reminder_is_copied_or_selected(visits: Visits) -> None:
    page = visits.open("s1")
    page.goto(visits.site + find(page, visits.site, "/inquiries?status=reported -> /inquiries/[0-9]+"))
    page.get_by_role("link", name="催办").click()
    page.locator("[data-copy]").click()
    marked = "text => text.value.slice(text.selectionStart, text.selectionEnd)"
    selected = page.locator("#reminder-text").evaluate(marked)
    assert re.fullmatch(r"请办理：询价 XJ-2026-\d+（.+）\nhttp://127\.0\.0\.1:\d+/inquiries/\d+", selected)


def test_the_policy_of_content_is_enforced_and_heard(visits: Visits) -> None:
    page = visits.open(address="/verify")
    page.evaluate(
        """() => { const script = document.createElement("script"); script.textContent = "window.injected = 1";
        document.body.append(script); document.body.setAttribute("style", "color: red"); }"""
    )
    assert page.evaluate("window.injected") is None
    page.wait_for_timeout(200)
    assert any("Content Security Policy" in complaint for complaint in visits.complaints), visits.complaints
    visits.complaints.clear()


def test_a_double_click_on_approve_and_on_issue_has_one_effect(visits: Visits) -> None:
    manager = visits.open("m1")
    address = find(manager, visits.site, f"/quotations?status=review -> {REVISION}")
    manager.goto(f"{visits.site}{address}/approve")
    ticked = manager.locator("[name=warnings_ticked]")
    if ticked.count():
        ticked.check()
    manager.locator(".form-foot [data-kind=primary]").dblclick()
    manager.wait_for_url(re.compile(rf"{address}$"))
    manager.reload()
    expect(manager.locator("#record li", has_text="审核通过")).to_have_count(1)
    keeper = visits.open("k1")
    address = find(keeper, visits.site, f"/quotations?status=approved -> {REVISION}")
    keeper.goto(f"{visits.site}{address}/issue")
    keeper.fill("[name=copies]", "2")
    keeper.locator("[name=file_form]").first.check()
    keeper.locator(".form-foot button[type=submit]").first.dblclick()
    keeper.wait_for_url(re.compile(rf"{address}$"))
    keeper.reload()
    expect(keeper.locator("#issued .file-list > li")).to_have_count(2)


def test_one_form_in_two_tabs_creates_one_inquiry_each(visits: Visits) -> None:
    first = visits.open("s1", "/inquiries")
    before = total(first)
    second = first.context.new_page()
    start_inquiry(first, visits.site, "第一个窗口")
    start_inquiry(second, visits.site, "第二个窗口")
    for page in (first, second):
        page.get_by_role("button", name="先登记为草稿").click()
        page.wait_for_url(re.compile(r"/inquiries/\d+$"))
    assert first.url != second.url
    expect(second.locator("main")).to_contain_text("第二个窗口")
    first.goto(f"{visits.site}/inquiries")
    assert total(first) == before + 2


def test_back_after_signing_out_shows_nothing_private(visits: Visits) -> None:
    page = visits.open("s1", "/quotations")
    page.locator("#rows tbody a").first.click()
    expect(page.locator("#record")).to_be_visible()
    page.locator("form[action='/logout']").first.evaluate("form => form.requestSubmit()")
    page.wait_for_url(re.compile("/login"))
    for _turn in range(2):
        page.go_back()
        expect(page.locator("[name=password]")).to_be_visible()
        expect(page.locator("#record, #rows")).to_have_count(0)


def test_somebody_elses_draft_is_not_there_for_whoever_knows_its_address(visits: Visits) -> None:
    owner = visits.open("s1")
    start_inquiry(owner, visits.site, "只给自己看的草稿")
    owner.get_by_role("button", name="先登记为草稿").click()
    owner.wait_for_url(re.compile(r"/inquiries/\d+$"))
    colleague = visits.open("s2")
    for address in (owner.url, f"{owner.url}/edit"):
        answer = colleague.goto(address)
        assert answer is not None
        assert answer.status == 404
        expect(colleague.locator("main")).not_to_contain_text("只给自己看的草稿")


def test_a_question_mark_shows_the_keys_but_may_be_typed(visits: Visits) -> None:
    page = visits.open("m1", "/tasks")
    page.keyboard.press("Control+k")
    page.keyboard.type("?")
    expect(page.locator("[data-hotkey=k]")).to_have_value("?")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("h1")).to_have_text("键盘快捷键")


@pytest.mark.parametrize("width", [1360, NARROW])
def test_a_panel_opened_in_a_row_lies_over_the_rows_below(visits: Visits, width: int) -> None:
    visits.prefer(width=width)
    page = visits.open("s1", "/quotations/follow-up")
    page.locator(".row-actions summary").first.click()
    panel = page.locator(".row-actions [open] .pop-panel")
    box = panel.bounding_box()
    assert box
    assert box["width"] > 250, "a field for a sentence needs its room"
    # whatever one points at between its edges belongs to it
    assert panel.evaluate(
        """panel => { const box = panel.getBoundingClientRect();
        return [...Array(12).keys()].every(step => panel.contains(document.elementFromPoint(
            box.right - 20, box.top + 4 + step * (box.height - 8) / 11))) }"""
    )
