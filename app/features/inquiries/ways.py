"""Other ways to begin an inquiry, that upper features offer beside the short form."""

from collections.abc import Callable

from app.core.permissions import Actor

Way = Callable[[Actor], tuple[str, str] | None]

_ways: dict[str, Way] = {}


def register(way: Way) -> None:
    """Add a way: called with the actor it returns its label and address, or None where it is not there for them."""
    _ways[f"{way.__module__}.{way.__name__}"] = way


def offered(actor: Actor) -> list[tuple[str, str]]:
    """Return label and address of the ways that are there for an actor."""
    found = (way(actor) for way in _ways.values())
    return [item for item in found if item is not None]
