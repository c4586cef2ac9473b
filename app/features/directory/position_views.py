"""The page of a position, and what is changed there by date: the position itself, who is in it."""

from typing import Any

from flask import Blueprint, request, url_for

from app.core import clock, timeline
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.permissions import can
from app.features.directory import actions, outline, queries, structure
from app.features.directory.actions import PositionValues
from app.features.directory.answering import answer
from app.features.directory.enums import HOLDER_LABELS, POSITION, DirectoryPerm, HolderKind
from app.features.directory.forms import AssignForm, EditPositionForm, LastDayForm, NewPositionForm
from app.features.directory.models import Position, PositionHolder
from app.features.directory.people_pages import person_address
from app.features.people.enums import PeoplePerm
from app.features.people.queries import active_people, department_choices
from app.web import documents, fragments
from app.web.guard import current_actor, requires

blueprint = Blueprint("positions", __name__, url_prefix="/directory/structure/positions")


def trail(position: Position | None = None) -> list[tuple[str, str]]:
    """Return the way back from a page of a position."""
    steps = [(_("组织架构"), url_for("directory.show_structure"))]
    if position is not None:
        title = queries.title_or_none(position.id)
        steps.append((title, url_for("positions.show_position", position_id=position.id)))
    return steps


def page_of(position_id: int) -> str:
    """Return the address of a position's page."""
    return url_for("positions.show_position", position_id=position_id)


def found(position_id: int) -> Position:
    """Return a position the reader may see; raises NotVisible."""
    return queries.get_position(current_actor(), position_id)


@blueprint.get("/<int:position_id>")
@requires(PeoplePerm.VIEW)
def show_position(position_id: int) -> Any:
    actor, position = current_actor(), found(position_id)
    terms, holders = queries.terms_of(position_id), queries.holders_of(position_id)
    is_open = bool(terms) and terms[0].until_date is None
    titles = queries.position_titles([term.reports_to_id for term in terms if term.reports_to_id])
    state, tone = state_of(terms)
    return fragments.page(
        "directory/position.html",
        heading=queries.title_or_none(position_id),
        trail=trail(),
        state=state,
        tone=tone,
        position=position,
        terms=[
            {
                "span": outline.span(term.from_date, term.until_date),
                "title": term.title,
                "department": term.department.name if term.department else "",
                "superior": titles.get(term.reports_to_id or 0, ""),
                "places": term.places,
            }
            for term in terms
        ],
        people=[person_row(holder) for holder in holders],
        may_keep=can(actor, DirectoryPerm.STRUCTURE),
        is_open=is_open,
        events=documents.timeline_rows(timeline.events_for(POSITION, position_id)),
    )


def state_of(terms: Any) -> tuple[str, str]:
    """Return how a position stands, and the tone of it."""
    today = clock.today()
    if not terms:
        return _("只在规划中"), "info"
    if terms[0].until_date is not None and terms[0].until_date < today:
        return _("已撤销"), "neutral"
    return (_("现有岗位"), "ok") if terms[-1].from_date <= today else (_("尚未开始"), "info")


def person_row(holder: PositionHolder) -> dict[str, Any]:
    """Return a person in a position as its page lists them."""
    return {
        "id": holder.id,
        "name": holder.user.name,
        "url": person_address(holder.user_id) if holder.user.active else "",
        "kind": HOLDER_LABELS[HolderKind(holder.kind)],
        "span": outline.span(holder.from_date, holder.until_date),
        "is_open": holder.until_date is None,
    }


@blueprint.route("/new", methods=["GET", "POST"])
@requires(DirectoryPerm.STRUCTURE)
def new_position() -> Any:
    form = NewPositionForm()
    choose(form)
    if request.method != "POST":
        form.from_date.data, form.places.data = clock.today(), 1
        form.reports_to_id.data = request.args.get("below", type=int)

    def save() -> str:
        made = actions.create_position(
            actor=current_actor(), values=values(form), from_date=form.from_date.data
        )
        return page_of(made.id)

    return answer(
        form,
        heading=_("设立岗位"),
        save=save,
        said=lazy("岗位已设立"),
        trail=trail(),
        cancel_url=url_for("directory.show_structure"),
    )


def choose(form: Any, position_id: int | None = None) -> None:
    """Fill the choices of departments and superiors."""
    form.department_id.choices = department_choices()
    form.reports_to_id.choices = outline.choices(structure.on(clock.today()), position_id)


def values(form: Any) -> PositionValues:
    """Return what was typed of a position."""
    return PositionValues(form.title.data, form.department_id.data, form.reports_to_id.data, form.places.data)


@blueprint.route("/<int:position_id>/edit", methods=["GET", "POST"])
@requires(DirectoryPerm.STRUCTURE)
def edit_position(position_id: int) -> Any:
    position = found(position_id)
    terms = queries.terms_of(position_id)
    form = EditPositionForm(obj=terms[0] if terms else None)
    choose(form, position_id)
    if request.method != "POST":
        form.version.data, form.from_date.data = position.version, clock.today()

    def save() -> str:
        actions.change_position(
            found(position_id),
            actor=current_actor(),
            version=form.version.data,
            values=values(form),
            from_date=form.from_date.data,
        )
        return page_of(position_id)

    return on_position(position, form, _("调整岗位"), save, lazy("岗位已调整，以前的情况保留在沿革里"))


def on_position(position: Position, form: Any, heading: str, save: Any, said: Any) -> Any:
    """Answer a form about a position."""
    number = position.id
    return answer(
        form,
        heading=heading,
        save=save,
        said=said,
        version=lambda: found(number).version,
        trail=trail(position),
        cancel_url=page_of(number),
    )


@blueprint.route("/<int:position_id>/end", methods=["GET", "POST"])
@requires(DirectoryPerm.STRUCTURE)
def end_position(position_id: int) -> Any:
    position, form = found(position_id), LastDayForm()
    if request.method != "POST":
        form.version.data, form.last_day.data = position.version, clock.today()

    def save() -> str:
        actions.end_position(
            found(position_id),
            actor=current_actor(),
            version=form.version.data,
            last_day=form.last_day.data,
        )
        return page_of(position_id)

    return on_position(position, form, _("撤销岗位"), save, lazy("岗位已撤销，以前的情况仍可按日期查看"))


@blueprint.route("/<int:position_id>/people/new", methods=["GET", "POST"])
@requires(DirectoryPerm.STRUCTURE)
def assign(position_id: int) -> Any:
    position, form = found(position_id), AssignForm()
    form.user_id.choices = active_people()
    if request.method != "POST":
        form.version.data, form.from_date.data = position.version, clock.today()

    def save() -> str:
        actions.assign(
            found(position_id),
            actor=current_actor(),
            version=form.version.data,
            user_id=form.user_id.data,
            kind=str(form.kind.data),
            from_date=form.from_date.data,
        )
        return page_of(position_id)

    return on_position(position, form, _("安排人员"), save, lazy("已安排"))


@blueprint.route("/<int:position_id>/people/<int:holder_id>/end", methods=["GET", "POST"])
@requires(DirectoryPerm.STRUCTURE)
def release(position_id: int, holder_id: int) -> Any:
    position, form = found(position_id), LastDayForm()
    if request.method != "POST":
        form.version.data, form.last_day.data = position.version, clock.today()

    def save() -> str:
        actions.release(
            found(position_id),
            holder_id,
            actor=current_actor(),
            version=form.version.data,
            last_day=form.last_day.data,
        )
        return page_of(position_id)

    return on_position(position, form, _("结束任职"), save, lazy("已结束"))
