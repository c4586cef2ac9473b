"""Small signed papers, made without any feature, for the tests of signing and of the upload check."""

import hashlib
import io
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from app.core import signing

COMPANY = "江苏丰泽液压农机有限公司"
SECRET = b"a secret of the test, long enough"
SIGNING_TIME = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
VALID_FROM = datetime(2026, 1, 1, tzinfo=UTC)
DOCUMENT_ID = "K7QW3M9ZT2XR4BVN8HJC"
FIELD = signing.signature.FIELD_NAME


class Storage:
    """Stored copies in memory."""

    def __init__(self, *copies: bytes, documents: tuple[str, ...] = (DOCUMENT_ID,)) -> None:
        self.hashes = {hashlib.sha256(copy).hexdigest() for copy in copies}
        self.documents = documents
        self.questions = 0

    def is_stored(self, sha256: str) -> bool:
        self.questions += 1
        return sha256 in self.hashes

    def knows_document(self, document_id: str) -> bool:
        self.questions += 1
        return document_id in self.documents


def make_authority(folder: Path, company: str = COMPANY) -> signing.DocumentSigner:
    signing.create_authority(folder, company, SECRET, valid_from=VALID_FROM)
    return signing.load_signer(folder, SECRET)


def paper(amount: str = "1,234.50", pages: int = 2, *, compressed: bool = False) -> bytes:
    """Draw a quotation of a few lines, the same bytes at every call."""
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1, pageCompression=int(compressed))
    canvas.setTitle("BJ-2026-0012")
    for page in range(1, pages + 1):
        canvas.drawString(72, 760, f"QUOTATION BJ-2026-0012, page {page}/{pages}")
        canvas.drawString(72, 730, f"Total: CNY {amount}")
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def signed_paper(signer: signing.DocumentSigner, document_id: str = DOCUMENT_ID, **options) -> bytes:
    return signing.sign(
        paper(**options),
        signer,
        reason="报价单 BJ-2026-0012",
        signing_time=SIGNING_TIME,
        document_id=document_id,
    )


def run(*command: object) -> str:
    """Run a program of the machine and give what it printed; qpdf's warnings (3) are no failure."""
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode in (0, 3), done.stderr
    return done.stdout


def pdfsig(pdf: bytes, authority_pem: bytes, folder: Path) -> str:
    """Ask poppler about the signatures of a file, with one authority trusted."""
    (folder / "authority.pem").write_bytes(authority_pem)
    (folder / "paper.pdf").write_bytes(pdf)
    run("certutil", "-N", "-d", f"sql:{folder}", "--empty-password")
    run("certutil", "-A", "-d", f"sql:{folder}", "-n", "ours", "-t", ",C,", "-i", folder / "authority.pem")
    return run("pdfsig", "-nssdir", f"sql:{folder}", folder / "paper.pdf")
