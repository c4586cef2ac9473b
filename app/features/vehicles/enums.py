"""Codes of vehicles, their papers, defects, costs and fines, with their labels apart."""

from collections.abc import Mapping
from enum import StrEnum

from app.core.i18n import LazyText, lazy, lazy_in_context

VEHICLE = "vehicle"
DEFECT = "vehicle_defect"
FINE = "vehicle_fine"
LICENCE = "driving_licence"
CORRECTION = "odometer_correction"
MODULE = "vehicles"

# how an available car is told that an open defect keeps from driving
GROUNDED = "grounded"

PHOTO_FILE = "photo"
PAPER_FILE = "paper"
RECEIPT_FILE = "receipt"
NOTICE_FILE = "notice"


class VehiclePerm(StrEnum):
    """What one may do with the cars of the company."""

    VIEW = "vehicle.view"
    VIEW_COSTS = "vehicle.view_costs"
    MANAGE = "vehicle.manage"
    AGREE = "vehicle.agree"


class VehicleStatus(StrEnum):
    """Whether a car can be dispatched: available, in the workshop, or no longer used."""

    AVAILABLE = "available"
    WORKSHOP = "workshop"
    RETIRED = "retired"


class BookingPolicy(StrEnum):
    """How one comes to a car: taken by whoever has a valid licence, or asked for and dispatched."""

    SELF_SERVICE = "self_service"
    APPROVAL = "approval"


class LicenceClass(StrEnum):
    """Classes of the Chinese driving licence that matter for company cars, from the widest to the narrowest.

    ``DRIVES`` says which of them each class covers.
    """

    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"


class PaperKind(StrEnum):
    """A paper of a car that must be valid while it is driven: compulsory and other insurance, inspection."""

    COMPULSORY_INSURANCE = "compulsory_insurance"
    COMMERCIAL_INSURANCE = "commercial_insurance"
    INSPECTION = "inspection"


class CostKind(StrEnum):
    """What money was paid for a car for."""

    FUEL = "fuel"
    TOLL = "toll"
    PARKING = "parking"
    SERVICE = "service"
    REPAIR = "repair"
    INSURANCE = "insurance"
    INSPECTION = "inspection"
    CLEANING = "cleaning"
    OTHER = "other"


class ReadingKind(StrEnum):
    """Where a reading of the odometer comes from; a correction stands beside what it corrects and deletes nothing."""

    START = "start"
    OUT = "out"
    IN = "in"
    WORKSHOP = "workshop"
    CORRECTION = "correction"


class FineStatus(StrEnum):
    """What became of a traffic fine."""

    PENDING = "pending"
    SETTLED = "settled"
    LIFTED = "lifted"


class CorrectionStatus(StrEnum):
    """The life of a request to correct a reading of the odometer."""

    REQUESTED = "requested"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


# 公安部令第162号《机动车驾驶证申领和使用规定》附件1, as far as the classes above go.
DRIVES: Mapping[str, frozenset[str]] = {
    LicenceClass.A1: frozenset({"A1", "B1", "B2", "C1", "C2"}),
    LicenceClass.A2: frozenset({"A2", "B1", "B2", "C1", "C2"}),
    LicenceClass.B1: frozenset({"B1", "C1", "C2"}),
    LicenceClass.B2: frozenset({"B2", "C1", "C2"}),
    LicenceClass.C1: frozenset({"C1", "C2"}),
    LicenceClass.C2: frozenset({"C2"}),
}
# Without these a car may not be on the road; other papers are reminded of only.
REQUIRED_PAPERS = (PaperKind.COMPULSORY_INSURANCE, PaperKind.INSPECTION)

STATUS_LABELS: Mapping[str, LazyText] = {
    VehicleStatus.AVAILABLE: lazy("可派车"),
    VehicleStatus.WORKSHOP: lazy("在修理厂"),
    VehicleStatus.RETIRED: lazy("已停止使用"),
}
STATUS_TONES: Mapping[str, str] = {
    VehicleStatus.AVAILABLE: "ok",
    VehicleStatus.WORKSHOP: "warn",
    VehicleStatus.RETIRED: "neutral",
}
POLICY_LABELS: Mapping[str, LazyText] = {
    BookingPolicy.SELF_SERVICE: lazy("自助约车"),
    BookingPolicy.APPROVAL: lazy("申请后派车"),
}
LICENCE_CLASS_LABELS: Mapping[str, LazyText] = {
    LicenceClass.A1: lazy("A1 大型客车"),
    LicenceClass.A2: lazy("A2 重型牵引挂车"),
    LicenceClass.B1: lazy("B1 中型客车"),
    LicenceClass.B2: lazy("B2 大型货车"),
    LicenceClass.C1: lazy("C1 小型汽车"),
    LicenceClass.C2: lazy("C2 小型自动挡汽车"),
}
PAPER_LABELS: Mapping[str, LazyText] = {
    PaperKind.COMPULSORY_INSURANCE: lazy("交强险"),
    PaperKind.COMMERCIAL_INSURANCE: lazy("商业险"),
    PaperKind.INSPECTION: lazy("年检"),
}
COST_LABELS: Mapping[str, LazyText] = {
    CostKind.FUEL: lazy("加油"),
    CostKind.TOLL: lazy("过路费"),
    CostKind.PARKING: lazy("停车费"),
    CostKind.SERVICE: lazy_in_context("vehicle", "保养"),
    CostKind.REPAIR: lazy_in_context("vehicle", "维修"),
    CostKind.INSURANCE: lazy_in_context("vehicle", "保险"),
    CostKind.INSPECTION: lazy("年检"),
    CostKind.CLEANING: lazy("洗车"),
    CostKind.OTHER: lazy_in_context("vehicle", "其他"),
}
READING_LABELS: Mapping[str, LazyText] = {
    ReadingKind.START: lazy("登记车辆"),
    ReadingKind.OUT: lazy("出车"),
    ReadingKind.IN: lazy("还车"),
    ReadingKind.WORKSHOP: lazy("进厂保养"),
    ReadingKind.CORRECTION: lazy("更正"),
}
FINE_LABELS: Mapping[str, LazyText] = {
    FineStatus.PENDING: lazy_in_context("fine", "未处理"),
    FineStatus.SETTLED: lazy_in_context("fine", "已处理"),
    FineStatus.LIFTED: lazy_in_context("fine", "已撤销"),
}
FINE_TONES: Mapping[str, str] = {
    FineStatus.PENDING: "warn",
    FineStatus.SETTLED: "ok",
    FineStatus.LIFTED: "neutral",
}
