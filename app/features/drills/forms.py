"""What the pages of drills take."""

from typing import Any

from flask_wtf.file import FileField

from app.core.i18n import lazy
from app.features.drills.enums import MOST_POINTS, PART_LABELS
from app.features.drills.flow import LONGEST
from app.features.drills.models import Drill
from app.web.forms import (
    BaseForm,
    CheckField,
    ChoiceField,
    CreationForm,
    DateField,
    EditForm,
    LongTextField,
    RadioField,
    TextField,
    WholeNumberField,
)


class TemplateFields(BaseForm):
    """What drills are made from."""

    name = TextField(lazy("模板名称"), required=True, longest=80)
    scene = LongTextField(lazy("情景"), required=True, longest=LONGEST)
    survey_task = LongTextField(lazy("调研任务"), required=True, longest=LONGEST)
    proposal_task = LongTextField(lazy("方案任务"), required=True, longest=LONGEST)
    negotiation_task = LongTextField(lazy("谈判任务"), required=True, longest=LONGEST)
    criteria = LongTextField(lazy("评分标准"), required=True, longest=LONGEST)
    active = CheckField(lazy("在用"), default=True)


class NewTemplateForm(TemplateFields, CreationForm):
    """A template to add."""


class EditTemplateForm(TemplateFields, EditForm):
    """A template to change."""


class NewDrillForm(CreationForm):
    """A drill to prepare."""

    template_id = ChoiceField(lazy("模板"), coerce=int, required=True)
    title = TextField(lazy("标题"), required=True, longest=80)
    held_on = DateField(lazy("演练日期"), required=True)
    scene = LongTextField(lazy("情景"), longest=LONGEST)


class EditDrillForm(EditForm):
    """A drill in preparation to change."""

    title = TextField(lazy("标题"), required=True, longest=80)
    held_on = DateField(lazy("演练日期"), required=True)
    scene = LongTextField(lazy("情景"), longest=LONGEST)


class CastForm(CreationForm):
    """Who takes part, as what."""

    user_id = ChoiceField(lazy("人员"), coerce=int, required=True)
    kind = RadioField(
        lazy("参演或评委"), choices=list(PART_LABELS.items()), required=True, id="drill-part-kind"
    )
    role = TextField(lazy("扮演谁"), longest=40)


class StageForm(EditForm):
    """How a stage went."""

    notes = LongTextField(lazy("记录"), required=True, longest=LONGEST)


class DebriefForm(EditForm):
    """What is learnt."""

    good = LongTextField(lazy("做得好的"), required=True, longest=LONGEST)
    bad = LongTextField(lazy("不足"), required=True, longest=LONGEST)
    lesson = LongTextField(lazy("经验教训"), required=True, longest=LONGEST)


class FileForm(BaseForm):
    """A file to put to a drill."""

    file = FileField(lazy("附件"))


def score_form(row: Drill) -> Any:
    """Return the form of a judge's sheet: a field for each criterion of the drill, and words."""
    fields: dict[str, Any] = {
        f"points_{each.id}": WholeNumberField(each.name, required=True, least=0, most=MOST_POINTS)
        for each in row.criteria
    }
    fields["words"] = LongTextField(lazy("评语"), longest=LONGEST)
    return type("ScoreForm", (BaseForm,), fields)()


STEP_FORMS: dict[str, Any] = {"debrief": DebriefForm}
