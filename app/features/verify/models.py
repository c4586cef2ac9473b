"""How many checks an address made in the running hour: the public page is rate-limited by these rows."""

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Model, UTCDateTime


class VerificationThrottle(Model):
    """The checks of one network address since ``since``; a new window begins an hour later."""

    __tablename__ = "verification_throttle"

    address: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False)
    checks: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    misses: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
