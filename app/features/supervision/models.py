"""The table of the supervision of rules: what a clause is bound to."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.core import configuration
from app.core.db import Model, VersionedMixin


class ClauseBinding(VersionedMixin, Model):
    """What shows whether a clause is kept: an indicator by its key, or ``flow:`` and a kind of document.

    It belongs to the identity of the clause, so it stays through all versions of the text. An empty target is a
    binding that was taken away.
    """

    __tablename__ = "clause_binding"

    clause_id: Mapped[int] = mapped_column(ForeignKey("rule_clause.id"), nullable=False, unique=True)
    target: Mapped[str] = mapped_column(String(60), nullable=False, default="")
    bound_by_id: Mapped[int] = mapped_column(ForeignKey("user.id"), nullable=False)


# Read with every rule that is opened, changed now and then.
configuration.watch(ClauseBinding.__table__)  # type: ignore[arg-type]
