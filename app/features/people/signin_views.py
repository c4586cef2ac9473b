"""Signing in and out, one's own account."""

from flask import Blueprint, Response, abort, current_app, flash, request, url_for

from app.core import settings, side_writes
from app.core.db import session
from app.core.errors import Invalid, Stale, Throttled
from app.core.i18n import LOCALES, lazy
from app.core.i18n import gettext as _
from app.core.permissions import ROLE_LABELS, Actor, can
from app.core.side_writes import SideWrite
from app.core.uow import unit_of_work
from app.features.people import actions, passwords, queries, signin
from app.features.people.devices import device_name
from app.features.people.directory import account_of
from app.features.people.enums import PeoplePerm
from app.features.people.forms import (
    ChangePasswordForm,
    ConfirmForm,
    InitialPasswordForm,
    LoginForm,
    OwnDataForm,
)
from app.features.people.models import User
from app.features.people.welcome import first_page
from app.web import current, fragments, guard, preferences, security
from app.web import session as web_session
from app.web.current import Identity

blueprint = Blueprint("people", __name__)

DEMO_PASSWORD = "zhangcheng-demo"  # noqa: S105 - printed on the sign-in page of the demo company


def load_identity(token: str) -> Identity | None:
    """Return the person a session token stands for, with everything they may act as today."""
    found = signin.signed_in(token)
    account = account_of(found.user_id) if found is not None else None
    if found is None or account is None:
        return None
    return Identity(
        account.actor,
        token,
        found.session_id,
        account.must_change_password,
        found.remembered,
        found.last_seen_at,
        found.confirmed_at,
        account.locale if account.locale in LOCALES else None,
        account.theme,
    )


def note_seen(session_id: int) -> None:
    """Note that a session is in use."""
    signin.mark_seen(session_id)


def keep_preference(actor: Actor, name: str, value: str) -> None:
    """Keep language or theme with the person."""
    with unit_of_work():
        actions.keep_preference(actor, name, value)


def own_user() -> User:
    """Return the row of the person signed in."""
    return session.get_one(User, guard.current_actor().id)


def own_session() -> int:
    """Return the id of the session of this request."""
    known = current.identity()
    return known.session_id if known else abort(401)


@blueprint.route("/login", methods=["GET", "POST"])
@guard.public
def login() -> Response:
    back = security.safe_next(request.values.get("next"))
    if request.method != "POST":
        if current.identity() is not None:
            return fragments.go(back)
        return _login_page(LoginForm(formdata=None), back)
    demo_login = request.form.get("demo", "") if current_app.config.get("DEMO") else ""
    form = LoginForm()
    if demo_login:
        name, password, remember = demo_login, DEMO_PASSWORD, False
    elif form.validate():
        name, password, remember = form.login.data, form.password.data, form.remember.data
    else:
        return _login_page(form, back, 422)
    address = request.remote_addr or ""
    try:
        signin.check_throttle(name, address)
    except Throttled as problem:
        response = _login_page(form, back, form.refuse(problem))
        response.headers["Retry-After"] = str(problem.seconds)
        return response
    user = signin.find_account(name)
    if user is None or not signin.password_fits(user, password):
        if user is None:
            signin.waste_time(password)
        side_writes.after_request(SideWrite.THROTTLE, lambda: signin.count_failure(name, address))
        return _login_page(form, back, form.refuse(Invalid("people:wrong-password")))
    return _open_session(user.id, name, remember, back)


def _open_session(user_id: int, login_name: str, remember: bool, back: str) -> Response:
    with unit_of_work():
        signin.forget_failures(login_name)
        token = signin.start_session(
            session.get_one(User, user_id),
            remember=remember,
            address=request.remote_addr or "",
            device=request.user_agent.string,
        )
    known = load_identity(token)
    if known is None:
        abort(403)
    web_session.begin(known)
    response = fragments.go(url_for("people.initial_password") if known.must_change_password else back)
    if known.theme is not None:
        preferences.keep_on_device(response, preferences.THEME_COOKIE, known.theme)
    return response


def _login_page(form: LoginForm, back: str, status: int = 200) -> Response:
    return fragments.page(
        "people/login.html",
        fragment="form",
        status=status,
        heading=_("登录"),
        form=form,
        next_url=back,
        remember_days=int(settings.get(signin.REMEMBER_DAYS)),
        demo_accounts=queries.demo_accounts() if current_app.config.get("DEMO") else (),
        demo_password=DEMO_PASSWORD,
    )


@blueprint.post("/logout")
@guard.public
def logout() -> Response:
    known = current.identity()
    if known is not None:
        with unit_of_work():
            signin.end_session(int(known.actor.id or 0), known.session_id)
    web_session.end()
    return fragments.go(url_for("people.login"))


