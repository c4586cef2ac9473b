"""What the pages of announcements take."""

from flask_wtf.file import FileField

from app.core.i18n import lazy
from app.core.permissions import ROLE_LABELS
from app.features.announcements.actions import MOST_HOURS
from app.features.rules.writing import LONGEST
from app.web.forms import (
    BaseForm,
    CheckField,
    CreationForm,
    DateTimeField,
    EditForm,
    LongTextField,
    MultipleField,
    RadioField,
    TextField,
    WholeNumberField,
)

AGAIN, ONCE = "again", "once"


class AnnouncementFields(BaseForm):
    """What an announcement says, to whom, from when to when."""

    title = TextField(lazy("标题"), required=True, longest=120)
    text = LongTextField(lazy("正文"), required=True, longest=LONGEST)
    for_everybody = CheckField(lazy("发给全体人员"), default=True)
    departments = MultipleField(lazy("部门（含下级）"), coerce=int)
    roles = MultipleField(lazy("岗位"), choices=[(str(role), label) for role, label in ROLE_LABELS.items()])
    people = MultipleField(lazy("人员"), coerce=int)
    must_confirm = CheckField(lazy("要求确认已读"))
    confirm_hours = WholeNumberField(lazy("确认期限（工作小时）"), least=1, most=MOST_HOURS)
    visible_from = DateTimeField(lazy("发布时间"))
    visible_until = DateTimeField(lazy("下架时间"))
    pinned = CheckField(lazy("置顶"))


class NewAnnouncementForm(AnnouncementFields, CreationForm):
    """An announcement to begin."""


class EditAnnouncementForm(AnnouncementFields, EditForm):
    """A draft to change."""


class CorrectionForm(CreationForm):
    """Whether a correction asks everybody again."""

    asks = RadioField(
        lazy("更正发布后"),
        choices=[(AGAIN, lazy("所有人重新确认")), (ONCE, lazy("已确认的不用再确认"))],
        required=True,
        id="correction-asks",
    )


class FileForm(CreationForm):
    """A file to put to a draft."""

    file = FileField(lazy("附件"))
