"""The thread as people do it with their hands: who opens which page, types what and presses which button.

Fields are found by name, buttons and links by their words, so the same acts serve both languages and, where
``scripts`` is False, a browser that runs none.
"""

import gettext
import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from config import ROOT

CUSTOMER = "盐城禾垦农机销售有限公司"
LINES = (
    {"name": "齿轮泵甲", "model": "CBN-F532", "quantity": "10", "unit": "台"},
    {"name": "多路阀乙", "model": "ZT-L12E", "quantity": "4", "unit": "台"},
    {"name": "油封丙", "model": "TC-45", "quantity": "200", "unit": "只"},
)
PRICES = ("465.50", "1,280", "3.6")
LETTER = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"


class Words:
    """The words of a page in one language, named by their Chinese source."""

    def __init__(self, language: str) -> None:
        folder = ROOT / "app" / "translations"
        self.catalogue: gettext.NullTranslations = (
            gettext.translation("messages", folder, ["en"])
            if language == "en"
            else gettext.NullTranslations()
        )

    def __call__(self, source: str, *, context: str = "", **values: object) -> str:
        said = self.catalogue.pgettext(context, source) if context else self.catalogue.gettext(source)
        return said % values if values else said


@dataclass
class Story:
    """One inquiry on its way; each method is one person's visit."""

    site: str
    words: Words
    scripts: bool = True
    lines: int = 3
    inquiry: str = ""
    quotation: str = ""
    known: dict[str, str] = field(default_factory=dict)

    # How people act

    def link(self, page: Page, source: str) -> Locator:
        return page.locator("main").get_by_role("link", name=self.words(source), exact=True)

    def press(self, page: Page, source: str, *, context: str = "") -> None:
        """Press a button of the page, and wait for the page it leads to."""
        name = self.words(source, context=context)
        page.locator("main").get_by_role("button", name=name, exact=True).first.click()

    def follow(self, page: Page, source: str) -> None:
        self.link(page, source).first.click()

    def state_is(self, page: Page, source: str) -> None:
        expect(page.locator("h1 .status")).to_have_text(self.words(source))

    def with_reason(self, page: Page, source: str, reason: str) -> None:
        """Open the small form of a step that needs a reason, and send it."""
        pop = page.locator("details.pop", has_text=self.words(source)).first
        pop.locator("summary").click()
        pop.locator("textarea").fill(reason)
        pop.get_by_role("button", name=self.words(source), exact=True).click()

    def choose_customer(self, page: Page) -> None:
        if self.scripts:
            box = page.locator("input[role=combobox]")
            box.fill(CUSTOMER[:6])
            box.press("Enter")
            expect(box).to_have_value(re.compile(CUSTOMER))
        else:
            page.locator("select[name=customer_id]").select_option(
                label=page.locator("select[name=customer_id] option", has_text=CUSTOMER).inner_text().strip()
            )

    def type_lines(self, page: Page) -> None:
        """Type the lines of the inquiry; room for the last is made on the way."""
        *first, last = LINES[: self.lines]
        for row, line in enumerate(first):
            self.type_line(page, row, line)
        if self.scripts:
            shown = page.locator("tr[data-line]")
            before = shown.count()
            page.locator("[data-line-act=add]").click()
            expect(shown).to_have_count(before + 1)
            shown.last.locator("[data-line-act=remove]").click()
            expect(shown).to_have_count(before)
        else:
            page.locator("button[name=add_rows]").click()
            expect(page.locator("tr[data-line]")).to_have_count(len(first) + 10)
            expect(page.locator("[name=line-0-name]")).to_have_value(first[0]["name"])
        self.type_line(page, len(first), last)

    def type_line(self, page: Page, row: int, line: dict[str, str]) -> None:
        for name, value in line.items():
            page.fill(f"[name=line-{row}-{name}]", value)

    # What they do

    def register(self, page: Page, letter: Path) -> None:
        """The salesperson writes down the call of 9:00, attaches the letter and reports."""
        page.locator("main").get_by_role("link", name=self.words("快报")).first.click()
        page.get_by_role("button", name=self.words("填写完整")).click()
        self.choose_customer(page)
        page.fill("[name=received_at]", "9:00")
        page.fill("[name=summary]", "客户来电询价，交货要快")
        self.type_lines(page)
        self.press(page, "先登记为草稿")
        page.wait_for_url(re.compile(r"/inquiries/\d+$"))
        self.inquiry = page.url
        self.state_is(page, "草稿")
        page.locator("#attachments input[type=file]").set_input_files(letter)
        self.press(page, "上传")
        expect(page.locator("#attachments .file-list")).to_contain_text(letter.name)
        self.press(page, "上报经理")
        self.state_is(page, "已上报")
        self.known["inquiry"] = page.locator("h1").inner_text().split()[0]

    def find_task(self, page: Page) -> None:
        """Find the document among what waits, by its number, and open it."""
        page.goto(f"{self.site}/tasks?q={self.known['task']}")
        page.locator("#rows").get_by_role("link", name=re.compile(self.known["task"])).first.click()

    def decide(self, page: Page) -> None:
        """The manager sees how long reporting took, takes part and flags two lines."""
        self.known["task"] = self.known["inquiry"]
        self.find_task(page)
        expect(page.locator(".facts-line")).to_contain_text(re.compile(r"\d+ (分|min)"))
        expect(page.locator("main")).to_contain_text(self.words("上报用时"))
        self.follow(page, "决定参与")
        rows = page.locator("form#form tbody tr")
        expect(rows).to_have_count(self.lines)
        rows.nth(0).locator("input[name=technical]").check()
        rows.nth(0).locator("input[name=purchasing]").check()
        rows.nth(1).locator("input[name=purchasing]").check()
        rows.nth(0).locator("input[type=text]").fill("能否 16 MPa 连续工作")
        page.fill("[name=answers_due_at]", "2026-11-24 17:00")
        self.press(page, "决定参与")
        self.state_is(page, "资料整理")

    def only_these(self, page: Page, shown: tuple[int, ...]) -> None:
        """The page holds these lines and no trace of the others."""
        html = page.content()
        for row, line in enumerate(LINES[: self.lines]):
            assert (line["name"] in html) == (row in shown), f"line {row + 1}"
            assert (line["model"] in html) == (row in shown), f"line {row + 1}"
        assert "客户来电询价" not in html

    def answer_technical(self, page: Page) -> None:
        self.find_task(page)
        self.only_these(page, (0,))
        expect(page.locator("main")).to_contain_text("能否 16 MPa 连续工作")
        self.follow(page, "技术答复")
        page.fill("[name=parameters]", "额定 20 MPa，可连续工作")
        self.press(page, "提交答复")
        expect(page.locator("main")).to_contain_text(self.words("已答复"))

    def answer_purchasing(self, page: Page) -> None:
        self.find_task(page)
        self.only_these(page, (0, 1))
        for price, days in (("398.00", "12"), ("1090", "20")):
            self.follow(page, "采购答复")
            page.fill("[name=price]", price)
            page.fill("[name=lead_time_days]", days)
            page.fill("[name=valid_until]", "2026-12-31")
            page.fill("[name=source]", "合肥测试液压厂")
            more = page.locator("form details")
            if more.get_attribute("open") is None:
                more.locator("summary").click()
            page.fill("[name=tax_rate]", "13")
            page.fill("[name=quoted_on]", "2026-11-23")
            self.press(page, "提交答复")
            page.wait_for_url(re.compile(r"/inquiries/\d+(#|$)"))
        expect(page.locator("main")).to_contain_text("合肥测试液压厂")

    def quote(self, page: Page) -> None:
        """The salesperson builds the quotation from the answers."""
        page.goto(self.inquiry)
        self.press(page, "开始编制报价")
        page.wait_for_url(re.compile(r"/quotations/\d+/r/1/edit"))
        self.quotation = page.url.partition("/edit")[0]
        assert page.input_value("[name=line-0-lead_time_days]") == "12"
        assert page.input_value("[name=line-1-lead_time_days]") == "20"
        for row in range(self.lines):
            page.fill(f"[name=line-{row}-unit_price]", PRICES[row])
            page.fill(f"[name=line-{row}-tax_rate]", "13")
        for row in range(2, self.lines):
            page.fill(f"[name=line-{row}-lead_time_days]", "7")
        page.fill("[name=valid_until]", "2026-12-23")
        page.locator("[name=payment_term]").select_option("thirty_seventy")
        page.fill("[name=delivery_place]", "需方仓库")
        self.press(page, "保存")
        self.state_is(page, "编制")

    def preview(self, page: Page) -> None:
        self.follow(page, "预览")
        sheet = page.locator("article.quotation-preview")
        expect(sheet.locator(".watermark")).to_be_visible()
        mark = "element => getComputedStyle(element, '::before').content + getComputedStyle(element, '::after').content"
        assert self.words("未审核") in sheet.locator(".watermark span").first.evaluate(mark)
        expect(sheet).to_contain_text(CUSTOMER)
        self.follow(page, "返回")

    def try_paper(self, page: Page) -> None:
        """Type the address of the PDF by hand: refused with the reason, and the attempt is on the timeline."""
        answer = page.goto(f"{self.quotation}/pdf")
        assert answer is not None
        assert answer.status == 403
        expect(page.locator(".error-sentence")).to_contain_text(self.words("编制"))
        page.goto(self.quotation)
        expect(page.locator("#record li").first).to_contain_text(self.words("试图打开正式 PDF，系统拒绝"))

    def submit(self, page: Page) -> None:
        self.press(page, "提交审核")
        self.state_is(page, "待审核")
        self.known["task"] = page.locator("h1").inner_text().split()[0]

    def return_it(self, page: Page) -> None:
        self.find_task(page)
        self.with_reason(page, "退回修改", "交货期太长，请与采购再商量")
        self.state_is(page, "已退回")

    def mend(self, page: Page) -> None:
        """The salesperson reads the reason, changes the lead time and submits again."""
        page.goto(self.quotation)
        expect(page.locator("main")).to_contain_text("交货期太长，请与采购再商量")
        self.follow(page, "编辑")
        page.fill("[name=line-1-lead_time_days]", "15")
        self.press(page, "保存并提交审核")
        self.state_is(page, "待审核")

    def approve(self, page: Page) -> None:
        """The manager sees what changed since the last submission, and approves."""
        self.find_task(page)
        changes = page.locator("ul.changes li").first
        expect(changes.locator("del")).to_have_text("20")
        expect(changes.locator("ins")).to_have_text("15")
        ticked = page.locator("[name=warnings_ticked]")
        if ticked.count():
            ticked.check()
        self.press(page, "审核通过")
        self.state_is(page, "已审核可打印")

    def issue(self, page: Page, copies: int = 2) -> None:
        self.find_task(page)
        page.fill("[name=copies]", str(copies))
        self.press(page, "打印盖章")
        self.state_is(page, "已出具")
        expect(page.locator("#issued .file-list > li")).to_have_count(copies)

    def papers(self, page: Page, folder: Path) -> list[Path]:
        """Fetch the official files as this person's browser gets them."""
        found = []
        for number, link in enumerate(page.locator("#issued .file-list > li > a").all(), 1):
            answer = page.request.get(self.site + str(link.get_attribute("href")))
            assert answer.status == 200
            path = folder / f"copy-{number}.pdf"
            path.write_bytes(answer.body())
            found.append(path)
        return found

    def enter_code(self, page: Page, code: str) -> None:
        """A stranger types the code of the paper."""
        page.goto(self.site + "/verify")
        page.fill("[name=code]", code.lower())
        self.press(page, "核验", context="button")
        self.verdict_is(page, "genuine")
        expect(page.locator("#verify-result")).to_have_attribute("data-standing", "current")

    def verdict_is(self, page: Page, kind: str) -> None:
        expect(page.locator("#verify-result")).to_have_attribute("data-result", kind)

    def hand_in(self, page: Page, paper: Path) -> None:
        """A stranger uploads a file."""
        page.goto(self.site + "/verify")
        page.locator("input[type=file]").set_input_files(paper)
        self.press(page, "核验文件")
