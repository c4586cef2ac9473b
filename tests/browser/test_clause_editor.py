"""A clause of a draft is written as it is printed: by keyboard and buttons, pasted, saved by itself, with marks."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NARROW, WIDE, Visits
from tests.browser.test_accessibility import axe_source, violations
from tests.browser.walking import walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASTE = """(box, [html, text]) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", html);
  clipboardData.setData("text/plain", text);
  box.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


# What a browser does by itself with the key does not happen, so that it is the same in every one.
PRESS_BOLD = """(box) => !box.dispatchEvent(new KeyboardEvent("keydown", {
  key: "b", ctrlKey: true, bubbles: true, cancelable: true,
}))"""


def begin(page: Page, site: str) -> Locator:
    """Begin a rule with two clauses and return the box of the second, which is open."""
    page.goto(f"{site}/rules/new")
    page.fill("[name=title]", "试写办法")
    page.locator("[name=category]").select_option(index=1)
    departments = page.locator("[name=department_id]")
    names = [each.strip() for each in departments.locator("option").all_inner_texts()]
    departments.select_option(index=names.index("销售部"))
    page.locator(".form-foot [data-kind=primary]").click()
    page.wait_for_url(re.compile(r"/edit$"))
    for count in (1, 2):
        page.get_by_role("button", name="在最前面加一条").click()
        expect(page.locator("#outline .row")).to_have_count(count - 1)
        expect(page.get_by_role("textbox", name="正文")).to_be_visible()
    return page.get_by_role("textbox", name="正文")


def save(page: Page) -> Locator:
    """Save the clause and return how the first of them is shown now."""
    page.get_by_role("button", name="保存这一条").click()
    expect(page.get_by_role("textbox", name="正文")).to_have_count(0)
    return page.locator("#outline .row-text").first


def test_what_is_written_in_the_box_is_printed_the_same(visits: Visits) -> None:
    page = visits.open("m1")
    box = begin(page, visits.site)
    expect(page.locator("textarea[name=text]")).not_to_be_visible()
    box.click()
    bold = page.get_by_role("button", name="加粗")
    page.keyboard.type("车辆由")
    # The key is the box's own: Firefox has none for bold and would open its bookmarks.
    assert box.evaluate(PRESS_BOLD)
    expect(bold).to_have_attribute("aria-pressed", "true")
    page.keyboard.type("专人")
    bold.click()
    expect(bold).to_have_attribute("aria-pressed", "false")
    # Nothing is written slanting, for nothing is printed so.
    page.keyboard.press("Control+i")
    page.keyboard.type("负责。")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="列表", exact=True).press("Enter")
    page.keyboard.type("第一点")
    page.keyboard.press("Enter")
    page.keyboard.type("第二点")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="表格").click()
    box.locator("th").first.click()
    page.keyboard.type("级别")
    expect(page.get_by_role("button", name="删行")).to_be_disabled()
    page.get_by_role("button", name="加列").click()
    box.locator("td").nth(5).click()
    page.keyboard.type("500")
    page.get_by_role("button", name="删列").click()
    page.get_by_role("button", name="加行").click()
    box.locator("td").first.click()
    page.get_by_role("button", name="删行").click()
    box.locator("td").first.click()
    page.keyboard.type("一级")
    box.locator("p").last.click()
    page.keyboard.type("按")
    page.get_by_text("链接到条款").click()
    page.get_by_label("选择本制度的条款").fill("第二章")
    page.keyboard.press("Enter")
    page.keyboard.type("办理。")
    shown = save(page)
    expect(shown.locator("strong")).to_have_text(["专人"])
    expect(shown.locator("p").first).to_contain_text("车辆由专人负责。")
    expect(shown.locator("em, i")).to_have_count(0)
    expect(shown.locator("ul li")).to_have_text(["第一点", "第二点"])
    expect(shown.locator("tr")).to_have_count(3)
    expect(shown.locator("th")).to_have_text(["级别", "", ""])
    expect(shown.locator("td").first).to_have_text("一级")
    expect(shown.locator("p").last).to_have_text("按第二章办理。")
    expect(shown.locator("p a")).to_have_attribute("href", re.compile("#clause-"))
    # Opened again, the box shows it; unchanged it stays unchanged.
    page.get_by_role("link", name="改写 第一章").click()
    expect(box.locator("ul li")).to_have_text(["第一点", "第二点"])
    save(page)
    expect(shown.locator("ul li")).to_have_text(["第一点", "第二点"])
    expect(shown.locator("p").last).to_have_text("按第二章办理。")


