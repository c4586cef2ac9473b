"""Forms: protected, versioned, submitted once; refusals of the rules come back to the field they are about."""

from collections.abc import Callable
from typing import Any

import wtforms
from flask_wtf import FlaskForm

from app.core import once as once_core
from app.core.db import LARGEST_ID
from app.core.errors import Invalid, Problem, Stale
from app.web import current
from app.web.fields import (
    DAYS,
    AmountField,
    CheckField,
    ChoiceField,
    DateField,
    DateTimeField,
    LongTextField,
    MultipleField,
    PasswordField,
    PercentField,
    QuantityField,
    RadioField,
    TaxRateField,
    TextField,
    UnitPriceField,
    WholeNumberField,
)
from app.web.lines import LineForm, Lines
from app.web.tokens import new_token

__all__ = [
    "DAYS",
    "AmountField",
    "BaseForm",
    "CheckField",
    "ChoiceField",
    "CreationForm",
    "DateField",
    "DateTimeField",
    "EditForm",
    "LineForm",
    "Lines",
    "LongTextField",
    "MultipleField",
    "PasswordField",
    "PercentField",
    "QuantityField",
    "RadioField",
    "TaxRateField",
    "TextField",
    "TokenField",
    "UnitPriceField",
    "VersionField",
    "WholeNumberField",
    "new_token",
    "once",
]


class VersionField(wtforms.HiddenField):
    """The version of the row a form was made from; anything unreadable counts as older than any."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self.type = "HiddenField"

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the version."""
        text = valuelist[0] if valuelist else ""
        readable = text.isascii() and text.isdigit() and len(text) <= 10
        self.data = min(int(text), LARGEST_ID) if readable else -1

    def _value(self) -> str:
        return "" if self.data is None else str(self.data)


class TokenField(wtforms.HiddenField):
    """The one-time token of a form that creates something; made when the form is first shown."""

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **{"default": new_token, **options})
        self.type = "TokenField"

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the token as it was posted."""
        self.data = valuelist[0] if valuelist else ""


class BaseForm(FlaskForm):
    """A form of one page. ``form_errors`` are shown above it, the errors of a field beside the field."""

    def refuse(self, problem: Problem, *, version: int | None = None) -> int:
        """Take a refusal of the rules into the form and return the status to answer with.

        Sentences of Invalid go to their fields; those without a field, and every other refusal, stand above the form.
        After Stale, ``version`` is the row's present one: what was typed may be submitted again knowingly.
        """
        left = []
        if isinstance(problem, Invalid):
            for name, sentence in problem.fields.items():
                if name in self._fields:
                    field = self._fields[name]
                    field.errors = [*field.errors, str(sentence)]
                else:
                    left.append(str(sentence))
        if not isinstance(problem, Invalid) or not problem.fields:
            left.append(problem.sentence())
        if isinstance(problem, Stale):
            left += problem.changes
        self.form_errors: list[str] = [*(self.form_errors or ()), *left]
        if version is not None and "version" in self._fields:
            self._fields["version"].data = version
        return problem.status


class EditForm(BaseForm):
    """A form that changes a row: it carries the version it was made from."""

    version = VersionField()


class CreationForm(BaseForm):
    """A form that creates something: it carries a one-time token for ``once``."""

    form_token = TokenField()


def once(form: CreationForm, make: Callable[[], str]) -> str:
    """Create once, inside the open unit of work: call ``make`` and return the address it gives.

    A second submission of the same form gets the first one's address and creates nothing. Raises Conflict for a form
    without its token.
    """
    known = current.identity()
    return once_core.create_once(form.form_token.data or "", known.actor.id if known else None, make)
