"""What the pages of talks take."""

from typing import Any

from app.core.i18n import lazy
from app.features.talks import keeping
from app.features.talks.models import Talk
from app.web.forms import (
    ChoiceField,
    CreationForm,
    DateField,
    DateTimeField,
    EditForm,
    LongTextField,
    TextField,
)

LONGEST = 3_000


class PlanForm(CreationForm):
    """A talk to plan."""

    other_id = ChoiceField(lazy("和谁谈"), coerce=int, required=True)
    starts_at = DateTimeField(lazy("时间"), required=True)
    place = TextField(lazy("地点"), longest=120)
    agenda = LongTextField(lazy("想谈的事"), longest=LONGEST)
    leader_id = ChoiceField(lazy("还有谁可以看"), coerce=int, blank=lazy("只有我们两个人"))


class WriteForm(EditForm):
    """The agenda of both, and one's own notes."""

    agenda = LongTextField(lazy("想谈的事"), longest=LONGEST)
    notes = LongTextField(lazy("我的记录"), longest=LONGEST)


class MoveForm(EditForm):
    """Another time."""

    starts_at = DateTimeField(lazy("新的时间"), required=True)


def hold_form(talk: Talk) -> Any:
    """Return the form of a talk that was held: what was said, what was agreed on, when they talk again."""
    people = [(talk.owner_id, talk.owner.name), (talk.other_id, talk.other.name)]
    fields: dict[str, Any] = {"notes": LongTextField(lazy("谈了什么"), required=True, longest=LONGEST)}
    for row in range(1, keeping.ROWS + 1):
        fields[keeping.name_of("text", row)] = TextField(lazy("约定"))
        fields[keeping.name_of("responsible_id", row)] = ChoiceField(
            lazy("由谁做"), coerce=int, choices=people
        )
        fields[keeping.name_of("due_on", row)] = DateField(lazy("期限"))
    fields["next_on"] = DateField(lazy("下次谈话"))
    return type("HoldForm", (EditForm,), fields)()
