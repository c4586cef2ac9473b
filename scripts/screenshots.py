"""Photograph the pages of a running demo, so that a person can look at them.

    python scripts/screenshots.py http://127.0.0.1:8000 out/              every page in two settings
    python scripts/screenshots.py http://127.0.0.1:8000 out/ --journeys   the main ways in all eight settings
    python scripts/screenshots.py http://127.0.0.1:8000 out/ --all        every page in all eight settings
    python scripts/screenshots.py http://127.0.0.1:8000 out/ --only quotation
    python scripts/screenshots.py http://127.0.0.1:8000 out/ --first-run  the first page of an empty installation

The settings are Chinese or English, 1360 or 390 px wide, light or dark; two of them are Chinese 1360 light and
English 390 dark. A page that answers with another status than was expected of it is named at the end, and so is
one that is wider than the screen. Needs the system's Chromium.
"""

import argparse
import itertools
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

PASSWORD = "zhangcheng-demo"  # noqa: S105 - the demo's own, shown on its sign-in page
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
]
TWO = (("zh", 1360, "light"), ("en", 390, "dark"))
PATIENCE = 8000  # milliseconds
EIGHT = tuple(itertools.product(("zh", "en"), (1360, 390), ("light", "dark")))

REVISION = "/quotations/[0-9]+/r/[0-9]+"
RULE = "/rules/[0-9]+"
VERSION = "/rules/versions/[0-9]+"
INQUIRY = "/inquiries/[0-9]+"


# What is done on a page before it is photographed


def press(selector: str, page: Page) -> None:
    """Click and wait for what follows."""
    page.locator(selector).first.click()
    page.wait_for_load_state("networkidle")


def verify_code(page: Page) -> None:
    """Read the code on the page of an issued quotation and ask the verification page about it, as a stranger."""
    words = page.locator("#issued .card-head").inner_text()
    found = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4})+", words)
    chosen = [cookie for cookie in page.context.cookies() if cookie["name"] in ("language", "theme")]
    page.context.clear_cookies()
    page.context.add_cookies(chosen)  # type: ignore[arg-type]
    page.goto(re.sub(r"/quotations/.*", f"/verify/{found.group() if found else words}", page.url))


