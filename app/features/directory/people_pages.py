"""The one place that knows where the page of a person is."""

from flask import url_for


def person_address(user_id: int) -> str:
    """Return the address of the page of a person."""
    return url_for("people_directory.show", person_id=user_id)
