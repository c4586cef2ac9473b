"""The posts by which the bid of a draft is uploaded and taken back."""

from collections.abc import Callable
from typing import Any

from flask import flash, request, url_for

from app.core.errors import Conflict, Invalid, NotVisible
from app.core.files import check_upload
from app.core.i18n import gettext as _
from app.core.pdf.uploads import ReadFile, read_upload
from app.core.uow import unit_of_work
from app.features.quotations import paper_views, secrecy
from app.features.quotations.bid import actions, tables
from app.features.quotations.enums import QuotationPerm
from app.features.quotations.models import QuotationRevision
from app.features.quotations.views import READERS, Answer, load, show_page
from app.web import documents, fragments
from app.web.guard import current_actor, requires

blueprint = paper_views.blueprint


@blueprint.post("/<int:quotation_id>/r/<int:number>/bid")
@requires(QuotationPerm.PREPARE)
def bid_upload(quotation_id: int, number: int) -> Answer:
    actor = current_actor()

    def do(revision: QuotationRevision, version: int, file: ReadFile | None) -> None:
        assert file is not None  # noqa: S101 - read before, or refused
        actions.put(revision, actor=actor, version=version, upload=file)

    return change(quotation_id, number, do, _("已上传"), upload=True)


@blueprint.post("/<int:quotation_id>/r/<int:number>/bid/remove")
@requires(QuotationPerm.PREPARE)
def bid_remove(quotation_id: int, number: int) -> Answer:
    actor = current_actor()

    def do(revision: QuotationRevision, version: int, file: ReadFile | None) -> None:
        actions.remove(revision, actor=actor, version=version)

    return change(quotation_id, number, do, _("已移除"))


@blueprint.get("/<int:quotation_id>/r/<int:number>/bid/<any(opening,itemised):kind>.pdf")
@requires(*READERS)
def bid_table(quotation_id: int, number: int, kind: str) -> Answer:
    revision = load(quotation_id, number)
    if not revision.is_tender:
        raise NotVisible
    secrecy.require_prices(revision, current_actor())
    return paper_views.shown(tables.render(revision, kind), f"{tables.TITLES[kind]}-{revision.title}.pdf")


def change(
    quotation_id: int, number: int, do: Callable[[Any, int, Any], None], done: str, *, upload: bool = False
) -> Answer:
    """Do one act on the bid and go back to it, or show the page again with the refusal."""
    typed = documents.typed_step()
    try:
        # Who and in which state is asked before a long file is read, and again under the lock.
        actions.check_changeable(load(quotation_id, number), actor=current_actor(), version=typed.version)
        file = read_bid() if upload else None
        with unit_of_work():
            do(load(quotation_id, number), typed.version, file)
    except (Conflict, Invalid) as problem:
        return show_page(load(quotation_id, number), documents.refusal(problem))
    flash(done, "ok")
    return fragments.go(f"{url_for('quotations.show', quotation_id=quotation_id, number=number)}#bid")


def read_bid() -> ReadFile:
    """Return the uploaded PDF; raises Invalid where none was chosen or it is not taken."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Invalid(fields={"file": _("请选择一个文件")})
    checked = check_upload(upload.filename, upload.stream)  # type: ignore[arg-type]
    return read_upload(checked, most_pages=actions.MOST_PAGES, most_bytes=actions.MOST_BYTES)
