"""Codes of vehicles, their papers, defects, costs and fines, with their labels apart."""

from enum import StrEnum

VEHICLE = "vehicle"


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

    公安部令第162号《机动车驾驶证申领和使用规定》附件1: A1 drives what A3, B1, B2 and C1 drive, and so on.
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
