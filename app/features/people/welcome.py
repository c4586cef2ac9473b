"""Where a person is led once the initial password is changed: upper features say what a newcomer meets first."""

from collections.abc import Callable

Welcome = Callable[[int], str | None]

WORKBENCH = "/"

_welcomes: list[Welcome] = []


def register_welcome(welcome: Welcome) -> Welcome:
    """Add a page: called with the id of the person, it returns an address, or None where it has nothing to say."""
    _welcomes.append(welcome)
    return welcome


def first_page(user_id: int) -> str:
    """Return the page a person meets first: that of the first feature that has one, else the workbench."""
    return next((found for welcome in _welcomes if (found := welcome(user_id))), WORKBENCH)
