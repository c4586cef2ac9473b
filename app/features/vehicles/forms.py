"""Forms of vehicles: the card, papers, services, costs, defects, fines, licences, corrections."""

from typing import Any

from flask_wtf.file import FileField, MultipleFileField

from app.core.i18n import lazy, lazy_in_context
from app.features.vehicles.actions import VehicleValues
from app.features.vehicles.costs import CostValues
from app.features.vehicles.enums import (
    COST_LABELS,
    LICENCE_CLASS_LABELS,
    PAPER_LABELS,
    POLICY_LABELS,
    STATUS_LABELS,
    BookingPolicy,
    CostKind,
    LicenceClass,
    PaperKind,
)
from app.features.vehicles.fines import FineValues
from app.features.vehicles.models import MOST_KILOMETRES, Vehicle, VehicleFine
from app.features.vehicles.papers import PaperValues
from app.features.vehicles.services import ServiceValues
from app.web import forms

MOST_SEATS = 60
MOST_POINTS = 12
LONGEST_INTERVAL = 3_650
LONGEST_WAY = 100_000


class ValuesMixin:
    """A form whose fields are those of a dataclass of its feature."""

    made: Any

    @property
    def values(self) -> Any:
        """The typed values for the actions."""
        typed = {key: field.data for key, field in self._fields.items()}  # type: ignore[attr-defined]
        return self.made(**{key: typed[key] for key in self.made.__dataclass_fields__ if key in typed})

    def fill(self, values: Any) -> None:
        """Put into the form what a row says."""
        for key in self.made.__dataclass_fields__:
            if key in self._fields:  # type: ignore[attr-defined]
                self._fields[key].data = getattr(values, key)  # type: ignore[attr-defined]


class CardFields(ValuesMixin):
    """What is typed about a car, new or not."""

    made = VehicleValues

    plate = forms.TextField(lazy("车牌号"), required=True, longest=16)
    name = forms.TextField(lazy("车辆名称"), required=True, longest=60)
    department_id = forms.ChoiceField(lazy("部门"), coerce=int, required=True)
    seats = forms.WholeNumberField(lazy("座位数"), required=True, least=1, most=MOST_SEATS)
    licence_class = forms.ChoiceField(
        lazy("准驾车型"),
        choices=list(LICENCE_CLASS_LABELS.items()),
        required=True,
        blank=None,
        default=LicenceClass.C1.value,
    )
    policy = forms.RadioField(
        lazy("约车方式"),
        choices=list(POLICY_LABELS.items()),
        required=True,
        default=BookingPolicy.SELF_SERVICE.value,
    )


class IntervalFields:
    """After how long the next service is due."""

    service_kilometres = forms.WholeNumberField(lazy("保养间隔（公里）"), least=100, most=LONGEST_WAY)
    service_days = forms.WholeNumberField(lazy("保养间隔（天）"), least=1, most=LONGEST_INTERVAL)


class NewVehicleForm(CardFields, IntervalFields, forms.CreationForm):
    """A car to enter, with what its odometer says and who is responsible."""

    odometer = forms.WholeNumberField(lazy("里程表读数（公里）"), required=True, most=MOST_KILOMETRES)
    person_id = forms.ChoiceField(lazy("责任人"), coerce=int, required=True)


class VehicleForm(CardFields, IntervalFields, forms.EditForm):
    """A change of a car's card."""

    status = forms.RadioField(lazy("状态"), choices=list(STATUS_LABELS.items()), required=True)
    driver_id = forms.ChoiceField(lazy("专职驾驶员"), coerce=int, blank=lazy("没有"))
    note = forms.LongTextField(lazy("备注"), longest=1_000)


class PaperForm(ValuesMixin, forms.CreationForm):
    """A paper of a car, a scan along."""

    made = PaperValues

    kind = forms.RadioField(
        lazy("证件"),
        choices=list(PAPER_LABELS.items()),
        required=True,
        default=PaperKind.COMPULSORY_INSURANCE.value,
    )
    valid_from = forms.DateField(lazy("有效期起"), required=True)
    valid_until = forms.DateField(lazy("有效期止"), required=True)
    issuer = forms.TextField(lazy("保险公司或检测站"), longest=80)
    paper_number = forms.TextField(lazy("保单号或证号"), longest=60)
    file = FileField(lazy("扫描件"))


