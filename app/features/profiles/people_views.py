"""Pages of a person for colleagues: growth, thanks, cards, the day of joining, skills that are shown."""

from typing import Any

from flask import Response, flash, redirect, request, url_for

from app.core import clock, growth
from app.core.errors import Invalid, NotVisible
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can
from app.core.side_writes import SideWrite, after_request
from app.core.uow import unit_of_work
from app.features.people.enums import PeoplePerm
from app.features.people.models import User
from app.features.people.queries import visible_user
from app.features.profiles import actions, cards, queries, thanks, visibility
from app.features.profiles.enums import FIELD_LABELS, AccessKind, Occasion, ProfileField
from app.features.profiles.forms import JoinedForm, LineForm, ThanksForm
from app.features.profiles.views import blueprint
from app.web import fragments
from app.web.documents import address_of
from app.web.forms import once
from app.web.guard import current_actor, requires, signed_in

MOST_ENTRIES = 10
MOST_THANKS = 20
MOST_PEOPLE = 100
SEARCHED = (ProfileField.SKILLS, ProfileField.HOBBIES)


def person_or_404(person_id: int) -> User:
    """Return a colleague the one who acts may see; raises NotVisible."""
    user = visible_user(current_actor(), person_id)
    if user is None:
        raise NotVisible
    return user


def trail(user: User) -> list[tuple[str, str]]:
    """Return the way back to a person's page; who sees no colleagues has none but their own growth."""
    if not can(current_actor(), PeoplePerm.VIEW):
        return []
    return [
        (_("人员"), url_for("people_directory.index")),
        (user.name, url_for("people_directory.show", person_id=user.id)),
    ]


def person_panel(user: User, actor: Actor) -> dict[str, Any] | None:
    """Return what a person shows to the reader of their page; that it is shown to a few only is written down."""
    seen = visibility.visible_fields(actor, [user.id])[user.id]
    if seen.restricted and actor.id is not None:
        reader, person = actor.id, user.id
        after_request(SideWrite.RESTRICTED_VIEW, lambda: actions.note_access(person, reader, AccessKind.VIEW))
    return {
        "seen": seen,
        "photo_url": address_of(seen.photo_id) if seen.photo_id is not None else "",
        "facts": panel_facts(seen),
        "person": user,
        "own": actor.id == user.id,
        "manages": can(actor, PeoplePerm.MANAGE),
        "colleague": can(actor, PeoplePerm.VIEW) and user.active and actor.id != user.id,
    }


def panel_facts(seen: visibility.VisibleFields) -> list[tuple[Any, ...]]:
    """Return what is to be seen as facts, what is not left out."""
    values = (
        (ProfileField.BIRTHDAY, seen.birthday and str(seen.birthday), False),
        (ProfileField.ANNIVERSARY, seen.joined_on and seen.joined_on.isoformat(), False),
        (ProfileField.MOBILE, seen.mobile, False),
        (ProfileField.SKILLS, seen.skills, True),
        (ProfileField.HOBBIES, seen.hobbies, True),
    )
    labels = {**FIELD_LABELS, ProfileField.ANNIVERSARY: _("入职日期")}
    return [(labels[field], value, wide) for field, value, wide in values if value]


@blueprint.get("/people/<int:person_id>/growth")
@signed_in
def growth_page(person_id: int) -> Response:
    user, actor = person_or_404(person_id), current_actor()
    sections = []
    for source in growth.registered():
        count, entries = source.read(actor, user.id, MOST_ENTRIES)
        if count:
            sections.append({"label": source.label, "count": count, "entries": entries, "key": source.key})
    _count, lines = queries.thanks_for(actor, user.id, MOST_THANKS)
    return fragments.page(
        "profiles/growth.html",
        heading=_("%(name)s的成长", name=user.name),
        trail=trail(user),
        person=user,
        sections=[section for section in sections if section["key"] != thanks.SOURCE.key],
        lines=lines,
        may_thank=can(actor, PeoplePerm.VIEW) and user.active and actor.id != user.id,
    )


@blueprint.route("/people/<int:person_id>/thanks", methods=["GET", "POST"])
@requires(PeoplePerm.VIEW)
def give_thanks(person_id: int) -> Response:
    user = person_or_404(person_id)
    form, status = ThanksForm(), 200
    form.audience.choices = thanks.audience_choices(user)
    if request.method != "POST":
        form.audience.data = thanks.TO_PERSON
    else:
        status = 422
        if form.validate():
            try:
                return fragments.go(_thank(form, person_id))
            except Invalid as problem:
                status = form.refuse(problem)
    return fragments.page(
        "profiles/thanks.html",
        fragment="form",
        status=status,
        heading=_("感谢%(name)s", name=user.name),
        form=form,
        trail=trail(user),
        submit_label=_("送出感谢"),
        cancel_url=url_for("people_directory.show", person_id=user.id),
    )


