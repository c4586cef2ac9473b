"""Drafts that save themselves: the version a form stands on meanwhile, and the answer that says how the draft stands.

A part of the form posts it as one types (`_ui/autosave_state.html`); saving by the button works without.
"""

from collections.abc import Sequence
from typing import Any

from flask import Response, request

from app.core import clock
from app.core.i18n import gettext as _
from app.web import fragments

TEMPLATE = "_ui/autosave.html"


def version_of(version: int | None) -> int:
    """Return the version the posted form stands on: that it was made from, or a later one it was saved as by itself."""
    return max(version or 0, _saved_before() or 0)


def answer(
    *,
    back_url: str,
    saved_as: int | None = None,
    waiting: str = "",
    changes: Sequence[str] = (),
    status: int = 200,
    template: str = TEMPLATE,
    also: tuple[str, ...] = (),
    **context: Any,
) -> Response:
    """Answer an autosave: saved as a version, or why it waits and what somebody else changed meanwhile."""
    return fragments.page(
        template,
        fragment="state",
        also=also,
        status=status,
        heading=_("自动保存"),
        back_url=back_url,
        saved_version=_saved_before() if saved_as is None else saved_as,
        saved_at=None if saved_as is None else clock.now(),
        waiting=waiting,
        changes=changes,
        **context,
    )


def _saved_before() -> int | None:
    text = request.form.get("saved_version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
