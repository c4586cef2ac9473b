"""Who sees which figures, and the sums that pages show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, case, cast, false, func, literal, or_, select, true

from app.core import clock
from app.core.db import session
from app.core.permissions import Actor, can, departments_of
from app.core.prepared import read
from app.features.customers.models import Customer
from app.features.figures.enums import FiguresPerm, Kind, Period
from app.features.figures.models import FigureFact, FigureState, FigureTally
from app.features.inquiries.enums import InquiryStatus, Subject
from app.features.people.models import Department, User
from app.features.products.models import Product
from app.features.quotations import queries as quotations
from app.features.quotations.enums import QuotationStatus
from app.features.quotations.models import QuotationRevision

EXPIRING_DAYS = 7
MONTHS_OF_YEAR = 12
MONTHS_OF_QUARTER = 3
KEPT_STATEMENTS = 128
COUNTED_ONCE = select(FigureState.id)


@dataclass(frozen=True)
class Scope:
    """What a page counts: months from ``first`` to ``last`` (first days of months, both included), of whom."""

    actor: Actor
    first: date
    last: date
    owner_id: int | None = None
    department_id: int | None = None


@dataclass(frozen=True)
class Totals:
    """The sums of a scope; shares are in percent points, None where there is nothing to divide."""

    issued: int = 0
    issued_amount: Decimal = Decimal(0)
    won: int = 0
    won_amount: Decimal = Decimal(0)
    lost: int = 0
    reported: int = 0
    reported_late: int = 0
    report_hours: Decimal = Decimal(0)
    technical: int = 0
    technical_late: int = 0
    purchasing: int = 0
    purchasing_late: int = 0

    @property
    def win_rate(self) -> Decimal | None:
        """The share of won among won and lost."""
        return share(self.won, self.won + self.lost)

    @property
    def mean_report_hours(self) -> Decimal | None:
        """The mean of the working hours until an inquiry was reported."""
        return self.report_hours / self.reported if self.reported else None

    @property
    def late_share(self) -> Decimal | None:
        """The share of inquiries reported late."""
        return share(self.reported_late, self.reported)

    @property
    def technical_on_time(self) -> Decimal | None:
        """The share of technical answers in time."""
        return share(self.technical - self.technical_late, self.technical)

    @property
    def purchasing_on_time(self) -> Decimal | None:
        """The share of purchasing answers in time."""
        return share(self.purchasing - self.purchasing_late, self.purchasing)


def share(part: int, whole: int) -> Decimal | None:
    """Return a share in percent points to 0.1, None of nothing."""
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1")) if whole else None


def add_months(month: date, count: int) -> date:
    """Return the first day of the month so many months later, or earlier."""
    place = month.year * MONTHS_OF_YEAR + month.month - 1 + count
    return date(place // MONTHS_OF_YEAR, place % MONTHS_OF_YEAR + 1, 1)


def months_of(period: Period, first: date | None = None, last: date | None = None) -> tuple[date, date]:
    """Return the first and the last month of a period; those chosen (in either order) where it is CUSTOM."""
    this = clock.today().replace(day=1)
    if period == Period.CUSTOM and (first or last):
        one, other = sorted(((first or last or this), (last or first or this)))
        return one.replace(day=1), other.replace(day=1)
    back = {
        Period.MONTH: 0,
        Period.QUARTER: (this.month - 1) % MONTHS_OF_QUARTER,
        Period.YEAR: this.month - 1,
    }
    return add_months(this, -back.get(period, MONTHS_OF_YEAR - 1)), this


def sees_others(actor: Actor) -> bool:
    """Tell whether an actor sees figures of colleagues."""
    return can(actor, FiguresPerm.VIEW_ALL)


def visible_condition(actor: Actor, table: Any = FigureTally) -> ColumnElement[bool]:
    """Return the condition under which an actor sees a figure: their own, or their departments'."""
    departments = departments_of(actor, FiguresPerm.VIEW_ALL)
    if departments is None:
        return true()
    own: ColumnElement[bool] = table.owner_id == actor.id if actor.id is not None else false()
    return or_(own, table.department_id.in_(sorted(departments))) if departments else own


def in_scope(scope: Scope, kinds: Iterable[Kind], table: Any = FigureTally) -> list[ColumnElement[bool]]:
    """Return the conditions of a scope on tallies or facts."""
    conditions = [
        table.kind.in_([str(kind) for kind in kinds]),
        table.month.between(scope.first, scope.last),
        visible_condition(scope.actor, table),
    ]
    if scope.owner_id is not None:
        conditions.append(table.owner_id == scope.owner_id)
    if scope.department_id is not None:
        conditions.append(table.department_id == scope.department_id)
    return conditions


def visible_to(actor: Actor) -> Select[FigureFact]:
    """Return the SELECT of the facts an actor may see."""
    return select(FigureFact).where(visible_condition(actor, FigureFact))


def summed(column: Any, outcome: str | None = None) -> Any:
    """Return the sum of a measure, of one outcome where it is named."""
    return (
        func.sum(column)
        if outcome is None
        else func.sum(case((FigureTally.outcome == outcome, column), else_=0))
    )


def per_mille(part: Any, whole: Any) -> Any:
    """Return the SQL of a share in whole thousandths, for showing and sorting alike; NULL of nothing."""
    return case((whole > 0, cast(part * 1000, BigInteger) / cast(whole, BigInteger)), else_=None)


