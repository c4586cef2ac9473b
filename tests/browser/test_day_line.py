"""The day line under people's hands: taps, keys, dragging, without scripts; a car out and back on a telephone."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from config import ROOT
from tests.browser.conftest import NARROW, WIDE, Visits, served
from tests.browser.yard import DRIVER, PLATE

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def yard(demo_company: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A copy of the demo with a car of its own, and the code of that car."""
    folder = tmp_path_factory.mktemp("yard") / "company"
    shutil.copytree(demo_company, folder)
    command = [sys.executable, "-m", "tests.browser.yard", str(folder)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8")
    return folder, done.stdout.split()[-1]


@pytest.fixture(scope="module")
def site(yard: tuple[Path, str]) -> Iterator[str]:
    """The address of a server over that copy."""
    yield from served(yard[0])


def line(page: Page) -> Locator:
    """The row of our car."""
    return page.locator(".day-line tbody tr", has_text=PLATE)


def free(page: Page) -> Locator:
    return line(page).locator("[data-free]").last


def awake(page: Page) -> Page:
    """The page once its scripts have come: before that a click follows the link below the line."""
    page.wait_for_load_state("networkidle")
    return page


def chosen(page: Page) -> dict[str, str]:
    """What the address of the form says."""
    return {key: value for key, (value,) in parse_qs(urlsplit(page.url).query).items()}


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without"])
def test_a_free_stretch_leads_to_the_form_with_car_and_time(
    visits: Visits, width: int, scripts: bool
) -> None:
    visits.prefer(width=width, java_script_enabled=scripts)
    page = visits.open(DRIVER, "/bookings")
    if scripts:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    free(page).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/bookings/new"))
    assert chosen(page)["from"] == "2026-11-23T09:45"
    expect(page.locator("[name=vehicle_id] option:checked")).to_contain_text(PLATE)
    expect(page.locator("[name=starts_at]")).to_have_value(re.compile("9:45"))


def test_on_a_telephone_the_line_begins_at_now(visits: Visits) -> None:
    visits.prefer(width=NARROW)
    page = awake(visits.open(DRIVER, "/bookings"))
    box, head = line(page).locator("[data-now]").bounding_box(), line(page).locator("th").bounding_box()
    assert box is not None
    assert head is not None
    assert head["x"] + head["width"] <= box["x"] <= head["x"] + head["width"] + 60


def test_dragging_over_a_free_stretch_chooses_from_when_to_when(visits: Visits) -> None:
    page = awake(visits.open(DRIVER, "/bookings"))
    drawing = line(page).locator("td > svg")
    box = drawing.bounding_box()
    assert box is not None
    at = box["y"] + 6

    def place(hour: float) -> float:
        return box["x"] + box["width"] * (hour - 6) / 16

    page.mouse.move(place(13.02), at)
    page.mouse.down()
    page.mouse.move(place(14), at)
    page.mouse.move(place(16.48), at)
    page.mouse.up()
    page.wait_for_url(re.compile("/bookings/new"))
    assert (chosen(page)["from"], chosen(page)["to"]) == ("2026-11-23T13:00", "2026-11-23T16:30")
    expect(page.locator("[name=ends_at]")).to_have_value(re.compile("16:30"))
    page.goto(f"{visits.site}/bookings")
    awake(page).mouse.click(place(18.1), at)
    page.wait_for_url(re.compile("/bookings/new"))
    assert chosen(page)["from"] == "2026-11-23T18:00"
    assert "to" not in chosen(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without"])
def test_a_car_is_booked_taken_and_brought_back_on_a_telephone(
    visits: Visits, yard: tuple[Path, str], scripts: bool
) -> None:
    visits.prefer(width=NARROW, java_script_enabled=scripts)
    page = visits.open(DRIVER, "/bookings")
    free(page).focus()
    page.keyboard.press("Enter")
    page.fill("[name=destination]", "镇江宏达农机")
    page.fill("[name=ends_at]", "11:30")
    page.locator("#form button[data-kind=primary]").click()
    page.wait_for_url(re.compile(r"/bookings/\d+$"))
    booking = page.url
    kilometres = 23_400 if scripts else 23_462
    page.goto(f"{visits.site}/bookings/car/{yard[1]}")
    page.wait_for_url(re.compile(r"/out$"))
    page.fill("[name=kilometres]", str(kilometres))
    page.locator("#form button[data-kind=primary]").click()
    page.wait_for_url(booking)
    page.goto(f"{visits.site}/bookings/car/{yard[1]}")
    page.wait_for_url(re.compile(r"/return$"))
    page.fill("[name=kilometres]", str(kilometres + 62))
    page.check("[name=condition_good]")
    page.locator("#form button[data-kind=primary]").click()
    page.wait_for_url(booking)
    expect(page.locator("h1")).to_contain_text("已还车")
    page.goto(f"{visits.site}/bookings")
    expect(line(page).locator("a[aria-label*='已还车 周文静']").first).to_be_attached()
