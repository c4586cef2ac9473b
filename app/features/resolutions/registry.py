"""What resolutions tell the platform: permission, module, setting, tasks, verbs, document type, search."""

from datetime import timedelta

from app.core import documents, jobs, modules, search, settings, tasks, timeline
from app.core.i18n import LazyText, lazy, lazy_in_context
from app.core.permissions import Role, register_permissions
from app.core.timeline import Verb
from app.features.people.leaving import LeaverCheck, register_leaver_check
from app.features.resolutions import actions, queries
from app.features.resolutions.enums import MODULE, REMIND_DAYS, RESOLUTION, ResolutionPerm
from app.features.resolutions.models import Resolution

MOST_DAYS = 30


def refuse_days(value: object) -> LazyText | None:
    """Return the sentence for days that cannot be accepted."""
    return None if isinstance(value, int) and 0 <= value <= MOST_DAYS else lazy("请填写 0 到 30 之间的整数")


register_permissions(
    ResolutionPerm,
    {ResolutionPerm.DECIDE: (lazy("作出决议，核实落实情况"), {Role.MANAGER, Role.LEADER})},
    approvals=(ResolutionPerm.DECIDE,),
)
modules.register(modules.Module(MODULE, lazy("决议落实"), preset=modules.STANDARD, order=67))
modules.own_documents(MODULE, RESOLUTION)
settings.register(
    settings.Setting(
        REMIND_DAYS,
        "number",
        2,
        lazy("决议到期前几天提醒"),
        section="communication",
        module=MODULE,
        check=refuse_days,
    )
)
tasks.register_kinds(
    tasks.TaskKind("resolution:carry_out", lazy("落实决议")),
    tasks.TaskKind("resolution:check", lazy("核实决议落实情况"), decides=True),
)
jobs.register_job("resolutions:remind", actions.remind, every=timedelta(hours=1))
timeline.register_verbs(
    Verb(
        "resolution:decide",
        lazy("作出决议，由%(responsible)s在 %(due)s 前落实"),
        frozenset({"responsible", "due"}),
    ),
    Verb("resolution:progress", lazy("登记进展")),
    Verb("resolution:remind", lazy("决议将在 %(due)s 到期"), frozenset({"due"}), tone="warn"),
    Verb("resolution:remind-late", lazy("决议已过期限 %(due)s"), frozenset({"due"}), tone="bad"),
)


def address(resolution_id: int) -> str:
    """Return the address of a resolution's page."""
    return f"/resolutions/{resolution_id}"


documents.register_document_type(
    documents.DocumentType(
        doc_type=RESOLUTION,
        label=lazy_in_context("document", "决议"),
        url=address,
        titles=queries.titles,
        visible=queries.visible_ids,
        model=Resolution,
    )
)
search.register_source(
    search.SearchSource(
        doc_type=RESOLUTION, label=lazy("决议落实"), visible=queries.visible_ids, url=address, order=41
    )
)
register_leaver_check(
    LeaverCheck(queries.open_of, lazy("作出的 %(count)s 项决议还没有核实完"), "/resolutions")
)
