"""The first-run page: shown while nobody has an account, gone afterwards."""

from zoneinfo import available_timezones

from flask import Blueprint, Flask, Response, current_app, flash, request, url_for

from app.core import clock, modules, settings
from app.core.db import session
from app.core.errors import Conflict, Invalid, NotVisible
from app.core.i18n import gettext as _
from app.core.uow import unit_of_work
from app.features.admin import queries, registry
from app.features.admin.forms import NEEDED, SetUpForm
from app.features.admin.set_up import EFFECT, Account, SetUp, set_up
from app.features.admin.values import setting_or_none
from app.features.people import passwords
from app.web.forms import once
from app.web.fragments import go, page
from app.web.guard import VERIFY_ONLY_PATHS, public

blueprint = Blueprint("set_up", __name__)

PARTS = ("admin", "leader", "manager")
OPEN_PATHS = ("/setup", *VERIFY_ONLY_PATHS)
COMPANY_FIELDS = ("name", "short_name", "credit_code", "address", "phone", "bank", "bank_account")
KNOWN = "installation_is_set_up"


@blueprint.route("/setup", methods=["GET", "POST"])
@public
def first_run() -> Response:
    if queries.is_set_up():
        if request.method == "POST":
            # The second of a double click: the first has done it.
            return go(url_for("people.login"))
        raise NotVisible
    form = SetUpForm()
    setting = setting_or_none(EFFECT)
    form.effect.choices = list(setting.choices) if setting else []
    form.time_zone.choices = [(zone, zone) for zone in sorted(available_timezones()) if "/" in zone]
    status = 200
    if request.method == "POST":
        status = 422
        if check(form):
            wanted = wanted_from(form)
            try:
                with unit_of_work():
                    address = once(form, lambda: finish(wanted))
                flash(_("设置完成。请先用主管领导账号登录，在“印章”页授权系统打印报价专用章"), "ok")
                return go(address)
            except (Invalid, Conflict) as problem:
                status = form.refuse(problem)
    elif form.time_zone.data is None:
        form.time_zone.data = clock.DEFAULT_ZONE
    return page(
        "admin/setup.html",
        fragment="form",
        status=status,
        heading=_("首次设置"),
        form=form,
        modules=modules.registered(),
    )


def finish(wanted: SetUp) -> str:
    """Set up the installation and return the address to go on from."""
    set_up(wanted)
    return url_for("people.login")


def check(form: SetUpForm) -> bool:
    """Check shape and passwords; a manager is given with all three fields or not at all."""
    valid = form.validate()
    if form.manager_given():
        for name in ("manager_number", "manager_name", "manager_password"):
            if not form[name].data:
                form[name].errors = [*form[name].errors, str(NEEDED)]
                valid = False
    for part in PARTS:
        password = form[f"{part}_password"].data
        if not password:
            continue
        try:
            passwords.check_new(
                password,
                name=form[f"{part}_name"].data or "",
                staff_number=form[f"{part}_number"].data or "",
                field=f"{part}_password",
            )
        except Invalid as problem:
            form.refuse(problem)
            valid = False
    return valid


def wanted_from(form: SetUpForm) -> SetUp:
    """Return what a valid form asks for; the passwords are hashed here, before any lock."""
    company = {name: form[name].data for name in COMPANY_FIELDS}
    company["credit_code"] = company["credit_code"].replace(" ", "").upper()
    return SetUp(
        company=company,
        department=form.department.data,
        administrator=account_from(form, "admin"),
        leader=account_from(form, "leader"),
        manager=account_from(form, "manager") if form.manager_given() else None,
        keeper=form.keeper.data or "",
        filed_number=form.filed_number.data,
        public_url=form.public_url.data,
        effect=form.effect.data or "",
        preset=form.preset.data or "",
        time_zone=form.time_zone.data or "",
    )


def account_from(form: SetUpForm, part: str) -> Account:
    """Return one account of the form."""
    return Account(
        form[f"{part}_number"].data,
        form[f"{part}_name"].data,
        passwords.hash_password(form[f"{part}_password"].data),
    )


def lead_to_first_run() -> Response | None:
    """Lead every address to the first-run page while nobody has an account; then keep the company's zone.

    Asked once per process and address until the installation is set up, and never again.
    """
    if current_app.extensions.get(KNOWN):
        return None
    if queries.is_set_up():
        clock.set_company_zone(settings.get(registry.TIME_ZONE))
        current_app.extensions[KNOWN] = True
        return None
    if request.path.startswith(OPEN_PATHS) or current_app.config.get("VERIFY_ONLY"):
        return None
    session.rollback()
    return go(url_for("set_up.first_run"))


def install(app: Flask) -> None:
    """Serve the first-run page and lead to it, before the guard asks who is there."""
    app.register_blueprint(blueprint)
    app.before_request_funcs.setdefault(None, []).insert(0, lead_to_first_run)
