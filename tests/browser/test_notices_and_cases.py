"""A notice confirmed on a telephone without scripts, in English; a case written, published and found, in Chinese."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE, Visits

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_notice_is_confirmed_on_a_telephone_without_scripts(visits: Visits) -> None:
    visits.prefer(language="en", theme="dark", width=NARROW, java_script_enabled=False)
    phone = visits.open("p1", "/tasks")
    phone.get_by_role("link", name="拆液压管必须先卸压").first.click()
    expect(phone.locator("h1")).to_contain_text("拆液压管必须先卸压")
    assert phone.evaluate("document.documentElement.scrollWidth") <= NARROW
    confirm = phone.get_by_role("button", name="Confirm reading")
    box = confirm.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 900, "the button stands in the first screen"
    confirm.click()
    expect(phone.get_by_text("You confirmed reading this")).to_be_visible()
    expect(phone.get_by_role("button", name="Confirm reading")).to_have_count(0)
    phone.goto(f"{visits.site}/tasks")
    expect(phone.get_by_role("link", name="拆液压管必须先卸压")).to_have_count(0)
    visits.prefer()
    head = visits.open("m1", "/announcements?q=卸压")
    head.locator("#rows tbody a").first.click()
    head.get_by_role("link", name="确认情况").click()
    head.locator("input[type=search], input[name=q]").last.fill("赵敏")
    head.keyboard.press("Enter")
    expect(head.locator("#rows tbody tr").first).to_contain_text("已确认")


def test_a_case_is_written_published_and_found(visits: Visits) -> None:
    visits.prefer(width=WIDE)
    writer = visits.open("s1", "/customers?q=禾垦农机")
    writer.locator("#rows tbody a").first.click()
    writer.locator("#cases-panel").get_by_role("link", name="写成案例").click()
    writer.locator("[name=title]").fill("分流阀装反，两只油缸不同步")
    writer.get_by_label("成功", exact=True).check()
    writer.locator("[name=stage]").select_option(label="售后服务")
    writer.locator("[name=tags]").fill("分流阀 同步")
    said = {
        "situation": "割台左右高低差 8 厘米，客户以为油缸坏了。",
        "done": "到现场看流向箭头，分流集流阀进出口装反，换向后排气三次。",
        "result": "高低差 3 毫米，没有换任何零件。",
        "lesson": "先看箭头再拆油缸。",
    }
    for name, text in said.items():
        writer.locator(f"[name={name}]").fill(text)
    writer.get_by_role("button", name="存为草稿").click()
    expect(writer.locator("h1 .status")).to_have_text("草稿")
    expect(writer.locator("#links")).to_contain_text("禾垦农机")
    writer.get_by_role("button", name="提交审核").click()
    expect(writer.locator("h1 .status")).to_have_text("待审核")
    path = re.sub(r"^https?://[^/]+", "", writer.url)
    checker = visits.open("m1", path)
    checker.get_by_role("button", name="审核入库").click()
    expect(checker.locator("h1 .status")).to_have_text("已入库")
    reader = visits.open("t1", "/search?q=分流阀装反")
    reader.locator(f"a[href='{path}']").first.click()
    reader.get_by_role("button", name="有用 0").click()
    expect(reader.get_by_role("button", name="有用 1")).to_be_visible()
    reader.goto(f"{visits.site}/cases?tag=同步")
    expect(reader.locator("#rows tbody tr")).to_have_count(1)
