"""What the tests of the platform register for themselves, and how another test sees the product without it."""

from collections.abc import MutableMapping
from typing import Any

import pytest

from app.core import permissions, sentences, tasks, timeline, workflow

# The kinds of documents that tests invent: of tests.core, of the pages of documents, of steps with a form.
OWN_KINDS = ("letter", "pages_test", "test-form")


def registries() -> list[MutableMapping[Any, Any]]:
    """Return the registries in which what tests register stands beside the product's own kinds."""
    return [
        permissions._permissions,
        sentences._sentences,
        tasks._kinds,
        timeline._verbs,
        timeline._field_labels,
        timeline._value_labels,
        workflow._flows,
    ]


def take_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave only what the product itself registers, until the test ends."""
    for registry in registries():
        for key in [key for key in registry if str(key).startswith(OWN_KINDS)]:
            monkeypatch.delitem(registry, key)
