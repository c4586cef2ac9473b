"""The certificate on paper: Chinese, one sheet, with the code by which anybody checks it."""

from dataclasses import dataclass
from datetime import date

from app.core import clock
from app.core.i18n import CHINESE, using_locale
from app.core.pdf import blocks
from app.core.pdf.blocks import Fact, Foot, Letterhead, Paragraph, baseline
from app.core.pdf.document import MM, Document, DocumentFacts, Margins, Style
from app.core.pdf.fonts import printable

_MARGINS = Margins(26 * MM, 22 * MM, 26 * MM, 24 * MM)
_NAME = Style("bold", 22, 34)
_BODY = Style("regular", 13, 24)
# Where the text begins below the title: a certificate hangs on a wall and is not crowded to its top.
_AIR = 24 * MM
CHECK_LINE = "可在本公司核验页面输入核验码，或上传本文件核对真伪。"


@dataclass(frozen=True)
class CertificateText:
    """All that a certificate says; ``code`` in groups, as it is typed."""

    number: str
    person: str
    title: str
    basis: str
    issued_on: date
    valid_until: date | None
    code: str


def han_date(day: date) -> str:
    """Return a day as certificates write it: 2026年11月27日."""
    return f"{day.year}年{day.month}月{day.day}日"


def certificate_paper(text: CertificateText, company: str) -> bytes:
    """Return a certificate as PDF, not signed yet; what the fonts lack is replaced."""
    with using_locale(CHINESE):
        document = Document(
            DocumentFacts(
                printable(f"{text.title} {text.person}"), printable(company), text.number, clock.now()
            ),
            _MARGINS,
        )
        blocks.page_foot(document, Foot(text.number, f"核验码 {text.code}", CHECK_LINE))
        blocks.letterhead(document, Letterhead(printable(company) or " ", ()))
        document.y += _AIR
        blocks.title(document, printable(text.title))
        document.y += _AIR / 2
        middle = document.width / 2
        document.page.text_centred(
            middle, document.y + baseline(_NAME), printable(text.person), _NAME, room=document.body_width
        )
        document.y += _NAME.leading + 6 * MM
        grounds = f"{text.basis}，" if text.basis else ""
        said = f"　　{grounds}经审核合格，准予发给《{text.title}》。"
        blocks.draw_paragraph(document, Paragraph(printable(said)), style=_BODY)
        document.y += _AIR / 2
        until = han_date(text.valid_until) if text.valid_until is not None else "长期有效"
        blocks.facts_grid(
            document,
            [
                Fact("证书编号", text.number),
                Fact("发证日期", han_date(text.issued_on)),
                Fact("有效期至", until),
                Fact("核验码", text.code),
            ],
        )
        document.y += _AIR / 2
        for line in (printable(company), han_date(text.issued_on)):
            document.page.text_right(document.right, document.y + baseline(_BODY), line, _BODY)
            document.y += _BODY.leading
        return document.to_bytes()
