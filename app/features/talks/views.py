"""The pages of talks: one's own, planning one, the page and its steps. For everybody else there is nothing here."""

from typing import Any

from flask import Blueprint, flash, request, url_for

from app.core.errors import Conflict, Denied, Invalid
from app.core.i18n import gettext as _
from app.core.permissions import Actor, permission_info, who_may
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.talks import actions, queries
from app.features.talks.actions import TalkValues
from app.features.talks.enums import TALK, TalkPerm, TalkStatus
from app.features.talks.flow import FLOW
from app.features.talks.forms import MoveForm, PlanForm, WriteForm, hold_form
from app.features.talks.models import Talk
from app.web import documents, filters, fragments
from app.web.forms import once
from app.web.guard import current_actor, signed_in
from app.web.step_pages import StepPages

blueprint = Blueprint("talks", __name__, url_prefix="/talks")

TEMPLATE = "talks/show.html"


@blueprint.get("")
@signed_in
def index() -> Any:
    """One's own talks; for who asks others for talks, with whom it is time."""
    actor = current_actor()
    leads = queries.may_lead(actor)
    return fragments.page(
        "talks/index.html",
        heading=_("一对一谈话"),
        planned=[row_of(talk, actor) for talk in reversed(queries.newest_of(actor, TalkStatus.PLANNED))],
        held=[row_of(talk, actor) for talk in queries.newest_of(actor, TalkStatus.HELD)],
        due=due_rows(actor) if leads else [],
        new_url=url_for("talks.new") if leads else "",
    )


def row_of(talk: Talk, actor: Actor) -> dict[str, Any]:
    """Return a talk as a row: with whom, when, how much of what was agreed on is open."""
    names = talk.other.name if actor.id == talk.owner_id else talk.owner.name
    if actor.id not in talk.pair:
        names = f"{talk.owner.name} · {talk.other.name}"
    left = sum(row.done_at is None for row in talk.agreements)
    return {
        "name": names,
        "when": filters.moment_text(talk.starts_at),
        "left": _("还有 %(count)s 件约定的事", count=left) if left else "",
        "url": address(talk),
    }


def due_rows(actor: Actor) -> list[dict[str, Any]]:
    """Return with whom it is time to talk, and when they were talked with last."""
    return [
        {
            "name": row.name,
            "last": _("上次 %(day)s", day=filters.date_text(row.last)) if row.last else _("还没有谈过"),
            "url": url_for("talks.new", other=row.id),
        }
        for row in queries.people_led_by(actor)
        if queries.is_due(row.last)
    ]


def trail() -> list[tuple[str, str]]:
    """Return the trail of every page below one's own talks."""
    return [(_("一对一谈话"), url_for("talks.index"))]


def address(talk: Talk) -> str:
    """Return the address of a talk's page."""
    return url_for("talks.show_talk", talk_id=talk.id)


@blueprint.route("/new", methods=["GET", "POST"])
@signed_in
def new() -> Any:
    """Ask a colleague for a talk."""
    actor, form = current_actor(), PlanForm()
    if not queries.may_lead(actor):
        raise Denied("core:denied", what=permission_info(TalkPerm.LEAD).label, who=who_may(TalkPerm.LEAD))
    form.other_id.choices = [(row.id, row.name) for row in queries.people_led_by(actor)]
    form.leader_id.choices = [(person.id, person.name) for person in queries.open_readers(int(actor.id or 0))]
    if request.method != "POST":
        asked = request.args.get("other", type=int)
        form.other_id.data = asked if asked in {row[0] for row in known(form)} else None
        return show_new(form, 200)
    if not form.validate():
        return show_new(form, 422)
    try:
        with unit_of_work():
            found = once(form, lambda: plan(form, actor))
    except (Conflict, Invalid) as problem:
        return show_new(form, form.refuse(problem))
    return fragments.go(found)


def known(form: PlanForm) -> list[tuple[int, Any]]:
    """Return the people one chooses among, by number."""
    return [(int(value), text) for value, text in form.other_id.choices if value]


def plan(form: PlanForm, actor: Actor) -> str:
    """Plan the talk of a valid form and return its address."""
    made = actions.plan(
        actor=actor,
        values=TalkValues(
            form.other_id.data, form.starts_at.data, form.place.data, form.agenda.data, form.leader_id.data
        ),
    )
    flash(_("已约%(who)s谈话", who=made.other.name), "ok")
    return address(made)


def show_new(form: PlanForm, status: int) -> Any:
    """Show the form of a talk."""
    return fragments.page(
        "talks/form.html",
        fragment="form",
        status=status,
        heading=_("约谈"),
        trail=trail(),
        form=form,
        readers=len(form.leader_id.choices) > 1,
        action=request.full_path.rstrip("?"),
        submit_label=_("约谈"),
        cancel_url=url_for("talks.index"),
    )


@blueprint.get("/<int:talk_id>")
@signed_in
def show_talk(talk_id: int) -> Any:
    return show(queries.get_talk(current_actor(), talk_id))


def facts_of(talk: Talk) -> list[tuple[Any, ...]]:
    """Return when, about what, and who besides the two may read it."""
    return [
        (_("时间"), filters.moment_text(talk.starts_at)),
        (_("地点"), talk.place),
        (_("谁能看"), talk.leader.name if talk.leader is not None else _("只有谈话的两个人")),
        (_("下次谈话"), filters.date_text(talk.next_on) if talk.next_on else ""),
        (_("想谈的事"), talk.agenda, True),
    ]


