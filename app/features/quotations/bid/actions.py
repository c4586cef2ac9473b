"""Uploading, replacing and removing the bid of a draft."""

import json

from app.core import timeline
from app.core.db import session
from app.core.errors import Conflict, Denied
from app.core.files import StoredFile, attach, attach_stored, mark_deleted
from app.core.i18n import lazy
from app.core.pdf.uploads import ReadFile
from app.core.permissions import Actor
from app.core.workflow import check_version, lock
from app.features.quotations.actions import EDITABLE
from app.features.quotations.flow import DOC_TYPE, FLOW
from app.features.quotations.models import BidFile, QuotationRevision

MOST_PAGES = 300
# The issued copy is a little longer and must still be taken by the verification page, which reads 20 MB.
MOST_BYTES = 19 * 1024 * 1024
FILE = "bid"


def check_changeable(revision: QuotationRevision, *, actor: Actor, version: int | None) -> None:
    """Raise Denied for anybody but the owner, Stale for an older form, Conflict for no tender or no longer a draft."""
    if revision.owner_id != actor.id:
        raise Denied("core:denied", what=lazy("上传投标文件"), who=revision.owner.name)
    check_version(DOC_TYPE, revision, version)
    if not revision.is_tender:
        raise Conflict("quotation:no-tender")
    if revision.status not in EDITABLE:
        raise Conflict("quotation:not-editable", state=FLOW.state(revision.status).label)


def put(revision: QuotationRevision, *, actor: Actor, version: int | None, upload: ReadFile) -> BidFile:
    """Keep a PDF as the bid of a draft, in place of one uploaded before; raises what ``check_changeable`` raises."""
    lock(revision)
    check_changeable(revision, actor=actor, version=version)
    old = revision.bid
    if old is not None:
        take_away(revision, old)
    stored = attach(upload.file, DOC_TYPE, revision.id, actor, kind=FILE)
    texts = json.dumps(upload.texts, ensure_ascii=False)
    return keep(revision, stored, upload.pages, texts, actor, "quotation:bid-upload")


def take_over(revision: QuotationRevision, earlier: BidFile, *, actor: Actor) -> BidFile:
    """Keep the very file of an earlier revision as the bid of a new draft, in the transaction that makes it."""
    stored = attach_stored(earlier.stored, DOC_TYPE, revision.id, actor, kind=FILE)
    return keep(revision, stored, earlier.pages, earlier.texts, actor, "quotation:bid-take-over")


def keep(
    revision: QuotationRevision, stored: StoredFile, pages: int, texts: str, actor: Actor, verb: str
) -> BidFile:
    """Make a stored file the bid of a revision and record it."""
    bid = BidFile(revision_id=revision.id, stored_file_id=stored.id, pages=pages, texts=texts)
    bid.stored = stored
    revision.bid_file = bid
    revision.touch()
    session.flush()
    data = {"file": stored.name, "hash": stored.sha256[:8], "pages": pages}
    timeline.record(DOC_TYPE, revision.id, verb, actor, data=data)
    return bid


def remove(revision: QuotationRevision, *, actor: Actor, version: int | None) -> None:
    """Take the bid back from a draft; raises what ``check_changeable`` raises, Conflict where there is none."""
    lock(revision)
    check_changeable(revision, actor=actor, version=version)
    bid = revision.bid
    if bid is None:
        raise Conflict("quotation:no-bid")
    name = bid.stored.name
    take_away(revision, bid)
    revision.touch()
    timeline.record(DOC_TYPE, revision.id, "quotation:bid-remove", actor, data={"file": name})


def take_away(revision: QuotationRevision, bid: BidFile) -> None:
    """Mark the file as deleted and let its row go."""
    mark_deleted(bid.stored)
    revision.bid_file = None
    session.flush()
