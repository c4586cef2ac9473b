"""What the pages of bookings take; what matters only now and then is folded away."""

from collections.abc import Mapping
from typing import Any

from flask_wtf.file import MultipleFileField

from app.core.i18n import lazy
from app.features.bookings.enums import FUEL_LABELS
from app.features.bookings.models import MOST_PASSENGERS
from app.features.vehicles.models import MOST_KILOMETRES
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
    MultipleField,
    QuantityField,
    RadioField,
    TextField,
    WholeNumberField,
)

SELF, WITH_DRIVER = "self", "driver"
WAYS = ((SELF, lazy("自己开")), (WITH_DRIVER, lazy("需要驾驶员")))
WEEKDAYS = (
    (0, lazy("周一")),
    (1, lazy("周二")),
    (2, lazy("周三")),
    (3, lazy("周四")),
    (4, lazy("周五")),
    (5, lazy("周六")),
    (6, lazy("周日")),
)
FUELS = [(str(code), label) for code, label in FUEL_LABELS.items()]


class BookingForm(CreationForm):
    """A car asked for: one types where to and until when."""

    destination = TextField(lazy("目的地"), required=True, longest=120)
    ends_at = DateTimeField(lazy("结束时间"), required=True)
    vehicle_id = ChoiceField(lazy("车辆"), coerce=int, blank=lazy("由车辆管理员安排"))
    starts_at = DateTimeField(lazy("出发时间"), required=True)
    self_drive = RadioField(lazy("驾驶"), choices=WAYS, default=SELF, required=True, id="self-drive")
    passengers = WholeNumberField(
        lazy("乘车人数（含本人）"), least=1, most=MOST_PASSENGERS, default=1, required=True
    )
    purpose = TextField(lazy("事由"), longest=200)
    private = CheckField(lazy("私人用车"))
    estimated_kilometres = WholeNumberField(lazy("预计公里数"), least=1, most=20_000)
    weekdays = MultipleField(lazy("每周重复"), choices=WEEKDAYS, coerce=int)
    until = DateField(lazy("重复到"))
    days = MultipleField(lazy("日期"), coerce=str)


class DrivenForm(CreationForm):
    """A trip that was driven on somebody's word."""

    destination = TextField(lazy("目的地"), required=True, longest=120)
    vehicle_id = ChoiceField(lazy("车辆"), coerce=int, required=True)
    driver_id = ChoiceField(lazy("驾驶员"), coerce=int, required=True)
    starts_at = DateTimeField(lazy("出车时间"), required=True)
    odometer_out = WholeNumberField(lazy("出车里程"), least=0, most=MOST_KILOMETRES, required=True)
    ends_at = DateTimeField(lazy("还车时间"), required=True)
    odometer_in = WholeNumberField(lazy("还车里程"), least=0, most=MOST_KILOMETRES)
    passengers = WholeNumberField(
        lazy("乘车人数（含本人）"), least=1, most=MOST_PASSENGERS, default=1, required=True
    )
    purpose = TextField(lazy("事由"), longest=200)
    reason = TextField(lazy("为什么没有事先约车"), required=True, longest=200)
    allowed_by_id = ChoiceField(lazy("谁口头同意的"), coerce=int, required=True)


class DispatchForm(EditForm):
    """Car and driver."""

    vehicle_id = ChoiceField(lazy("车辆"), coerce=int, required=True)
    driver_id = ChoiceField(lazy("驾驶员"), coerce=int, required=True)
    kilometres = WholeNumberField(lazy("预计公里数"), least=1, most=20_000)


class ChangeForm(EditForm):
    """Another car, driver or time."""

    vehicle_id = ChoiceField(lazy("车辆"), coerce=int, required=True)
    driver_id = ChoiceField(lazy("驾驶员"), coerce=int, required=True)
    starts_at = DateTimeField(lazy("出发时间"), required=True)
    ends_at = DateTimeField(lazy("结束时间"), required=True)


class ReadingForm(EditForm):
    """What the odometer says; the rest only where there is something to say."""

    kilometres = WholeNumberField(lazy("里程表读数"), least=0, most=MOST_KILOMETRES, required=True)
    accept_kilometres = CheckField(lazy("已核对，读数没有写错"))
    fuel = ChoiceField(lazy("油量"), choices=FUELS, blank=lazy("不填"))
    defect = LongTextField(lazy("车哪里不对"), longest=500)
    grounds = CheckField(lazy("不能再开，须先修好"))
    photos = MultipleFileField(lazy("照片"))


class OutForm(ReadingForm):
    """Setting out."""


class CostFields(BaseForm):
    """What was paid on the trip."""

    fuel_amount = AmountField(lazy("加油（元）"))
    litres = QuantityField(lazy("加油（升）"))
    toll_amount = AmountField(lazy("过路费（元）"))
    parking_amount = AmountField(lazy("停车费（元）"))
    receipts = MultipleFileField(lazy("票据"))


class ReturnForm(ReadingForm, CostFields):
    """Coming back: one number, and that the car is in order."""

    condition_good = CheckField(lazy("车况正常"))
    is_damage = CheckField(lazy("碰擦、损坏"))
    remark = TextField(lazy("说明"), longest=200)


class ProlongForm(EditForm):
    """Until when the car is kept."""

    ends_at = DateTimeField(lazy("延长到"), required=True)


class SettleForm(EditForm, CostFields):
    """What was paid, where it was not entered on return."""


STEP_FORMS: Mapping[str, Any] = {
    "agree_and_dispatch": DispatchForm,
    "dispatch": DispatchForm,
    "change": ChangeForm,
    "out": OutForm,
    "prolong": ProlongForm,
    "return": ReturnForm,
    "settle": SettleForm,
}
