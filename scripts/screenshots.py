"""Photograph the pages of a running demo, so that a person can look at them.

    python scripts/screenshots.py http://127.0.0.1:8000 out/            two settings per page
    python scripts/screenshots.py http://127.0.0.1:8000 out/ --all      all eight settings
    python scripts/screenshots.py http://127.0.0.1:8000 out/ --only quotation

The settings are Chinese or English, 1360 or 390 px wide, light or dark; two of them are Chinese 1360 light and
English 390 dark. Needs the system's Chromium.
"""

import argparse
import itertools
import re
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PASSWORD = "zhangcheng-demo"  # noqa: S105 - the demo's own, shown on its sign-in page
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TWO = (("zh", 1360, "light"), ("en", 390, "dark"))
EIGHT = tuple(itertools.product(("zh", "en"), (1360, 390), ("light", "dark")))

# name, account, address; an address may follow the first link on another page: "page -> pattern".
PAGES: tuple[tuple[str, str, str], ...] = (
    ("sign-in", "", "/login"),
    ("workbench-sales", "s1", "/"),
    ("workbench-manager", "m1", "/"),
    ("tasks", "m1", "/tasks"),
    ("inquiries", "m1", "/inquiries"),
    ("inquiry", "s1", "/inquiries?status=preparing -> /inquiries/[0-9]+"),
    ("inquiry-technical", "t1", "/tasks -> /inquiries/[0-9]+"),
    ("inquiry-new", "s1", "/inquiries/new"),
    ("inquiry-decide", "m1", "/tasks -> /inquiries/[0-9]+ + /decide"),
    ("quotations", "m1", "/quotations"),
    ("quotation-review", "m1", "/quotations?status=review -> /quotations/[0-9]+/r/[0-9]+"),
    ("quotation-approve", "m1", "/quotations?status=review -> /quotations/[0-9]+/r/[0-9]+ + /approve"),
    ("quotation-issue", "k1", "/quotations?status=approved -> /quotations/[0-9]+/r/[0-9]+ + /issue"),
    ("quotation-issued", "m1", "/quotations?status=issued -> /quotations/[0-9]+/r/[0-9]+"),
    ("quotation-edit", "s1", "/quotations?status=draft -> /quotations/[0-9]+/r/[0-9]+ + /edit"),
    ("quotation-preview", "s1", "/quotations?status=draft -> /quotations/[0-9]+/r/[0-9]+ + /preview"),
    (
        "quotation-negotiation",
        "s2",
        "/quotations/negotiations?status=waiting -> /quotations/negotiations/[0-9]+",
    ),
    (
        "negotiation-answer",
        "m1",
        "/quotations/negotiations?status=waiting -> /quotations/negotiations/[0-9]+",
    ),
    ("negotiations", "m1", "/quotations/negotiations"),
    ("quotations-follow-up", "s1", "/quotations/follow-up"),
    ("terms", "m1", "/quotations/terms"),
    ("customers", "s1", "/customers"),
    ("customer", "s1", "/customers -> /customers/[0-9]+"),
    ("products", "s1", "/products"),
    ("product", "s1", "/products -> /products/[0-9]+"),
    ("seals", "k1", "/seals"),
    ("seal", "k1", "/seals -> /seals/[0-9]+"),
    ("seal-register", "f1", "/seals/uses"),
    ("verify", "", "/verify"),
    ("verify-telephone", "c1", "/verify/telephone"),
    ("search", "m1", "/search?q=油泵"),
    ("notices", "s1", "/notices"),
    ("people", "admin", "/people"),
    ("departments", "admin", "/departments"),
    ("delegations", "m1", "/delegations"),
    ("account", "s1", "/account"),
    ("settings", "admin", "/admin"),
    ("modules", "admin", "/admin/modules"),
    ("roles", "admin", "/admin/roles"),
    ("audit", "admin", "/admin/audit"),
    ("backup", "admin", "/admin/backup"),
)


def sign_in(page: Page, base: str, account: str) -> None:
    """Sign in as one of the demo's people."""
    page.goto(f"{base}/login")
    page.fill("input[name=login]", account)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def find(page: Page, base: str, address: str) -> str:
    """Return the address itself, or the one its description leads to."""
    if " -> " not in address:
        return address
    start, _arrow, rest = address.partition(" -> ")
    pattern, _plus, tail = rest.partition(" + ")
    page.goto(base + start)
    for link in page.query_selector_all("main a[href]"):
        href = str(link.get_attribute("href")).removeprefix(base)
        if re.fullmatch(pattern, href):
            return href + tail
    return start


def prefer(page: Page, base: str, language: str, theme: str) -> None:
    """Choose language and theme for this browser by their cookies."""
    page.context.add_cookies(
        [
            {"name": "language", "value": language, "url": base},
            {"name": "theme", "value": theme, "url": base},
        ]
    )


def photograph(
    browser: Browser,
    base: str,
    folder: Path,
    setting: tuple[str, int, str],
    pages: list[tuple[str, str, str]],
) -> None:
    """Photograph the pages in one setting."""
    language, width, theme = setting
    for account, group in itertools.groupby(
        sorted(pages, key=lambda item: item[1]), key=lambda item: item[1]
    ):
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN")
        page = context.new_page()
        if account:
            sign_in(page, base, account)
        prefer(page, base, language, theme)
        for name, _account, address in group:
            page.goto(base + find(page, base, address))
            page.screenshot(path=str(folder / f"{name}-{language}-{width}-{theme}.png"), full_page=True)
        context.close()


def main() -> None:
    """Read the arguments and photograph."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="all eight settings")
    parser.add_argument("--only", default="", help="only pages whose name contains this")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    pages = [item for item in PAGES if arguments.only in item[0]]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for setting in EIGHT if arguments.all else TWO:
            photograph(browser, arguments.base.rstrip("/"), arguments.folder, setting, pages)
        browser.close()


if __name__ == "__main__":
    main()
