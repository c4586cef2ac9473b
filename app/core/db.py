"""Tables and column types that keep their promise on SQLite and PostgreSQL alike.

SQLite would store Numeric as a float and drop the zone of a time, so amounts are integers behind column types and
times refuse to be naive. Writing outside a unit of work is refused here, for every route and job at once.
"""

import random
import sqlite3
import time
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Dialect,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    Select,
    String,
    event,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Mapped, ORMExecuteState, Session, declared_attr, mapped_column
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.types import TypeDecorator

from app.core import clock
from app.core.errors import NotVisible

Found = TypeVar("Found")

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BUSY_TIMEOUT_MILLISECONDS = 20_000
# How often a waiting writer asks again. SQLite's own waiting sleeps up to 100 ms between two looks, while the others
# take the lock from each other within a few: under many busy writers one of them would starve.
ASK_AGAIN_SECONDS = (0.001, 0.004)
# SQLite's extended error codes carry the primary one in their low byte.
PRIMARY_CODE = 0xFF

# What the column of an id holds, and of a version.
LARGEST_ID = 2**31 - 1
# What a 64-bit column holds.
LARGEST_INTEGER = 2**63 - 1
LARGEST_EXPONENT = 18
EXACT = Context(prec=2_000)

writing: ContextVar[bool] = ContextVar("writing", default=False)


class Base(DeclarativeBase):
    """The parent of every table; names its constraints so that migrations can address them on both engines."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


db = SQLAlchemy(model_class=Base)
session = db.session
if TYPE_CHECKING:
    # the class made at run time has no type of its own; this is what it inherits
    Model = Base
else:
    Model = db.Model


class WriteOutsideUnitOfWork(RuntimeError):
    """Something was written without ``unit_of_work()``: a mistake in the program, never the user's."""


class ScaledDecimal(TypeDecorator[Decimal]):
    """A Decimal kept as an integer number of its smallest unit; refuses floats and digits it could not keep."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Return the integer to store; TypeError for a float, ValueError for what cannot be kept exactly."""
        if value is None:
            return None
        if isinstance(value, float):
            raise TypeError("money and quantities are Decimal, never float")
        exact = Decimal(value)
        if not exact.is_finite() or exact.adjusted() > LARGEST_EXPONENT:
            raise ValueError(f"{value} is no number that can be kept")
        # A context of our own: the usual one would round a long number to 28 digits before anybody saw its decimals.
        scaled = exact.scaleb(self.places, EXACT)
        whole = scaled.to_integral_value(context=EXACT)
        if whole != scaled:
            raise ValueError(f"{value} has more than {self.places} decimals")
        if abs(whole) > LARGEST_INTEGER:
            raise ValueError(f"{value} is too large to be kept")
        return int(whole)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Return the stored integer as a Decimal with its fixed number of places."""
        return None if value is None else Decimal(value).scaleb(-self.places)


class Amount(ScaledDecimal):
    """An amount of money in yuan, to 0.01."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(2)


class UnitPrice(ScaledDecimal):
    """A price per unit in yuan, to 0.0001 (cheap parts are priced below a fen)."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(4)


class Quantity(ScaledDecimal):
    """A quantity, to 0.001."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(3)


class Rate(ScaledDecimal):
    """A tax rate in percent points (13 is 13 %), to 0.01."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(2)


class UTCDateTime(TypeDecorator[datetime]):
    """A moment: takes aware datetimes only and gives them back as aware UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment to store; raises ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored moment as aware UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class VersionedMixin:
    """A row that several people may edit: a form made from an older version is told so instead of overwriting."""

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - a declared attribute gets the class
        return {"version_id_col": cls.version}

    def touch(self) -> None:
        """Raise the version even where only rows that belong to this one were changed."""
        self.updated_at = clock.now()
        flag_modified(self, "updated_at")


class DocumentMixin(VersionedMixin):
    """What every document has: number, state, version, owner. Its life is the Flow of its feature."""

    number: Mapped[str | None] = mapped_column(String(40), unique=True)
    status: Mapped[str] = mapped_column(String(32), nullable=False, index=True)

    @declared_attr
    def owner_id(cls) -> Mapped[int]:  # noqa: N805 - a declared attribute gets the class
        return mapped_column(ForeignKey("user.id"), nullable=False, index=True)


def one_visible(statement: Select[Found]) -> Found:
    """Return the one row of a statement that finds what somebody may see; raises NotVisible where it finds none."""
    found = session.execute(statement).unique().scalar_one_or_none()
    if found is None:
        raise NotVisible
    return found


