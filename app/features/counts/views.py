"""The pages of counts: list, opening, scanning, typing in, reconciling, the page and its steps, papers."""

from typing import Any

from flask import Blueprint, Response, flash, request, url_for

from app.core.errors import Conflict, Denied, Invalid
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.permissions import can, who_may
from app.core.uow import unit_of_work
from app.features.counts import actions, lines, page, pdf, queries
from app.features.counts.actions import CountValues, Scan
from app.features.counts.enums import (
    READERS,
    RESULT_LABELS,
    RESULT_TONES,
    SCANNING,
    CountPerm,
    CountStatus,
    Result,
)
from app.features.counts.flow import FLOW
from app.features.counts.forms import STEP_FORMS, OpenForm, ScanForm, SettleForm, TypedForm
from app.features.counts.lists import CountList, LineList
from app.features.counts.models import StockCount
from app.web import documents, fragments
from app.web.forms import once
from app.web.guard import current_actor, requires
from app.web.lists import show_list
from app.web.papers import company_name, send_paper
from app.web.step_pages import StepPages

blueprint = Blueprint("counts", __name__, url_prefix="/counts")

TEMPLATE = "counts/show.html"


@blueprint.get("")
@requires(*READERS)
def index() -> Any:
    actor = current_actor()
    return show_list(
        CountList(actor, request.args, request.path),
        _("盘点"),
        new_url=url_for("counts.new") if can(actor, CountPerm.HOLD) else "",
        new_label=_("发起盘点"),
        empty_text=_("还没有盘点过"),
        empty_hint=_("选好地点发起盘点，用手机或扫码枪扫标签，当场看到缺了什么、多了什么"),
        sign_labels=(_("资产管理员"), _("部门经理")),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@requires(CountPerm.HOLD)
def new() -> Any:
    """Open a count."""
    form = OpenForm()
    form.place_ids.choices = page.place_choices()
    form.category_id.choices = page.category_choices()
    form.department_id.choices = page.department_choices()
    if request.method != "POST":
        return show_new(form, 200)
    if not form.validate():
        return show_new(form, 422)
    try:
        with unit_of_work():
            address = once(form, lambda: open_count(form))
    except (Conflict, Invalid) as problem:
        return show_new(form, form.refuse(problem))
    return fragments.go(address)


def open_count(form: OpenForm) -> str:
    """Open the count of a valid form and return its address."""
    values = CountValues(
        place_ids=tuple(form.place_ids.data or ()),
        category_id=form.category_id.data,
        department_id=form.department_id.data,
        title=form.title.data,
    )
    count = actions.open_count(actor=current_actor(), values=values)
    flash(_("盘点 %(number)s 已发起，可以开始扫描", number=count.number), "ok")
    return page.address(count)


def show_new(form: OpenForm, status: int) -> Any:
    """Show the form of a new count."""
    return fragments.page(
        "counts/new.html",
        fragment="form",
        status=status,
        heading=_("发起盘点"),
        trail=[(_("盘点"), url_for("counts.index"))],
        form=form,
        action=request.path,
        submit_label=_("发起盘点"),
        cancel_url=url_for("counts.index"),
    )


# The page and its steps


@blueprint.get("/<int:count_id>")
@requires(*READERS)
def show_count(count_id: int) -> Any:
    return show(queries.get_count(current_actor(), count_id))


def show(count: StockCount, refusal: documents.Refusal | None = None) -> Any:
    """Show the page of a count, with the refusal of a step where there is one."""
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal else 200,
        **page.context(count, current_actor()),
        refusal=refusal,
    )


@blueprint.get("/<int:count_id>/lines")
@requires(*READERS)
def line_list(count_id: int) -> Any:
    """List what a count says of each item."""
    count = queries.get_count(current_actor(), count_id)
    return show_list(
        LineList(count, request.args, request.path),
        _("盘点明细 %(number)s", number=count.number),
        trail=page.trail_to(count),
        sign_labels=(_("盘点人"), _("资产管理员"), _("审批人")),
    )


@blueprint.route("/<int:count_id>/<name>", methods=["GET", "POST"])
@requires(*READERS)
def count_step(count_id: int, name: str) -> Any:
    """Do a step of a count."""
    return STEPS.answer(name, count_id)


def show_close(count: StockCount, name: str, form: Any, status: int) -> Any:
    """Show the form of the end of a count: what will be done, and the signed sheet."""
    return fragments.page(
        "counts/close.html",
        status=status,
        heading=f"{FLOW.step(name).label} {count.number}",
        trail=page.trail_to(count),
        facts=(count.title,),
        form=form,
        differences=[page.difference_row(line, count) for line in lines.differences(count.id)],
        sheet_url=url_for("counts.sheet", count_id=count.id),
        action=request.path,
        submit_label=FLOW.step(name).label,
        cancel_url=page.address(count),
    )


