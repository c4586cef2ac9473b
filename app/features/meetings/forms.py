"""What the pages of meetings take."""

from typing import Any

from app.core.i18n import lazy
from app.core.permissions import Actor
from app.features.meetings.enums import RHYTHM_LABELS, WEEKDAYS
from app.features.resolutions import rows
from app.web.forms import (
    BaseForm,
    CheckField,
    ChoiceField,
    CreationForm,
    DateTimeField,
    EditForm,
    LongTextField,
    MultipleField,
    RadioField,
    TextField,
    WholeNumberField,
)

LONGEST = 5_000
ROWS = 5


class MeetingForm(CreationForm):
    """A meeting by itself."""

    title = TextField(lazy("会议名称"), required=True, longest=120)
    starts_at = DateTimeField(lazy("时间"), required=True)
    minutes = WholeNumberField(lazy("时长（分钟）"), least=5, most=600)
    place = TextField(lazy("地点"), longest=120)
    people = MultipleField(lazy("参加的人"), coerce=int, id="people")


class SeriesFields(BaseForm):
    """A series of meetings."""

    name = TextField(lazy("会议名称"), required=True, longest=120)
    rhythm = RadioField(lazy("多久一次"), choices=list(RHYTHM_LABELS.items()), required=True, id="rhythm")
    weekday = ChoiceField(lazy("星期几"), coerce=int, choices=list(enumerate(WEEKDAYS, 1)))
    month_day = WholeNumberField(lazy("几号"), least=1, most=28)
    time = TextField(lazy("开始时间"), required=True, longest=5)
    minutes = WholeNumberField(lazy("时长（分钟）"), least=5, most=600)
    place = TextField(lazy("地点"), longest=120)
    chair_id = ChoiceField(lazy("主持人"), coerce=int, required=True)
    people = MultipleField(lazy("参加的人"), coerce=int, id="people")


class NewSeriesForm(SeriesFields, CreationForm):
    """A series to begin."""


class EditSeriesForm(SeriesFields, EditForm):
    """A series to change or to end."""

    active = CheckField(lazy("继续安排"))


class ItemForm(BaseForm):
    """Something to talk about."""

    text = TextField(lazy("议题"), required=True)


class MoveForm(EditForm):
    """Another time, and why."""

    starts_at = DateTimeField(lazy("新的时间"), required=True)
    note = TextField(lazy("原因"), required=True)


class CorrectForm(EditForm):
    """The minutes, written anew."""

    text = LongTextField(lazy("会议纪要"), required=True, longest=LONGEST)


def minutes_form(actor: Actor) -> Any:
    """Return the form of the minutes: who was there, what was said, what was decided."""
    fields: dict[str, Any] = {
        "present": MultipleField(lazy("到会的人"), coerce=int, id="present"),
        "text": LongTextField(lazy("会议纪要"), required=True, longest=LONGEST),
        **rows.fields(actor, ROWS),
    }
    return type("MinutesForm", (EditForm,), fields)()
