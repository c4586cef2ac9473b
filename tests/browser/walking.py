"""Ways through the pages that more than one test takes."""

import re

from playwright.sync_api import Page, expect

REVISION = "/quotations/[0-9]+/r/[0-9]+"

# Where the focus stands, None once it left the page; seen: something of the element changes for the eye.
FOCUSED = """() => {
  const each = document.activeElement;
  if (!each || each === document.body) return null;
  const style = getComputedStyle(each), box = each.getBoundingClientRect();
  // The parts inside a date field are the browser's own and show their own focus.
  const parts = each.type === "date";
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const seen = parts || ring || style.boxShadow !== "none" || Boolean(each.closest(":focus-within") && getComputedStyle(
    each.parentElement).outlineStyle !== "none");
  return {place: Number(each.dataset.place ?? -1), seen: seen && box.width > 0, what: each.outerHTML.slice(0, 100)};
}"""

# Everything that must be reached, numbered; the focus is put before the first of it.
STOPS = """() => {
  const stops = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
    .filter((each) => each.checkVisibility() && !each.disabled && each.tabIndex >= 0 && each.type !== "hidden");
  stops.forEach((each, place) => { each.dataset.place = place; });
  const before = document.createElement("span");
  before.tabIndex = -1;
  before.style.position = "fixed";
  document.body.prepend(before);
  before.focus();
  return stops.length;
}"""
MOST_PARTS = 4


def fits(page: Page) -> None:
    """Nothing of the page is wider than the screen, once it is there: between two pages there is nothing to measure."""
    expect(page.locator("h1").first).to_be_visible()
    page.wait_for_load_state()
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, page.url


def walk(page: Page) -> list[str]:
    """Press Tab through the page; return what was not reached, or reached without anything to be seen."""
    count: int = page.evaluate(STOPS)
    missed, faults = set(range(count)), []
    for _turn in range(MOST_PARTS * count):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUSED)
        if stop is None:
            break
        if not stop["seen"]:
            faults.append(f"no visible focus: {stop['what']}")
        missed.discard(stop["place"])
    for place in sorted(missed):
        outer = page.locator(f"[data-place='{place}']").evaluate("each => each.outerHTML.slice(0, 120)")
        faults.append(f"not reached: {outer}")
    return faults


def find(page: Page, site: str, address: str) -> str:
    """Return an address, or the one its description leads to: "page -> pattern of the first link + tail"."""
    if " -> " not in address:
        return address
    start, _arrow, rest = address.partition(" -> ")
    pattern, _plus, tail = rest.partition(" + ")
    page.goto(site + start)
    links = page.locator("main a[href]").evaluate_all(
        "links => links.map((link) => link.getAttribute('href'))"
    )
    return str(next(link for link in links if re.fullmatch(pattern, link))) + tail
