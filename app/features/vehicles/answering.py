"""How the plain forms of vehicles are answered: shown, checked, saved in one unit of work, or refused as typed."""

from collections.abc import Callable
from typing import Any

from flask import flash, request

from app.core.errors import Conflict, Invalid, Stale
from app.core.i18n import LazyText
from app.core.uow import unit_of_work
from app.web import fragments
from app.web.forms import CreationForm, once


def answer(
    form: Any,
    *,
    show: Callable[[Any, int], Any],
    save: Callable[[Any], str],
    said: LazyText | str,
    prepare: Callable[[], Any] = lambda: None,
    version: Callable[[], int | None] = lambda: None,
) -> Any:
    """Answer GET and POST of a form.

    ``show(form, status)`` renders it; ``prepare()`` checks uploads before any lock and gives what ``save`` is called
    with inside the unit of work; ``save`` returns the address to go to. What creates is saved once. ``version()`` is
    the present version of the row, for a form that was made from an older one.
    """
    if request.method != "POST":
        return show(form, 200)
    if not form.validate():
        return show(form, 422)
    try:
        given = prepare()
        with unit_of_work():
            url = once(form, lambda: save(given)) if isinstance(form, CreationForm) else save(given)
    except (Invalid, Conflict) as problem:
        status = form.refuse(problem, version=version() if isinstance(problem, Stale) else None)
        return show(form, status)
    flash(str(said), "ok")
    return fragments.go(url)
