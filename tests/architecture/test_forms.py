"""The names of controls: a form's own properties are hidden by controls of the same name, and scripts stumble."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from wtforms.fields.core import UnboundField

from app.web.forms import BaseForm

ROOT = Path(__file__).resolve().parents[2]
# What htmx and our own scripts ask of an element that may be a form.
HIDDEN = {
    "closest",
    "dataset",
    "elements",
    "form",
    "getAttribute",
    "matches",
    "requestSubmit",
    "reset",
    "submit",
}


def kinds(above: type[BaseForm] = BaseForm) -> Iterator[type[BaseForm]]:
    for kind in above.__subclasses__():
        yield kind
        yield from kinds(kind)


def names(kind: type[BaseForm]) -> set[str]:
    fields = {name: getattr(kind, name) for name in dir(kind) if not name.startswith("_")}
    return {field.name or name for name, field in fields.items() if isinstance(field, UnboundField)}


def test_no_field_has_the_name_of_what_scripts_ask_of_a_form(app: Flask) -> None:
    found = {kind.__name__: hidden for kind in kinds() if (hidden := names(kind) & HIDDEN)}
    assert not found, found
    # that it would be found
    assert names(next(kind for kind in kinds() if kind.__name__ == "NewSessionForm")) >= {
        "session_form",
        "title",
    }


@pytest.mark.parametrize("pattern", [r'\bFilter\(\s*"(\w+)"', r'\bname="(\w+)"'])
def test_no_filter_and_no_template_names_a_control_so(pattern: str) -> None:
    texts = {
        path: path.read_text(encoding="utf-8")
        for folder, ending in (("app", "*.py"), ("templates", "*.html"))
        for path in (ROOT / folder).rglob(ending)
    }
    found = {path: set(re.findall(pattern, text)) for path, text in texts.items()}
    assert sum(map(len, found.values())) > 50
    wrong = {
        str(path.relative_to(ROOT)): hidden
        for path, these in found.items()
        if path.name != "models.py" and (hidden := these & HIDDEN)
    }
    assert not wrong, wrong
