"""Pages of driving licences: the list for those who keep cars, one's own for everybody."""

from typing import Any

from flask import request, url_for

from app.core import timeline
from app.core.db import session
from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.permissions import can, require
from app.features.people.models import User
from app.features.people.queries import active_people
from app.features.vehicles import forms, licences, page, queries
from app.features.vehicles.answering import answer
from app.features.vehicles.enums import LICENCE, VehiclePerm
from app.features.vehicles.lists import LicenceList
from app.features.vehicles.models import DrivingLicence
from app.features.vehicles.views import blueprint, show_form, trail
from app.web import documents, fragments
from app.web.guard import current_actor, requires
from app.web.lists import show_list


def below() -> list[tuple[str, str]]:
    """Return the trail of the pages below the list of licences."""
    return [*trail(), (_("驾驶证"), url_for("vehicles.licence_list"))]


@blueprint.get("/licences")
@requires(VehiclePerm.VIEW)
def licence_list() -> Any:
    actor = current_actor()
    return show_list(
        LicenceList(actor, request.args, request.path),
        _("驾驶证"),
        trail=trail(),
        new_url=url_for("vehicles.new_licence") if can(actor, VehiclePerm.MANAGE) else "",
        new_label=_("登记驾驶证"),
        empty_text=_("还没有登记驾驶证"),
        empty_hint=_("自己驾车前，请把驾驶证交车辆管理员核对登记"),
        sign_labels=(_("车辆管理员"), _("部门经理")),
    )


def person_of(user_id: int) -> User:
    """Return the person whose licence the reader may see; raises NotVisible."""
    actor, person = current_actor(), session.get(User, user_id)
    if person is None or (person.id != actor.id and not can(actor, VehiclePerm.MANAGE, person.department_id)):
        raise NotVisible
    return person


@blueprint.get("/licences/<int:user_id>")
@requires(VehiclePerm.VIEW)
def show_licence(user_id: int) -> Any:
    actor, person = current_actor(), person_of(user_id)
    licence = queries.licences_of([person.id]).get(person.id)
    manages = can(actor, VehiclePerm.MANAGE, person.department_id)
    events = timeline.events_for(LICENCE, licence.id) if licence is not None else []
    return fragments.page(
        "vehicles/licence.html",
        heading=_("%(name)s的驾驶证", name=person.name),
        trail=below(),
        said=page.licence_facts(licence),
        edit_url=url_for("vehicles.new_licence", person=person.id) if manages else "",
        events=documents.timeline_rows(events),
    )


@blueprint.get("/licences/of/<int:licence_id>")
@requires(VehiclePerm.VIEW)
def licence_of(licence_id: int) -> Any:
    """Lead from a licence, as tasks and notices name it, to the page of its person."""
    licence = session.get(DrivingLicence, licence_id)
    if licence is None:
        raise NotVisible
    return fragments.go(url_for("vehicles.show_licence", user_id=person_of(licence.user_id).id))


@blueprint.route("/licences/new", methods=["GET", "POST"])
@requires(VehiclePerm.MANAGE)
def new_licence() -> Any:
    actor, form = current_actor(), forms.LicenceForm()
    form.user_id.choices = active_people()
    if request.method == "GET":
        fill(form, request.args.get("person", type=int))

    def save(_given: None) -> str:
        person = session.get_one(User, int(form.user_id.data or 0))
        require(actor, VehiclePerm.MANAGE, person.department_id)
        licences.see_licence(
            person,
            actor=actor,
            version=form.version.data,
            licence_class=str(form.licence_class.data),
            valid_until=form.valid_until.data,
        )
        return url_for("vehicles.show_licence", user_id=person.id)

    return answer(
        form,
        show=lambda form, status: show_form("vehicles/form.html", _("登记驾驶证"), None, form, status),
        save=save,
        said=lazy("已登记"),
        version=lambda: version_of(form.user_id.data),
    )


def fill(form: forms.LicenceForm, user_id: int | None) -> None:
    """Put what is known of a person's licence into the form."""
    form.user_id.data, form.version.data = user_id, version_of(user_id)
    licence = queries.licences_of([user_id]).get(user_id) if user_id is not None else None
    if licence is not None:
        form.licence_class.data, form.valid_until.data = licence.licence_class, licence.valid_until


def version_of(user_id: int | None) -> int:
    """Return the version of a person's licence, 0 where none was seen."""
    licence = queries.licences_of([user_id]).get(user_id) if user_id is not None else None
    return licence.version if licence is not None else 0