STEPS = StepPages(
    flow=FLOW,
    load=queries.get_count,
    fire=actions.fire,
    address=page.address,
    show=show,
    template=TEMPLATE,
    buttons=page.buttons,
    with_form=STEP_FORMS,
    form=lambda count, name: STEP_FORMS[name](),
    prepare=lambda form: {"sheet": documents.checked_upload(form.file.data)},
    show_form=show_close,
)


# Scanning


def scanned_count(count_id: int) -> StockCount:
    """Return a count the reader counts in; raises NotVisible, Denied, and Conflict once the counting ended."""
    actor = current_actor()
    count = queries.get_count(actor, count_id)
    if not actions.may_scan(actor, count):
        raise Denied("core:denied", what=lazy("盘点"), who=who_may(CountPerm.SCAN, count.department_id))
    if count.status not in SCANNING:
        raise Conflict("core:wrong-state", state=FLOW.state(count.status).label, step=_("盘点"))
    return count


@blueprint.route("/<int:count_id>/scan", methods=["GET", "POST"])
@requires(CountPerm.HOLD, CountPerm.SCAN)
def scan(count_id: int) -> Any:
    """Scan or type what stands in a place, one after the other."""
    count, form = scanned_count(count_id), ScanForm()
    form.place_id.choices = page.place_choices(count)
    form.person_seen_id.choices = page.people_choices()
    if request.method != "POST":
        form.place_id.data = first_place(form)
        return show_scan(count, form, 200)
    if not form.validate():
        return show_scan(count, form, 422)
    try:
        with unit_of_work():
            done = actions.scan(
                queries.get_count(current_actor(), count_id),
                actor=current_actor(),
                place_id=form.place_id.data,
                code=form.code.data,
                person_seen_id=form.person_seen_id.data,
                unknown_too="unknown" in request.form,
            )
    except (Conflict, Invalid) as problem:
        unknown = isinstance(problem, Invalid) and "code" in problem.fields
        status = form.refuse(problem)
        return show_scan(queries.get_count(current_actor(), count_id), form, status, unknown=unknown)
    if not fragments.wants_fragment():
        flash(said_of(done), "warn" if done.repeated else "ok")
        return fragments.go(url_for("counts.scan", count_id=count_id, place=form.place_id.data))
    form.code.raw_data, form.code.data = None, ""
    form.person_seen_id.data = None
    return show_scan(queries.get_count(current_actor(), count_id), form, 200, done=done)


def first_place(form: ScanForm | TypedForm) -> int | None:
    """Return the place one stands in: the one of the address, or the only one there is."""
    asked = request.args.get("place", "")
    known = [value for value, _label in form.place_id.choices if value]
    if asked in known:
        return int(asked)
    return int(known[0]) if len(known) == 1 else None


def said_of(done: Scan) -> str:
    """Return what came of a scan as a sentence."""
    if done.stray is not None:
        if done.repeated:
            return _("“%(code)s”已经记为盘盈，没有重复记", code=done.stray.code)
        return _("“%(code)s”已记为盘盈", code=done.stray.code)
    line = done.line
    if line is None:
        raise TypeError("a scan finds a line or something unknown")
    if done.repeated:
        return _(
            "%(item)s 已经盘过，%(person)s 在%(place)s扫到，没有重复计数",
            item=f"{line.item.number} {line.item.name}",
            person=line.found_by.name if line.found_by is not None else "",
            place=line.found_place.name if line.found_place is not None else "",
        )
    said = _(
        "%(item)s：%(result)s",
        item=f"{line.item.number} {line.item.name}",
        result=RESULT_LABELS[Result(line.result)],
    )
    # whoever stands before it wants to know where it belongs
    return said if line.result == Result.MATCH else f"{said}。{page.told(line)}"


def show_scan(
    count: StockCount, form: ScanForm, status: int, *, done: Scan | None = None, unknown: bool = False
) -> Any:
    """Show the page on which one scans, with what came of the last scan and of those before."""
    found, expected = lines.progress(count.id)
    return fragments.page(
        "counts/scan.html",
        fragment="scanning",
        status=status,
        heading=_("盘点 %(title)s", title=count.title),
        trail=page.trail_to(count),
        count=count,
        form=form,
        action=url_for("counts.scan", count_id=count.id),
        said=said_of(done) if done is not None else "",
        said_tone=tone_of(done) if done is not None else "ok",
        unknown=unknown,
        found=found,
        expected=expected,
        recent=[
            (line, RESULT_LABELS[Result(line.result)], RESULT_TONES[Result(line.result)])
            for line in lines.scanned_last(count.id)
        ],
        typed_url=url_for("counts.type_in", count_id=count.id, place=form.place_id.data),
        back_url=page.address(count),
    )


def tone_of(done: Scan) -> str:
    """Return the tone of what came of a scan."""
    if done.repeated or done.line is None:
        return "warn"
    return RESULT_TONES[Result(done.line.result)]


