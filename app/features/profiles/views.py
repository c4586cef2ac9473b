"""One's own page: what one gave, who sees it, who looked; export, erasure, and how privacy is kept."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, request, url_for

from app.core import clock, modules, pictures, settings, side_writes
from app.core.db import session
from app.core.errors import Invalid, NotVisible, Problem, Stale
from app.core.i18n import gettext as _
from app.core.lunar import YearlyDay, next_occurrence
from app.core.side_writes import SideWrite
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.profiles import actions, cards, own_data, pdf, queries
from app.features.profiles.enums import (
    AUDIENCE_LABELS,
    FIELD_LABELS,
    MODULE,
    WORDING,
    Audience,
    ProfileField,
)
from app.features.profiles.forms import ProfileForm
from app.features.profiles.models import Profile
from app.features.profiles.registry import BACKUP_DAYS
from app.web import documents, fragments
from app.web.guard import current_actor, signed_in
from app.web.lists import as_download
from app.web.papers import company_name

blueprint = Blueprint("profiles", __name__)

PLAIN = ("about", "skills", "hobbies", "mobile")


@blueprint.before_request
def check_module() -> None:
    """Raise NotVisible where the installation keeps no profiles."""
    if not modules.is_on(MODULE):
        raise NotVisible


def own_user() -> User:
    """Return the row of the person signed in."""
    return session.get_one(User, current_actor().id)


def own_trail() -> list[tuple[str, str]]:
    """Return the way back to one's own page."""
    return [(_("我的资料"), url_for("profiles.own"))]


@blueprint.get("/profile")
@signed_in
def own() -> Response:
    return show_own()


def show_own(refusal: documents.Refusal | None = None, field: str = "") -> Response:
    """Show one's own page; a refusal stands at the field it is about."""
    user, actor = own_user(), current_actor()
    profile, birth_year, joined = queries.own_parts(user.id)
    consents = queries.consents_of(user.id)
    return fragments.page(
        "profiles/own.html",
        status=refusal.status if refusal else 200,
        heading=_("我的资料"),
        person=user,
        joined=joined,
        fields=field_rows(profile, joined, queries.present_consents(consents)),
        choices=queries.audience_choices(user),
        agreed=WORDING.filled(who=_("所选的人"), field=_("所填的内容")),
        birth_year=birth_year,
        photo_url=documents.address_of(profile.photo_id) if profile and profile.photo_id else "",
        history=consents,
        labels={code.value: label for code, label in FIELD_LABELS.items()},
        accesses=queries.access_log(user.id),
        cards=cards.own_cards(actor),
        refusal=refusal,
        refused_field=field,
    )


def field_rows(profile: Profile | None, joined: date | None, consents: Any) -> list[dict[str, Any]]:
    """Return a row for each field: its value, who sees it since when, which audience is chosen."""
    rows = []
    for field in ProfileField:
        given = consents.get(field.value)
        chosen = given.audience if given else ""
        if given and given.department_id is not None:
            chosen = f"{Audience.DEPARTMENT}:{given.department_id}"
        rows.append(
            {
                "code": field.value,
                "label": FIELD_LABELS[field],
                "value": shown_value(field, profile, joined),
                "seen_by": given.said if given else str(AUDIENCE_LABELS[Audience.NOBODY]),
                "since": given.at if given else None,
                "shared": bool(given and given.shared),
                "given": given is not None,
                "chosen": chosen,
            }
        )
    return rows


def shown_value(field: ProfileField, profile: Profile | None, joined: date | None) -> str:
    """Return a field of one's own as it reads."""
    if field == ProfileField.ANNIVERSARY:
        return joined.isoformat() if joined else ""
    if profile is None:
        return ""
    if field == ProfileField.BIRTHDAY:
        return birthday_text(profile.birthday)
    if field == ProfileField.PHOTO:
        return _("已上传") if profile.photo_id else ""
    return str(getattr(profile, field.value))


def birthday_text(birthday: YearlyDay | None) -> str:
    """Return one's own birthday with the next day on which it is celebrated."""
    if birthday is None:
        return ""
    coming = next_occurrence(birthday, clock.today())
    return _("%(day)s（下次是 %(date)s）", day=birthday, date=coming.isoformat())


