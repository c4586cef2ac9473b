"""What must hold of every structure, for the examination of an installation."""

from itertools import pairwise

from sqlalchemy import select

from app.core import clock
from app.core.db import session
from app.core.i18n import gettext as _
from app.features.directory import structure
from app.features.directory.models import PositionTerm


def check() -> list[str]:
    """Find positions with two terms on one day, boxes that report in a circle, and more people than places."""
    return [*_overlapping(), *_of_today()]


def _overlapping() -> list[str]:
    rows = session.execute(
        select(
            PositionTerm.position_id, PositionTerm.title, PositionTerm.from_date, PositionTerm.until_date
        ).order_by(PositionTerm.position_id, PositionTerm.from_date)
    ).all()
    return [
        _("岗位“%(title)s”有两段时间重叠", title=row.title)
        for before, row in pairwise(rows)
        if before.position_id == row.position_id
        and (before.until_date is None or before.until_date >= row.from_date)
    ]


def _of_today() -> list[str]:
    now = structure.on(clock.today())
    found = [_("岗位“%(title)s”的上级绕成一圈", title=box.title) for box in now.in_circle()]
    found += [
        _("岗位“%(title)s”的任职人数多于名额", title=box.title)
        for box in now.boxes.values()
        if len(box.holders) > box.places
    ]
    return found
