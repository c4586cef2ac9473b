"""Signing in: throttle, password check, sessions that can be ended at once.

The session cookie holds a random token; the row here decides whether it still opens anything.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, or_, select, update

from app.core import clock, configuration, settings
from app.core.db import UTCDateTime, session
from app.core.errors import Throttled
from app.core.i18n import lazy, ngettext
from app.core.prepared import read
from app.features.people import passwords
from app.features.people.models import LoginThrottle, User, UserSession

REMEMBER_DAYS = "people.remember_days"
IDLE_TIME = timedelta(hours=12)
FORGET_FAILURES_AFTER = timedelta(minutes=15)

# One office is one address: its limit is high, so that one person's typing never locks colleagues out.
FREE_FAILURES_ACCOUNT = 5
FREE_FAILURES_ADDRESS = 100
LONGEST_WAIT = timedelta(minutes=15)

settings.register(
    settings.Setting(
        REMEMBER_DAYS,
        "number",
        30,
        lazy("手机可记住登录的天数"),
        section="people",
        hint=lazy("0 表示不允许记住；用印、角色和导出仍要再输入密码"),
        check=lambda value: None if 0 <= int(value) <= 90 else lazy("请填写 0 到 90 之间的天数"),
    )
)


@dataclass(frozen=True)
class SignedIn:
    """What a valid session token stands for."""

    user_id: int
    session_id: int
    remembered: bool
    last_seen_at: datetime
    confirmed_at: datetime


def token_hash(token: str) -> str:
    """Return what the database keeps of a session token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def find_account(login: str) -> User | None:
    """Return the active account of a staff number, or of a name that only one active person has."""
    login = login.strip()
    found = list(
        session.execute(
            select(User)
            .where(or_(func.lower(User.staff_number) == login.lower(), User.name == login), User.active)
            .limit(20)
        ).scalars()
    )
    exact = [user for user in found if user.staff_number.lower() == login.lower()]
    if exact:
        return exact[0]
    return found[0] if len(found) == 1 else None


def password_fits(user: User, password: str) -> bool:
    """Check a person's password (about 25 ms; never inside a unit of work)."""
    return passwords.fits(password, user.password_hash)


def waste_time(password: str) -> None:
    """Check a password against nothing: an unknown account takes as long as a known one."""
    passwords.fits(password[: passwords.LONGEST], passwords.dummy_hash())


def throttle_keys(login: str, address: str) -> tuple[str, str]:
    """Return the two keys under which failures are counted."""
    return f"account:{login.strip().lower()[:100]}", f"address:{address[:64]}"


def check_throttle(login: str, address: str) -> None:
    """Raise Throttled with the wait where this account or this address must wait."""
    rows = session.execute(
        select(LoginThrottle.blocked_until).where(LoginThrottle.key.in_(throttle_keys(login, address)))
    ).scalars()
    until = max((moment for moment in rows if moment is not None), default=None)
    left = (until - clock.now()).total_seconds() if until is not None else 0
    if left > 0:
        seconds = int(left) + 1
        raise Throttled(seconds, wait_text(seconds))


