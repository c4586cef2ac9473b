"""What the pages of a quotation show of its bid, made ready so that the templates decide nothing."""

from typing import Any

from flask import url_for

from app.core import sentences
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.features.quotations import secrecy
from app.features.quotations.actions import EDITABLE
from app.features.quotations.bid.actions import MOST_BYTES, MOST_PAGES
from app.features.quotations.bid.comparison import Comparison, Finding
from app.features.quotations.bid.guards import comparison
from app.features.quotations.bid.tables import ITEMISED, OPENING
from app.features.quotations.enums import QuotationStatus
from app.features.quotations.models import BidFile, QuotationRevision
from app.web.documents import file_rows

REVIEWED = (QuotationStatus.REVIEW, QuotationStatus.LEADER_REVIEW)


def card(revision: QuotationRevision, actor: Actor) -> dict[str, Any] | None:
    """Return the card of the bid, None where the offer answers no tender or its prices are secret from the reader.

    The figures are looked for in the file while it is made and reviewed; afterwards it is as it is.
    """
    if not revision.is_tender or not secrecy.sees_prices(revision, actor):
        return None
    bid = revision.bid
    place: dict[str, Any] = {"quotation_id": revision.quotation_id, "number": revision.revision}
    may_change = revision.owner_id == actor.id and revision.status in EDITABLE
    found = comparison(revision) if may_change or revision.status in REVIEWED else None
    return {
        "file": file_of(bid) if bid is not None else None,
        "upload_url": url_for("quotations.bid_upload", **place) if may_change else "",
        "remove_url": url_for("quotations.bid_remove", **place) if may_change and bid is not None else "",
        "tables": [
            (label, url_for("quotations.bid_table", kind=kind, **place))
            for kind, label in ((OPENING, _("开标一览表")), (ITEMISED, _("分项报价表")))
        ],
        "version": revision.version,
        "limits": _(
            "Word 另存的 PDF，最多 %(pages)s 页、%(size)s MB；上百页的文件要读十几秒",
            pages=MOST_PAGES,
            size=MOST_BYTES // 1024**2,
        ),
        "comparison": compared_rows(found) if found is not None else None,
    }


def file_of(bid: BidFile) -> dict[str, Any]:
    """Return the file as the card shows it: by whom, how long, and the hash people compare."""
    row = file_rows([bid.stored])[0]
    return {
        "name": row.name,
        "url": row.url,
        "size": row.size,
        "by": row.by,
        "at": row.at,
        "pages": bid.pages,
        "hash_start": bid.stored.sha256[:8],
        "sha256": bid.stored.sha256,
    }


def compared_rows(found: Comparison) -> dict[str, Any]:
    """Return the comparison: the doubt first, then the opening table, then the lines with what is missing marked."""
    missing = len(found.missing)
    return {
        "doubt": sentences.say(found.doubt) if found.doubt else "",
        "scan": found.scan,
        "silent": found.silent if not found.scan else 0,
        "summary": _("没有找到 %(count)s 处", count=missing) if missing else _("全部找到"),
        "rows": [] if found.scan else [row_of(item) for item in (*found.opening, *found.lines)],
    }


def row_of(item: Finding) -> dict[str, Any]:
    """Return a figure as a row: what, of which line, and the page or that it was not found."""
    label = (
        item.label
        if not item.position
        else _("第 %(position)s 项 %(label)s", position=item.position, label=item.label)
    )
    return {
        "label": label,
        "shown": item.shown,
        "state": _("第 %(page)s 页", page=item.page) if item.page is not None else _("未找到"),
        "tone": "ok" if item.page is not None else "bad",
    }