def test_rich_text_is_pasted_as_it_will_be_printed(visits: Visits) -> None:
    page = visits.open("m1")
    box = begin(page, visits.site)
    box.click()
    rich = (
        "<p style='color:red' onclick='x()'>出差须经<b>审批</b></p><ul><li>经理</li></ul>"
        "<table><tr><td colspan=2>标准</td></tr><tr><td>500</td><td>300</td></tr></table><script>x</script>"
    )
    box.evaluate(PASTE, [rich, "出差须经审批"])
    expect(box.locator("td")).to_have_text(["500", "300"])
    expect(box.locator("b, strong")).to_have_text(["审批"])
    expect(box.locator("script, [onclick]")).to_have_count(0)
    shown = save(page)
    expect(shown.locator("strong")).to_have_text(["审批"])
    expect(shown.locator("th")).to_have_attribute("colspan", "2")
    expect(shown.locator("li")).to_have_text(["经理"])


def test_the_box_saves_itself_and_what_is_wrong_keeps_what_was_written(visits: Visits) -> None:
    page = visits.open("m1")
    page.clock.install()
    box = begin(page, visits.site)
    box.click()
    page.keyboard.type("自己保存的话。")
    with page.expect_response(re.compile("/autosave$")):
        page.clock.fast_forward(21_000)
    expect(page.locator("#autosave")).to_contain_text("草稿已自动保存")
    page.get_by_text("链接到条款").click()
    page.get_by_label("选择本制度的条款").fill("RUL-2026-9999 第九条")
    page.get_by_role("button", name="插入链接").click()
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        page.get_by_role("button", name="保存这一条").click()
    assert answered.value.status == 422
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(box).to_contain_text("自己保存的话。")
    expect(box.locator("a")).to_have_text("第九条")
    page.locator("#error-summary a").click()
    expect(box).to_be_focused()
    # The marks tell the same, and the way back too.
    page.get_by_role("button", name="用标记写").click()
    expect(page.locator("textarea[name=text]")).to_have_value("自己保存的话。[[RUL-2026-9999 第九条]]")
    page.fill("textarea[name=text]", "**粗**的话")
    page.get_by_role("button", name="按印出的样子写").click()
    expect(box.locator("strong")).to_have_text("粗")
    expect(save(page)).to_contain_text("粗的话")


def test_without_scripts_the_marks_are_typed(visits: Visits) -> None:
    page = visits.open("m1")
    begin(page, visits.site)
    address = page.url
    visits.options["java_script_enabled"] = False
    page = visits.open("m1")
    page.goto(address)
    page.get_by_role("link", name=re.compile("改写")).first.click()
    expect(page.get_by_role("textbox", name="正文")).to_have_count(1)
    expect(page.locator("#box")).not_to_be_visible()
    expect(page.get_by_role("button", name="用标记写")).to_have_count(0)
    page.fill("textarea[name=text]", "没有**脚本**")
    page.get_by_role("button", name="保存这一条").click()
    expect(page.locator("#outline strong", has_text="脚本")).to_be_visible()


def test_the_editor_is_for_everybody(visits: Visits) -> None:
    page = visits.open("m1")
    box = begin(page, visits.site)
    box.click()
    page.get_by_role("button", name="表格").click()
    for place, words in enumerate(("级别", "住宿", "交通")):
        box.locator("th").nth(place).click()
        page.keyboard.type(words)
    page.evaluate(axe_source())
    found: list[str] = []
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found += [f"{width} {scheme}: {violation}" for violation in violations(page)]
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0
        heights = page.locator("[data-box] .btn:visible").evaluate_all(
            "all => all.map((each) => each.offsetHeight)"
        )
        assert min(heights) >= 36, "a finger needs room"
    assert not found, "\n".join(found)
    page.set_viewport_size({"width": WIDE, "height": 900})
    assert not walk(page)
