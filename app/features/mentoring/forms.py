"""What the pages of mentoring take."""

from typing import Any

from app.core.i18n import lazy
from app.features.mentoring.actions import LONGEST
from app.features.mentoring.enums import RATE, SCORE_LABELS
from app.web.forms import ChoiceField, CreationForm, DateField, EditForm, LongTextField, RadioField


class OfferForm(CreationForm):
    """A pair to offer."""

    mentor_id = ChoiceField(lazy("师傅"), coerce=int, required=True)
    pupil_id = ChoiceField(lazy("徒弟"), coerce=int, required=True)
    starts_on = DateField(lazy("开始日期"), required=True)
    ends_on = DateField(lazy("结束日期"), required=True)
    goals = LongTextField(lazy("带教目标"), required=True, longest=LONGEST)


class NoteForm(EditForm):
    """The mentor's note of a week."""

    note = LongTextField(lazy("周记"), required=True, longest=LONGEST)


class AnswerForm(EditForm):
    """The pupil's line to a week."""

    answer = LongTextField(lazy("徒弟反馈"), required=True, longest=LONGEST)


class MidForm(EditForm):
    """What the mid review found."""

    mid_text = LongTextField(lazy("进展和下一步"), required=True, longest=LONGEST)
    goals = LongTextField(lazy("带教目标"), longest=LONGEST)


class RateForm(EditForm):
    """What one side says of the other."""

    score = RadioField(lazy("评分"), choices=list(SCORE_LABELS.items()), required=True, id="mentor-score")
    words = LongTextField(lazy("评价"), required=True, longest=LONGEST)


class CloseForm(EditForm):
    """The conclusion."""

    conclusion = LongTextField(lazy("结业意见"), required=True, longest=LONGEST)


class ExtendForm(EditForm):
    """Until when it goes on."""

    ends_on = DateField(lazy("新的结束日期"), required=True)


STEP_FORMS: dict[str, Any] = {"mid": MidForm, RATE: RateForm, "close": CloseForm, "extend": ExtendForm}