def in_departments(column: Any, departments: frozenset[int] | None) -> ColumnElement[bool]:
    """Return the condition that a row belongs to one of some departments; None means the whole company."""
    if departments is None:
        return true()
    return cast(ColumnElement[bool], column.in_(sorted(departments)))


def one_of(column: str, codes: Iterable[object]) -> str:
    """Return the text of a CHECK that a column holds one of the codes of an enum, or of some of them."""
    return f"{column} IN ({', '.join(repr(str(code)) for code in codes)})"


def refuse_write_outside_unit_of_work(target: Session, *_: Any) -> None:
    """Raise WriteOutsideUnitOfWork where a flush would write and no unit of work is open."""
    if writing.get():
        return
    if target.new or target.deleted or any(target.is_modified(row) for row in target.dirty):
        raise WriteOutsideUnitOfWork("use unit_of_work() to write")


def refuse_statement_outside_unit_of_work(state: ORMExecuteState) -> None:
    """Raise WriteOutsideUnitOfWork for an INSERT, UPDATE or DELETE statement outside a unit of work."""
    if (state.is_insert or state.is_update or state.is_delete) and not writing.get():
        raise WriteOutsideUnitOfWork("use unit_of_work() to write")


event.listen(Session, "before_flush", refuse_write_outside_unit_of_work)
event.listen(Session, "do_orm_execute", refuse_statement_outside_unit_of_work)


def end_reading() -> None:
    """End what the session's transaction only read; it must have written nothing.

    On PostgreSQL by COMMIT: at every ROLLBACK its driver forgets the statements the server has planned, and to plan
    them again takes longer than to run them. Objects of the session are read anew afterwards.
    """
    present = session()
    reading = present.in_transaction() and present.is_active and not writing.get()
    if reading and present.get_bind().dialect.name == "postgresql":
        driver: Any = present.connection().connection.driver_connection
        if not driver.closed:
            driver.commit()
    present.rollback()


@event.listens_for(Engine, "connect")
def prepare_sqlite(connection: Any, record: Any) -> None:
    """Set up each SQLite connection: wait for locks first of all, then WAL, full durability, foreign keys."""
    if not type(connection).__module__.startswith("sqlite3"):
        return
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MILLISECONDS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-16000",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


@event.listens_for(Engine, "connect")
def prepare_postgresql(connection: Any, record: Any) -> None:
    """Keep PostgreSQL from compiling our statements and from parting them among processes.

    Of a page with many joins the one takes seconds and running it none; to start a process takes longer than to answer
    a search.
    """
    if not type(connection).__module__.startswith("psycopg"):
        return
    # Inside a transaction the setting would go with the first rollback.
    connection.autocommit = True
    connection.execute("SET jit = off; SET max_parallel_workers_per_gather = 0")
    connection.autocommit = False


@event.listens_for(Engine, "begin")
def begin_sqlite(connection: Any) -> None:
    """Take the write lock at the start of a unit of work, so that what it read cannot change before it writes."""
    if connection.dialect.name != "sqlite":
        return
    if not writing.get():
        # Straight to the driver: it cannot fail, and every page begins with it.
        connection.connection.dbapi_connection.execute("BEGIN")
    else:
        take_write_lock(connection)


def take_write_lock(connection: Any) -> None:
    """Begin writing as soon as the present writer is done; raises OperationalError where the wait was in vain."""
    driver = connection.connection.dbapi_connection
    deadline = time.monotonic() + BUSY_TIMEOUT_MILLISECONDS / 1000
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < deadline:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & PRIMARY_CODE != sqlite3.SQLITE_BUSY:
                    break
                time.sleep(random.uniform(*ASK_AGAIN_SECONDS))  # noqa: S311 - a wait, no secret
            else:
                return
        # the last attempt is SQLAlchemy's own, so that the refusal is the usual one
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MILLISECONDS}")


def insert_unless_present(table: type[Any], **values: Any) -> bool:
    """Insert a row unless its key is taken; two who come at once wait for each other. Tell whether it was inserted."""
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = insert(table).values(**values).on_conflict_do_nothing()
    # Without the option the number of inserted rows is not kept on PostgreSQL and reads -1.
    result = session.execute(statement, execution_options={"preserve_rowcount": True})
    return bool(result.rowcount == 1)  # type: ignore[attr-defined]
