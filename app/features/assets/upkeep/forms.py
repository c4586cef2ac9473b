"""What the pages of upkeep take."""

from typing import Any

from flask_wtf.file import MultipleFileField

from app.core.i18n import lazy
from app.features.assets.upkeep.enums import INCIDENT_LABELS, OUTCOME_LABELS
from app.web.forms import (
    AmountField,
    CreationForm,
    DateTimeField,
    EditForm,
    LongTextField,
    RadioField,
    TextField,
    VersionField,
)

LONGEST = 2_000


class ItemForm(CreationForm):
    """A form about an item: it carries the version of the item it was made from, and is taken once."""

    version = VersionField()


class SendForm(ItemForm):
    """An item to be repaired."""

    vendor = TextField(lazy("维修单位"), required=True, longest=120)
    fault = LongTextField(lazy("故障"), required=True, longest=LONGEST)


class BackForm(EditForm):
    """An item back from its repair."""

    outcome = RadioField(lazy("结果"), choices=list(OUTCOME_LABELS.items()), required=True, id="outcome")
    cost = AmountField(lazy("费用（元）"), required=True)
    note = LongTextField(lazy("说明"), longest=LONGEST)


class IncidentForm(ItemForm):
    """Loss or damage of an item."""

    kind = RadioField(lazy("情况"), choices=list(INCIDENT_LABELS.items()), required=True, id="incident-kind")
    happened_at = DateTimeField(lazy("时间"), required=True)
    place = TextField(lazy("地点"), required=True)
    account = LongTextField(lazy("经过"), required=True, longest=LONGEST)
    photos = MultipleFileField(lazy("照片"))


class CloseIncidentForm(EditForm):
    """What came of a loss or damage."""

    conclusion = LongTextField(lazy("处理结果"), required=True, longest=LONGEST)


class ScrapForm(ItemForm):
    """An item to be scrapped."""

    reason = LongTextField(lazy("报废原因"), required=True, longest=LONGEST)
    residual = AmountField(lazy("残值（元）"), required=True)


class DisposeForm(EditForm):
    """What became of a scrapped item."""

    disposal = LongTextField(lazy("处置情况"), required=True, longest=LONGEST)


class SelfCheckForm(EditForm):
    """The answers of a self-check; there are as many as items are due, and the page reads them."""


INCIDENT_STEPS: dict[str, Any] = {"close": CloseIncidentForm}
SCRAPPING_STEPS: dict[str, Any] = {"dispose": DisposeForm}
SELF_CHECK_STEPS: dict[str, Any] = {"answer": SelfCheckForm}
