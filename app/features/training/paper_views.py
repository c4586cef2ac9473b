"""Training on paper: the sheet to sign, the record of who was there."""

from flask import Blueprint, Response

from app.core.errors import Conflict, NotVisible
from app.core.i18n import gettext as _
from app.features.training import pdf, queries
from app.features.training.enums import WAS_HELD
from app.features.training.models import TrainingSession
from app.web.guard import current_actor, signed_in
from app.web.papers import company_name, send_paper

blueprint = Blueprint("training_papers", __name__, url_prefix="/training/<int:session_id>")


def listed(session_id: int) -> TrainingSession:
    """Return a session whose people the reader sees; raises NotVisible, and Conflict before it was announced."""
    actor = current_actor()
    row = queries.get_session(actor, session_id)
    if not queries.sees_people(actor, row):
        raise NotVisible
    if row.number is None:
        raise Conflict("training:not-announced")
    return row


@blueprint.get("/sheet.pdf")
@signed_in
def sheet(session_id: int) -> Response:
    row = listed(session_id)
    people = queries.people_rows(current_actor(), row)
    name = _("培训签到表 %(number)s", number=row.number)
    return send_paper(pdf.sign_in_sheet(row, people, company_name()), f"{name}.pdf")


@blueprint.get("/record.pdf")
@signed_in
def record(session_id: int) -> Response:
    row = listed(session_id)
    if row.status not in WAS_HELD:
        raise Conflict("training:not-held")
    people = queries.people_rows(current_actor(), row)
    name = _("培训出勤记录 %(number)s", number=row.number)
    return send_paper(pdf.attendance_record(row, people, company_name()), f"{name}.pdf")