@blueprint.route("/account/initial-password", methods=["GET", "POST"])
@guard.initial_password
def initial_password() -> Response:
    user = own_user()
    if not user.must_change_password:
        return fragments.go(url_for("people.account"))
    form = InitialPasswordForm()
    if request.method == "POST" and form.validate() and _set_password(form, user):
        flash(_("密码已设置"))
        return fragments.go(first_page(user.id))
    status = 422 if request.method == "POST" else 200
    return fragments.page(
        "people/password.html",
        fragment="form",
        status=status,
        heading=_("设置自己的密码"),
        form=form,
        initial=True,
    )


@blueprint.route("/account/password", methods=["GET", "POST"])
@guard.signed_in
def change_password() -> Response:
    user = own_user()
    form = ChangePasswordForm()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate() and _old_password_fits(form, user) and _set_password(form, user):
            flash(_("密码已修改，其他设备已退出"))
            return fragments.go(url_for("people.account"))
    return fragments.page(
        "people/password.html",
        fragment="form",
        status=status,
        heading=_("修改密码"),
        form=form,
        initial=False,
    )


def _old_password_fits(form: ChangePasswordForm, user: User) -> bool:
    return _confirmed(form, "old", user)


def _confirmed(form: ChangePasswordForm | ConfirmForm, field: str, user: User) -> bool:
    """Check the present password in a field, throttled like a sign-in."""
    name, address = user.staff_number, request.remote_addr or ""
    try:
        signin.check_throttle(name, address)
    except Throttled as problem:
        form.refuse(problem)
        return False
    if signin.password_fits(user, form[field].data):
        return True
    side_writes.after_request(SideWrite.THROTTLE, lambda: signin.count_failure(name, address))
    form.refuse(Invalid(fields={field: lazy("密码不对，请重新输入")}))
    return False


def _set_password(form: InitialPasswordForm, user: User) -> bool:
    try:
        passwords.check_new(form.password.data, name=user.name, staff_number=user.staff_number)
        if form.again.data != form.password.data:
            raise Invalid(fields={"again": lazy("两次输入的密码不一致")})
        if passwords.fits(form.password.data, user.password_hash):
            raise Invalid(fields={"password": lazy("新密码不能与原来的相同")})
    except Invalid as problem:
        form.refuse(problem)
        return False
    hashed = passwords.hash_password(form.password.data)
    actor, keep = guard.current_actor(), own_session()
    with unit_of_work():
        actions.change_password(own_user(), password_hash=hashed, actor=actor, keep_session=keep)
    return True


@blueprint.route("/account/confirm", methods=["GET", "POST"])
@guard.signed_in
def confirm() -> Response:
    back = security.safe_next(request.values.get("next"))
    form = ConfirmForm()
    if request.method == "POST" and form.validate() and _confirmed(form, "password", own_user()):
        with unit_of_work():
            signin.mark_confirmed(own_session())
        return fragments.go(back)
    status = 422 if request.method == "POST" else 200
    return fragments.page(
        "people/confirm.html",
        fragment="form",
        status=status,
        heading=_("请再输入密码"),
        form=form,
        next_url=back,
    )


@blueprint.route("/account", methods=["GET", "POST"])
@guard.signed_in
def account() -> Response:
    user = own_user()
    form = OwnDataForm(obj=user)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                with unit_of_work():
                    values = {"phone": form.phone.data, "email": form.email.data}
                    actions.edit_own(
                        own_user(), values, version=form.version.data, actor=guard.current_actor()
                    )
            except Stale as problem:
                status = form.refuse(problem, version=own_user().version)
            else:
                flash(_("已保存"))
                return fragments.go(url_for("people.account"))
    return fragments.page(
        "people/account.html",
        fragment="form",
        status=status,
        heading=_("我的账号"),
        form=form,
        person=own_user(),
        department=actions.department_name(own_user().department_id),
        roles=queries.roles_of(own_user().id),
        role_labels=ROLE_LABELS,
        delegates=can(guard.current_actor(), PeoplePerm.DELEGATE),
        sessions=signin.sessions_of(own_user().id),
        present=own_session(),
        device_name=device_name,
    )


@blueprint.post("/account/sessions/<int:session_id>/end")
@guard.signed_in
def end_session(session_id: int) -> Response:
    with unit_of_work():
        signin.end_session(int(guard.current_actor().id or 0), session_id)
    flash(_("这台设备已退出"))
    return fragments.go(url_for("people.account"))


@blueprint.post("/account/sign-out-everywhere")
@guard.signed_in
def sign_out_everywhere() -> Response:
    with unit_of_work():
        actions.sign_out_everywhere(own_user(), actor=guard.current_actor())
    web_session.end()
    flash(_("已退出全部设备，请重新登录"))
    return fragments.go(url_for("people.login"))