@blueprint.route("/<int:count_id>/typed", methods=["GET", "POST"])
@requires(CountPerm.HOLD, CountPerm.SCAN)
def type_in(count_id: int) -> Any:
    """Type in what was ticked on the paper sheet."""
    count, form = scanned_count(count_id), TypedForm()
    form.place_id.choices = page.place_choices(count)
    if request.method != "POST":
        form.place_id.data = first_place(form)
        return show_typed(count, form, 200)
    if not form.validate():
        return show_typed(count, form, 422)
    try:
        with unit_of_work():
            scans, unknown = actions.type_in(
                queries.get_count(current_actor(), count_id),
                actor=current_actor(),
                place_id=form.place_id.data,
                text=form.codes.data,
            )
    except (Conflict, Invalid) as problem:
        return show_typed(queries.get_count(current_actor(), count_id), form, form.refuse(problem))
    new = sum(not each.repeated for each in scans)
    flash(_("录入 %(count)s 件，其中 %(again)s 件早已盘过", count=new, again=len(scans) - new), "ok")
    if not unknown:
        return fragments.go(url_for("counts.show_count", count_id=count_id))
    form.codes.raw_data, form.codes.data = None, "\n".join(unknown)
    left = Invalid(fields={"codes": _("下面 %(count)s 个编号没有找到，请核对", count=len(unknown))})
    return show_typed(queries.get_count(current_actor(), count_id), form, form.refuse(left))


def show_typed(count: StockCount, form: TypedForm, status: int) -> Any:
    """Show the form for what was ticked on paper."""
    return fragments.page(
        "counts/typed.html",
        fragment="form",
        status=status,
        heading=_("按纸面录入"),
        trail=page.trail_to(count),
        facts=(count.title,),
        form=form,
        action=request.path,
        submit_label=_("录入"),
        cancel_url=page.address(count),
    )


@blueprint.post("/<int:count_id>/lines/<int:line_id>/take-back")
@requires(CountPerm.HOLD, CountPerm.SCAN)
def take_back(count_id: int, line_id: int) -> Any:
    """Take a scan back."""
    with unit_of_work():
        count = queries.get_count(current_actor(), count_id)
        actions.take_back_scan(count, line_id, actor=current_actor())
    flash(_("已撤销这次扫描"), "ok")
    return fragments.go(url_for("counts.scan", count_id=count_id))


# Reconciling


@blueprint.route("/<int:count_id>/reconciliation", methods=["GET", "POST"])
@requires(CountPerm.HOLD)
def reconciliation(count_id: int) -> Any:
    """Say what is done about each difference."""
    actor, form = current_actor(), SettleForm()
    count = queries.get_count(actor, count_id)
    if count.status != CountStatus.RECONCILING:
        raise Conflict("core:wrong-state", state=FLOW.state(count.status).label, step=_("处理差异"))
    if request.method != "POST":
        form.version.data = count.version
        return show_reconciliation(count, form, 200)
    if not form.validate():
        return show_reconciliation(count, form, 422)
    try:
        with unit_of_work():
            actions.settle(
                queries.get_count(actor, count_id),
                actor=actor,
                version=form.version.data,
                chosen=page.chosen("", request.form),
                strays=page.chosen("stray-", request.form),
            )
    except (Conflict, Invalid) as problem:
        row = queries.get_count(actor, count_id)
        return show_reconciliation(row, form, form.refuse(problem, version=row.version))
    flash(_("差异处理已保存"), "ok")
    return fragments.go(page.address(count))


def show_reconciliation(count: StockCount, form: SettleForm, status: int) -> Any:
    """Show all differences with what is to be done about each."""
    different = [page.difference_row(line, count) for line in lines.differences(count.id)]
    unknown = [page.stray_row(stray) for stray in lines.strays(count.id)]
    return fragments.page(
        "counts/reconciliation.html",
        fragment="form",
        status=status,
        heading=_("处理差异 %(number)s", number=count.number),
        trail=page.trail_to(count),
        facts=(count.title, _("共 %(count)s 项", count=len(different) + len(unknown))),
        form=form,
        rows=page.typed_rows(different, "line", ""),
        strays=page.typed_rows(unknown, "stray", "stray-"),
        register_url=url_for("assets.new"),
        action=request.path,
        submit_label=_("保存"),
        cancel_url=page.address(count),
    )


# Papers


@blueprint.get("/<int:count_id>/blank.pdf")
@requires(*READERS)
def blank_sheet(count_id: int) -> Response:
    count = queries.get_count(current_actor(), count_id)
    name = _("盘点表 %(number)s", number=count.number)
    return send_paper(pdf.blank_sheet(count, company_name()), f"{name}.pdf")


@blueprint.get("/<int:count_id>/sheet.pdf")
@requires(*READERS)
def sheet(count_id: int) -> Response:
    count = queries.get_count(current_actor(), count_id)
    name = _("盘点结果 %(number)s", number=count.number)
    return send_paper(pdf.result_sheet(count, company_name()), f"{name}.pdf")
