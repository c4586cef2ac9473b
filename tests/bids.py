"""Bids as salespeople upload them, honest and hostile, made in code."""

import io
import json
import zlib
from collections.abc import Callable, Sequence
from typing import Any

from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from app.core.db import session
from app.core.files import CheckedFile, check_upload
from app.core.pdf.uploads import ReadFile
from app.core.uow import unit_of_work
from app.features.inquiries.models import Inquiry
from app.features.quotations.bid import actions
from app.features.quotations.models import QuotationRevision
from tests.stories import Desk

A4 = (595.28, 841.89)


def pdf(*pages: Sequence[str], size: tuple[float, float] = A4, turned: int = 0) -> bytes:
    """Return a PDF with these lines on its pages."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=size, pageCompression=1, invariant=1)
    for lines in pages:
        canvas.setFont("STSong-Light", 11)
        canvas.setPageRotation(turned)
        for place, line in enumerate(lines):
            canvas.drawString(60, size[1] - 70 - place * 16, line)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def scan(pages: int = 2) -> bytes:
    """Return a PDF of pictures only."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=A4, invariant=1)
    for _page in range(pages):
        canvas.setFillGray(0.8)
        canvas.drawImage(ImageReader(picture()), 100, 200, 300, 300)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def picture() -> Any:
    """Return a grey picture."""
    from PIL import Image

    return Image.new("L", (8, 8), 128)


def raw(*objects: bytes, trailer: bytes = b"", version: bytes = b"1.7") -> bytes:
    """Return a PDF of these objects, numbered from 1; the first is the catalogue."""
    body = b"%PDF-" + version + b"\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"trailer\n<< /Size %d /Root 1 0 R %s >>\n" % (len(objects) + 1, trailer)
    return body + b"startxref\n%d\n%%%%EOF\n" % start


PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> %s >>"
CONTENT = b"<< /Length 9 >>\nstream\n0 0 m h n\n\nendstream"


def one_page(catalogue: bytes = b"", page: bytes = b"", *more: bytes, **options: bytes) -> bytes:
    """Return a PDF of one page with something more in its catalogue, its page and behind them."""
    return raw(
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalogue, PAGES, PAGE % page, CONTENT, *more, **options
    )


