"""The letter on paper: filled in, one sheet for each person, with room for the signature.

The paper is Chinese; whoever uses the program in English gets the translation as a second sheet.
"""

from collections.abc import Sequence

from app.core import clock
from app.core.i18n import CHINESE, ENGLISH, using_locale
from app.core.pdf import blocks
from app.core.pdf.blocks import Fact, Letterhead, Paragraph, baseline
from app.core.pdf.document import HAIRLINE, MM, SOFT_INK, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import printable
from app.features.acknowledgements import wording
from app.features.acknowledgements.queries import Signatory

_MARGINS = Margins(20 * MM, 14 * MM, 20 * MM, 18 * MM)
_BODY = Style("regular", 10, 15.6)
_BOLD = Style("bold", 10, 15.6)
_HEADING = Style("bold", 14, 24)
_FOOT = Style("regular", 7.6, 10.5, SOFT_INK)


def letters_paper(people: Sequence[Signatory], company: str) -> bytes:
    """Return the letters of people, each beginning on a sheet of its own."""
    with using_locale(CHINESE):
        facts = DocumentFacts(wording.TITLE, printable(company), wording.TITLE, clock.now())
        document = Document(facts, _MARGINS)
        for place, person in enumerate(people):
            if place:
                document.new_page()
            draw_letter(document, person, company)
        return document.to_bytes()


def draw_letter(document: Document, person: Signatory, company: str) -> None:
    """Draw the letter of one person from the top of the present sheet on."""
    sheets = 2 if person.locale == ENGLISH else 1
    blocks.letterhead(document, Letterhead(printable(company) or " ", ()))
    blocks.title(document, wording.TITLE)
    blocks.facts_grid(
        document,
        [
            Fact("姓名", printable(person.name)),
            Fact("工号 / 账号", printable(person.staff_number)),
            Fact("部门", printable(person.department) or "—"),
            Fact("职务", printable(person.position) or "—"),
        ],
    )
    document.y += 3 * MM
    draw_paragraphs(document, wording.paragraphs(wording.VERSION))
    document.y += 2 * MM
    said = "本人已阅读并理解以上全部内容，自愿签署。"
    blocks.draw_paragraph(document, Paragraph(said), style=_BOLD)
    draw_signature_line(document)
    draw_foot(document, person, 1, sheets)
    if sheets > 1:
        document.new_page()
        blocks.draw_paragraph(document, Paragraph(wording.ENGLISH_TITLE), style=_HEADING)
        draw_paragraphs(document, ["Translation for reference. The Chinese text is the authority."])
        document.y += 2 * MM
        draw_paragraphs(document, wording.paragraphs(wording.VERSION, ENGLISH))
        draw_foot(document, person, 2, sheets)


def draw_paragraphs(document: Document, paragraphs: Sequence[str]) -> None:
    """Draw paragraphs; what stands before the first mark in each is its bold beginning."""
    for paragraph in paragraphs:
        head, mark, rest = paragraph.partition("。")
        lead = f"{head}{mark}" if rest else ""
        blocks.draw_paragraph(document, Paragraph(rest if lead else paragraph, lead=lead), style=_BODY)
        document.y += 1.2 * MM


def draw_signature_line(document: Document) -> None:
    """Draw where the person signs, and the day."""
    document.y += 12 * MM
    y = document.y + baseline(_BODY)
    for x, label, width in (
        (document.left, "本人签字：", 60 * MM),
        (document.left + 95 * MM, "日期：", 50 * MM),
    ):
        document.page.text(x, y, label, _BODY)
        begin = x + _BODY.width(label)
        document.page.line(begin, y + 3, x + width + 10 * MM, y + 3, width=0.6, colour=HAIRLINE)
    document.y += _BODY.leading


def draw_foot(document: Document, person: Signatory, sheet: int, sheets: int) -> None:
    """Write the foot of a sheet: it counts the sheets of this letter, not of the print."""
    y = document.bottom + 5
    page = document.page
    page.line(document.left, y, document.right, y, width=0.45, colour=HAIRLINE)
    y += 2 + baseline(_FOOT)
    page.text(document.left, y, printable(f"{person.name} {person.staff_number}"), _FOOT)
    middle = (document.left + document.right) / 2
    page.text_centred(middle, y, f"第 {sheet} 页，共 {sheets} 页", _FOOT)
    page.text_right(document.right, y, f"第 {wording.VERSION} 版", _FOOT)
    page.text(document.left, y + _FOOT.leading, f"文本 SHA-256 {wording.hash_of(wording.VERSION)}", _FOOT)
