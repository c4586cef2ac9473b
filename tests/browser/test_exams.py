"""Answering a test on a phone without scripts, in English: found among what waits, saved, gone on with, handed in."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, Visits
from tests.browser.walking import fits

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_test_is_answered_by_thumb_without_scripts(visits: Visits) -> None:
    visits.prefer(language="en", width=NARROW, java_script_enabled=False)
    page = visits.open("s2", "/tasks")
    page.locator("main").get_by_role("link", name="报价与合同知识测试").first.click()
    expect(page.locator("h1")).to_contain_text("报价与合同知识测试")
    expect(page.locator("main")).to_contain_text("2 attempts left")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url(re.compile(r"/exams/\d+/answer$"))
    sheets = page.locator("fieldset.choices")
    asked = sheets.all_inner_texts()
    assert len(asked) == 10
    for place in range(5):
        sheets.nth(place).locator("label.choice").first.click()
    page.get_by_role("button", name="Save and go on later").click()
    expect(page.locator("main, #toasts").first).to_be_visible()
    # the same questions in the same order, with what was ticked
    assert sheets.all_inner_texts() == asked
    assert page.locator("fieldset.choices input:checked").count() == 5
    for place in range(5, 10):
        sheets.nth(place).locator("label.choice").last.click()
    fits(page)
    page.get_by_role("button", name="Hand in").click()
    page.wait_for_url(re.compile(r"/exams/\d+$"))
    expect(page.locator("#own")).to_contain_text("Attempt 1")
    expect(page.locator("#own .status").first).to_be_visible()
    fits(page)
    page.goto(re.sub(r"$", "/answer", page.url))
    # the sheet was handed in: there is nothing left to fill
    expect(page).to_have_url(re.compile(r"/exams/\d+$"))
