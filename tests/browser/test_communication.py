"""A report from a quotation to an answer with a decision, by thumb at 390 px, without scripts, in English."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, Visits
from tests.browser.walking import fits

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_reported_from_a_quotation_seen_and_answered_with_a_decision(visits: Visits) -> None:
    visits.prefer(language="en", width=NARROW, java_script_enabled=False)
    page = visits.open("s1", "/quotations")
    page.locator("main a[href*='/r/']").first.click()
    page.wait_for_url("**/r/*")
    quotation = page.url
    fits(page)
    page.locator("#reported").get_by_role("link", name="Report", exact=True).click()
    expect(page.locator("h1")).to_have_text("Report or ask for help")
    fits(page)
    leader = page.locator("[name=to_id] option", has_text="刘振华").get_attribute("value")
    page.select_option("[name=to_id]", leader)
    page.fill("[name=text]", "The customer threatens to cancel")
    page.locator(".form-foot button").click()
    page.wait_for_url(quotation)
    expect(page.locator("#reported")).to_contain_text("Reported to 刘振华")
    report = page.locator("#reported a", has_text="Reported to").first.get_attribute("href")
    assert report is not None

    leaders = visits.open("l1", report)
    fits(leaders)
    leaders.locator("#steps").get_by_role("button", name="Seen").click()
    expect(leaders.locator("#told")).to_contain_text("Seen")
    leaders.locator("#steps").get_by_role("link", name="Answer").click()
    expect(leaders.locator("[name=answer]")).to_be_visible()
    fits(leaders)
    leaders.fill("[name=answer]", "I shall call them today")
    leaders.fill("[name=resolution_1_text]", "Bring the overdue valves by Friday")
    doer = leaders.locator("[name=resolution_1_responsible_id] option", has_text="周文静")
    leaders.select_option("[name=resolution_1_responsible_id]", doer.get_attribute("value"))
    leaders.locator(".form-foot button").click()
    # the day was forgotten: nothing is lost, nothing half done
    expect(leaders.locator("[name=answer]")).to_have_value("I shall call them today")
    leaders.fill("[name=resolution_1_due_on]", "2026-11-27")
    leaders.locator(".form-foot button").click()
    leaders.wait_for_url(re.compile(r"/escalations/\d+$"))
    expect(leaders.locator("#resolutions")).to_contain_text("Bring the overdue valves by Friday")
    fits(leaders)

    page.goto(f"{visits.site}/resolutions")
    expect(page.locator("main")).to_contain_text("Bring the overdue valves by Friday")
    fits(page)
    page.goto(quotation)
    expect(page.locator("#reported")).to_contain_text("Answered")
