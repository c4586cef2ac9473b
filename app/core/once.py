"""A form that creates something does it once: its token is claimed in the same transaction as the creation."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock, sentences
from app.core.db import Model, UTCDateTime, insert_unless_present, session
from app.core.errors import Conflict
from app.core.i18n import lazy

KEPT = timedelta(days=30)

sentences.register({"core:form-token": lazy("这张表单已失效，请重新打开页面再填写")})


class FormToken(Model):
    """A creation form that was submitted, with the address of what it made."""

    __tablename__ = "form_token"

    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    result_url: Mapped[str] = mapped_column(String(500), nullable=False, default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime(), nullable=False, index=True)


def create_once(token: str, user_id: int | None, make: Callable[[], str]) -> str:
    """Call ``make`` for the first submission of a token and return the address it gives; a later one gets that address.

    Two submissions at once wait for each other. Raises Conflict for a token that is empty or somebody else's.
    """
    if not token or len(token) > 64:
        raise Conflict("core:form-token")
    first = insert_unless_present(
        FormToken, token=token, user_id=user_id, result_url="", created_at=clock.now()
    )
    row = session.execute(
        select(FormToken).where(FormToken.token == token).execution_options(populate_existing=True)
    ).scalar_one()
    if first:
        row.result_url = make()
        session.execute(delete(FormToken).where(FormToken.created_at < clock.now() - KEPT))
        session.flush()
    elif row.user_id != user_id:
        raise Conflict("core:form-token")
    return row.result_url
