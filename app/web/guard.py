"""Who may open which address: deny by default, each view declares its policy.

``@requires(Perm)`` opens it to holders of a permission, ``@signed_in`` to everybody with an account, ``@public`` to
strangers. Whether a person sees a row or may do a step is decided further in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from flask import Flask, Response, current_app, request, session, url_for

from app.core import clock, permissions
from app.core.errors import NotVisible
from app.core.permissions import Actor
from app.web import current, fragments, security

View = TypeVar("View", bound=Callable[..., object])

# All that is served by a node that publishes nothing but verification.
VERIFY_ONLY_PATHS = ("/verify", "/static/", "/language", "/theme")

PUBLIC = "public"
SIGNED_IN = "signed-in"
REQUIRES = "requires"
CONFIRMATION_LASTS = timedelta(minutes=15)


@dataclass(frozen=True)
class Policy:
    """To whom a view is open; ``confirmed`` asks a remembered device for the password again."""

    kind: str
    permissions: tuple[str, ...] = ()
    confirmed: bool = False
    initial_password: bool = False


def requires(*any_of: StrEnum, confirmed: bool = False) -> Callable[[View], View]:
    """Open a view to those who hold one of the permissions, in whatever department.

    ``confirmed``: on a device that remembers the sign-in the password is asked for again (seal, roles, exports).
    """
    if not any_of:
        raise ValueError("name a permission, or use @signed_in")
    return _declare(Policy(REQUIRES, tuple(str(code) for code in any_of), confirmed))


def signed_in(view: View) -> View:
    """Open a view to everybody with an account."""
    return _declare(Policy(SIGNED_IN))(view)


def initial_password(view: View) -> View:
    """Open a view to everybody with an account, also before an initial password was changed."""
    return _declare(Policy(SIGNED_IN, initial_password=True))(view)


def public(view: View) -> View:
    """Open a view to strangers."""
    return _declare(Policy(PUBLIC))(view)


def _declare(policy: Policy) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        view.policy = policy  # type: ignore[attr-defined]
        return view

    return decorate


def policy_of(view: Callable[..., object] | None) -> Policy | None:
    """Return the policy a view declares, None where it declares none."""
    return getattr(view, "policy", None)


def current_actor() -> Actor:
    """Return the person who acts; raises RuntimeError for a stranger, whom only ``@public`` views ever see."""
    return current.current_actor()


def actor_or_none() -> Actor | None:
    """Return the person signed in, None for a stranger (public views, the frame around every page)."""
    known = current.identity()
    return known.actor if known else None


def check_access() -> Response | None:
    """Refuse or redirect a request before its view runs (the application's ``before_request``)."""
    if current_app.config.get("VERIFY_ONLY") and not request.path.startswith(VERIFY_ONLY_PATHS):
        raise NotVisible()
    if request.endpoint is None:
        return None
    policy = policy_of(current_app.view_functions[request.endpoint])
    if policy is None:
        raise RuntimeError(f"{request.endpoint} declares no policy")
    if policy.kind == PUBLIC:
        return None
    known = current.identity()
    if known is None:
        session.clear()
        return fragments.to_sign_in(sign_in_address())
    if known.must_change_password and not policy.initial_password:
        return fragments.to_sign_in(url_for("people.initial_password"))
    if policy.kind == REQUIRES:
        check_permissions(known.actor, policy.permissions)
    if policy.confirmed and needs_confirmation():
        return fragments.go(url_for("people.confirm", next=return_address()))
    return None


def check_permissions(actor: Actor, codes: tuple[str, ...]) -> None:
    """Raise Denied, naming whom to ask, where an actor holds none of the permissions anywhere."""
    if not any(permissions.can(actor, code) for code in codes):
        permissions.require(actor, codes[0])


def needs_confirmation() -> bool:
    """Tell whether this device was remembered and the password was not typed for a while."""
    known = current.identity()
    return known is not None and known.remembered and clock.now() - known.confirmed_at > CONFIRMATION_LASTS


def sign_in_address() -> str:
    """Return the sign-in page, with the way back to the page that was asked for."""
    back = return_address()
    return url_for("people.login", next=back) if back != "/" else url_for("people.login")


def return_address() -> str:
    """Return the page to come back to: this one, or for a form the page it stands on."""
    if request.method in ("GET", "HEAD") and not fragments.wants_fragment():
        return security.safe_next(request.full_path.rstrip("?"))
    return security.page_of_this_site(request.referrer)


def check_every_view(app: Flask) -> None:
    """Raise RuntimeError, at start, where a view declares no policy."""
    undeclared = sorted(name for name, view in app.view_functions.items() if policy_of(view) is None)
    if undeclared:
        raise RuntimeError(f"views without a declared policy: {', '.join(undeclared)}")


def install(app: Flask) -> None:
    """Put the guard before every view."""
    app.before_request(check_access)
