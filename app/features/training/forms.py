"""What the pages of training take."""

import re
from datetime import time
from typing import Any

from flask_wtf.file import FileField

from app.core.i18n import lazy
from app.features.training.enums import ATTENDANCE_LABELS, FORM_LABELS
from app.features.training.models import LONGEST_MINUTES, MOST_SEATS
from app.web.fields import MultipleField, TypedField
from app.web.forms import (
    AmountField,
    BaseForm,
    CheckField,
    ChoiceField,
    CreationForm,
    DateField,
    DateTimeField,
    EditForm,
    LongTextField,
    RadioField,
    TextField,
    WholeNumberField,
)

LONGEST = 2_000
WEEKDAYS = (
    (0, lazy("周一")), (1, lazy("周二")), (2, lazy("周三")), (3, lazy("周四")),
    (4, lazy("周五")), (5, lazy("周六")), (6, lazy("周日")),
)  # fmt: skip
SCALE = [(5, lazy("很好")), (4, lazy("好")), (3, lazy("一般")), (2, lazy("较差")), (1, lazy("差"))]
CLOCK_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:：]([0-5][0-9])")


class ClockField(TypedField):
    """A time of the day in the company's zone, as 16:00."""

    def read(self, text: str) -> time:
        """Return the time or raise ValueError with the sentence."""
        found = CLOCK_TIME.fullmatch(text.strip())
        if found is None:
            raise ValueError(self.say(lazy("%(label)s请按 16:00 的样式填写")))
        return time(int(found[1]), int(found[2]))

    def write(self, value: time) -> str:
        """Return the time as 16:00."""
        return f"{value:%H:%M}"


class SessionFields(BaseForm):
    """What a session is to be."""

    title = TextField(lazy("主题"), required=True, longest=120)
    starts_at = DateTimeField(lazy("开始"), required=True)
    ends_at = DateTimeField(lazy("结束"), required=True)
    place = TextField(lazy("地点"), longest=120)
    chair_id = ChoiceField(lazy("主持人"), coerce=int, required=True)
    subject_id = ChoiceField(lazy("科目"), coerce=int)
    topic_id = ChoiceField(lazy("话题"), coerce=int)
    summary = LongTextField(lazy("讲什么"), longest=LONGEST)
    attendance = RadioField(
        lazy("是否须参加"), choices=list(ATTENDANCE_LABELS.items()), required=True, id="attendance"
    )
    audience = MultipleField(lazy("面向的部门"), coerce=int)
    capacity = WholeNumberField(lazy("名额"), least=1, most=MOST_SEATS)
    form = RadioField(
        lazy("方式"), choices=list(FORM_LABELS.items()), required=True, id="session-form", name="session_form"
    )
    provider_id = ChoiceField(lazy("培训机构"), coerce=int)
    cost = AmountField(lazy("费用（元）"))
    rule_version_id = ChoiceField(lazy("学习的制度"), coerce=int)
    department_id = ChoiceField(lazy("组织部门"), coerce=int, required=True)


class NewSessionForm(SessionFields, CreationForm):
    """A session to plan."""


class EditSessionForm(SessionFields, EditForm):
    """A session to change."""


class MoveForm(EditForm):
    """The time a session is moved to."""

    starts_at = DateTimeField(lazy("改到"), required=True)
    ends_at = DateTimeField(lazy("结束"), required=True)
    place = TextField(lazy("地点"), longest=120)
    note = LongTextField(lazy("原因"), required=True, longest=LONGEST)


class CompleteForm(EditForm):
    """What came of a session."""

    outcome = LongTextField(lazy("总结"), required=True, longest=LONGEST)
    cost = AmountField(lazy("实际费用（元）"))


class RollForm(EditForm):
    """Who was there: ticked were there, of them some late or gone early; a photo of the signed sheet goes along."""

    present = MultipleField(lazy("到场的人"), coerce=int)
    late = MultipleField(lazy("其中迟到"), coerce=int)
    left_early = MultipleField(lazy("其中早退"), coerce=int)
    walk_in = ChoiceField(lazy("没有报名也来了的人"), coerce=int)
    file = FileField(lazy("纸质签到表的照片"))


