"""Whole pages and fragments of them: the only module that reads or writes HX-* headers.

A view renders one template; htmx gets the named block of it, everybody else the page. The same address has two
bodies, so every answer varies by HX-Request and is not stored: otherwise Back shows a bare fragment.
"""

from typing import Any

from flask import Response, current_app, make_response, redirect, render_template, request
from markupsafe import Markup

from app.core.errors import Problem
from app.core.i18n import gettext as _
from app.web import keeping, ready_bytes

TOASTS = "#toasts"


def wants_fragment() -> bool:
    """Tell whether htmx asks for a part of the page: not boosted, not restoring its history."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def render_block(template_name: str, block: str, **context: Any) -> Markup:
    """Render one block of a template, its own or inherited; KeyError where there is no such block."""
    environment = current_app.jinja_env
    template = environment.get_template(template_name)
    current_app.update_template_context(context)
    state = template.new_context(context)
    # The first piece of the page comes after all parents have entered their blocks, so that they are known too.
    next(template.root_render_func(state), None)
    return Markup(environment.concat(state.blocks[block][0](state)))  # noqa: S704 - escaped by the template itself


def page(
    template: str,
    fragment: str | None = None,
    also: tuple[str, ...] = (),
    status: int = 200,
    keep: bool = False,
    **context: Any,
) -> Response:
    """Answer with the page, or with the block ``fragment`` and the blocks ``also`` when htmx asked for a part.

    Blocks in ``also`` are rendered with ``oob`` true: each must be one element with an id that writes
    ``hx-swap-oob="true"`` then. Messages flashed meanwhile travel with the fragment.

    With ``keep`` the part of the page within its frame is taken from memory where the same context made it before: it
    must follow from the context alone (see keeping.py), and all of that must be lasting values.
    """
    if fragment is None or not wants_fragment():
        if keep:
            context["kept_main"] = keeping.once("main", _main_of, template, **context)
        return _unstored(render_template(template, **context), status)
    parts = [render_block(template, fragment, oob=False, **context)]
    parts += [render_block(template, block, oob=True, **context) for block in also]
    parts.append(flashed())
    return _unstored("\n".join(part for part in parts if part.strip()), status)


def _main_of(template: str, **context: Any) -> Markup:
    return render_block(template, "main", **context)


def flashed() -> Markup:
    """Render the messages flashed so far as a toast that puts itself in its place; empty without messages."""
    return Markup(render_template("_ui/toast.html", oob=True).strip())  # noqa: S704 - a template's output


def go(url: str) -> Response:
    """Send the person to an address of this site after a success: 303, or HX-Redirect for htmx."""
    if not wants_fragment():
        return _unstored(redirect(url, 303))
    response = _unstored("")
    response.headers["HX-Redirect"] = url
    return response


def toast_refusal(problem: Problem, also: Markup | str = "") -> Response:
    """Answer htmx with a refusal as a toast, wherever the request wanted its answer.

    ``also`` holds elements that renew themselves beside it (step buttons with ``hx-swap-oob="true"``).
    """
    return toast_error(problem.sentence(), problem.status, also)


def toast_error(sentence: str, status: int, also: Markup | str = "") -> Response:
    """Answer htmx with a sentence as a toast under an error status."""
    body = render_template("_ui/toast.html", refusal=sentence, oob=False)
    response = _unstored(f"{body}\n{also}" if also else body, status)
    response.headers["HX-Retarget"] = TOASTS
    response.headers["HX-Reswap"] = "innerHTML"
    return response


def only_also(template: str, blocks: tuple[str, ...], status: int = 200, **context: Any) -> Response:
    """Answer htmx with parts that put themselves in their places, and nothing for the asking element."""
    parts = [render_block(template, block, oob=True, **context) for block in blocks]
    parts.append(flashed())
    response = _unstored("\n".join(part for part in parts if part.strip()), status)
    response.headers["HX-Reswap"] = "none"
    return response


def reply_nothing() -> Response:
    """Answer that nothing is new: 204, nothing is swapped."""
    return _unstored("", 204)


def to_sign_in(url: str) -> Response:
    """Send the person to the sign-in page: a redirect, or 401 with HX-Redirect for htmx."""
    if not wants_fragment():
        return _unstored(redirect(url, 303))
    response = _unstored(_("请先登录"), 401)
    response.headers["HX-Redirect"] = url
    return response


def mark_unstored(response: Response) -> Response:
    """Make a dynamic answer safe for Back: it varies by HX-Request and is not stored."""
    response.vary.add("HX-Request")
    response.headers["Cache-Control"] = "no-store"
    return response


def _unstored(body: Any, status: int | None = None) -> Response:
    response: Response = make_response(ready_bytes.sent(body) if isinstance(body, str) else body)
    if status is not None:
        response.status_code = status
    return mark_unstored(response)
