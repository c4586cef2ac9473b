"""Ways to and from an inquiry that upper features offer: beside the short form, and to the quotation made of it."""

from collections.abc import Callable

from app.core.permissions import Actor

Way = Callable[[Actor], tuple[str, str] | None]
Place = Callable[[int], str]

_ways: dict[str, Way] = {}
_drafts: dict[str, Place] = {}


def register(way: Way) -> None:
    """Add a way: called with the actor it returns its label and address, or None where it is not there for them."""
    _ways[f"{way.__module__}.{way.__name__}"] = way


def offered(actor: Actor) -> list[tuple[str, str]]:
    """Return label and address of the ways that are there for an actor."""
    found = (way(actor) for way in _ways.values())
    return [item for item in found if item is not None]


def register_drafts(place: Place) -> None:
    """Say where the quotation of an inquiry is: called with the id of the inquiry it returns an address."""
    _drafts["place"] = place


def draft_of(inquiry_id: int) -> str:
    """Return the address that leads to the quotation of an inquiry, empty where no feature makes any."""
    return _drafts["place"](inquiry_id) if _drafts else ""
