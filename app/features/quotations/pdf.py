"""The official paper of a quotation, drawn from its frozen snapshot and from nothing else.

The paper is Chinese by decision; its words are therefore not translated. The same snapshot, copy and seal give the
same bytes in every process; the signature is put on afterwards.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from app.core import clock
from app.core.i18n import _, lazy
from app.core.pdf import blocks
from app.core.pdf.blocks import BODY, BODY_BOLD, Fact, Foot, Letterhead, Paragraph, baseline
from app.core.pdf.document import HAIRLINE, INK, MM, SOFT_INK, TINT, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import MissingGlyph, missing_in
from app.core.pdf.qr import qr_operations
from app.core.pdf.table import Part, Table
from app.core.verification_code import grouped
from app.features.quotations.price_table import (
    CELL,
    CELL_STRONG,
    HEAD,
    heading_row,
    item_columns,
    item_row,
    money_text,
    plain_text,
)
from app.features.quotations.snapshot_schema import (
    QuotationSnapshot,
    Signer,
    Totals,
    load_snapshot,
)
from app.features.seals.drawing import SealMark, seal_operators, small_type, split_slices

__all__ = ["CopyMark", "SealMark", "load_snapshot", "missing_characters", "page_count", "render"]

PAYEE = "货款请汇入上列对公账户；本公司不授权业务人员收取现金或个人转账。"
CHECK_LINE = "可凭核验码或致电核验真伪"
_WECHAT = "微信若提示“未知网站”或“非官方网页”，先看网址与上行相同，再点“继续访问”，或复制到浏览器打开。"

_MARGINS = Margins(13 * MM, 11 * MM, 13 * MM, 17 * MM)
_SUM = Style("bold", 10.5, 15)
_NOTE = Style("regular", 7.3, 10.2, SOFT_INK)
_NOTE_STRONG = Style("bold", 7.6, 10.8)
_PAGE_COUNT = re.compile(rb"/Count (\d+)\s+/Kids\b")
_QR_SIDE = 22 * MM
_CLOSING_HEIGHT = 44.5 * MM
_SIGNERS_PART = 0.54
# The seal lies on the end of the name and of the date, as custom asks; both cross the ring where no small type is.
_NAME_ABOVE_SEAL = 12.5 * MM
_CURRENCIES = {"CNY": ("人民币", "¥", "元"), "USD": ("美元", "$", "美元"), "EUR": ("欧元", "€", "欧元")}


@dataclass(frozen=True, slots=True)
class CopyMark:
    """Which copy a file is: number n of m, ``extra`` for one printed in addition (增印).

    ``code`` is the verification code in its stored form, ``issued_at`` an aware time. ``url`` is the full address of
    this paper's verification page; without one it is made from the address frozen in the snapshot, and where there is
    neither, the paper has no QR code but the code and the telephone number.
    """

    number: int
    of: int
    code: str
    issued_at: datetime
    extra: bool = False
    url: str | None = None


class MissingCharacter(NamedTuple):
    """A character that no font has; ``field`` names the place in the reader's language, ``path`` in the snapshot."""

    character: str
    field: str
    path: str


def render(snapshot: QuotationSnapshot, *, copy: CopyMark, seal: SealMark | None) -> bytes:
    """Return the unsigned PDF of one copy; ``seal`` None leaves its place empty (纸质件).

    Raises MissingGlyph naming the first character that cannot be printed and where it stands.
    """
    missing = missing_characters(snapshot)
    if missing:
        raise MissingGlyph(missing[0].character, missing[0].field)
    return _Paper(printable(snapshot), snapshot.content_hash, copy, seal).to_bytes()


def verification_url(snapshot: QuotationSnapshot, copy: CopyMark) -> str | None:
    """Return the address of a copy's verification page, None where none is configured."""
    address = snapshot.verification_address.rstrip("/")
    return copy.url or (f"{address}/verify/{copy.code}" if address else None)


def page_count(paper: bytes) -> int:
    """Return the number of pages of a file made by ``render``, signed or not."""
    found = _PAGE_COUNT.search(paper)
    return int(found[1]) if found else 0


def missing_characters(snapshot: QuotationSnapshot) -> list[MissingCharacter]:
    """Return every character of the snapshot that the fonts lack, with its place; empty means that it can be issued."""
    texts = list(_texts(printable(snapshot), "", ""))
    lacking = set(missing_in("".join({character for _path, _field, text in texts for character in text})))
    if not lacking:
        return []
    return [
        MissingCharacter(character, field, path)
        for path, field, text in texts
        for character in dict.fromkeys(text)
        if character in lacking
    ]


