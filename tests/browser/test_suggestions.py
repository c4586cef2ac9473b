"""A suggestion from the one sentence to the answer: similar ones, acceptance, adoption, the author reads it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, Visits

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TITLE = "再给仓库门口添一台扫码枪"


def pressed(page: Page, path: str) -> None:
    """Press the button of a form, or follow the link, that leads to a step."""
    page.locator(
        f"form[action$='{path}'] button, a[href$='{path}'], button[formaction$='{path}']"
    ).first.click()


def sent(page: Page, path: str) -> None:
    """Send the form of a step and wait for the page of the suggestion."""
    page.locator(".form-foot button").first.click()
    page.wait_for_url(f"**{path}")


@pytest.mark.parametrize(("language", "width", "scripts"), [("zh", WIDE, True), ("en", NARROW, False)])
def test_write_accept_and_read_the_answer(visits: Visits, language: str, width: int, scripts: bool) -> None:
    visits.prefer(
        language=language,
        width=width,
        java_script_enabled=scripts,
    )
    author = visits.open("s2", "/suggestions/new")
    title = author.locator("[name=title]")
    if scripts:
        title.press_sequentially(TITLE, delay=10)
        expect(author.locator("#similar")).to_contain_text("仓库门口放一台扫码枪")
    else:
        title.fill(" ")
        author.locator(".form-foot button").first.click()
        title = author.locator("[name=title]")
        expect(title).to_have_attribute("aria-invalid", "true")
        title.fill(TITLE)
    author.locator("[name=method]").fill("再买一台同样的")
    author.locator(".form-foot button").first.click()
    waits = "受理剩余 2 个工作日 · 王建国" if language == "zh" else "Accept: 2 working days left"
    expect(author.locator(".facts-line")).to_contain_text(waits)
    assert author.evaluate("document.documentElement.scrollWidth") <= width
    path = "/suggestions/" + author.url.split("?")[0].split("#")[0].rsplit("/", 1)[1]
    head = visits.open("m1", path)
    pressed(head, f"{path}/accept")
    expect(head.locator("h1 .status")).to_have_text("已受理" if language == "zh" else "Accepted")
    head.goto(f"{visits.site}{path}/begin_review")
    sent(head, path)
    for reviewer in ("m1", "l1"):
        page = visits.open(reviewer, f"{path}/score")
        for place in range(3):
            page.locator(f"[name=points_{place}]").fill("20")
        sent(page, path)
    head.goto(f"{visits.site}{path}/adopt")
    head.locator("[name=answer]").fill("同意，本月就买。")
    sent(head, path)
    author.goto(f"{visits.site}{path}")
    expect(author.locator("#answer")).to_contain_text("同意，本月就买。")
