"""What the pages of resolutions take."""

from typing import Any

from app.core.i18n import lazy
from app.web.forms import ChoiceField, CreationForm, DateField, EditForm, LongTextField

LONGEST = 1_000


class DecideForm(CreationForm):
    """A resolution to open."""

    text = LongTextField(lazy("决议"), required=True, longest=LONGEST)
    responsible_id = ChoiceField(lazy("落实人"), coerce=int, required=True)
    due_on = DateField(lazy("期限"), required=True)


class ProgressForm(EditForm):
    """How far a resolution is."""

    text = LongTextField(lazy("进展"), required=True, longest=LONGEST)


class CompleteForm(EditForm):
    """What came of it."""

    result = LongTextField(lazy("完成的情况"), required=True, longest=LONGEST)


class PutOffForm(EditForm):
    """A later day, and why."""

    due_on = DateField(lazy("新的期限"), required=True)
    note = LongTextField(lazy("改期限的原因"), required=True, longest=LONGEST)


class HandOverForm(EditForm):
    """Who carries it out from now on."""

    responsible_id = ChoiceField(lazy("新的落实人"), coerce=int, required=True)


STEP_FORMS: dict[str, Any] = {"complete": CompleteForm, "put_off": PutOffForm, "hand_over": HandOverForm}