_FIELD_LABELS = {
    "company": lazy("报价单位"),
    "customer": lazy("客户"),
    "contact": lazy("我方联系人"),
    "totals": lazy("合计"),
    "terms": lazy("条款"),
    "prepared": lazy("编制"),
    "reviewed": lazy("审核"),
    "name": lazy("名称"),
    "brand": lazy("品牌"),
    "model": lazy("型号规格"),
    "technical": lazy("技术参数"),
    "unit": lazy("单位"),
    "remark": lazy("备注"),
    "attention": lazy("联系人"),
    "phone": lazy("电话"),
    "address": lazy("地址"),
    "bank": lazy("开户行"),
    "account": lazy("账号"),
    "text": lazy("内容"),
    "heading": lazy("标题"),
    "effect": lazy("报价效力"),
    "project": lazy("项目名称"),
    "inquiry_number": lazy("询价编号"),
    "confidentiality": lazy("保密声明"),
    "freight": lazy("运费包装"),
}


def _texts(record: Any, path: str, field: str) -> Iterator[tuple[str, str, str]]:
    """Every text of the snapshot as (path, place in words, text)."""
    for entry in fields(record):
        value = getattr(record, entry.name)
        here = f"{path}.{entry.name}" if path else entry.name
        words = f"{field} {_FIELD_LABELS.get(entry.name, entry.name)}".strip()
        if isinstance(value, str):
            yield here, words, value
        elif is_dataclass(value):
            yield from _texts(value, here, words)
        elif isinstance(value, tuple):
            for place, item in enumerate(value):
                row = getattr(item, "position", "") or place + 1
                title = _("第 %(row)s 项", row=row) if entry.name == "lines" else f"{words} {place + 1}"
                yield from _texts(item, f"{here}[{place}]", title)


def printable(record: Any) -> Any:
    """Return the same content with the line ends and tabs of a browser's text field turned into what can be printed."""
    changes: dict[str, Any] = {}
    for entry in fields(record):
        value = getattr(record, entry.name)
        if isinstance(value, str):
            if "\r" in value or "\t" in value:
                changes[entry.name] = value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
        elif is_dataclass(value):
            changes[entry.name] = printable(value)
        elif isinstance(value, tuple):
            changes[entry.name] = tuple(printable(item) for item in value)
    return replace(record, **changes) if changes else record


