"""The fast track by thumb at 390 px: one form and one download for the salesperson, one button for the manager."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, Visits
from tests.browser.story import CUSTOMER
from tests.browser.walking import fits

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Hand:
    """Counts what a person does: taps on what can be seen, and fields filled in."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taps = 0
        self.fields = 0

    def tap(self, name: str, role: str = "button") -> None:
        self.taps += 1
        self.page.locator("main").get_by_role(role, name=name).first.click()  # type: ignore[arg-type]

    def fill(self, name: str, text: str) -> None:
        self.fields += 1
        self.page.fill(f"[name={name}]", text)


def send(hand: Hand, *, scripts: bool) -> str:
    """The salesperson fills the one form; return the address of the inquiry."""
    page = hand.page
    hand.tap("快速报价", "link")
    expect(page.locator("h1")).to_have_text("快速报价")
    fits(page)
    hand.fill("customer", CUSTOMER)
    if scripts:
        page.locator("[name=line-0-name]").click()
        page.keyboard.type("CBN-E310")
        hand.fields += 1
        hand.taps += 1
        choice = page.locator("[role=option]").first
        expect(choice).to_be_in_viewport(ratio=1)
        assert choice.evaluate("option => option.clientWidth") > 250, "nobody can read or hit it"
        choice.click()
        expect(page.locator("[name=line-0-unit_price]")).not_to_have_value("")
    else:
        hand.fill("line-0-name", "CB-001")
    hand.fill("line-0-quantity", "20")
    if scripts:
        expect(page.locator("#totals")).not_to_contain_text("¥0.00")
    hand.tap("送经理审核")
    page.wait_for_url(re.compile(r"/inquiries/\d+$"))
    fits(page)
    return page.url


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without"])
def test_one_form_one_button_one_download(visits: Visits, scripts: bool) -> None:
    visits.prefer(width=NARROW, java_script_enabled=scripts)
    seller = Hand(visits.open("s1"))
    place = send(seller, scripts=scripts)
    assert (seller.fields, seller.taps) == (3, 3 if scripts else 2)

    # Two taps: the message, and the button on the page it leads to.
    manager = Hand(visits.open("m1", "/notices"))
    read(manager)
    expect(manager.page).to_have_url(place)
    expect(manager.page.locator("#offer")).to_contain_text("价目表")
    fits(manager.page)
    manager.tap("同意参与并审核通过")
    expect(manager.page.locator("h1 .status")).to_have_text("已审核可打印")
    assert (manager.fields, manager.taps) == (0, 2)
    fits(manager.page)

    issue(visits.open("k1", manager.page.url.removeprefix(visits.site)))
    page = seller.page
    page.goto(f"{visits.site}/notices")
    read(seller)
    link = page.locator("main").get_by_role("link", name="下载正式件")
    expect(link).to_be_visible()
    paper = page.request.get(f"{visits.site}{link.get_attribute('href')}")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.body().startswith(b"%PDF")


def read(hand: Hand) -> None:
    """Open the newest message."""
    hand.taps += 1
    hand.page.locator("#rows button.row-link").first.click()
    hand.page.wait_for_url(lambda url: not url.endswith("/notices"))


def issue(page: Page) -> None:
    """The seal keeper issues the electronic file."""
    page.locator("main").get_by_role("link", name="打印盖章").first.click()
    page.locator("main").get_by_role("button", name="打印盖章").last.click()
    expect(page.locator("h1 .status")).to_have_text("已出具")
