"""A lunar birthday under people's hands: given, seen by the department, withdrawn, gone at the next load."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NARROW, WIDE, Visits

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# As a telephone in English without scripts shows it, and a desk in Chinese.
SETTINGS = [
    pytest.param(
        {"language": "en", "width": NARROW, "java_script_enabled": False}, "lunar month 3, day 3", id="phone"
    ),
    pytest.param({"language": "zh", "width": WIDE}, "农历三月初三", id="desk"),
]


def address_of(page: Page, site: str, name: str) -> str:
    """The page of a person of the demo."""
    page.goto(f"{site}/people?per_page=50")
    href = page.locator("main a", has_text=name).first.get_attribute("href")
    assert href is not None
    return f"{site}{href}"


@pytest.mark.parametrize(("setting", "said"), SETTINGS)
def test_a_birthday_is_seen_by_the_department_until_it_is_withdrawn(
    visits: Visits, site: str, setting: dict[str, object], said: str
) -> None:
    visits.prefer(**setting)  # type: ignore[arg-type]
    own = visits.open("s1", "/profile/edit")
    own.check("input[name=birthday_calendar][value=lunar]")
    own.select_option("select[name=birthday_month]", "3")
    own.select_option("select[name=birthday_day]", "3")
    own.click("#form button[type=submit]")
    own.wait_for_url(f"{site}/profile")
    row = own.locator("#field-birthday")
    expect(row).to_contain_text(said)
    department = row.locator("option[value^='department:']").nth(1).get_attribute("value")
    row.locator("select").select_option(department)
    row.locator("button").first.click()
    expect(own.locator("#field-birthday select")).to_have_value(str(department))
    colleague, stranger = visits.open("s2"), visits.open("t1")
    page = address_of(colleague, site, "周文静")
    for reader, sees in ((colleague, True), (stranger, False)):
        reader.goto(page)
        assert reader.locator("main", has_text=said).count() == int(sees)
    own.locator("#field-birthday form[action$='/withdraw'] button").click()
    expect(own.locator("#field-birthday form[action$='/withdraw']")).to_have_count(0)
    colleague.goto(page)
    expect(colleague.locator("#profile")).not_to_contain_text(said)
