"""What the figures tell the platform: permissions, the daily recount, the check that they are right."""

from datetime import timedelta
from functools import cache

from app.core import checks, jobs, permissions
from app.core.i18n import lazy
from app.core.permissions import Role
from app.features.figures import actions
from app.features.figures.enums import FiguresPerm

permissions.register_permissions(
    FiguresPerm,
    {
        FiguresPerm.VIEW: (lazy("查看统计"), {Role.SALESPERSON, Role.MANAGER, Role.LEADER}),
        FiguresPerm.VIEW_ALL: (lazy("查看部门全部统计"), {Role.MANAGER, Role.LEADER}),
    },
)
checks.register_check("figures", actions.check)
# Runs as soon as a worker starts, so that an installation from before the figures gets them by itself.
jobs.register_job("figures:recount", actions.recount, every=timedelta(days=1))


@cache
def register() -> None:
    """Follow the events of inquiries and quotations, once per process."""
    actions.subscribe()