class ServiceForm(ValuesMixin, forms.CreationForm):
    """A service that was done."""

    made = ServiceValues

    done_on = forms.DateField(lazy("保养日期"), required=True)
    kilometres = forms.WholeNumberField(lazy("当时里程（公里）"), required=True, most=MOST_KILOMETRES)
    accept_kilometres = forms.CheckField(lazy("读数核对过，没有错"))
    work = forms.LongTextField(lazy("保养项目"), required=True, longest=1_000)
    workshop = forms.TextField(lazy("修理厂"), longest=120)
    amount = forms.AmountField(lazy("费用（元）"))


class CostForm(ValuesMixin, forms.CreationForm):
    """Money paid for a car, the receipt along."""

    made = CostValues

    vehicle_id = forms.ChoiceField(lazy("车辆"), coerce=int, required=True)
    kind = forms.ChoiceField(
        lazy_in_context("vehicle", "费用类别"),
        choices=list(COST_LABELS.items()),
        required=True,
        blank=None,
        default=CostKind.FUEL.value,
    )
    amount = forms.AmountField(lazy("金额（元）"), required=True)
    paid_on = forms.DateField(lazy("付款日期"), required=True)
    litres = forms.QuantityField(lazy("升数"))
    kilometres = forms.WholeNumberField(lazy("当时里程（公里）"), most=MOST_KILOMETRES)
    note = forms.TextField(lazy("说明"))
    file = FileField(lazy("票据"))


class DefectForm(forms.CreationForm):
    """What is wrong with a car, photos along."""

    text = forms.LongTextField(lazy("哪里坏了"), required=True, longest=2_000)
    grounds = forms.CheckField(lazy("不能再开，修好前停驶"))
    is_damage = forms.CheckField(lazy("是碰撞、刮擦等人为损坏"))
    file = MultipleFileField(lazy("照片"))


class ReasonForm(forms.EditForm):
    """Why something is done."""

    note = forms.LongTextField(lazy("说明"), required=True, longest=200)


class TakeBackForm(forms.BaseForm):
    """Why something entered is taken back."""

    reason = forms.LongTextField(lazy("撤销原因"), required=True, longest=200)


class NoticeFields(ValuesMixin):
    """What a notice of a fine says."""

    made = FineValues

    happened_at = forms.DateTimeField(lazy("违章时间"), required=True)
    offence = forms.TextField(lazy("违章行为"), required=True)
    amount = forms.AmountField(lazy("罚款（元）"), required=True)
    points = forms.WholeNumberField(lazy("记分"), most=MOST_POINTS, required=True, default=0)
    place = forms.TextField(lazy("违章地点"))
    notice_number = forms.TextField(lazy("决定书编号"), longest=60)


class NewFineForm(NoticeFields, forms.CreationForm):
    """A fine to enter."""

    vehicle_id = forms.ChoiceField(lazy("车辆"), coerce=int, required=True)


class FineForm(NoticeFields, forms.EditForm):
    """A change of a fine."""


class DriverForm(forms.EditForm):
    """Who drove."""

    driver_id = forms.ChoiceField(lazy("当时的驾驶人"), coerce=int, required=True)


class EndFineForm(forms.EditForm):
    """How a fine ended."""

    note = forms.LongTextField(lazy("说明"), longest=200)


class LicenceForm(forms.EditForm):
    """The licence of a person as it was seen."""

    user_id = forms.ChoiceField(lazy("驾驶员"), coerce=int, required=True)
    licence_class = forms.ChoiceField(
        lazy("准驾车型"),
        choices=list(LICENCE_CLASS_LABELS.items()),
        required=True,
        blank=None,
        default=LicenceClass.C1.value,
    )
    valid_until = forms.DateField(lazy("有效期止"), required=True)


class CorrectionForm(forms.CreationForm):
    """What the odometer really said, and why it was written otherwise."""

    kilometres = forms.WholeNumberField(lazy("正确的读数（公里）"), required=True, most=MOST_KILOMETRES)
    reason = forms.LongTextField(lazy("更正原因"), required=True, longest=200)


def filled_card(vehicle: Vehicle) -> VehicleForm:
    """Return the form of a car as it is."""
    form = VehicleForm()
    form.fill(vehicle)
    form.version.data = vehicle.version
    return form


def filled_fine(fine: VehicleFine) -> FineForm:
    """Return the form of a fine as it is."""
    form = FineForm()
    form.fill(fine)
    form.version.data = fine.version
    return form
