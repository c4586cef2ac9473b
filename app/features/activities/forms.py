"""What the pages of activities take."""

from typing import Any

from flask_wtf.file import MultipleFileField

from app.core.i18n import lazy
from app.features.activities.models import MOST_COMPANIONS, MOST_PEOPLE
from app.web.forms import (
    AmountField,
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

LONGEST = 2_000


class ProposalFields(BaseForm):
    """What is proposed; an option a line."""

    title = TextField(lazy("活动名称"), required=True, longest=40)
    purpose = LongTextField(lazy("想做什么"), required=True, longest=LONGEST)
    options = LongTextField(lazy("候选（每行一个）"), longest=LONGEST)


class NewActivityForm(ProposalFields, CreationForm):
    """An activity to propose."""


class EditActivityForm(ProposalFields, EditForm):
    """An activity to change."""


class OpenVoteForm(EditForm):
    """Until when people vote."""

    vote_until = DateTimeField(lazy("投票截止"), required=True, end_of_day=True)


class ApproveForm(EditForm):
    """What is approved."""

    option_id = RadioField(lazy("采用"), coerce=int, id="activity-option")
    budget = AmountField(lazy("预算（元）"), required=True)


class ArrangeForm(EditForm):
    """Where, when and how many."""

    place = TextField(lazy("地点"), required=True, longest=120)
    starts_at = DateTimeField(lazy("开始"), required=True)
    ends_at = DateTimeField(lazy("结束"), required=True)
    enrol_until = DateTimeField(lazy("报名截止"), required=True, end_of_day=True)
    capacity = WholeNumberField(lazy("名额"), least=1, most=MOST_PEOPLE, required=True)
    companions = WholeNumberField(lazy("每人最多带家属"), most=MOST_COMPANIONS, required=True)


class HoldForm(EditForm):
    """Who did not come."""

    absent = MultipleField(lazy("没有来的人"), coerce=int, choices=[])


class RecordForm(EditForm):
    """What it cost and how it was."""

    cost = AmountField(lazy("实际花费（元）"), required=True)
    over_reason = LongTextField(lazy("超过预算的原因"), longest=LONGEST)
    report = LongTextField(lazy("活动总结"), longest=LONGEST)


class HandOverForm(EditForm):
    """Who organises it from now on."""

    user_id = ChoiceField(lazy("交给"), coerce=int, required=True)


class PhotoForm(CreationForm):
    """Photos with whose consent they are shown."""

    file = MultipleFileField(lazy("照片"))
    consents = CheckField(lazy("照片里的人都同意放在这里给同事看"))
    consent = TextField(lazy("说明"), longest=200)


STEP_FORMS: dict[str, Any] = {
    "open_vote": OpenVoteForm,
    "approve": ApproveForm,
    "open_enrolment": ArrangeForm,
    "rearrange": ArrangeForm,
    "hold": HoldForm,
    "record": RecordForm,
    "hand_over": HandOverForm,
}
