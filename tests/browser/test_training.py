"""Training by hand: the chair unticks the absent on a telephone without scripts; a free seat moves the queue up."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, Visits
from tests.browser.walking import fits

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FULL = "看懂液压原理图"


def session_of(page: Page, site: str, title: str) -> None:
    """Open the page of a session out of the weeks."""
    page.goto(f"{site}/training")
    page.get_by_role("link", name=title).click()
    expect(page.locator("h1")).to_contain_text(title)


def test_the_chair_signs_people_in_on_a_telephone_without_scripts(visits: Visits) -> None:
    visits.prefer(language="en", width=NARROW, java_script_enabled=False)
    phone = visits.open("m1", "/training/new")
    phone.fill("[name=title]", "Morning round")
    phone.fill("[name=starts_at]", "2026-11-23 11:00")
    phone.fill("[name=ends_at]", "2026-11-23 11:30")
    phone.fill("[name=place]", "Room 2")
    phone.get_by_role("button", name="Arrange", exact=True).click()
    phone.get_by_role("button", name="Publish", exact=True).click()
    expect(phone.locator("h1 .status")).to_have_text("Enrolling")
    address = re.sub(r"^https?://[^/]+", "", phone.url)
    for colleague in ("s1", "s2"):
        other = visits.open(colleague, address)
        other.get_by_role("button", name="Enrol", exact=True).click()
        expect(other.locator("#own .status")).to_have_text("Enrolled")
    phone.goto(f"{visits.site}{address}")
    phone.get_by_role("button", name="Start signing in").click()
    phone.get_by_role("link", name="Record attendance").click()
    boxes = phone.locator("[name=present]")
    expect(boxes).to_have_count(2)
    fits(phone)
    phone.get_by_label("陈志远", exact=True).first.uncheck()
    phone.get_by_role("button", name="Record attendance").click()
    people = phone.locator("#people tbody tr")
    expect(people.filter(has_text="周文静")).to_contain_text("Came")
    expect(people.filter(has_text="陈志远")).to_contain_text("Absent")
    phone.get_by_role("button", name="End signing in").click()
    expect(phone.locator("h1 .status")).to_have_text("To be summarised")


def test_a_seat_that_is_given_back_goes_to_the_first_in_the_queue(visits: Visits) -> None:
    late = visits.open("d1")
    session_of(late, visits.site, FULL)
    expect(late.locator(".facts-line")).to_contain_text("名额 3")
    late.get_by_role("button", name="报名", exact=True).click()
    expect(late.locator("#own")).to_contain_text("候补第 3 位")
    seated = visits.open("c1")
    session_of(seated, visits.site, FULL)
    seated.get_by_role("button", name="不参加了").click()
    expect(seated.locator("#own .status")).to_have_text("已退出")
    first = visits.open("p1")
    session_of(first, visits.site, FULL)
    expect(first.locator("#own .status")).to_have_text("已报名")
    late.reload()
    expect(late.locator("#own")).to_contain_text("候补第 2 位")


def test_a_weekly_session_is_begun_by_people_with_scripts(visits: Visits) -> None:
    page = visits.open("h1", "/training/series/new")
    page.fill("[name=title]", "全员周三大讲堂")
    page.select_option("[name=weekday]", label="周三")
    page.fill("[name=begins]", "16点")
    page.fill("[name=place]", "三楼会议室")
    page.get_by_label("组织部门").select_option(label="综合办公室")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("[name=begins][aria-invalid=true]")).to_be_visible()
    page.fill("[name=begins]", "16：00")
    page.get_by_role("button", name="保存").dblclick()
    page.wait_for_url(f"{visits.site}/training")
    expect(page.locator("#toasts")).to_contain_text("往后的场次已经排出")
    # one series of four weeks ahead, whatever the second click asked for
    expect(page.get_by_role("link", name="全员周三大讲堂")).to_have_count(4)
