"""How the plain forms of the structure are answered: shown, checked, saved in one unit of work, or refused as typed."""

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
    heading: str,
    save: Callable[[], str],
    said: LazyText | str,
    version: Callable[[], int | None] = lambda: None,
    **context: Any,
) -> Any:
    """Answer GET and POST of a form; ``save`` runs inside the unit of work and returns the address to go to.

    What creates is saved once. ``version()`` is the row's present one, for a form made from an older row; ``context``
    goes to the page (see _ui/form.html).
    """

    def show(status: int) -> Any:
        return fragments.page(
            "directory/form.html", fragment="form", status=status, heading=heading, form=form, **context
        )

    if request.method != "POST":
        return show(200)
    if not form.validate():
        return show(422)
    try:
        with unit_of_work():
            url = once(form, save) if isinstance(form, CreationForm) else save()
    except (Invalid, Conflict) as problem:
        return show(form.refuse(problem, version=version() if isinstance(problem, Stale) else None))
    flash(str(said), "ok")
    return fragments.go(url)
