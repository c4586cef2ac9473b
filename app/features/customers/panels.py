"""What upper features show on a customer's page (inquiries, quotations), without this feature knowing them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template
from markupsafe import Markup

from app.core import modules
from app.core.permissions import Actor
from app.features.customers.models import Customer

BODY = "body"
SIDE = "side"
PLACES = (BODY, SIDE)

Provider = Callable[[Customer, Actor], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Panel:
    """A template with what fills it; ``place`` is where on the page it stands."""

    template: str
    provider: Provider
    place: str
    of_documents: str


_panels: list[Panel] = []


def register(template: str, provider: Provider, *, place: str = BODY, of_documents: str = "") -> None:
    """Add a panel: ``provider(customer, actor)`` gives the template's variables, or None where nothing is shown.

    Providers show only what the actor may see. ``place`` is ``body`` or ``side``; ValueError for another. A panel
    ``of_documents`` of a kind is shown while that kind is. The same template replaces itself.
    """
    if place not in PLACES:
        raise ValueError(f"a customer's page has no place {place}")
    _panels[:] = [panel for panel in _panels if panel.template != template]
    _panels.append(Panel(template, provider, place, of_documents))


def render(customer: Customer, actor: Actor) -> dict[str, list[Markup]]:
    """Return the rendered panels of a customer by their place."""
    found: dict[str, list[Markup]] = {place: [] for place in PLACES}
    for panel in _panels:
        if not modules.shows(panel.of_documents):
            continue
        context = panel.provider(customer, actor)
        if context is not None:
            text = render_template(panel.template, **context)
            found[panel.place].append(Markup(text))  # noqa: S704 - a template's own output
    return found
