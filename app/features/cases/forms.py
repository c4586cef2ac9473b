"""What the pages of cases take."""

from flask_wtf.file import FileField
from wtforms import HiddenField

from app.core.i18n import lazy, lazy_in_context
from app.features.cases.enums import OUTCOME_LABELS, STAGE_LABELS
from app.web.forms import (
    BaseForm,
    CheckField,
    ChoiceField,
    CreationForm,
    EditForm,
    LongTextField,
    RadioField,
    TextField,
)

LONGEST = 4_000


class CaseFields(BaseForm):
    """What a case says."""

    title = TextField(lazy("标题"), required=True, longest=120)
    outcome = RadioField(
        lazy("结果好坏"), choices=list(OUTCOME_LABELS.items()), required=True, id="case-outcome"
    )
    stage = ChoiceField(lazy("阶段"), choices=list(STAGE_LABELS.items()), required=True)
    tags = TextField(lazy("标签"), longest=200)
    situation = LongTextField(lazy_in_context("case", "情况"), longest=LONGEST)
    done = LongTextField(lazy("做法"), longest=LONGEST)
    result = LongTextField(lazy("结果"), longest=LONGEST)
    lesson = LongTextField(lazy("经验教训"), longest=LONGEST)
    figures = LongTextField(lazy("数据"), longest=LONGEST)
    anonymous = CheckField(lazy("隐去客户"))
    hidden_names = LongTextField(lazy("要隐去的名称"), longest=500)


class NewCaseForm(CaseFields, CreationForm):
    """A case to begin."""


class EditCaseForm(CaseFields, EditForm):
    """A draft to change."""


class FileForm(BaseForm):
    """A file or photo to put to a draft."""

    file = FileField(lazy("附件"))


class CommentForm(BaseForm):
    """What a colleague writes below a case."""

    text = LongTextField(lazy("留言"), longest=2_000)


class LinkForm(BaseForm):
    """The document to tie a case to."""

    doc_type = HiddenField()
    doc_id = HiddenField()
