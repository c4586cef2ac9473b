"""What the pages of checks take."""

from flask_wtf.file import FileField

from app.core.i18n import lazy
from app.features.checks.enums import RESULT_LABELS
from app.web.forms import ChoiceField, CreationForm, DateField, EditForm, LongTextField, RadioField


class NewCheckForm(CreationForm):
    """A check to record."""

    subject_id = ChoiceField(lazy("检查对象（人员）"), coerce=int)
    department_id = ChoiceField(lazy("或部门"), coerce=int)
    result = RadioField(lazy("结果"), choices=list(RESULT_LABELS.items()), required=True, id="check-result")
    note = LongTextField(lazy("情况"), required=True, longest=2_000)
    file = FileField(lazy("照片"))


class ExplainForm(EditForm):
    """What the person concerned says."""

    explanation = LongTextField(lazy("情况说明"), required=True, longest=2_000)


class GuideForm(EditForm):
    """What was agreed, and when it is looked at again."""

    agreed = LongTextField(lazy("商定的做法"), required=True, longest=2_000)
    look_again_on = DateField(lazy("复看日期"), required=True)


class CloseForm(EditForm):
    """How it ended."""

    conclusion = LongTextField(lazy("结果"), longest=2_000)
