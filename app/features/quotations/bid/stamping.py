"""Seal, split seal and the marks of verification on an uploaded bid: drawn as an addition, its own bytes in front.

What was reviewed is therefore the beginning of every issued copy, byte for byte. The same file, copy and seal give the
same additions; the signature is put on with them.
"""

from collections.abc import Callable, Iterable
from typing import Any

from app.core import clock
from app.core.pdf.blocks import baseline
from app.core.pdf.document import MM, SOFT_INK, Document, DocumentFacts, Margins, Style
from app.core.pdf.overlay import Mark, Overlay, Sketch, pages_of
from app.core.pdf.qr import qr_operations
from app.core.verification_code import grouped
from app.features.quotations.bid.actions import MOST_PAGES
from app.features.quotations.bid.placement import Placement
from app.features.quotations.enums import Corner
from app.features.quotations.pdf import CopyMark, verification_url
from app.features.quotations.snapshot_schema import QuotationSnapshot
from app.features.seals.drawing import SealMark, seal_operators, small_type, split_slices

SEAL, FOOT = "Seal", "Foot"
_ASIDE = 20 * MM
# Above the marks of verification, which stand at the lower edge.
_ABOVE = 30 * MM
_FOOT_AT = (8 * MM, 5 * MM)
_QR_SIDE = 15 * MM
_FOOT_HEIGHT = 17 * MM
_STRONG = Style("bold", 6.4, 8.6)
_SOFT = Style("regular", 6.2, 8.6, SOFT_INK)
_WHITE = (1.0, 1.0, 1.0)


def drawing(
    snapshot: QuotationSnapshot, copy: CopyMark, seal: SealMark | None, placement: Placement
) -> Callable[[Any], None]:
    """Return what draws the marks of one copy with the writer that signs it; ``seal`` None leaves its place empty.

    Raises Invalid where a page was typed that the bid has not.
    """
    assert snapshot.bid is not None  # noqa: S101 - the caller issues a bid
    numbers = placement.numbers(snapshot.bid.pages)

    def draw(writer: Any) -> None:
        leaves = pages_of(writer, MOST_PAGES)
        overlay = Overlay(f"Z{snapshot.content_hash[:12]}")
        overlay.papers[FOOT] = foot(snapshot, copy)
        for page in sorted({0, len(leaves) - 1}):
            overlay.put(page, Mark(FOOT, *_FOOT_AT))
        if seal is not None:
            ring = small_type(snapshot.full_number, copy.number, copy.of, copy.code)
            box = (-seal.width / 2, -seal.height / 2, seal.width / 2, seal.height / 2)
            overlay.sketches[SEAL] = Sketch(box, seal_operators(seal, ring))
            for number in numbers:
                overlay.put(number - 1, sealed(leaves[number - 1].size, seal, placement.corner))
            if placement.split:
                put_split_seal(overlay, seal, [leaf.size for leaf in leaves], numbers, placement.corner)
        overlay.draw(writer, leaves)

    return draw


def sealed(size: tuple[float, float], seal: SealMark, corner: str) -> Mark:
    """Return the seal in a corner of a page of this size."""
    width, height = size
    aside, above = _ASIDE + seal.width / 2, _ABOVE + seal.height / 2
    x = width - aside if corner in (Corner.BOTTOM_RIGHT, Corner.TOP_RIGHT) else aside
    y = above if corner in (Corner.BOTTOM_RIGHT, Corner.BOTTOM_LEFT) else height - above
    return Mark(SEAL, x, y, ink=True)


def put_split_seal(
    overlay: Overlay,
    seal: SealMark,
    sizes: list[tuple[float, float]],
    numbers: Iterable[int],
    corner: str,
) -> None:
    """骑缝章: every page takes its slice at the right edge; laid side by side they are whole seals."""
    slices = split_slices(seal, len(sizes))
    if not slices:
        return
    # All pages alike, or the slices would not join; on low pages clear of the seal in the corner.
    lowest = min(height for _width, height in sizes)
    middle = lowest / 2
    own = [sealed(sizes[number - 1], seal, corner).y for number in numbers]
    if any(abs(middle - y) < seal.height for y in own):
        middle = (
            lowest - seal.height / 2 - 6 * MM if corner.startswith("bottom") else seal.height / 2 + 6 * MM
        )
    for page, ((width, _height), (_seal, left, slice_width)) in enumerate(zip(sizes, slices, strict=True)):
        clip = (width - slice_width, middle - seal.height / 2, slice_width, seal.height)
        x = width - slice_width - left + seal.width / 2
        overlay.put(page, Mark(SEAL, x, middle, ink=True, clip=clip))


def foot(snapshot: QuotationSnapshot, copy: CopyMark) -> bytes:
    """Return the marks of verification as a small paper: number, copy, code, hash, and the QR code where configured."""
    number, url = snapshot.full_number, verification_url(snapshot, copy)
    copies = f"第 {copy.number} 份/共 {copy.of} 份{'（增印）' if copy.extra else ''}"
    lines = [
        (f"核验码 {grouped(copy.code)}", _STRONG),
        (f"{number}　{copies}　内容摘要 {snapshot.content_hash[:8]}", _SOFT),
    ]
    indent = _QR_SIDE + 2 * MM if url else 1 * MM
    if not url:
        lines.append((f"核验电话 {snapshot.company.phone}", _SOFT))
    width = indent + max(style.width(text) for text, style in lines) + 2 * MM
    document = Document(
        DocumentFacts(number, snapshot.company.name, "", clock.to_local(copy.issued_at)),
        Margins(0, 0, 0, 0),
        (width, _FOOT_HEIGHT),
    )
    document.page.fill(0, 0, width, _FOOT_HEIGHT, _WHITE)
    if url:
        document.page.raw(qr_operations(url, 1 * MM, 1 * MM, _QR_SIDE))
    y = (_FOOT_HEIGHT - sum(style.leading for _text, style in lines)) / 2
    for text, style in lines:
        document.page.text(indent, y + baseline(style), text, style)
        y += style.leading
    return document.to_bytes()
