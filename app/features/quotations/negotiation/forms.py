"""The form of a negotiation: five fields, and a fold with what is known beforehand."""

from typing import Any

from app.core import clock, workdays
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.features.quotations.models import QuotationRevision
from app.features.quotations.negotiation.actions import NegotiationInput
from app.features.quotations.negotiation.enums import OUTSIDE_LABELS
from app.web.forms import (
    CreationForm,
    DateField,
    DateTimeField,
    LongTextField,
    MultipleField,
    TextField,
)

# Under the fold: when and where it was held and when the next step is due are filled in already.
MORE_FIELDS = ("held_at", "place", "next_on")
NEXT_STEP_DAYS = 2


class NegotiationForm(CreationForm):
    """What was said at the table."""

    counterpart = TextField(lazy("与谁谈"), longest=120)
    asked = LongTextField(lazy("客户提出"), longest=2_000, required=True)
    offered = LongTextField(lazy("我方答应"), longest=2_000)
    outside = MultipleField(lazy("超出正常条款的内容"), choices=tuple(OUTSIDE_LABELS.items()))
    next_step = TextField(lazy("下一步"), longest=300)
    held_at = DateTimeField(lazy("谈判时间"), required=True)
    place = TextField(lazy("地点或方式"), longest=120)
    next_on = DateField(lazy("下一步日期"))

    def values(self) -> NegotiationInput:
        """Return the talk as the action takes it."""
        names = NegotiationInput.__dataclass_fields__
        typed: dict[str, Any] = {name: self._fields[name].data for name in names}
        return NegotiationInput(**{**typed, "outside": tuple(typed["outside"] or ())})


def negotiation_form(revision: QuotationRevision) -> NegotiationForm:
    """Return the form of a talk held just now by telephone with the person the quotation is addressed to."""
    now = clock.now().replace(second=0, microsecond=0)
    return NegotiationForm(
        counterpart=revision.attention,
        held_at=now,
        place=_("电话"),
        next_on=workdays.add_working_days(clock.today(), NEXT_STEP_DAYS),
    )
