"""Equipment on a telephone: the label of an item is scanned, and what is offered is accepted by one tap."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, Visits
from tests.paper_tools import run

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def label_path(page: Page, site: str, item: str, folder: Path) -> str:
    """Print the label of an item, read its QR code as a camera does, and return the path it leads to."""
    answer = page.context.request.get(f"{site}/assets/labels.pdf?item={item}&layout=single")
    paper = folder / "label.pdf"
    paper.write_bytes(answer.body())
    run("pdftoppm", "-r", "300", "-png", "-singlefile", paper, folder / "label")
    address = run("zbarimg", "-q", "--raw", folder / "label.png").strip()
    return re.sub(r"^https?://[^/]+", "", address)


def offer(page: Page, site: str, name: str, receiver: str) -> str:
    """Offer an item out of the store to a colleague, by choosing one thing; return the item's number."""
    page.goto(f"{site}/assets?q={name}&status=in_stock")
    page.locator("#rows tbody a").first.click()
    item = page.url.rsplit("/", 1)[1]
    page.get_by_role("link", name="交接", exact=True).click()
    page.locator("[name=to_id]").evaluate(
        """(each, name) => { each.value = [...each.options].find((one) => one.text.includes(name)).value; }""",
        receiver,
    )
    page.get_by_role("button", name="发起交接").click()
    expect(page.locator("h1 .status")).to_have_text("待接收")
    return item


@pytest.mark.parametrize(
    ("name", "scripts"), [("无线话筒", True), ("展会展板", False)], ids=["with-scripts", "without"]
)
def test_scan_and_accept_on_a_telephone(visits: Visits, tmp_path: Path, name: str, scripts: bool) -> None:
    keeper = visits.open("a1")
    item = offer(keeper, visits.site, name, "周文静")
    path = label_path(keeper, visits.site, item, tmp_path)
    assert path.startswith("/assets/scan/")
    visits.prefer(width=NARROW, java_script_enabled=scripts)
    phone = visits.open("s1", path)
    expect(phone.locator("h1")).to_have_text("接收设备")
    assert phone.evaluate("document.documentElement.scrollWidth") <= NARROW
    accept = phone.get_by_role("button", name="接收", exact=True)
    box = accept.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 900, "the button stands in the first screen"
    accept.click()
    expect(phone.locator("h1 .status")).to_have_text("已接收")
    phone.goto(f"{visits.site}{path}")
    phone.wait_for_url(re.compile(rf"/assets/{item}$"))
    expect(phone.locator("#custody li").first).to_contain_text("周文静")
    keeper.goto(f"{visits.site}/assets/{item}")
    expect(keeper.locator(".facts-line")).to_contain_text("周文静")
