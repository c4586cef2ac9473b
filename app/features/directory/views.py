"""The directory, and the organisation chart by date: drawn, as an outline, on paper, compared."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, request, url_for

from app.core import clock
from app.core.db import LARGEST_ID
from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.core.listing import parse_day
from app.core.permissions import can, require
from app.features.directory import chart, outline, pdf, queries, structure
from app.features.directory.enums import DirectoryPerm
from app.features.directory.lists import DirectoryList
from app.features.directory.structure import Structure
from app.features.people.enums import PeoplePerm
from app.web import fragments
from app.web.guard import current_actor, requires
from app.web.lists import show_list
from app.web.papers import company_name, send_paper

blueprint = Blueprint("directory", __name__, url_prefix="/directory")

FILES = ("csv", "xlsx", "print")


@blueprint.get("")
@requires(PeoplePerm.VIEW)
def index() -> Any:
    actor = current_actor()
    if request.args.get("format", "") in FILES:
        require(actor, DirectoryPerm.EXPORT)
    return show_list(
        DirectoryList(actor, request.args, request.path),
        _("通讯录"),
        template="directory/list.html",
        may_export=can(actor, DirectoryPerm.EXPORT),
        empty_text=_("还没有同事"),
        sign_labels=(_("制表人"),),
    )


def asked() -> Structure:
    """Return the structure the address asks for: of a plan, of a day, else of today; raises NotVisible."""
    number = request.args.get("plan", type=int)
    if number is not None:
        if number > LARGEST_ID:
            raise NotVisible
        plan = queries.get_plan(current_actor(), number)
        return structure.on(plan.day, plan)
    return structure.on(parse_day(request.args.get("day", "")) or clock.today())


@blueprint.get("/structure")
@requires(PeoplePerm.VIEW)
def show_structure() -> Any:
    shown, actor = asked(), current_actor()
    title = outline.said(shown)
    return fragments.page(
        "directory/structure.html",
        heading=_("组织架构"),
        facts=[title, *outline.figures(shown)],
        structure=shown,
        drawing=chart.draw(shown, title) if shown.boxes else "",
        title=title,
        rows=outline.rows(shown),
        gaps=shown.gaps(),
        plans=queries.open_plans(actor),
        may_keep=can(actor, DirectoryPerm.STRUCTURE),
        may_plan=queries.plans(actor),
        papers=[
            (size.upper(), outline.address(shown, "directory.structure_paper", size=size))
            for size in pdf.SIZES
        ],
        compare_url=outline.compare_address(shown),
    )


@blueprint.get("/structure/<size>.pdf")
@requires(PeoplePerm.VIEW)
def structure_paper(size: str) -> Response:
    if size not in pdf.SIZES:
        raise NotVisible
    name = _("组织架构图 %(day)s", day=asked().day.isoformat())
    return send_paper(pdf.chart_paper(asked(), company_name(), size), f"{name}.pdf")


@blueprint.get("/structure/compare")
@requires(PeoplePerm.VIEW)
def compare() -> Any:
    """Compare two days, or today with a plan."""
    after, actor = asked(), current_actor()
    before = structure.on(parse_day(request.args.get("from", "")) or compared_with(after))
    return fragments.page(
        "directory/compare.html",
        heading=_("架构对比"),
        trail=[(_("组织架构"), url_for("directory.show_structure"))],
        facts=[_("从 %(before)s 到 %(after)s", before=outline.said(before), after=outline.said(after))],
        before=before,
        after=after,
        rows=outline.difference_rows(before, after),
        plans=queries.open_plans(actor),
    )


def compared_with(after: Structure) -> date:
    """Return the day a structure is compared with unless told: today, of today's a year before."""
    today = clock.today()
    if after.plan is not None or after.day != today:
        return today
    return date(today.year - 1, today.month, min(today.day, 28))
