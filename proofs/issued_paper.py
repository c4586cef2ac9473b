"""Prove on an issued file that no byte can be changed unnoticed: sealed, signed and stored by the program itself.

An installation issues a quotation of several pages; each byte of the stored copy in turn is changed, and each time
the check of uploads must tell it as altered, and the signature must be broken wherever the byte lies outside its
value. ``proofs.every_byte`` does the same on a plain paper with more kinds of change.
"""

import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import select

from app.core import signing
from app.core.db import session
from app.core.verification_code import grouped
from app.features.quotations import issuing
from app.features.quotations.models import IssuedFile
from app.features.seals import keys
from app.features.verify.queries import StoredCopies
from benchmarks._tables import Row, write
from proofs import _site
from tests import stories

MASK = 0x01
LINES = 24


def unnoticed_positions(
    signed: bytes, trusted: Sequence[bytes], stored: signing.StoredCopies, positions: Iterable[int]
) -> list[int]:
    """Change the byte at each position and return the positions at which that went unnoticed."""
    start = signed.rfind(b"/Contents <") + len(b"/Contents ")
    end = signed.find(b">", start) + 1
    changed = bytearray(signed)
    unnoticed = []
    for position in positions:
        changed[position] ^= MASK
        content = bytes(changed)
        changed[position] ^= MASK
        told = signing.inspect(content, trusted, stored).verdict is signing.Verdict.ALTERED
        intact = signing.verify_signature(content, trusted) is signing.SignatureState.INTACT
        if not told or (intact and not start <= position < end):
            unnoticed.append(position)
    return unnoticed


def main() -> int:
    """Issue a file, change each of its bytes, write the table, and return 1 where one went unnoticed."""
    with tempfile.TemporaryDirectory(prefix="zhangcheng-paper-") as name:
        data = Path(name) / "data"
        _site.install(data)
        with _site.opened(data):
            stories.desk().quotation("issued", lines=LINES)
            first = session.execute(select(IssuedFile)).unique().scalars().first()
            assert first is not None
            content, code, pages = issuing.stored_bytes(first), grouped(first.code), first.pages
            started = time.monotonic()
            trusted, stored = keys.trusted_certificates(), StoredCopies()
            genuine = signing.inspect(content, trusted, stored).verdict is signing.Verdict.GENUINE
            unnoticed = unnoticed_positions(content, trusted, stored, range(len(content)))
    figure = f"{len(content):,} bytes, {pages} pages, {len(unnoticed)} unnoticed, {time.monotonic() - started:.0f} s"
    row = Row(
        "every byte of an issued file changed in turn",
        "each told as altered",
        figure,
        genuine and not unnoticed,
    )
    print(f"{code}: {unnoticed[:20]}")
    return write("issued_paper", "The issued file", "the program's own copy.", [row], Path(__file__).parent)


if __name__ == "__main__":
    sys.exit(main())
