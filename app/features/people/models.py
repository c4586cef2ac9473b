"""Tables of people: departments, accounts, sign-ins, roles and delegations."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from app.core import clock, configuration, pinyin
from app.core.db import Model, UTCDateTime, VersionedMixin
from app.core.permissions import Role

ROLE_CODES = ", ".join(f"'{role.value}'" for role in Role)


class Department(VersionedMixin, Model):
    """A department, or a team inside one."""

    __tablename__ = "department"

    name: Mapped[str] = mapped_column(String(80), nullable=False)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    active: Mapped[bool] = mapped_column(nullable=False, default=True)


class User(VersionedMixin, Model):
    """A person with an account. Never deleted: papers and events name them for years."""

    __tablename__ = "user"

    staff_number: Mapped[str] = mapped_column(String(40), nullable=False, unique=True)
    name: Mapped[str] = mapped_column(String(80), nullable=False, index=True)
    position: Mapped[str] = mapped_column(String(80), nullable=False, default="")
    phone: Mapped[str] = mapped_column(String(40), nullable=False, default="")
    email: Mapped[str] = mapped_column(String(120), nullable=False, default="")
    password_hash: Mapped[str] = mapped_column(String(200), nullable=False)
    must_change_password: Mapped[bool] = mapped_column(nullable=False, default=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    active: Mapped[bool] = mapped_column(nullable=False, default=True)
    locale: Mapped[str | None] = mapped_column(String(5))
    theme: Mapped[str | None] = mapped_column(String(5))
    search_key: Mapped[str] = mapped_column(Text, nullable=False, default="")

    department: Mapped[Department | None] = relationship(lazy="raise")

    def __str__(self) -> str:
        return self.name


def search_key(user: User) -> str:
    """Return the text a person is looked for in: name, number and position as written, then the name in letters."""
    written = " ".join(filter(None, (user.name, user.staff_number, user.position)))
    return "\n".join(filter(None, (written.casefold(), pinyin.keys(user.name))))


@event.listens_for(User, "before_insert")
@event.listens_for(User, "before_update")
def keep_search_key(mapper: Mapper[User], connection: object, user: User) -> None:
    """Derive the key for finding a person whenever the person is written."""
    user.search_key = search_key(user)


class UserSession(Model):
    """One sign-in on one device. Only the hash of its random token is kept, so a copied database opens nothing."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), nullable=False, unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    confirmed_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    remembered: Mapped[bool] = mapped_column(nullable=False, default=False)
    address: Mapped[str] = mapped_column(String(64), nullable=False, default="")
    device: Mapped[str] = mapped_column(String(200), nullable=False, default="")


class LoginThrottle(Model):
    """Failed sign-ins of one account or one address, so that guessing becomes slow."""

    __tablename__ = "login_throttle"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    last_failure_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    blocked_until: Mapped[datetime | None] = mapped_column(UTCDateTime())


class RoleAssignment(Model):
    """A role held in a department (none: the whole company) between two dates, the last day included."""

    __tablename__ = "role_assignment"
    __table_args__ = (
        CheckConstraint(f"role IN ({ROLE_CODES})", name="role_known"),
        CheckConstraint("to_date IS NULL OR to_date >= from_date", name="dates_in_order"),
        Index("ix_role_assignment_user_role", "user_id", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)
    role: Mapped[str] = mapped_column(String(32), nullable=False)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id"), index=True)
    with_children: Mapped[bool] = mapped_column(nullable=False, default=True)
    from_date: Mapped[date] = mapped_column(Date, nullable=False)
    to_date: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)


class Delegation(Model):
    """One person lets another act in all their roles between two dates, both days included."""

    __tablename__ = "delegation"
    __table_args__ = (
        CheckConstraint("to_date >= from_date", name="dates_in_order"),
        CheckConstraint("from_user_id <> to_user_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    from_user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    to_user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False, index=True)
    from_date: Mapped[date] = mapped_column(Date, nullable=False)
    to_date: Mapped[date] = mapped_column(Date, nullable=False)
    note: Mapped[str] = mapped_column(String(200), nullable=False, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime())


for _table in (Department, User, RoleAssignment, Delegation):
    configuration.watch(_table.__table__)  # type: ignore[arg-type]