@blueprint.route("/profile/edit", methods=["GET", "POST"])
@signed_in
def edit() -> Response:
    profile = queries.profile_of(own_user().id)
    form, status = ProfileForm(obj=profile), 200
    if request.method != "POST":
        form.birth_year.data = queries.birth_year_of(own_user().id)
    else:
        status = 422
        if form.validate():
            try:
                save(form)
            except (Invalid, Stale) as problem:
                fresh = queries.profile_of(own_user().id)
                status = form.refuse(problem, version=fresh.version if fresh else None)
            else:
                flash(_("已保存"), "ok")
                return fragments.go(url_for("profiles.own"))
    return fragments.page(
        "profiles/edit.html",
        fragment="form",
        status=status,
        heading=_("修改我的资料"),
        form=form,
        trail=own_trail(),
        cancel_url=url_for("profiles.own"),
    )


def save(form: ProfileForm) -> None:
    """Keep what was typed; raises Invalid and Stale."""
    birthday = actions.read_birthday(
        form.birthday_calendar.data,
        form.birthday_month.data,
        form.birthday_day.data,
        leap=form.birthday_leap.data,
    )
    values = actions.ProfileValues(
        birthday, form.birth_year.data, **{name: form[name].data or "" for name in PLAIN}
    )
    with unit_of_work():
        known = queries.profile_of(own_user().id)
        version = form.version.data if known is not None else None
        actions.edit(values, version=version, actor=current_actor())


@blueprint.post("/profile/photo")
@signed_in
def add_photo() -> Response:
    upload = request.files.get("file")
    try:
        if upload is None or not upload.filename:
            raise Invalid(fields={"file": _("请先选择照片")})
        photo = pictures.read_photo(upload.filename, upload.stream)  # type: ignore[arg-type]
        with unit_of_work():
            actions.set_photo(photo, actor=current_actor())
    except Invalid as problem:
        return show_own(documents.refusal(problem), ProfileField.PHOTO)
    flash(_("照片已更换"), "ok")
    return fragments.go(url_for("profiles.own"))


@blueprint.post("/profile/photo/remove")
@signed_in
def remove_photo() -> Response:
    with unit_of_work():
        actions.set_photo(None, actor=current_actor())
    flash(_("照片已删除"), "ok")
    return fragments.go(url_for("profiles.own"))


def field_or_404(code: str) -> ProfileField:
    """Return a field by its code; raises NotVisible for another."""
    if code not in set(ProfileField):
        raise NotVisible
    return ProfileField(code)


@blueprint.post("/profile/consents/<code>")
@signed_in
def consent(code: str) -> Response:
    field = field_or_404(code)
    try:
        with unit_of_work():
            actions.consent(field, request.form.get("audience", ""), actor=current_actor())
    except Problem as problem:
        return show_own(documents.refusal(problem), field)
    flash(_("已保存，从现在起生效"), "ok")
    return fragments.go(url_for("profiles.own", _anchor=f"field-{field}"))


@blueprint.post("/profile/consents/<code>/withdraw")
@signed_in
def withdraw(code: str) -> Response:
    field = field_or_404(code)
    with unit_of_work():
        actions.withdraw(field, actor=current_actor())
    flash(_("已撤回，别人立即看不到了"), "ok")
    return fragments.go(url_for("profiles.own", _anchor=f"field-{field}"))


@blueprint.get("/profile/export.zip")
@signed_in
def export() -> Response:
    actor = current_actor()
    data = own_data.collect(actor)
    content = own_data.archive(data, pdf.own_data(data, company_name()), own_data.photo_of(actor))
    side_writes.after_request(SideWrite.EXPORT, lambda: actions.note_export(actor))
    return as_download(Response(content, content_type="application/zip"), f"{_('我的资料')}-{actor.name}.zip")


@blueprint.route("/profile/erase", methods=["GET", "POST"])
@signed_in
def erase() -> Response:
    if request.method == "POST":
        with unit_of_work():
            actions.erase_own(actor=current_actor())
        flash(_("自愿提供的资料已删除"), "ok")
        return fragments.go(url_for("profiles.own"))
    return fragments.page(
        "profiles/erase.html",
        heading=_("删除自愿提供的资料"),
        trail=own_trail(),
        backup_days=settings.get(BACKUP_DAYS),
    )


@blueprint.get("/privacy")
@signed_in
def privacy() -> Response:
    return fragments.page(
        "profiles/privacy.html",
        heading=_("隐私说明"),
        trail=own_trail(),
        backup_days=settings.get(BACKUP_DAYS),
    )
