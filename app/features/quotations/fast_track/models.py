"""The table of proposals."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.core.db import Model, UTCDateTime


class QuotationProposal(Model):
    """What the owner of an inquiry proposes to quote, kept beside it until the manager decides; no quotation yet.

    ``content`` holds customer, company, head and lines as plain values (``content.py`` reads them). ``sent_at`` is set
    while the proposal stands before the manager; returned, or told on the ordinary way, it is only a help for later.
    """

    __tablename__ = "quotation_proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiry.id"), nullable=False, unique=True)
    content: Mapped[dict[str, Any]] = mapped_column(JSON, nullable=False)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime())
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, default=clock.now)
    quotation_id: Mapped[int | None] = mapped_column(ForeignKey("quotation.id"))
