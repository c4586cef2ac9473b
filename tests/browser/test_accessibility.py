"""Every kind of page is free of what axe-core can find, in both themes, on a wide screen and on a phone."""

from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import NARROW, WIDE, Visits
from tests.browser.walking import REVISION, find

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# name, account, address; an address may follow the first fitting link of another page: "page -> pattern + tail".
PAGES = (
    ("sign-in", "", "/login"),
    ("verify", "", "/verify"),
    ("verify-unknown", "", "/verify/0000-0000-0000-0000-0000-0000"),
    ("not-found", "s1", "/inquiries/999999"),
    ("workbench-sales", "s1", "/"),
    ("workbench-manager", "m1", "/"),
    ("workbench-driver", "s2", "/"),
    ("today", "s1", "/today"),
    ("tasks", "m1", "/tasks"),
    ("notices", "s1", "/notices"),
    ("search", "m1", "/search?q=油泵"),
    ("inquiries", "m1", "/inquiries"),
    ("inquiries-narrowed-to-nothing", "m1", "/inquiries?q=没有这样的询价"),
    ("inquiry", "s1", "/inquiries?status=preparing -> /inquiries/[0-9]+"),
    ("inquiry-of-a-department", "t1", "/tasks -> /inquiries/[0-9]+"),
    ("inquiry-new", "s1", "/inquiries/new"),
    ("inquiry-decide", "m1", "/inquiries?status=reported -> /inquiries/[0-9]+ + /decide"),
    ("inquiry-decline", "m1", "/inquiries?status=reported -> /inquiries/[0-9]+ + /decline"),
    ("quotations", "m1", "/quotations"),
    ("quotation-review", "m1", f"/quotations?status=review -> {REVISION}"),
    ("quotation-approve", "m1", f"/quotations?status=review -> {REVISION} + /approve"),
    ("quotation-issue", "k1", f"/quotations?status=approved -> {REVISION} + /issue"),
    ("quotation-issued", "m1", f"/quotations?status=issued -> {REVISION}"),
    ("quotation-edit", "s1", f"/quotations?status=draft -> {REVISION} + /edit"),
    ("quotation-preview", "s1", f"/quotations?status=draft -> {REVISION} + /preview"),
    ("customers", "s1", "/customers"),
    ("customer", "s1", "/customers -> /customers/[0-9]+"),
    ("customer-new", "s1", "/customers/new"),
    ("products", "s1", "/products"),
    ("product", "s1", "/products -> /products/[0-9]+"),
    ("seals", "k1", "/seals"),
    ("seal", "k1", "/seals -> /seals/[0-9]+"),
    ("seal-register", "f1", "/seals/uses"),
    ("verify-telephone", "c1", "/verify/telephone"),
    ("day-line", "s1", "/bookings"),
    ("day-line-fortnight", "v1", "/bookings?span=fortnight"),
    ("calendars", "v1", "/bookings/calendars"),
    ("trip-log", "m1", "/bookings/log"),
    ("people", "admin", "/people"),
    ("person", "admin", "/people -> /people/[0-9]+"),
    ("departments", "admin", "/departments"),
    ("delegations", "m1", "/delegations"),
    ("account", "s1", "/account"),
    ("settings", "admin", "/admin"),
    ("modules", "admin", "/admin/modules"),
    ("roles", "admin", "/admin/roles"),
    ("audit", "admin", "/admin/audit"),
    ("backup", "admin", "/admin/backup"),
    ("gallery", "admin", "/_ui"),
)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (only) => {
  const runOnly = only.length ? {type: "rule", values: only} : {type: "tag", values: WCAG};
  const found = await axe.run(document, {runOnly, resultTypes: ["violations"]});
  return found.violations.map((rule) => `${rule.id}: ` + rule.nodes.slice(0, 4).map(
    (node) => `${node.target} ${node.failureSummary.split("\\n").slice(1, 2)}`.trim()).join(" | "));
}""".replace("WCAG", str(WCAG))


@cache
def axe_source() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def signed_in() -> dict[str, Any]:
    """What the browsers of the people hold once they signed in."""
    return {}


def violations(page: Page, *only: str) -> list[str]:
    """Return what axe-core finds: by all rules, or by some."""
    found: list[str] = page.evaluate(RUN, list(only))
    return found


@pytest.mark.parametrize(("name", "account", "address"), PAGES, ids=[page[0] for page in PAGES])
def test_axe_finds_nothing(
    visits: Visits, signed_in: dict[str, Any], name: str, account: str, address: str
) -> None:
    visits.prefer(theme="auto", language="en" if len(name) % 2 else "zh", reduced_motion="reduce")
    page = visits.open(account, kept=signed_in)
    page.goto(visits.site + find(page, visits.site, address))
    page.evaluate(axe_source())
    found: list[str] = []
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="light")
        found += [f"{width} light: {violation}" for violation in violations(page)]
        # Nothing but colours differs between the themes.
        page.emulate_media(color_scheme="dark")
        found += [f"{width} dark: {violation}" for violation in violations(page, "color-contrast")]
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            found.append(f"{width}: the page is {wider} px wider than the screen")
    assert not found, "\n".join(found)
