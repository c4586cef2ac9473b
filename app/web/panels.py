"""What upper features show on a record's page without the feature of that page knowing them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask import render_template
from markupsafe import Markup

from app.core import modules
from app.core.permissions import Actor

BODY = "body"
SIDE = "side"

Subject = TypeVar("Subject")


@dataclass(frozen=True)
class Panel(Generic[Subject]):
    """A template with what fills it; ``place`` is where on the page it stands, ``of_documents`` the kind it shows."""

    template: str
    provider: Callable[[Subject, Actor], Mapping[str, Any] | None]
    place: str
    of_documents: str


class Panels(Generic[Subject]):
    """The panels of one kind of page; ``places`` are where on it they may stand."""

    def __init__(self, places: tuple[str, ...] = (BODY, SIDE)) -> None:
        self.places = places
        self.registered: list[Panel[Subject]] = []

    def register(
        self,
        template: str,
        provider: Callable[[Subject, Actor], Mapping[str, Any] | None],
        *,
        place: str = BODY,
        of_documents: str = "",
    ) -> None:
        """Add a panel: ``provider(record, actor)`` gives the template's variables, or None where nothing is shown.

        Providers show only what the actor may see; a panel ``of_documents`` of a kind is shown while that kind is.
        ValueError for an unknown place. The same template replaces itself.
        """
        if place not in self.places:
            raise ValueError(f"this page has no place {place}")
        self.registered[:] = [panel for panel in self.registered if panel.template != template]
        self.registered.append(Panel(template, provider, place, of_documents))

    def render(self, record: Subject, actor: Actor) -> dict[str, list[Markup]]:
        """Return the rendered panels of a record by their place."""
        found: dict[str, list[Markup]] = {place: [] for place in self.places}
        for panel in self.registered:
            if not modules.shows(panel.of_documents):
                continue
            context = panel.provider(record, actor)
            if context is not None:
                text = render_template(panel.template, **context)
                found[panel.place].append(Markup(text))  # noqa: S704 - a template's own output
        return found