def show(talk: Talk, refusal: documents.Refusal | None = None) -> Any:
    """Show the page of a talk, with the refusal of a step where there is one."""
    actor = current_actor()
    state, events = FLOW.state(talk.status), events_for(TALK, talk.id)
    own = actor.id in talk.pair and talk.status != TalkStatus.CANCELLED
    following = queries.next_of(talk) if talk.next_on is not None else None
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal else 200,
        heading=_("%(owner)s与%(other)s的谈话", owner=talk.owner.name, other=talk.other.name),
        trail=trail(),
        state=state.label,
        tone=state.tone,
        facts=[talk.number, filters.moment_text(talk.starts_at)],
        told=facts_of(talk),
        notes=[(talk.owner.name, talk.owner_notes), (talk.other.name, talk.other_notes)],
        agreements=[agreement_row(talk, row, own=own) for row in talk.agreements],
        write_url=url_for("talks.write", talk_id=talk.id) if own else "",
        next_url=url_for("talks.show_talk", talk_id=following) if following else "",
        **steps_context(talk, actor),
        stations=documents.stations(FLOW, talk.status, events),
        events=documents.timeline_rows(events),
        refusal=refusal,
    )


def agreement_row(talk: Talk, row: Any, *, own: bool) -> dict[str, Any]:
    """Return something agreed on, with the way to say that it is done."""
    done = row.done_at is not None
    return {
        "text": row.text,
        "sub": _("%(name)s · %(day)s 前", name=row.responsible.name, day=filters.date_text(row.due_on)),
        "done": done,
        "settle_url": url_for("talks.settle", talk_id=talk.id, agreement_id=row.id)
        if own and not done
        else "",
    }


def steps_context(talk: Talk, actor: Actor) -> dict[str, Any]:
    """Return what the step buttons need."""
    return {"steps": FLOW.open_steps(talk, actor), "action": address(talk), "version": talk.version}


@blueprint.route("/<int:talk_id>/write", methods=["GET", "POST"])
@signed_in
def write(talk_id: int) -> Any:
    """Write the agenda and one's own notes."""
    actor, form = current_actor(), WriteForm()
    talk = queries.get_talk(actor, talk_id)
    planned = talk.status == TalkStatus.PLANNED
    if not planned:
        del form.agenda
    if request.method != "POST":
        form.version.data = talk.version
        form.notes.data = talk.owner_notes if actor.id == talk.owner_id else talk.other_notes
        if planned:
            form.agenda.data = talk.agenda
        return show_form(talk, form, _("写谈话记录"), 200)
    if not form.validate():
        return show_form(talk, form, _("写谈话记录"), 422)
    try:
        with unit_of_work():
            actions.write(
                queries.get_talk(actor, talk_id),
                actor=actor,
                version=form.version.data,
                agenda=form.agenda.data if planned else None,
                notes=form.notes.data,
            )
    except (Conflict, Invalid) as problem:
        row = queries.get_talk(actor, talk_id)
        return show_form(row, form, _("写谈话记录"), form.refuse(problem, version=row.version))
    return fragments.go(address(talk))


@blueprint.post("/<int:talk_id>/agreements/<int:agreement_id>/settle")
@signed_in
def settle(talk_id: int, agreement_id: int) -> Any:
    """Say that something agreed on is done."""
    actor = current_actor()
    with unit_of_work():
        actions.settle(
            queries.get_talk(actor, talk_id),
            agreement_id,
            actor=actor,
            version=documents.typed_step().version,
        )
    return fragments.go(url_for("talks.show_talk", talk_id=talk_id, _anchor="agreements"))


@blueprint.route("/<int:talk_id>/<name>", methods=["GET", "POST"])
@signed_in
def talk_step(talk_id: int, name: str) -> Any:
    """Do a step: by its form where it asks for something, else by its button."""
    return STEPS.answer(name, talk_id)


def step_form(talk: Talk, name: str) -> Any:
    """Return the form of a step, filled where nothing was posted yet."""
    if name == "move":
        return MoveForm()
    form = hold_form(talk)
    if request.method != "POST":
        form.notes.data = talk.owner_notes
    return form


def show_form(talk: Talk, form: Any, heading: str, status: int) -> Any:
    """Show a form about a talk; what they want to talk about stands above the fields."""
    return fragments.page(
        "talks/form.html",
        fragment="form",
        status=status,
        heading=heading,
        trail=[*trail(), (str(talk.number), address(talk))],
        facts=(talk.other.name if current_actor().id == talk.owner_id else talk.owner.name,),
        form=form,
        told=facts_of(talk),
        cancel_url=address(talk),
    )


def show_step(talk: Talk, name: str, form: Any, status: int) -> Any:
    """Show the page of a step."""
    return show_form(talk, form, str(FLOW.step(name).label), status)


STEPS = StepPages(
    flow=FLOW,
    load=queries.get_talk,
    fire=actions.fire,
    address=address,
    show=show,
    template=TEMPLATE,
    buttons=steps_context,
    with_form=frozenset({"hold", "move"}),
    form=step_form,
    show_form=show_step,
)
