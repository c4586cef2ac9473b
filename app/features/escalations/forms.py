"""What the pages of reports and requests take."""

from typing import Any

from app.core.i18n import lazy
from app.core.permissions import Actor
from app.features.escalations import answering
from app.features.escalations.enums import KIND_LABELS, MEANS_LABELS
from app.web.forms import (
    ChoiceField,
    CreationForm,
    DateTimeField,
    EditForm,
    LongTextField,
    RadioField,
    TextField,
)

LONGEST = 2_000


class ReportForm(CreationForm):
    """A matter to report, or help to ask for."""

    kind = RadioField(lazy("类别"), choices=list(KIND_LABELS.items()), required=True, id="escalation-kind")
    to_id = ChoiceField(lazy("交给谁"), coerce=int, required=True)
    text = LongTextField(lazy("事由和请求"), required=True, longest=LONGEST)
    known_at = DateTimeField(lazy("什么时候知道的"))


class TalkForm(CreationForm):
    """A line about what was said with whom."""

    means = RadioField(lazy("方式"), choices=list(MEANS_LABELS.items()), required=True, id="means")
    whom = TextField(lazy("和谁"), required=True, longest=80)
    text = TextField(lazy("说了什么"), required=True)


class PassOnForm(EditForm):
    """To whom a matter is passed on."""

    to_id = ChoiceField(lazy("转给谁"), coerce=int, required=True)
    note = TextField(lazy("说明"))


def answer_form(actor: Actor) -> Any:
    """Return the form of an answer, with what upper features add for this actor."""
    fields: dict[str, Any] = {"answer": LongTextField(lazy("批示或答复"), required=True, longest=LONGEST)}
    for _part, added in answering.parts_for(actor):
        fields |= added
    return type("AnswerForm", (EditForm,), fields)()
