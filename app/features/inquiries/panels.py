"""What upper features show on an inquiry's page (its quotations, the reminder), without this feature knowing them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template
from markupsafe import Markup

from app.core.permissions import Actor
from app.features.inquiries.models import Inquiry

BODY = "body"
SIDE = "side"
REMIND = "remind"
PLACES = (BODY, SIDE, REMIND)

Provider = Callable[[Inquiry, Actor], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Panel:
    """A template with what fills it; ``place`` is where on the page it stands."""

    template: str
    provider: Provider
    place: str


_panels: list[Panel] = []


def register(template: str, provider: Provider, *, place: str = BODY) -> None:
    """Add a panel: ``provider(inquiry, actor)`` gives the template's variables, or None where nothing is shown.

    Providers must hold back what a reader of single lines may not see (``queries.sight``). ``place`` is ``body``,
    ``side`` or ``remind`` (beside the step buttons); ValueError for another. The same template replaces itself.
    """
    if place not in PLACES:
        raise ValueError(f"an inquiry's page has no place {place}")
    _panels[:] = [panel for panel in _panels if panel.template != template]
    _panels.append(Panel(template, provider, place))


def render(inquiry: Inquiry, actor: Actor) -> dict[str, list[Markup]]:
    """Return the rendered panels of an inquiry by their place."""
    found: dict[str, list[Markup]] = {place: [] for place in PLACES}
    for panel in _panels:
        context = panel.provider(inquiry, actor)
        if context is not None:
            text = render_template(panel.template, **context)
            found[panel.place].append(Markup(text))  # noqa: S704 - a template's own output
    return found