class LeaveForm(BaseForm):
    """Why somebody cannot come."""

    reason = LongTextField(lazy("请假原因"), required=True, longest=200)


class LeaveAnswerForm(BaseForm):
    """What is answered to who asked for leave."""

    answer = RadioField(
        lazy("答复"),
        choices=[("grant", lazy("准假")), ("refuse", lazy("不准假"))],
        required=True,
        id="leave-answer",
    )
    note = LongTextField(lazy("说明（不准假的须写）"), longest=200)


class SummonForm(BaseForm):
    """Who must come besides."""

    people = MultipleField(lazy("须参加的人"), coerce=int)


class CodeForm(BaseForm):
    """The code from the screen."""

    code = TextField(lazy("签到码"), required=True, longest=20)


class FeedbackForm(BaseForm):
    """What somebody thought of a session."""

    content = RadioField(lazy("内容"), choices=SCALE, coerce=int, required=True, id="feedback-content")
    delivery = RadioField(lazy("讲解"), choices=SCALE, coerce=int, required=True, id="feedback-delivery")
    usefulness = RadioField(
        lazy("对工作有没有用"), choices=SCALE, coerce=int, required=True, id="feedback-usefulness"
    )
    comment = LongTextField(lazy("想说的话"), longest=LONGEST)


class SeriesFields(BaseForm):
    """When and where a series meets."""

    title = TextField(lazy("名称"), required=True, longest=120)
    weekday = ChoiceField(lazy("每周"), coerce=int, choices=list(WEEKDAYS), required=True)
    begins = ClockField(lazy("开始时间"), required=True)
    minutes = WholeNumberField(lazy("时长（分钟）"), least=10, most=LONGEST_MINUTES, required=True)
    place = TextField(lazy("地点"), required=True, longest=120)
    chair_id = ChoiceField(lazy("主持人"), coerce=int, required=True)
    subject_id = ChoiceField(lazy("科目"), coerce=int)
    attendance = RadioField(
        lazy("是否须参加"), choices=list(ATTENDANCE_LABELS.items()), required=True, id="attendance"
    )
    audience = MultipleField(lazy("面向的部门"), coerce=int)
    capacity = WholeNumberField(lazy("名额"), least=1, most=MOST_SEATS)
    form = RadioField(
        lazy("方式"), choices=list(FORM_LABELS.items()), required=True, id="session-form", name="session_form"
    )
    department_id = ChoiceField(lazy("组织部门"), coerce=int, required=True)
    starts_on = DateField(lazy("从哪天起"), required=True)
    ends_on = DateField(lazy("到哪天止"))
    active = CheckField(lazy("继续排课"))


class NewSeriesForm(SeriesFields, CreationForm):
    """A series to begin."""


class EditSeriesForm(SeriesFields, EditForm):
    """A series to change."""


class TopicForm(CreationForm):
    """A topic for the pool."""

    title = TextField(lazy("想听什么"), required=True, longest=200)
    note = LongTextField(lazy("为什么"), longest=LONGEST)


class DropForm(EditForm):
    """Why a topic is not for a session."""

    reason = TextField(lazy("不安排的原因"), required=True, longest=200)


class NamedFields(BaseForm):
    """A subject."""

    name = TextField(lazy("名称"), required=True, longest=40)
    description = LongTextField(lazy("说明"), longest=LONGEST)
    active = CheckField(lazy("使用中"))


class NewSubjectForm(NamedFields, CreationForm):
    """A subject to enter."""


class EditSubjectForm(NamedFields, EditForm):
    """A subject to change."""


class ProviderFields(BaseForm):
    """A provider."""

    name = TextField(lazy("名称"), required=True, longest=80)
    contact = TextField(lazy("联系人和电话"), longest=80)
    remark = LongTextField(lazy("备注"), longest=LONGEST)
    active = CheckField(lazy("使用中"))


class NewProviderForm(ProviderFields, CreationForm):
    """A provider to enter."""


class EditProviderForm(ProviderFields, EditForm):
    """A provider to change."""


STEP_FORMS: dict[str, Any] = {"move": MoveForm, "complete": CompleteForm}
