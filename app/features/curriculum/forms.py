"""What the pages of the curriculum take."""

from app.core.i18n import lazy
from app.features.curriculum.actions import MOST_POINTS, MOST_RANK, LevelValues
from app.features.curriculum.enums import STAGE_LABELS
from app.web.forms import (
    CheckField,
    ChoiceField,
    CreationForm,
    DateField,
    EditForm,
    LongTextField,
    TextField,
    WholeNumberField,
)


class LevelFields:
    """What is typed about a level."""

    rank = WholeNumberField(lazy("次序"), required=True, least=1, most=MOST_RANK)
    name = TextField(lazy("层级名称"), required=True, longest=40)
    description = LongTextField(lazy("说明"), longest=1_000)
    points_needed = WholeNumberField(lazy("晋升所需积分"), least=0, most=MOST_POINTS)
    active = CheckField(lazy("使用中"))

    def values(self) -> LevelValues:
        """Return the typed values for the actions."""
        typed = {key: field.data for key, field in self._fields.items()}  # type: ignore[attr-defined]
        return LevelValues(
            typed["rank"],
            typed["name"],
            typed["description"],
            typed["points_needed"] or 0,
            bool(typed["active"]),
        )


class NewLevelForm(LevelFields, CreationForm):
    """A new level."""


class LevelForm(LevelFields, EditForm):
    """A change of a level."""


class PlanFields:
    """The head of a plan; the page reads its parts."""

    title = TextField(lazy("计划名称"), required=True, longest=120)
    stage = ChoiceField(
        lazy("适用阶段"),
        choices=[(str(code), label) for code, label in STAGE_LABELS.items()],
        blank=None,
        required=True,
    )
    level_id = ChoiceField(lazy("适用层级"), coerce=int, required=True)
    description = LongTextField(lazy("说明"), longest=1_000)
    active = CheckField(lazy("使用中"))


class NewPlanForm(PlanFields, CreationForm):
    """A new plan."""


class PlanForm(PlanFields, EditForm):
    """A change of a plan."""


class PlaceForm(CreationForm):
    """Where a person stands from a day on."""

    level_id = ChoiceField(lazy("职业层级"), coerce=int, required=True)
    since = DateField(lazy("起始日期"), required=True)
    note = TextField(lazy("依据"), longest=200)
