"""Prove that no byte of a signed paper can be changed without the upload check noticing.

Each byte in turn is changed in several ways; none of the results may pass as genuine, each must be told as
altered, and our own reading of the signature must find it broken wherever the byte lies outside its value.
Run as `python3 proofs/every_byte.py`; the suite runs it on a smaller paper.
"""

import hashlib
import io
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from reportlab.pdfgen.canvas import Canvas

from app.core import signing

PAGES = 3
MASKS = (0x01, 0x20, 0xFF)
DOCUMENT_ID = "PROOFOFEVERYBYTE0001"


class OneCopy:
    """A storage that holds one paper."""

    def __init__(self, copy: bytes) -> None:
        self.sha256 = hashlib.sha256(copy).hexdigest()

    def is_stored(self, sha256: str) -> bool:
        return sha256 == self.sha256

    def knows_document(self, document_id: str) -> bool:
        return document_id == DOCUMENT_ID


def unnoticed_changes(
    signed: bytes, trusted: Sequence[bytes], stored: signing.StoredCopies, masks: Sequence[int]
) -> list[int]:
    """Change each byte by each mask (exclusive or) and return the positions that went unnoticed."""
    value_start = signed.rfind(b"/Contents <") + len(b"/Contents ")
    value_end = signed.find(b">", value_start) + 1
    changed = bytearray(signed)
    unnoticed = []
    for position in range(len(signed)):
        in_value = value_start <= position < value_end
        for mask in masks:
            changed[position] ^= mask
            content = bytes(changed)
            changed[position] ^= mask
            finding = signing.inspect(content, trusted, stored)
            told = finding.verdict is signing.Verdict.ALTERED
            state = signing.verify_signature(content, trusted)
            if not told or (state is signing.SignatureState.INTACT and not in_value):
                unnoticed.append(position)
                break
    return unnoticed


def sample(pages: int) -> bytes:
    """Draw a compressed paper with pages full of lines."""
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1, pageCompression=1)
    for page in range(pages):
        for line in range(50):
            canvas.drawString(
                40, 800 - 15 * line, f"{page}.{line} {hashlib.sha256(b'%d' % line).hexdigest()}"
            )
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def main() -> int:
    """Print the figures; the exit code is 1 when a change went unnoticed."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        secret = signing.read_secret(folder, {})
        signing.create_authority(folder, "Proof", secret)
        trusted = signing.signing_certificates(folder)
        signed = signing.sign(
            sample(PAGES),
            signing.load_signer(folder, secret),
            reason="proof",
            signing_time=datetime(2026, 1, 1, tzinfo=UTC),
            document_id=DOCUMENT_ID,
        )
    unnoticed = unnoticed_changes(signed, trusted, OneCopy(signed), MASKS)
    tried = len(signed) * len(MASKS)
    seconds = time.perf_counter() - started
    print(f"{len(signed):,} bytes, {tried:,} changes, {len(unnoticed)} unnoticed, {seconds:.1f} s")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main())