def hybrid() -> bytes:
    """Return a PDF as Word saves it: a table of places, and a stream of further ones beside it."""
    first = one_page()
    start = int(first.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    hidden = zlib.compress(b"5 0 << /Type /StructTreeRoot >>")
    body = first[:start]
    store = len(body)
    body += (
        b"6 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream\nendobj\n"
        % (len(hidden), hidden)
    )
    entries = bytes((2, 0, 6, 0)) + bytes((1,)) + store.to_bytes(2, "big") + bytes((0,))
    place = len(body)
    body += (
        b"7 0 obj\n<< /Type /XRef /Size 8 /W [1 2 1] /Index [5 2] /Root 1 0 R /Length %d >>\nstream\n%s\nendstream\n"
        b"endobj\n" % (len(entries), entries)
    )
    table = len(body)
    places = [first.index(b"%d 0 obj" % number) for number in range(1, 5)]
    body += b"xref\n0 8\n0000000005 65535 f \n" + b"".join(b"%010d 00000 n \n" % one for one in places)
    body += b"0000000006 00000 f \n0000000007 00000 f \n0000000000 00000 f \n"
    body += b"trailer\n<< /Size 8 /Root 1 0 R /XRefStm %d >>\n" % place
    return body + b"startxref\n%d\n%%%%EOF\n" % table


SCRIPT = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
ATTACHED = b"<< /Type /Filespec /F (a.exe) /EF << /F 6 0 R >> >>"
HOSTILE: dict[str, Callable[[], bytes]] = {
    "javascript at opening": lambda: one_page(b"/OpenAction 5 0 R", b"", SCRIPT),
    "javascript by name": lambda: one_page(b"/Names << /JavaScript << /Names [(a) 5 0 R] >> >>", b"", SCRIPT),
    "javascript spelt with codes": lambda: one_page(
        b"/OpenAction << /S /Java#53cript /J#53 (app.alert\\(1\\)) >>"
    ),
    "javascript of a page": lambda: one_page(b"", b"/AA << /O %s >>" % SCRIPT),
    "javascript behind a reference": lambda: one_page(
        b"/OpenAction << /S 5 0 R /N 6 0 R >>", b"", b"/JavaScript", b"(x)"
    ),
    "launch": lambda: one_page(
        b"", b"/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A << /S /Launch /F (calc.exe) >> >>]"
    ),
    "submit": lambda: one_page(b"/OpenAction << /S /SubmitForm /F (http://example.com) >>"),
    "embedded file": lambda: one_page(
        b"/Names << /EmbeddedFiles << /Names [(a) 5 0 R] >> >>", b"", ATTACHED, CONTENT
    ),
    "attached to a page": lambda: one_page(
        b"", b"/Annots [<< /Subtype /FileAttachment /Rect [0 0 9 9] /FS 5 0 R >>]", ATTACHED, CONTENT
    ),
    "film": lambda: one_page(b"", b"/Annots [<< /Subtype /RichMedia /Rect [0 0 9 9] >>]"),
    "form": lambda: one_page(b"", b"/Annots [<< /Subtype /Widget /FT /Tx /T (a) /Rect [0 0 9 9] >>]"),
    "xfa": lambda: one_page(b"/AcroForm << /XFA 5 0 R /Fields [] >>", b"", CONTENT),
    "signed": lambda: one_page(b"", b"", b"<< /Type /Sig /Filter /Adobe.PPKLite >>"),
    "password": lambda: one_page(
        trailer=b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O (%s) /U (%s) >> /ID [(a) (a)]"
        % (b"o" * 32, b"u" * 32)
    ),
    "no table of places": lambda: one_page().replace(b"startxref\n", b"startxref\n9"),
    "places that lead elsewhere": lambda: one_page().replace(b"00000 n", b"00001 n"),
    "cut short": lambda: pdf(["a"] * 9)[:-300],
    "no pages": lambda: raw(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"),
    "pages in a ring": lambda: raw(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R] >>"),
    "page without a size": lambda: raw(
        b"<< /Type /Catalog /Pages 2 0 R >>", PAGES, b"<< /Type /Page /Parent 2 0 R >>"
    ),
    "no catalogue": lambda: raw(b"(hello)"),
    "only the first letters": lambda: b"%PDF-1.7\n",
}


def tender(desk: Desk, revision: QuotationRevision) -> QuotationRevision:
    """Make the inquiry behind a quotation a tender, as it is registered."""
    with unit_of_work():
        session.get_one(Inquiry, revision.quotation.inquiry_id).kind = "tender"
    return revision


def lines_of(revision: QuotationRevision) -> list[str]:
    """Return what the opening table and the price list of a bid say, of a quotation as it stands now."""
    from app.features.quotations import snapshot

    content = snapshot.content(revision)
    totals = content["totals"]
    said = [
        "开标一览表",
        f"投标总价 {totals['gross']} 元，大写 {totals['capital']}",
        f"投标有效期至 {content['valid_until']}，交货期 {content['lines'][0]['lead_time_days']} 天",
        "分项报价表",
    ]
    return said + [f"{line['name']} {line['unit_price']} {line['amount']}" for line in content["lines"]]


def checked(content: bytes, name: str = "投标文件.pdf") -> CheckedFile:
    """Return an upload that passed the first check."""
    return check_upload(name, io.BytesIO(content))


def read(*texts: str | None, content: bytes | None = None, name: str = "投标文件.pdf") -> ReadFile:
    """Return a bid as read, with these texts on its pages, without reading it."""
    made = pdf(*[[text or ""] for text in texts]) if content is None else content
    return ReadFile(checked(made, name), len(texts), texts)


def put(desk: Desk, revision: QuotationRevision, upload: ReadFile | None = None) -> QuotationRevision:
    """Upload a bid that says what the quotation says."""
    found = upload or read("\n".join(lines_of(revision)), "技术方案")
    with unit_of_work():
        actions.put(revision, actor=desk.people.actor("salesperson"), version=None, upload=found)
    return revision


def texts_of(revision: QuotationRevision) -> list[str | None]:
    """Return the texts that are kept of a bid."""
    assert revision.bid is not None
    found: list[str | None] = json.loads(revision.bid.texts)
    return found