def _thank(form: ThanksForm, person_id: int) -> str:
    actor = current_actor()

    def make() -> str:
        thanks.give(person_or_404(person_id), form.text.data or "", form.audience.data or "", actor=actor)
        return url_for("profiles.growth_page", person_id=person_id)

    with unit_of_work():
        address = once(form, make)
    flash(_("感谢已送出"), "ok")
    return address


@blueprint.get("/thanks/<int:thanks_id>")
@signed_in
def show_thanks(thanks_id: int) -> Any:
    person_id = queries.person_thanked(current_actor(), thanks_id)
    if person_id is None:
        raise NotVisible
    return redirect(url_for("profiles.growth_page", person_id=person_id, _anchor="thanks"), 303)


@blueprint.post("/thanks/<int:thanks_id>/take-back")
@signed_in
def take_back(thanks_id: int) -> Response:
    with unit_of_work():
        person_id = thanks.take_back(thanks_id, actor=current_actor())
    flash(_("已撤下"), "ok")
    return fragments.go(url_for("profiles.growth_page", person_id=person_id))


@blueprint.post("/people/<int:person_id>/celebrate/<code>")
@signed_in
def celebrate(person_id: int, code: str) -> Response:
    if code not in set(Occasion):
        raise NotVisible
    with unit_of_work():
        card_id = cards.open_card(person_id, Occasion(code), actor=current_actor())
    return fragments.go(url_for("profiles.card", card_id=card_id))


@blueprint.get("/cards/<int:card_id>")
@signed_in
def card(card_id: int) -> Response:
    return show_card(card_id, None)


def show_card(card_id: int, form: LineForm | None, status: int = 200) -> Response:
    """Show a card with its lines, and the form for one's own while it circulates."""
    actor = current_actor()
    found = cards.get_card(actor, card_id)
    lines = cards.lines_of(found.id)
    signs = found.person_id != actor.id and found.day >= clock.today()
    if form is None:
        form = LineForm(text=next((line.text for line in lines if line.author_id == actor.id), ""))
    return fragments.page(
        "profiles/card.html",
        fragment="form",
        status=status,
        heading=cards.title_of(found),
        day=found.day,
        card_id=found.id,
        lines=lines,
        form=form,
        signs=signs,
        waiting=signs and found.day > clock.today(),
    )


@blueprint.post("/cards/<int:card_id>/sign")
@signed_in
def sign_card(card_id: int) -> Response:
    cards.get_card(current_actor(), card_id)
    form = LineForm()
    if not form.validate():
        return show_card(card_id, form, 422)
    try:
        with unit_of_work():
            cards.sign(card_id, form.text.data or "", actor=current_actor())
    except Invalid as problem:
        return show_card(card_id, form, form.refuse(problem))
    flash(_("已写上"), "ok")
    return fragments.go(url_for("profiles.card", card_id=card_id))


@blueprint.route("/people/<int:person_id>/joined", methods=["GET", "POST"])
@requires(PeoplePerm.MANAGE)
def joined(person_id: int) -> Response:
    user = person_or_404(person_id)
    form, status = JoinedForm(), 200
    if request.method != "POST":
        form.joined_on.data = queries.joined_on(user.id)
    else:
        status = 422
        if form.validate():
            try:
                with unit_of_work():
                    actions.set_joined(person_or_404(person_id), form.joined_on.data, actor=current_actor())
            except Invalid as problem:
                status = form.refuse(problem)
            else:
                flash(_("已保存"), "ok")
                return fragments.go(url_for("people_directory.show", person_id=person_id))
    return fragments.page(
        "profiles/joined.html",
        fragment="form",
        status=status,
        heading=_("入职日期"),
        form=form,
        trail=trail(user),
        cancel_url=url_for("people_directory.show", person_id=person_id),
    )


@blueprint.get("/people/skills")
@requires(PeoplePerm.VIEW)
def skills() -> Response:
    word = " ".join(request.args.get("q", "")[:60].split())
    code = request.args.get("kind", "")
    field = ProfileField(code) if code in SEARCHED else ProfileField.SKILLS
    return fragments.page(
        "profiles/skills.html",
        heading=_("谁会什么"),
        trail=[(_("人员"), url_for("people_directory.index"))],
        word=word,
        field=field.value,
        people=queries.people_with(current_actor(), field, word, MOST_PEOPLE),
        tabs=[
            (
                FIELD_LABELS[item],
                url_for("profiles.skills", kind=item.value, q=word or None),
                item == field,
                None,
            )
            for item in SEARCHED
        ],
    )
