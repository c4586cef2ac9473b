"""The directory of people, accounts, roles, departments, delegations."""

from flask import Blueprint, Response, request

from app.core.i18n import gettext as _
from app.features.people.enums import PeoplePerm
from app.web import fragments, guard

blueprint = Blueprint("people_directory", __name__)


@blueprint.get("/people")
@guard.requires(PeoplePerm.VIEW)
def index() -> Response:
    return fragments.page("people/index.html", heading=_("人员"), query=request.args.get("q", ""), people=())
