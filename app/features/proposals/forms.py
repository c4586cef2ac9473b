"""What the pages of proposals take."""

from typing import Any

from flask_wtf.file import FileField

from app.core.i18n import lazy
from app.features.proposals.enums import DECISION_LABELS, KIND_LABELS, SECOND_LABELS
from app.web.forms import (
    AmountField,
    BaseForm,
    CheckField,
    ChoiceField,
    CreationForm,
    DateTimeField,
    EditForm,
    LongTextField,
    RadioField,
    TextField,
)

LONGEST = 2_000
YES_NO = [("yes", lazy("承担")), ("no", lazy("不承担"))]


class ProposalFields(BaseForm):
    """What a proposal says; ``words`` narrows the clauses one chooses among."""

    kind = RadioField(lazy("类别"), choices=list(KIND_LABELS.items()), required=True, id="proposal-kind")
    subject_id = ChoiceField(lazy("当事人"), coerce=int, required=True)
    happened_at = DateTimeField(lazy("发生时间"), required=True)
    place = TextField(lazy("地点"), required=True)
    words = TextField(lazy("查找条款"), longest=100)
    clause_id = ChoiceField(lazy("依据条款"), coerce=int, required=True)
    facts = LongTextField(lazy("事实"), required=True, longest=LONGEST)
    measure = LongTextField(lazy("建议内容"), required=True, longest=LONGEST)
    amount = AmountField(lazy("金额（元）"))


class ChosenClauseForm(BaseForm):
    """The clause chosen in the form of a proposal, and the day by which it is read."""

    clause_id = ChoiceField(lazy("依据条款"), coerce=int, choices=[])
    happened_at = DateTimeField(lazy("发生时间"))


class NewProposalForm(ProposalFields, CreationForm):
    """A proposal to draft."""


class EditProposalForm(ProposalFields, EditForm):
    """A draft to change."""


class EvidenceForm(EditForm):
    """What speaks for the facts."""

    check_id = ChoiceField(lazy("执行检查"), coerce=int, blank=lazy("不引用"))
    event_seq = ChoiceField(lazy("办理记录"), coerce=int, blank=lazy("不引用"))
    address = TextField(lazy("系统内页面的地址"))
    file = FileField(lazy("文件、照片"))
    note = TextField(lazy("说明"))


class StateForm(EditForm):
    """What the person says."""

    statement = LongTextField(lazy("陈述和申辩"), longest=LONGEST)
    no_objection = CheckField(lazy("无异议"))


class DecideForm(EditForm):
    """The leader's decision; the liability of the head is answered for penalties."""

    decision = RadioField(lazy("决定"), choices=list(DECISION_LABELS.items()), required=True, id="decision")
    measure = LongTextField(lazy("变更后的内容"), longest=LONGEST)
    amount = AmountField(lazy("变更后的金额（元）"))
    text = LongTextField(lazy("决定的理由"), required=True, longest=LONGEST)
    joint_liability = RadioField(
        lazy("部门负责人的连带责任"), choices=YES_NO, required=True, id="joint-liability"
    )
    joint_reason = LongTextField(lazy("连带责任的理由"), required=True, longest=LONGEST)
    published = CheckField(lazy("执行后公示"))


class RedecideForm(EditForm):
    """The decision on an appeal."""

    decision = RadioField(lazy("复核决定"), choices=list(SECOND_LABELS.items()), required=True, id="decision")
    measure = LongTextField(lazy("变更后的内容"), longest=LONGEST)
    amount = AmountField(lazy("变更后的金额（元）"))
    text = LongTextField(lazy("复核的理由"), required=True, longest=LONGEST)


class ServeForm(EditForm):
    """How the decision reached the person."""

    witness_id = ChoiceField(lazy("见证人"), coerce=int, blank=lazy("当事人已签收，不用见证人"))


class AppealForm(EditForm):
    """The person's appeal."""

    appeal = LongTextField(lazy("申诉的理由和要求"), required=True, longest=LONGEST)


class ExecuteForm(EditForm):
    """How it was carried out."""

    execution = LongTextField(lazy("执行情况"), required=True, longest=LONGEST)


class TipForm(CreationForm):
    """A tip to the head of a colleague's department."""

    kind = RadioField(lazy("类别"), choices=list(KIND_LABELS.items()), required=True, id="tip-kind")
    subject_id = ChoiceField(lazy("同事"), coerce=int, required=True)
    text = LongTextField(lazy("情况"), required=True, longest=LONGEST)


class RangeForm(EditForm):
    """Between which amounts a penalty by a clause lies."""

    least = AmountField(lazy("不少于（元）"))
    most = AmountField(lazy("不超过（元）"))


STEP_FORMS: dict[str, Any] = {
    "state": StateForm,
    "decide": DecideForm,
    "serve": ServeForm,
    "appeal": AppealForm,
    "redecide": RedecideForm,
    "execute": ExecuteForm,
}