def verify_altered(page: Page) -> None:
    """Fetch an issued file, change one byte of it and hand it in to the verification page."""
    site = re.sub(r"/quotations/.*", "", page.url)
    file = bytearray(page.request.get(f"{page.url}/copies/1.pdf").body())
    file[len(file) // 2] ^= 1
    page.goto(f"{site}/verify")
    page.set_input_files(
        "input[type=file]", {"name": "quotation.pdf", "mimeType": "application/pdf", "buffer": bytes(file)}
    )
    press("form:has(input[type=file]) button[type=submit]", page)


def answer_telephone(page: Page) -> None:
    """Type what a caller reads from a paper that differs."""
    typed = {"caller": "绿源合作社 李会计", "number": "BJ-2026-0006", "copy_number": "1", "amount": "38920"}
    for name, value in {**typed, "hash_start": "0a1b2c3d"}.items():
        page.fill(f"[name={name}]", value)
    press(".form-foot button", page)


@dataclass(frozen=True)
class Shot:
    """One page to photograph.

    ``address`` may follow the first link on another page: "page -> pattern + tail". ``act`` is done there first;
    ``journey`` marks the main ways, which are photographed in all eight settings.
    """

    name: str
    account: str
    address: str
    act: Callable[[Page], None] | None = None
    status: int = 200
    journey: bool = False


@dataclass
class Studio:
    """A running site with one Chromium; people sign in once, and addresses are looked for once."""

    browser: Browser
    base: str
    signed_in: dict[str, Any] = field(default_factory=dict)
    found: dict[tuple[str, str], str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def context(self, account: str, language: str, width: int, theme: str) -> BrowserContext:
        """Open a browser of this person in one setting."""
        if account and account not in self.signed_in:
            context = self.browser.new_context()
            sign_in(context.new_page(), self.base, account)
            self.signed_in[account] = context.storage_state()
            context.close()
        context = self.browser.new_context(
            viewport={"width": width, "height": 900 if width > 400 else 844},
            locale="zh-CN",
            storage_state=self.signed_in.get(account),
        )
        prefer(context, self.base, language, theme)
        return context

    def find(self, page: Page, account: str, address: str) -> str:
        """Return the address itself, or the one its description leads to."""
        known = self.found.get((account, address))
        if known is None:
            known = self.found[account, address] = find(page, self.base, address)
        return known

    def photograph(self, folder: Path, setting: tuple[str, int, str], shots: list[Shot]) -> None:
        """Photograph the pages in one setting."""
        language, width, theme = setting
        for account, group in itertools.groupby(
            sorted(shots, key=lambda shot: shot.account), key=lambda shot: shot.account
        ):
            shared = self.context(account, language, width, theme)
            for shot in group:
                # an act may end the session or leave a word behind
                context = self.context(account, language, width, theme) if shot.act else shared
                name = f"{shot.name}-{language}-{width}-{theme}"
                page = context.new_page()
                try:
                    self.take(page, shot, name, folder)
                except (PlaywrightError, LookupError) as error:
                    self.faults.append(f"{name}: {str(error).splitlines()[0]} at {page.url}")
                page.close()
                if context is not shared:
                    context.close()
            shared.close()

    def take(self, page: Page, shot: Shot, name: str, folder: Path) -> None:
        """Photograph one page, and note what is wrong with it."""
        page.set_default_timeout(PATIENCE)
        answer = page.goto(self.base + self.find(page, shot.account, shot.address))
        if answer is None or answer.status != shot.status:
            self.faults.append(f"{name}: {answer.status if answer else None} at {page.url}")
        if shot.act:
            shot.act(page)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            self.faults.append(f"{name}: {wide} px wider than the screen")
        page.screenshot(path=str(folder / f"{name}.png"), full_page=True)


MAIN = partial(Shot, journey=True)
SHOTS: tuple[Shot, ...] = (
    MAIN("sign-in", "", "/login"),
    MAIN("workbench-sales", "s1", "/"),
    MAIN("workbench-manager", "m1", "/"),
    Shot("workbench-leader", "l1", "/"),
    Shot("workbench-technical", "t1", "/"),
    Shot("workbench-clerk", "c1", "/"),
    Shot("today", "m1", "/today"),
    MAIN("tasks", "m1", "/tasks"),
    Shot("tasks-none", "admin", "/tasks"),
    MAIN("inquiries", "m1", "/inquiries"),
    Shot("inquiries-hand-over", "m1", "/inquiries/hand-over?status=open"),
    Shot("inquiries-none", "m1", "/inquiries?q=没有这样的询价"),
    MAIN("inquiry", "s1", f"/inquiries?status=preparing -> {INQUIRY}"),
    Shot("inquiry-draft", "s1", f"/inquiries?status=draft -> {INQUIRY}"),
    Shot("inquiry-won", "m1", f"/inquiries?status=won -> {INQUIRY}"),
    Shot("inquiry-declined", "m1", f"/inquiries?status=declined -> {INQUIRY}"),
    MAIN("inquiry-report", "s1", "/inquiries/report"),
    MAIN("inquiry-new", "s1", "/inquiries/new"),
    MAIN("inquiry-new-wrong", "s1", "/inquiries/new", partial(press, ".form-foot button")),
    MAIN("inquiry-decide", "m1", f"/inquiries?status=reported -> {INQUIRY} + /decide"),
    Shot("inquiry-decline", "m1", f"/inquiries?status=reported -> {INQUIRY} + /decline"),
    MAIN("quick-quotation", "s1", "/quotations/fast"),
    MAIN("inquiry-tender", "m1", f"/inquiries?kind=tender&status=submitted -> {INQUIRY}"),
    Shot("tender-put-off", "m1", f"/inquiries?kind=tender&status=submitted -> {INQUIRY} + /opening"),
    MAIN("inquiry-technical", "t1", f"/tasks -> {INQUIRY}"),
    MAIN("answer-technical", "t1", f"/tasks -> {INQUIRY}", partial(press, "main a[href*='/technical']")),
    MAIN("inquiry-purchasing", "p1", f"/tasks -> {INQUIRY}"),
    MAIN("answer-purchasing", "p1", f"/tasks -> {INQUIRY}", partial(press, "main a[href*='/purchasing']")),
    MAIN("figures", "m1", "/figures"),
    Shot("announcements", "s1", "/announcements"),
    Shot("announcement", "p1", r"/announcements?q=卸压 -> /announcements/\d+"),
    Shot("announcement-receipts", "m1", r"/announcements?q=卸压 -> /announcements/\d+ + /receipts"),
    Shot("announcement-new", "h1", "/announcements/new"),
    Shot("cases", "s2", "/cases"),
    Shot("case", "s2", r"/cases?q=抢收 -> /cases/\d+"),
    Shot("case-new", "s1", "/cases/new"),
    Shot("figures-win-rate", "m1", "/figures/win-rate"),
    Shot("figures-reasons", "m1", "/figures/win-rate?by=reason"),
    Shot("figures-reporting", "m1", "/figures/reporting?by=person"),
    Shot("figures-answers", "m1", "/figures/answers"),
    Shot("figures-rows", "m1", "/figures/rows?kind=result"),
    MAIN("quotations", "m1", "/quotations"),
    Shot("quotation-draft", "s1", f"/quotations?status=draft -> {REVISION}"),
    MAIN("quotation-edit", "s1", f"/quotations?status=draft -> {REVISION} + /edit"),
    MAIN("quotation-preview", "s1", f"/quotations?status=draft -> {REVISION} + /preview"),
    MAIN("quotation-refused", "s1", f"/quotations?status=draft -> {REVISION} + /pdf", status=403),
    MAIN("quotation-review", "m1", f"/quotations?status=review -> {REVISION}"),
    MAIN("quotation-approve", "m1", f"/quotations?status=review -> {REVISION} + /approve"),
    Shot("quotation-leader", "l1", f"/quotations?status=leader_review -> {REVISION}"),
    Shot("quotation-returned", "s1", f"/quotations?status=returned -> {REVISION}"),
    MAIN("quotation-bid", "m1", f"/inquiries?kind=tender&status=quoting -> {INQUIRY} -> {REVISION}"),
    MAIN(
        "quotation-bid-approve",
        "m1",
        f"/inquiries?kind=tender&status=quoting -> {INQUIRY} -> {REVISION} + /approve",
    ),
    MAIN("quotation-bid-issued", "m1", f"/inquiries?kind=tender&status=submitted -> {INQUIRY} -> {REVISION}"),
    MAIN("quotation-issue", "k1", f"/quotations?status=approved -> {REVISION} + /issue"),
    MAIN("quotation-issued", "m1", f"/quotations?status=issued -> {REVISION}"),
    Shot("quotation-superseded", "m1", f"/quotations?q=-R2 -> {REVISION} -> /quotations/[0-9]+/r/1"),
    Shot("quotation-void", "m1", f"/quotations?status=void -> {REVISION}"),
    MAIN("verify", "", "/verify"),
    MAIN("verify-genuine", "m1", f"/quotations?status=issued -> {REVISION}", verify_code),
    MAIN("verify-altered", "m1", f"/quotations?status=issued -> {REVISION}", verify_altered),
    MAIN(
        "verify-superseded", "m1", f"/quotations?q=-R2 -> {REVISION} -> /quotations/[0-9]+/r/1", verify_code
    ),
    Shot("verify-unknown", "", "/verify/0000-0000-0000-0000-0000-0000", status=404),
    MAIN("verify-telephone", "c1", "/verify/telephone"),
    MAIN("verify-telephone-answer", "c1", "/verify/telephone", answer_telephone),
    MAIN("search", "m1", "/search?q=油泵"),
    Shot("search-none", "m1", "/search?q=没有这样的东西"),
    Shot("notices", "s1", "/notices"),
    Shot("customers", "s1", "/customers"),
    Shot("customer", "s1", "/customers -> /customers/[0-9]+"),
    Shot("customer-new", "s1", "/customers/new"),
    Shot("customer-hand-over", "m1", "/customers -> /customers/[0-9]+ + /hand-over"),
    Shot("products", "s1", "/products"),
    Shot("product", "s1", "/products -> /products/[0-9]+"),
    Shot("product-new", "m1", "/products/new"),
    MAIN("seals", "k1", "/seals"),
    MAIN("seal", "k1", "/seals -> /seals/[0-9]+"),
    Shot("seal-new", "h1", "/seals/new"),
    Shot("seal-entity", "k1", "/seals -> /seals/entities/[0-9]+"),
    Shot("seal-key", "admin", "/seals/key"),
    MAIN("seal-register", "f1", "/seals/uses"),
    Shot("people", "admin", "/people"),
    Shot("person", "admin", "/people -> /people/[0-9]+"),
    Shot("person-new", "admin", "/people/new"),
    Shot("person-edit", "admin", "/people -> /people/[0-9]+ + /edit"),
    Shot("person-roles", "admin", "/people -> /people/[0-9]+ + /roles"),
    Shot("person-deactivate", "admin", "/people -> /people/[0-9]+ + /deactivate"),
    Shot("departments", "admin", "/departments"),
    Shot("department-new", "admin", "/departments/new"),
    Shot("delegations", "m1", "/delegations"),
    Shot("account", "s1", "/account"),
    Shot("account-password", "s1", "/account/password"),
    MAIN("settings", "admin", "/admin"),
    Shot("modules", "admin", "/admin/modules"),
    Shot("roles", "admin", "/admin/roles"),
    Shot("audit", "admin", "/admin/audit"),
    Shot("backup", "admin", "/admin/backup"),
    Shot("forbidden", "s1", "/admin", status=403),
    Shot("not-found", "s1", "/inquiries/999999", status=404),
    MAIN("negotiation", "s2", "/quotations/negotiations?status=waiting -> /quotations/negotiations/[0-9]+"),
    MAIN(
        "negotiation-answer",
        "m1",
        "/quotations/negotiations?status=waiting -> /quotations/negotiations/[0-9]+",
    ),
    Shot("negotiations", "m1", "/quotations/negotiations"),
    MAIN("follow-up", "s1", "/quotations/follow-up"),
    Shot("terms", "m1", "/quotations/terms"),
    MAIN("rules", "s1", "/rules"),
    MAIN("rules-mine", "s1", "/rules/mine"),
    MAIN("rule", "m1", f"/rules -> {VERSION}"),
    MAIN("rule-read", "s1", f"/tasks -> {VERSION}/read"),
    MAIN("rule-write", "m1", f"/rules?status=consultation -> {VERSION}"),
    MAIN("rule-approve", "l1", f"/rules?status=review -> {VERSION}"),
    MAIN("rule-readers", "m1", f"/rules -> {VERSION} -> {VERSION}/readers"),
    Shot("rule-import", "m1", "/rules/import"),
    Shot("rule-new", "m1", "/rules/new"),
    MAIN("rule-board", "m1", "/supervision"),
    Shot("rule-exceptions", "m1", "/supervision -> /supervision/exceptions/[a-z.:-]+"),
    MAIN("checks", "m1", "/checks"),
    MAIN("check", "m1", "/checks -> /checks/[0-9]+"),
    Shot("rule-templates", "m1", "/rules/templates"),
    Shot("rule-template", "m1", "/rules/templates -> /rules/templates/[a-z-]+"),
    Shot("rule-attachments", "m1", f"/rules -> {VERSION} + /attachments"),
    MAIN("proposals", "m1", "/proposals"),
    MAIN("proposal", "m1", "/proposals -> /proposals/[0-9]+"),
    Shot("proposal-new", "m1", "/proposals/new"),
    Shot("proposals-public", "s1", "/proposals/public"),
    Shot("proposals-statistics", "m1", "/proposals/statistics"),
    Shot("tip-new", "s1", "/proposals/tips/new"),
    MAIN("vehicles", "v1", "/vehicles"),
    MAIN("vehicle", "v1", "/vehicles -> /vehicles/[0-9]+"),
    Shot("vehicle-new", "v1", "/vehicles/new"),
    Shot("vehicle-paper-new", "v1", "/vehicles/1/papers/new"),
    Shot("vehicle-service-new", "v1", "/vehicles/1/services/new"),
    Shot("vehicle-defect-new", "s1", "/vehicles/1/defects/new"),
    Shot("vehicle-defect", "v1", "/vehicles/defects/1"),
    Shot("vehicle-costs", "f1", "/vehicles/costs"),
    Shot("vehicle-fines", "v1", "/vehicles/fines"),
    Shot("vehicle-fine", "v1", "/vehicles/fines -> /vehicles/fines/[0-9]+"),
    Shot("vehicle-licences", "v1", "/vehicles/licences"),
    Shot("vehicle-correction", "m1", "/vehicles/corrections/1"),
    Shot("letters", "h1", "/acknowledgements"),
    Shot("letter", "h1", "/acknowledgements -> /acknowledgements/[0-9]+"),
    Shot("letter-mine", "s1", "/acknowledgements/mine"),
    Shot("mastery", "m1", "/daily-questions/mastery"),
    MAIN("equipment", "a1", "/assets"),
    MAIN("equipment-item", "a1", "/assets -> /assets/[0-9]+"),
    Shot("equipment-item-new", "a1", "/assets/new"),
    MAIN("equipment-mine", "s1", "/assets/mine"),
    Shot("equipment-left-behind", "a1", "/assets?q=E41 -> /assets/[0-9]+"),
    MAIN("equipment-hand-over-new", "s1", "/assets/mine -> /assets/[0-9]+ -> /assets/hand-over.*"),
    MAIN("equipment-hand-over", "a1", "/assets/hand-overs -> /assets/hand-overs/[0-9]+"),
    MAIN("equipment-accept", "s1", "/tasks -> /assets/hand-overs/[0-9]+/accept"),
    Shot("equipment-take-back", "a1", "/assets?status=assigned -> /assets/[0-9]+ -> /assets/take-back.*"),
    Shot("equipment-labels", "a1", "/assets/labels"),
    Shot("equipment-category", "a1", "/assets/categories -> /assets/categories/[0-9]+"),
    MAIN("bookings", "s1", "/bookings"),
    Shot("bookings-fortnight", "v1", "/bookings?span=fortnight"),
    Shot("bookings-all", "v1", "/bookings/all"),
    MAIN("booking-new", "s1", "/bookings/new"),
    Shot("booking-retro", "s1", "/bookings/retro"),
    MAIN("booking", "v1", "/bookings/all -> /bookings/[0-9]+"),
    Shot("booking-dispatch", "v1", "/bookings/all?status=dept_ok -> /bookings/[0-9]+ + /dispatch"),
    MAIN("booking-return", "v1", "/bookings/all?status=out -> /bookings/[0-9]+ + /return"),
    Shot("booking-settle", "v1", "/bookings/all?status=returned -> /bookings/[0-9]+ + /settle"),
    Shot("booking-log", "v1", "/bookings/log"),
    Shot("booking-report", "m1", "/bookings/report"),
    Shot("booking-calendars", "s1", "/bookings/calendars"),
    MAIN("counts", "a1", "/counts"),
    Shot("count-new", "a1", "/counts/new"),
    MAIN("count", "a1", "/counts -> /counts/[0-9]+"),
    Shot("count-scan", "a1", "/counts?status=counting -> /counts/[0-9]+ + /scan"),
    Shot("count-typed", "a1", "/counts?status=counting -> /counts/[0-9]+ + /typed"),
    Shot("equipment-repairs", "a1", "/assets/repairs"),
    Shot("equipment-incident", "a1", "/assets/incidents -> /assets/incidents/[0-9]+"),
    Shot("equipment-scrapping", "a1", "/assets/scrappings -> /assets/scrappings/[0-9]+"),
    Shot("equipment-self-check", "a1", "/assets/self-checks"),
    Shot("directory", "s1", "/directory"),
    Shot("structure", "h1", "/directory/structure"),
    Shot("structure-planned", "h1", "/directory/structure/plans -> /directory/structure/plans/[0-9]+"),
    Shot("activity-voting", "s1", "/activities?status=voting -> /activities/[0-9]+"),
    Shot("activity-closed", "s1", "/activities?status=closed -> /activities/[0-9]+"),
    Shot("suggestions", "s1", "/suggestions"),
    Shot("suggestion", "m1", r"/suggestions?status=done -> /suggestions/\d+"),
    Shot("suggestion-board", "s1", "/suggestions/board"),
    Shot("suggestion-new", "s1", "/suggestions/new"),
    Shot("training", "s1", "/training"),
    Shot("training-session", "m1", r"/training/all?status=completed -> /training/\d+"),
    Shot("training-topics", "s1", "/training/topics"),
    Shot("exams", "m1", "/exams"),
    Shot("exam", "m1", r"/exams -> /exams/\d+"),
    Shot("exam-bank", "h1", "/exams/bank"),
    Shot("certificate", "h1", r"/exams/certificates -> /exams/certificates/\d+"),
    Shot("curriculum", "m1", "/curriculum"),
    Shot("training-record", "s1", "/curriculum/mine"),
    Shot("profile", "s1", "/profile"),
    Shot("growth", "m1", r"/directory -> /people/\d+ -> /people/\d+/growth"),
    Shot("activities", "s1", "/activities"),
    Shot("escalations", "m1", "/escalations"),
    Shot("escalation", "m1", r"/escalations -> /escalations/\d+"),
    Shot("resolutions", "m1", "/resolutions"),
    Shot("resolution", "m1", r"/resolutions -> /resolutions/\d+"),
    Shot("meetings", "m1", "/meetings"),
    Shot("meeting", "m1", r"/meetings -> /meetings/\d+"),
    Shot("talks", "m1", "/talks"),
    Shot("talk", "m1", r"/talks -> /talks/\d+"),
    Shot("mentoring", "m1", "/mentoring"),
    Shot("mentoring-pair", "m1", r"/mentoring -> /mentoring/\d+"),
    Shot("drills", "m1", "/drills"),
    Shot("drill", "m1", r"/drills -> /drills/\d+"),
    Shot("print-list", "m1", "/quotations", partial(press, "a[href*='print']")),
)
FIRST_RUN = (MAIN("first-run", "", "/setup"),)


def sign_in(page: Page, base: str, account: str) -> None:
    """Sign in as one of the demo's people."""
    page.goto(f"{base}/login")
    page.fill("input[name=login]", account)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login" not in url)


def find(page: Page, base: str, address: str) -> str:
    """Return the address itself, or the one its description leads to; LookupError where a link is missing."""
    start, *patterns = address.split(" -> ")
    for each in patterns:
        pattern, _plus, tail = each.partition(" + ")
        page.goto(base + start)
        links = page.locator("main a[href]").evaluate_all("all => all.map((a) => a.getAttribute('href'))")
        found = next((link for link in links if re.fullmatch(pattern, link)), None)
        if found is None:
            raise LookupError(f"no link to {pattern} on {start}")
        start = found + tail
    return start


def prefer(context: BrowserContext, base: str, language: str, theme: str) -> None:
    """Choose language and theme for this browser by their cookies."""
    context.add_cookies(
        [
            {"name": "language", "value": language, "url": base},
            {"name": "theme", "value": theme, "url": base},
        ]
    )


def main() -> None:
    """Read the arguments and photograph."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--all", action="store_true", help="every page in all eight settings")
    parser.add_argument("--journeys", action="store_true", help="the main ways in all eight settings")
    parser.add_argument(
        "--first-run", action="store_true", help="only the first page of an empty installation"
    )
    parser.add_argument("--only", default="", help="only pages whose name contains this")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    shots = [
        shot
        for shot in (FIRST_RUN if arguments.first_run else SHOTS)
        if arguments.only in shot.name and (shot.journey or not arguments.journeys)
    ]
    every = arguments.all or arguments.journeys or arguments.first_run
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        studio = Studio(browser, arguments.base.rstrip("/"))
        for setting in EIGHT if every else TWO:
            studio.photograph(arguments.folder, setting, shots)
        browser.close()
    if studio.faults:
        sys.exit("\n".join(studio.faults))


if __name__ == "__main__":
    main()
