"""What the pages of the structure take."""

from app.core.i18n import lazy
from app.features.directory.enums import HOLDER_LABELS
from app.features.directory.models import MOST_PLACES
from app.web.forms import (
    BaseForm,
    ChoiceField,
    CreationForm,
    DateField,
    EditForm,
    LongTextField,
    RadioField,
    TextField,
    WholeNumberField,
)


class PositionFields(BaseForm):
    """What a position is."""

    title = TextField(lazy("岗位名称"), required=True, longest=40)
    department_id = ChoiceField(lazy("部门"), coerce=int, blank=lazy("不属于部门"))
    reports_to_id = ChoiceField(lazy("上级岗位"), coerce=int, blank=lazy("没有上级"))
    places = WholeNumberField(lazy("名额"), least=1, most=MOST_PLACES, required=True)


class NewPositionForm(PositionFields, CreationForm):
    """A position to set up."""

    from_date = DateField(lazy("从哪天起"), required=True)


class EditPositionForm(PositionFields, EditForm):
    """A position to change from a day on."""

    from_date = DateField(lazy("从哪天起"), required=True)


class PlannedPositionForm(PositionFields, EditForm):
    """What a plan makes of a position; the version is the plan's."""


class LastDayForm(EditForm):
    """The last day of something."""

    last_day = DateField(lazy("最后一天"), required=True)


class AssignForm(EditForm):
    """A person for a position."""

    user_id = ChoiceField(lazy("人员"), coerce=int, required=True)
    kind = RadioField(lazy("作为"), choices=list(HOLDER_LABELS.items()), required=True, id="holder-kind")
    from_date = DateField(lazy("从哪天起"), required=True)


class NewPlanForm(CreationForm):
    """A structure to plan."""

    title = TextField(lazy("名称"), required=True, longest=40)
    day = DateField(lazy("生效日期"), required=True)
    note = LongTextField(lazy("说明"), longest=2_000)


class EditPlanForm(EditForm):
    """A planned structure to change."""

    title = TextField(lazy("名称"), required=True, longest=40)
    day = DateField(lazy("生效日期"), required=True)
    note = LongTextField(lazy("说明"), longest=2_000)
