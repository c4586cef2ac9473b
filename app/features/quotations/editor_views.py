"""What helps while a quotation is typed: drafts that save themselves, and the list of keys."""

from flask import request

from app.core import clock
from app.core.errors import Conflict, Invalid, Stale
from app.core.i18n import gettext as _
from app.core.uow import unit_of_work
from app.features.quotations import filling, presentation
from app.features.quotations.enums import QuotationPerm, QuotationStatus
from app.features.quotations.flow import FLOW
from app.features.quotations.forms import QuotationLineForm
from app.features.quotations.views import Answer, blueprint, check_editable, load, write
from app.web import fragments
from app.web.forms import Lines
from app.web.guard import current_actor, requires


@blueprint.post("/<int:quotation_id>/r/<int:number>/autosave")
@requires(QuotationPerm.PREPARE)
def autosave(quotation_id: int, number: int) -> Answer:
    """Save a draft as it is typed; what cannot be saved yet is left alone, a newer version is never overwritten."""
    revision, actor = load(quotation_id, number), current_actor()
    check_editable(revision, actor)
    if revision.status != QuotationStatus.DRAFT:
        raise Conflict("quotation:not-editable", state=FLOW.state(revision.status).label)
    form, lines = filling.quotation_form(revision), Lines(QuotationLineForm, request.form)
    valid = form.validate()
    if not lines.validate() or not valid:
        return answer(quotation_id, number, status=422, waiting=_("还有内容要改正，暂未自动保存"))
    try:
        with unit_of_work():
            write(load(quotation_id, number), actor, form, lines)
    except Stale as problem:
        return answer(quotation_id, number, status=409, waiting=problem.sentence(), changes=problem.changes)
    except (Conflict, Invalid) as problem:
        return answer(quotation_id, number, status=problem.status, waiting=problem.sentence())
    return answer(quotation_id, number, saved=True)


def answer(
    quotation_id: int,
    number: int,
    *,
    status: int = 200,
    saved: bool = False,
    waiting: str = "",
    changes: tuple[str, ...] | list[str] = (),
) -> Answer:
    revision = load(quotation_id, number)
    kept = request.form.get("saved_version", "")
    return fragments.page(
        "quotations/autosave.html",
        fragment="state",
        status=status,
        heading=_("自动保存"),
        back_url=presentation.addresses(revision)["edit"],
        saved_version=revision.version
        if saved
        else (int(kept) if kept.isdecimal() and len(kept) < 10 else None),
        saved_at=clock.now() if saved else None,
        waiting=waiting,
        changes=changes,
    )


@blueprint.get("/shortcuts")
@requires(QuotationPerm.PREPARE)
def shortcuts() -> Answer:
    """The keys of the line editor as a page, where the dialog cannot open."""
    return fragments.page("quotations/shortcuts.html", heading=_("键盘快捷键"))
