"""The team under people's hands: voting and enrolling on a telephone without scripts, the chart on a desk."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE, Visits

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("scripts", [False, True])
def test_two_taps_vote_and_one_enrols_on_a_telephone(visits: Visits, scripts: bool) -> None:
    visits.prefer(language="en", width=NARROW, java_script_enabled=scripts)
    who = "k1" if scripts else "t1"
    page = visits.open(who, "/activities")
    page.get_by_role("link", name="HD-2026-0003").click()
    vote = page.locator("#vote")
    expect(vote).to_contain_text("7 votes" if not scripts else "8 votes")
    vote.get_by_label("酒店圆桌").check()
    vote.get_by_role("button", name="Vote").click()
    expect(page.locator("#vote")).to_contain_text("8 votes" if not scripts else "9 votes")
    expect(page.locator("#vote")).to_contain_text("My choice")
    width = page.evaluate("document.documentElement.scrollWidth") if scripts else NARROW
    assert width <= NARROW
    page.goto(page.url.replace("/3", "/2"))
    if scripts:
        # This one has a seat, gives it back, and waits behind the others.
        page.locator("#enrol").get_by_role("button", name="Withdraw").click()
    page.locator("#enrol").get_by_role("button", name="Wait for a seat").click()
    expect(page.locator("#enrol")).to_contain_text("You are number 2 waiting")


def test_the_chart_is_drawn_on_a_desk_and_another_day_is_one_form_away(visits: Visits) -> None:
    visits.prefer(width=WIDE)
    page = visits.open("s1", "/directory/structure")
    chart = page.locator("figure.flow svg")
    expect(chart).to_be_visible()
    assert chart.locator("rect").count() == page.locator("table tbody tr").count() == 16
    box = chart.bounding_box()
    assert box is not None
    assert box["width"] <= WIDE
    expect(chart).to_contain_text("周文静 · 空缺 1")
    page.locator("#day").fill("2026-06-30")
    page.get_by_role("button", name="查看").click()
    expect(page.locator("figure.flow svg")).not_to_contain_text("周文静 · 空缺 1")
    page.get_by_role("link", name="今天", exact=True).click()
    page.get_by_role("link", name="规划：").click()
    expect(page.locator("figure.flow svg")).to_contain_text("华北组组长")


def test_a_colleague_is_found_by_initials_and_called_by_a_tap(visits: Visits) -> None:
    visits.prefer(width=NARROW)
    page = visits.open("s1", "/directory?q=zwj")
    expect(page.locator("#rows")).to_contain_text("周文静")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    assert page.locator('#rows a[href^="tel:"]').count() == 1