@lru_cache(KEPT_STATEMENTS)
def _totals_statement(scope: Scope) -> Select[*tuple[Any, ...]]:
    kinds = (Kind.ISSUED, Kind.RESULT, Kind.REPORTED, Kind.ANSWERED)
    return (
        select(
            FigureTally.kind,
            FigureTally.outcome,
            func.sum(FigureTally.count),
            func.sum(FigureTally.late),
            func.sum(FigureTally.amount),
            func.sum(FigureTally.hours),
        )
        .where(*in_scope(scope, kinds))
        .group_by(FigureTally.kind, FigureTally.outcome)
    )


def totals(scope: Scope) -> Totals:
    """Return the sums of a scope in one query."""
    found: dict[tuple[str, str], Any] = {
        (row.kind, row.outcome): tuple(row)[2:] for row in read(_totals_statement(scope))
    }
    nothing = (0, 0, Decimal(0), Decimal(0))
    issued = found.get((Kind.ISSUED, ""), nothing)
    won = found.get((Kind.RESULT, InquiryStatus.WON), nothing)
    reported = found.get((Kind.REPORTED, ""), nothing)
    technical = found.get((Kind.ANSWERED, Subject.TECHNICAL), nothing)
    purchasing = found.get((Kind.ANSWERED, Subject.PURCHASING), nothing)
    return Totals(
        issued=int(issued[0]),
        issued_amount=issued[2],
        won=int(won[0]),
        won_amount=won[2],
        lost=int(found.get((Kind.RESULT, InquiryStatus.LOST), nothing)[0]),
        reported=int(reported[0]),
        reported_late=int(reported[1]),
        report_hours=reported[3],
        technical=int(technical[0]),
        technical_late=int(technical[1]),
        purchasing=int(purchasing[0]),
        purchasing_late=int(purchasing[1]),
    )


def issued_by_month(scope: Scope) -> dict[date, tuple[int, Decimal]]:
    """Return number and amount of the quotations issued in each month that has some."""
    return {row.month: (int(row.counted), row.amount) for row in read(_issued_statement(scope))}


@lru_cache(KEPT_STATEMENTS)
def _issued_statement(scope: Scope) -> Select[*tuple[Any, ...]]:
    return (
        select(
            FigureTally.month,
            func.sum(FigureTally.count).label("counted"),
            func.sum(FigureTally.amount).label("amount"),
        )
        .where(*in_scope(scope, [Kind.ISSUED]))
        .group_by(FigureTally.month)
    )


def expiring(actor: Actor) -> tuple[int, date, date]:
    """Return how many offers the actor sees end within a week, with the first and the last of these days."""
    first = clock.today()
    last = first + timedelta(days=EXPIRING_DAYS)
    return int(read(_expiring_statement(actor, first, last))[0][0]), first, last


@lru_cache(KEPT_STATEMENTS)
def _expiring_statement(actor: Actor, first: date, last: date) -> Select[*tuple[Any, ...]]:
    return (
        select(func.count())
        .select_from(QuotationRevision)
        .where(
            quotations.visible_condition(actor),
            QuotationRevision.current.is_(True),
            QuotationRevision.status == QuotationStatus.ISSUED,
            QuotationRevision.valid_until.between(first, last),
        )
    )


def is_complete() -> bool:
    """Tell whether the documents from before the figures have been counted."""
    return bool(read(COUNTED_ONCE))


def owners(actor: Actor) -> list[tuple[str, str]]:
    """Return id and name of the people whose figures an actor may see, by name."""
    return [(str(row.id), row.name) for row in read(_counted_owners(actor))]


@lru_cache(KEPT_STATEMENTS)
def _counted_owners(actor: Actor) -> Select[*tuple[Any, ...]]:
    # asked person by person: to look through all sums for their people would cost more than the whole page
    counted = select(literal(1)).where(FigureTally.owner_id == User.id, visible_condition(actor))
    return select(User.id, User.name).where(counted.exists()).order_by(User.name, User.id)


def departments(actor: Actor) -> list[tuple[str, str]]:
    """Return id and name of the departments whose figures an actor may see; nothing where it is but one."""
    allowed = departments_of(actor, FiguresPerm.VIEW_ALL)
    if allowed is not None and len(allowed) < 2:
        return []
    found = [(str(row.id), row.name) for row in read(_counted_departments(actor))]
    return found if len(found) > 1 else []


@lru_cache(KEPT_STATEMENTS)
def _counted_departments(actor: Actor) -> Select[*tuple[Any, ...]]:
    counted = select(literal(1)).where(FigureTally.department_id == Department.id, visible_condition(actor))
    return select(Department.id, Department.name).where(counted.exists()).order_by(Department.id)


def customer_option(actor: Actor, customer_id: int) -> list[tuple[str, str]]:
    """Return id and name of a customer of whom the actor sees a figure, else nothing."""
    counted = select(FigureTally.customer_id).where(
        visible_condition(actor), FigureTally.customer_id == customer_id
    )
    found = session.execute(select(Customer.name).where(Customer.id == customer_id, counted.exists()))
    return [(str(customer_id), name) for name in found.scalars()]


def product_option(product_id: int) -> list[tuple[str, str]]:
    """Return id and name of a product, else nothing; every reader of figures sees the products."""
    found = session.execute(select(Product.name, Product.model).where(Product.id == product_id))
    return [(str(product_id), f"{row.name} {row.model}".strip()) for row in found]
