"""The posts that choose among the offers for a line, and take an earlier one over."""

from typing import Any

from flask import flash

from app.core.errors import Conflict, NotVisible
from app.core.i18n import gettext as _
from app.core.uow import unit_of_work
from app.features.inquiries import offers, queries
from app.features.inquiries.enums import Subject
from app.features.inquiries.page import sees_answers
from app.features.inquiries.views import address, blueprint, show_page, visible_line
from app.web import documents, fragments
from app.web.guard import current_actor, signed_in


@blueprint.post("/inquiries/<int:inquiry_id>/lines/<int:line_id>/offers/<int:answer_id>/choose")
@signed_in
def choose_offer(inquiry_id: int, line_id: int, answer_id: int) -> Any:
    def do(inquiry: Any, actor: Any, version: int) -> None:
        offers.choose(inquiry, line_id, answer_id, actor=actor, version=version)

    return change(inquiry_id, line_id, do, _("已选用，报价以此为依据"))


@blueprint.post("/inquiries/<int:inquiry_id>/lines/<int:line_id>/offers/<int:answer_id>/take-over")
@signed_in
def take_over_offer(inquiry_id: int, line_id: int, answer_id: int) -> Any:
    def do(inquiry: Any, actor: Any, version: int) -> None:
        offers.take_over(inquiry, line_id, answer_id, actor=actor)

    return change(inquiry_id, line_id, do, _("已沿用此前的答复，已通知负责人"))


def change(inquiry_id: int, line_id: int, do: Any, done: str) -> Any:
    """Do one act on the offers for a line and go back to it, or show the page again with the refusal."""
    actor, typed = current_actor(), documents.typed_step()
    inquiry, _line = visible_line(inquiry_id, line_id, Subject.PURCHASING, actor)
    if not sees_answers(queries.sight(inquiry, actor), Subject.PURCHASING):
        raise NotVisible
    try:
        with unit_of_work():
            do(queries.get(actor, inquiry_id), actor, typed.version)
    except Conflict as problem:
        return show_page(queries.get(actor, inquiry_id), actor, documents.refusal(problem))
    flash(done, "ok")
    return fragments.go(f"{address(inquiry_id)}#line-{line_id}")
