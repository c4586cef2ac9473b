"""A judge fills the score sheet of a drill on a telephone, in English and without scripts."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, Visits
from tests.browser.walking import fits

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_judge_scores_on_a_telephone_without_scripts(visits: Visits) -> None:
    visits.prefer(language="en", width=NARROW, java_script_enabled=False)
    phone = visits.open("l1", "/drills?status=rehearsed")
    phone.locator("#rows tbody a").first.click()
    expect(phone.locator("h1 .status")).to_have_text("To be scored")
    fits(phone)
    drill = phone.url
    phone.get_by_role("link", name="Score", exact=True).click()
    fields = phone.locator("input[name^=points_]")
    expect(fields).to_have_count(7)
    fits(phone)
    phone.get_by_label("Remark").fill("Asked for the months of use")
    fields.first.fill("11")
    phone.get_by_role("button", name="Submit the sheet").click()
    expect(phone.locator("[aria-invalid=true]").first).to_be_visible()
    expect(phone.get_by_label("Remark")).to_have_value("Asked for the months of use")
    for place in range(7):
        fields.nth(place).fill(str(6 + place % 4))
    phone.get_by_role("button", name="Submit the sheet").click()
    phone.wait_for_url(drill)
    expect(phone.get_by_text("Asked for the months of use")).to_be_visible()
    expect(phone.get_by_role("link", name="Score", exact=True)).to_have_count(0)
    phone.goto(f"{drill}/score")
    expect(phone.locator("body")).to_contain_text("You have scored already")