class _Paper:
    """One file in the making."""

    def __init__(
        self, snapshot: QuotationSnapshot, content_hash: str, copy: CopyMark, seal: SealMark | None
    ) -> None:
        self.snapshot = snapshot
        self.content_hash = content_hash
        self.copy = copy
        self.seal = seal
        self._seal_name = ""
        self._seal_y = 0.0
        self.issued = clock.to_local(copy.issued_at)
        currency = _CURRENCIES.get(snapshot.currency, (snapshot.currency, "", snapshot.currency))
        self.currency_name, self.symbol, self.money_unit = currency
        number = snapshot.full_number
        self.document = Document(
            DocumentFacts(f"报价单 {number}", snapshot.company.name, snapshot.customer.name, self.issued),
            _MARGINS,
        )

    def to_bytes(self) -> bytes:
        snapshot, document = self.snapshot, self.document
        company = snapshot.company
        number = snapshot.full_number
        blocks.running_head(document, f"{company.name}　报价单", number)
        blocks.page_foot(document, self._foot())
        blocks.letterhead(document, _letterhead(snapshot))
        blocks.title(document, "报价单")
        blocks.facts_grid(document, self._facts())
        document.y += 3 * MM
        self._draw_table()
        self._draw_totals()
        self._draw_terms()
        self._draw_closing()
        if self.seal is not None:
            self._draw_split_seal(self.seal)
        return document.to_bytes()

    def _foot(self) -> Foot:
        copy = self.copy
        return Foot(
            left=f"报价编号 {self.snapshot.full_number}",
            right=f"第 {copy.number} 份/共 {copy.of} 份{'（增印）' if copy.extra else ''}",
            second_left=f"核验码 {grouped(copy.code)}",
            second_right=f"内容摘要 {self.content_hash[:8]}",
        )

    def _facts(self) -> list[Fact]:
        snapshot = self.snapshot
        customer, contact = snapshot.customer, snapshot.contact
        facts = [
            Fact("客户名称", customer.name),
            Fact("报价编号", snapshot.full_number),
            Fact("联系人", customer.attention),
            Fact("报价日期", day_text(snapshot.date)),
            Fact("联系电话", customer.phone),
            Fact("有效期至", day_text(snapshot.valid_until)),
            Fact("客户地址", customer.address),
            Fact("币种", f"{self.currency_name}（{snapshot.currency}）"),
            Fact("询价/项目", " ".join(part for part in (snapshot.inquiry_number, snapshot.project) if part)),
            Fact("我方联系人", f"{contact.name}　{contact.mobile}"),
        ]
        if snapshot.confidentiality:
            facts.append(Fact("保密声明", snapshot.confidentiality, wide=True))
        return facts

    def _draw_table(self) -> None:
        rows = []
        counted = 0
        for line in self.snapshot.lines:
            if line.kind == "group":
                rows.append(heading_row(line.name))
                continue
            counted += 1
            rows.append(item_row(line, line.position or str(counted)))
        Table(item_columns(self.money_unit), HEAD).draw(
            self.document, rows, keep_with_last=_SUM.leading + 4 * MM
        )

    def _draw_totals(self) -> None:
        document, totals = self.document, self.snapshot.totals
        height = _SUM.leading + 2.4 * MM
        document.need(height)
        page, top = document.page, document.y
        page.fill(document.left, top + 0.45, document.body_width, height - 0.45, TINT)
        y = top + 1.2 * MM + baseline(_SUM)
        gross = f"{self.symbol}{money_text(totals.gross)}"
        page.text(document.left + 1.4 * MM, y, "含税合计", CELL_STRONG)
        page.text(document.left + 18 * MM, y, gross, _SUM)
        words = f"大写：{_in_words(totals, self.snapshot.currency)}"
        room = document.body_width - 24 * MM - _SUM.width(gross)
        page.text_right(document.right - 1.4 * MM, y, words, CELL_STRONG._replace(size=9.4), room=room)
        document.y = top + height
        for line in self._tax_lines():
            for piece in CELL.lines(line, document.body_width - 2.8 * MM):
                document.need(CELL.leading + 2)
                document.page.text(document.left + 1.4 * MM, document.y + baseline(CELL) + 2, piece, CELL)
                document.y += CELL.leading + 2
        document.y += 1.2 * MM
        document.page.line(document.left, document.y, document.right, document.y, width=0.9, colour=INK)

    def _tax_lines(self) -> list[str]:
        totals, sign = self.snapshot.totals, self.symbol
        lines = [f"其中：不含税 {sign}{money_text(totals.net)}　税额 {sign}{money_text(totals.tax)}"]
        if len(totals.groups) == 1:
            lines[0] += f"（税率 {plain_text(totals.groups[0].rate)}%）"
        else:
            lines += [
                f"税率 {plain_text(group.rate)}%：含税 {sign}{money_text(group.gross)}"
                f"　不含税 {sign}{money_text(group.net)}　税额 {sign}{money_text(group.tax)}"
                for group in totals.groups
            ]
        extras = []
        if totals.discount and Decimal(totals.discount):
            extras.append(f"折扣：已优惠 {sign}{money_text(totals.discount)}，已计入上列合计")
        if totals.freight:
            extras.append(f"运费/包装：{totals.freight}")
        if any(line.kind == "optional" for line in self.snapshot.lines):
            extras.append("选配项未计入合计")
        if extras:
            lines.append("　　".join(extras))
        return lines

    def _draw_terms(self) -> None:
        document = self.document
        document.y += 3 * MM
        paragraphs = [
            Paragraph(term.text, mark=f"{place}.", lead=f"{term.heading}：")
            for place, term in enumerate(self.snapshot.terms, 1)
        ]
        indent = 5.5 * MM if len(paragraphs) > 9 else 4.2 * MM
        ending = [Paragraph(self.snapshot.effect, lead="报价效力："), Paragraph(PAYEE, lead="收款：")]
        if paragraphs:
            document.need(BODY_BOLD.leading + BODY.leading)
            document.page.text(document.left, document.y + baseline(BODY_BOLD), "商务条款", BODY_BOLD)
            document.y += BODY_BOLD.leading + 1
        for paragraph in paragraphs:
            blocks.draw_paragraph(document, paragraph, indent=indent)
        # The signature never stands alone on a page: what it confirms goes along with it.
        ending_lines = sum(len(blocks.paragraph_lines(document, paragraph, 0.0)) for paragraph in ending)
        document.need(ending_lines * BODY.leading + 2 * MM + 4 * MM + self._closing_height())
        document.y += 2 * MM
        for paragraph in ending:
            blocks.draw_paragraph(document, paragraph)

    def _draw_closing(self) -> None:
        document = self.document
        document.y += 4 * MM
        page, top = document.page, document.y
        middle = document.left + document.body_width * _SIGNERS_PART
        height = self._closing_height()
        page.line(document.left, top, document.right, top, width=0.45, colour=HAIRLINE)
        y = top + 3 * MM
        signers = [("编制", self.snapshot.prepared), *(("审核", signer) for signer in self.snapshot.reviewed)]
        for label, signer in signers:
            page.text(document.left, y + baseline(BODY), _signed(label, signer), BODY)
            y += BODY.leading + 1.5
        self._draw_check(top + height - _QR_SIDE, middle - 5 * MM)
        names = BODY_BOLD.lines(self.snapshot.company.name, document.right - middle)
        seal_y = top + height / 2 + (len(names) - 1) * BODY_BOLD.leading / 2
        y = seal_y - _NAME_ABOVE_SEAL - (len(names) - 0.5) * BODY_BOLD.leading
        page.text(middle, y - 1 * MM - BODY.leading + baseline(BODY), "报价单位（盖章）：", BODY)
        for line in names:
            page.text(middle, y + baseline(BODY_BOLD), line, BODY_BOLD)
            y += BODY_BOLD.leading
        day = f"日期：{day_text(self.issued.date().isoformat())}"
        page.text(middle, seal_y + _NAME_ABOVE_SEAL - BODY.leading / 2 + baseline(BODY), day, BODY)
        if self.seal is not None:
            form = self._seal_form(self.seal)
            centre_x = min(middle + 46 * MM, document.right - self.seal.width / 2)
            self._seal_y = seal_y
            page.place(form, centre_x, seal_y, blend="Ink")
        document.y = top + height

    def _closing_height(self) -> float:
        """A company's name of several lines pushes the seal down."""
        names = BODY_BOLD.lines(self.snapshot.company.name, self.document.body_width * (1 - _SIGNERS_PART))
        return _CLOSING_HEIGHT + (len(names) - 1) * BODY_BOLD.leading

    def _draw_check(self, top: float, right: float) -> None:
        """How to find out whether the paper is genuine: QR code, code, telephone, and what WeChat will say."""
        document, page = self.document, self.document.page
        url = self._url()
        x = document.left
        notes: list[Part] = [Part(f"核验码 {grouped(self.copy.code)}", _NOTE_STRONG)]
        phone = f"{CHECK_LINE}。核验电话 {self.snapshot.company.phone}"
        if url:
            page.raw(qr_operations(url, x, document.height - top - _QR_SIDE, _QR_SIDE))
            x += _QR_SIDE + 3.2 * MM
            page_address = url.removesuffix(f"/{self.copy.code}")
            notes.append(Part(f"扫码，或打开 {page_address} 输入核验码。", _NOTE))
            notes.append(Part(_WECHAT, _NOTE))
        notes.append(Part(f"{phone}。", _NOTE))
        broken = [Part(line, note.style) for note in notes for line in note.style.lines(note.text, right - x)]
        y = top + max(0.0, (_QR_SIDE - sum(part.style.leading for part in broken)) / 2)
        for text, style in broken:
            page.text(x, y + baseline(style), text, style)
            y += style.leading

    def _url(self) -> str | None:
        return verification_url(self.snapshot, self.copy)

    def _seal_form(self, seal: SealMark) -> str:
        """The seal, kept once in the file however often it is placed."""
        if not self._seal_name:
            copy = self.copy
            ring = small_type(self.snapshot.full_number, copy.number, copy.of, copy.code)
            box = (-seal.width / 2, -seal.height / 2, seal.width / 2, seal.height / 2)
            self._seal_name = self.document.add_form(box, seal_operators(seal, ring))
        return self._seal_name

    def _draw_split_seal(self, seal: SealMark) -> None:
        """骑缝章: every page takes its slice at the right edge; laid side by side they are the whole seal."""
        document = self.document
        slices = split_slices(seal, len(document.pages))
        if not slices:
            return
        form = self._seal_form(seal)
        middle = document.height / 2
        apart = seal.height + 6 * MM
        if abs(middle - self._seal_y) < apart:
            # Two impressions over each other could not be told apart; all pages move, or the slices would not join.
            middle = self._seal_y + (apart if self._seal_y < middle else -apart)
        for page, (_seal, left, width) in zip(document.pages, slices, strict=True):
            clip = (document.width - width, middle - seal.height / 2, width, seal.height)
            page.place(form, document.width - width - left + seal.width / 2, middle, blend="Ink", clip=clip)


def _letterhead(snapshot: QuotationSnapshot) -> Letterhead:
    company = snapshot.company
    first = [f"地址：{company.address}", f"电话：{company.phone}"]
    if company.fax:
        first.append(f"传真：{company.fax}")
    if company.email:
        first.append(f"邮箱：{company.email}")
    second = (
        f"统一社会信用代码：{company.credit_code}",
        f"开户行：{company.bank}",
        f"账号：{company.account}",
    )
    return Letterhead(company.name, (tuple(first), second))


def _in_words(totals: Totals, currency: str) -> str:
    if currency == "CNY" and not totals.capital.startswith("人民币"):
        return f"人民币{totals.capital}"
    return totals.capital


def day_text(iso: str) -> str:
    """Return a calendar date of a snapshot as paper says it."""
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"


def _signed(label: str, signer: Signer) -> str:
    return f"{label}：{signer.name}　{day_text(signer.date)}"