def wait_text(seconds: int) -> str:
    """Return a wait in words, minutes rounded up."""
    if seconds < 60:
        return ngettext("%(num)s 秒", "%(num)s 秒", seconds)
    return ngettext("%(num)s 分钟", "%(num)s 分钟", -(-seconds // 60))


def count_failure(login: str, address: str) -> None:
    """Count a failed sign-in, in a side write; beyond the free ones each doubles the wait."""
    account, network = throttle_keys(login, address)
    now = clock.now()
    for key, free in ((account, FREE_FAILURES_ACCOUNT), (network, FREE_FAILURES_ADDRESS)):
        row = session.get(LoginThrottle, key, with_for_update=True)
        if row is None:
            row = LoginThrottle(key=key, failures=0, last_failure_at=now)
            session.add(row)
        elif now - row.last_failure_at > FORGET_FAILURES_AFTER:
            row.failures = 0
        row.failures += 1
        row.last_failure_at = now
        beyond = row.failures - free
        if beyond >= 0:
            row.blocked_until = now + min(timedelta(seconds=15 * 2 ** min(beyond, 10)), LONGEST_WAIT)
    session.execute(delete(LoginThrottle).where(LoginThrottle.last_failure_at < now - timedelta(days=1)))


def forget_failures(login: str) -> None:
    """Forget the failures of an account after a success; those of the address stay."""
    account, _network = throttle_keys(login, "")
    session.execute(delete(LoginThrottle).where(LoginThrottle.key == account))


def start_session(user: User, *, remember: bool = False, address: str = "", device: str = "") -> str:
    """Open a session in the open unit of work and return its token, which is shown nowhere again."""
    now = clock.now()
    days = int(settings.get(REMEMBER_DAYS)) if remember else 0
    token = secrets.token_urlsafe(32)
    session.add(
        UserSession(
            token_hash=token_hash(token),
            user_id=user.id,
            created_at=now,
            last_seen_at=now,
            confirmed_at=now,
            expires_at=now + (timedelta(days=days) if days else IDLE_TIME),
            remembered=bool(days),
            address=address[:64],
            device="".join(character for character in device if character.isprintable())[:200],
        )
    )
    session.execute(delete(UserSession).where(UserSession.expires_at < now - timedelta(days=30)))
    session.flush()
    return token


def signed_in(token: str) -> SignedIn | None:
    """Return whom a token stands for; None where it is unknown, ended or expired."""
    rows = read(session_statement(), {"token_hash": token_hash(token), "now": clock.now()})
    if not rows:
        return None
    *known, stamp = rows[0]
    configuration.use_stamp(stamp)
    return SignedIn(*known)


@cache
def session_statement() -> Select[*tuple[Any, ...]]:
    """Return the SELECT of a session and the stamp of the configuration; made once, since every request sends it."""
    return select(
        UserSession.user_id,
        UserSession.id,
        UserSession.remembered,
        UserSession.last_seen_at,
        UserSession.confirmed_at,
        configuration.stamp_column(),
    ).where(
        UserSession.token_hash == bindparam("token_hash"),
        UserSession.revoked_at.is_(None),
        UserSession.expires_at > bindparam("now", type_=UTCDateTime()),
    )


def mark_seen(session_id: int) -> None:
    """Note that a session is in use, in a side write; one that is not remembered lives on from here."""
    now = clock.now()
    session.execute(update(UserSession).where(UserSession.id == session_id).values(last_seen_at=now))
    session.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.remembered.is_(False))
        .values(expires_at=now + IDLE_TIME)
    )


def mark_confirmed(session_id: int) -> None:
    """Note that the password was typed again in this session, in the open unit of work."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(confirmed_at=clock.now()))


def end_session(user_id: int, session_id: int) -> None:
    """End one session of a person, in the open unit of work."""
    session.execute(
        update(UserSession)
        .where(UserSession.id == session_id, UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )


def end_sessions(user_id: int, keep: int | None = None) -> None:
    """End all sessions of a person, one excepted where named, in the open unit of work."""
    statement = update(UserSession).where(UserSession.user_id == user_id, UserSession.revoked_at.is_(None))
    if keep is not None:
        statement = statement.where(UserSession.id != keep)
    session.execute(statement.values(revoked_at=clock.now()))


def sessions_of(user_id: int) -> list[UserSession]:
    """Return the sessions of a person that are still open, the last used first."""
    return list(
        session.execute(
            select(UserSession)
            .where(
                UserSession.user_id == user_id,
                UserSession.revoked_at.is_(None),
                UserSession.expires_at > clock.now(),
            )
            .order_by(UserSession.last_seen_at.desc())
        ).scalars()
    )
