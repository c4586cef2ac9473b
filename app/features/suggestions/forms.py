"""What the pages of suggestions take."""

from typing import Any

from flask_wtf.file import MultipleFileField

from app.core.i18n import lazy
from app.features.suggestions import rules_of
from app.features.suggestions.enums import Naming
from app.web.forms import (
    AmountField,
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

LONGEST = 4_000
TITLE_LENGTH = 200
NOBODY_OR_KEEPER = {
    Naming.UNNAMED: lazy("完全不署名：谁也查不到是谁，凭回执码看答复，不参加奖励"),
    Naming.KEEPER: lazy("对同事不署名：只有保管人知道"),
}


class TextFields(BaseForm):
    """What a suggestion says besides its one line."""

    situation = LongTextField(lazy("现状"), longest=LONGEST)
    method = LongTextField(lazy("办法"), longest=LONGEST)
    effect = LongTextField(lazy("预期效果"), longest=LONGEST)


class SuggestionFields(TextFields):
    """A suggestion: the first box is enough."""

    title = TextField(lazy("您的建议"), longest=TITLE_LENGTH, required=True, id="suggestion-title")
    department_id = ChoiceField(lazy("办理部门"), coerce=int, blank=lazy("我的部门"))
    theme_id = ChoiceField(lazy("本月主题"), coerce=int, blank=lazy("与主题无关"))
    file = MultipleFileField(lazy("照片和文件"))


class NewSuggestionForm(SuggestionFields, CreationForm):
    """A signed suggestion to write."""

    clause_id = ChoiceField(lazy("有关条款"), coerce=int, blank=lazy("不针对条款"))


class EditSuggestionForm(SuggestionFields, EditForm):
    """A draft to change."""

    clause_id = ChoiceField(lazy("有关条款"), coerce=int, blank=lazy("不针对条款"))


class UnnamedForm(SuggestionFields, CreationForm):
    """A suggestion without a name."""

    naming = RadioField(lazy("谁知道您的姓名"), coerce=str, choices=[], required=True, id="naming")


class CompleteForm(TextFields, EditForm):
    """What the author adds."""


class BeginReviewForm(EditForm):
    """What it will cost and bring."""

    cost = AmountField(lazy("预计投入（元）"))
    benefit_estimated = AmountField(lazy("预计每年效益（元）"))


class AnswerForm(EditForm):
    """The answer to an opinion, and to what is adopted."""

    answer = LongTextField(lazy("答复"), required=True, longest=LONGEST)


class TryForm(AnswerForm):
    """A trial and its end."""

    until = DateField(lazy("试行到"), required=True)


class ParkForm(EditForm):
    """What is waited for."""

    condition = LongTextField(lazy("等什么条件"), required=True, longest=LONGEST)
    until = DateField(lazy("哪天复看"), required=True)


class MergeForm(EditForm):
    """With which suggestion it is joined."""

    number = TextField(lazy("并入哪条建议"), required=True, longest=40)


class ImplementForm(EditForm):
    """Who carries it out."""

    implementer_id = ChoiceField(lazy("实施负责人"), coerce=int, required=True, blank=lazy("请选择"))
    due_on = DateField(lazy("完成期限"), required=True)
    plan = LongTextField(lazy("步骤"), longest=LONGEST)


class DeliverForm(EditForm):
    """What was done."""

    result = LongTextField(lazy("实施结果"), required=True, longest=LONGEST)


class VerifyForm(EditForm):
    """The effect that was seen."""

    verified_text = LongTextField(lazy("验收意见"), required=True, longest=LONGEST)
    benefit_verified = AmountField(lazy("核定效益（元）"))


class CheckEffectForm(EditForm):
    """How the effect looks later."""

    text = LongTextField(lazy("现在的效果"), required=True, longest=LONGEST)
    benefit = AmountField(lazy("累计效益（元）"))


class AppealForm(EditForm):
    """Why the author does not agree."""

    appeal = LongTextField(lazy("申诉的理由"), required=True, longest=LONGEST)


class ClauseForm(EditForm):
    """The clause an adopted suggestion concerns; ``words`` narrow the choice."""

    words = TextField(lazy("查找条款"), longest=100)
    clause_id = ChoiceField(lazy("有关条款"), coerce=int, required=True, blank=lazy("请选择"))


class RewardForm(ClauseForm):
    """What reward is proposed, by which clause."""

    measure = LongTextField(lazy("奖励内容"), required=True, longest=LONGEST)
    amount = AmountField(lazy("金额（元）"))


class CommentForm(BaseForm):
    """A comment."""

    text = LongTextField(lazy("留言"), longest=1_000)


class FilesForm(BaseForm):
    """Photos and files to add."""

    file = MultipleFileField(lazy("照片和文件"))


class ThemeForm(CreationForm):
    """What is asked for in a month."""

    month = DateField(lazy("月份"), required=True)
    title = TextField(lazy("主题"), longest=80, required=True)
    hint = LongTextField(lazy("说明"), longest=LONGEST)


class ReceiptForm(BaseForm):
    """The receipt code of an unnamed suggestion."""

    code = TextField(lazy("回执码"), longest=40, required=True)


class ReceiptActForm(TextFields):
    """What the author of an unnamed suggestion answers."""

    code = TextField(lazy("回执码"), longest=40, required=True)
    step = TextField(lazy("步骤"), longest=20)
    appeal = LongTextField(lazy("申诉的理由"), longest=LONGEST)


def score_form() -> Any:
    """Return the form of the score sheet, a field for each line of it."""
    lines = {
        f"points_{place}": WholeNumberField(
            lazy("%(name)s（满分 %(most)s）", name=line.name, most=line.most),
            least=0,
            most=line.most,
            required=True,
        )
        for place, line in enumerate(rules_of.sheet())
    }
    fields = {**lines, "text": LongTextField(lazy("评语"), longest=LONGEST)}
    return type("ScoreForm", (EditForm,), fields)()


STEP_FORMS: dict[str, Any] = {
    "complete": CompleteForm,
    "resubmit": CompleteForm,
    "begin_review": BeginReviewForm,
    "answer": AnswerForm,
    "score": score_form,
    "adopt": AnswerForm,
    "try": TryForm,
    "park": ParkForm,
    "merge": MergeForm,
    "implement": ImplementForm,
    "deliver": DeliverForm,
    "verify": VerifyForm,
    "check_effect": CheckEffectForm,
    "appeal": AppealForm,
}
