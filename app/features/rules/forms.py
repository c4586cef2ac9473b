"""What the pages of rules take."""

from typing import Any

from flask_wtf.file import FileField, MultipleFileField
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField

from app.core.errors import Invalid
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import ROLE_LABELS
from app.features.rules import pasting
from app.features.rules.clause_text import LONGEST_CAPTION
from app.features.rules.enums import ANSWER_LABELS, CATEGORY_LABELS, RECORD_LABELS, STYLE_LABELS
from app.features.rules.outline import DEEPEST, MOST_START
from app.features.rules.writing import LONGEST
from app.web.forms import (
    BaseForm,
    CheckField,
    ChoiceField,
    CreationForm,
    DateField,
    EditForm,
    LongTextField,
    MultipleField,
    RadioField,
    TextField,
    WholeNumberField,
)

MATERIAL = "material"
CORRECTION = "correction"


class HeadFields(BaseForm):
    """What a version says of itself besides its clauses."""

    title = TextField(lazy("制度名称"), required=True, longest=120)
    category = ChoiceField(lazy("类别"), choices=list(CATEGORY_LABELS.items()), required=True)
    department_id = ChoiceField(lazy("归口部门"), coerce=int, required=True)
    summary = LongTextField(lazy("修订说明"), longest=2_000)
    for_everybody = CheckField(lazy("适用于全体人员"), default=True)
    departments = MultipleField(lazy("适用部门（含下级）"), coerce=int)
    roles = MultipleField(
        lazy("适用岗位"), choices=[(str(role), label) for role, label in ROLE_LABELS.items()]
    )
    affects_staff = CheckField(lazy("涉及劳动者切身利益"))


class NewRuleForm(HeadFields, CreationForm):
    """A rule to begin."""


class HeadForm(HeadFields, EditForm):
    """The head of a draft to change."""


class ClauseForm(EditForm):
    """A clause to write; the version it carries is the revision of the clause, not of the rule."""

    title = TextField(lazy("标题"), longest=120)
    level = ChoiceField(
        lazy("层级"),
        coerce=int,
        required=True,
        blank=None,
        choices=[(level, str(level)) for level in range(1, DEEPEST + 1)],
    )
    style = ChoiceField(lazy("编号样式"), choices=list(STYLE_LABELS.items()), required=True, blank=None)
    start = WholeNumberField(lazy("编号从几开始"), least=1, most=MOST_START)
    text = LongTextField(lazy("正文"), longest=LONGEST)
    # What the box holds, as HTML; empty where nothing was written in it, missing where the marks are typed.
    html = HiddenField()
    picture = FileField(lazy("插入图片"))
    caption = TextField(lazy("图片说明"), longest=LONGEST_CAPTION)

    @property
    def is_boxed(self) -> bool:
        """Whether the text was written in the box and not with marks."""
        return self.html.data is not None

    @property
    def marks(self) -> str:
        """The text as it was typed or written, also where it is refused."""
        return self.text.data or "" if self.text.raw_data is None else self.text.typed

    def validate(self, extra_validators: Any = None) -> bool:
        """Check what was typed; the text is that of the box where it was written there."""
        refusal = self.take_box()
        valid = bool(super().validate(extra_validators))
        if refusal is not None:
            self.refuse(refusal)
        return valid and refusal is None

    def take_box(self) -> Invalid | None:
        """Make the marks of what the box holds; of what cannot be read, the words are kept beside the refusal."""
        if not self.html.data:
            return None
        refusal = None
        try:
            marks = pasting.from_box(self.html.data)
        except Invalid as problem:
            marks, refusal = pasting.words_only(self.html.data), problem
        self.text.process(MultiDict({self.text.name: marks}))
        return refusal


class ConsultForm(EditForm):
    """Until when comments are taken."""

    comments_until = DateField(lazy("截止日期"), required=True)


class ApproveForm(EditForm):
    """From when a version is in force, and whether everybody signs it again."""

    effective_on = DateField(lazy("施行日期"), required=True)
    kind = RadioField(
        lazy("改动性质"),
        choices=[
            (MATERIAL, lazy("实质性改动：适用人员须重新阅读并签认")),
            (CORRECTION, lazy("更正：不改变要求，只发通知")),
        ],
        required=True,
        id="change-kind",
    )


class VoidForm(EditForm):
    """From when a rule is no longer in force, and why."""

    void_on = DateField(lazy("废止日期"), required=True)
    note = LongTextField(lazy("废止原因"), required=True, longest=1_000)
    aware = CheckField(lazy("已知悉上列条款引用本制度，会另行修订"))


class CommentForm(CreationForm):
    """What somebody says of a version."""

    text = LongTextField(lazy("意见"), required=True, longest=2_000)


class AnswerForm(BaseForm):
    """What becomes of a comment."""

    answer = RadioField(lazy("答复"), choices=list(ANSWER_LABELS.items()), required=True)
    reason = LongTextField(lazy("理由"), required=True, longest=1_000)


class RecordForm(BaseForm):
    """A record of the procedure, with its paper."""

    kind = RadioField(lazy("程序"), choices=list(RECORD_LABELS.items()), required=True, id="record-kind")
    held_on = DateField(lazy("日期"), required=True)
    participants = LongTextField(lazy("参加人员"), required=True, longest=2_000)
    result = LongTextField(lazy("结果"), required=True, longest=2_000)
    file = FileField(lazy("书面材料"))


class AttachmentForm(CreationForm):
    """Files to attach to a draft."""

    file = MultipleFileField(lazy_in_context("rule", "附件"))


OPTIONS = 4


class QuestionForm(CreationForm):
    """A question to the reader, with up to four options of which one is right."""

    text = TextField(lazy("题目"), required=True, longest=300)
    option_0 = TextField(lazy("选项 A"), required=True, longest=200)
    option_1 = TextField(lazy("选项 B"), required=True, longest=200)
    option_2 = TextField(lazy("选项 C"), longest=200)
    option_3 = TextField(lazy("选项 D"), longest=200)
    answer = RadioField(
        lazy("正确选项"),
        coerce=int,
        choices=[(place, "ABCD"[place]) for place in range(OPTIONS)],
        required=True,
        id="right-option",
    )
    clause_id = ChoiceField(lazy("有关条款"), coerce=int, blank=lazy("全文"))


class CareForm(EditForm):
    """Who answers for a rule, and when it is looked at again."""

    owner_id = ChoiceField(lazy("负责人"), coerce=int, required=True)
    review_on = DateField(lazy("复审日期"))


class SheetForm(CreationForm):
    """The names ticked on a signed sheet, and its photo."""

    people = MultipleField(lazy("已在纸上签字的人"), coerce=int)
    file = FileField(lazy("签字表照片或扫描件"))


class TakeTemplateForm(CreationForm):
    """The department that answers for the rule a template becomes."""

    department_id = ChoiceField(lazy("归口部门"), coerce=int, required=True)


class WordFileForm(BaseForm):
    """A Word file to import."""

    file = FileField(lazy("Word 文件"))


class ImportForm(EditForm):
    """What a Word file brings into a draft; the rows are chosen in the table of the preview."""
