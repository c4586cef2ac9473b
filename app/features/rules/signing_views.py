"""What the owner of a rule does about its readers: who has signed, reminding them, signatures on paper."""

from typing import Any

from flask import flash, request, url_for

from app.core.errors import Conflict, Denied, Invalid
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.permissions import Actor, directory
from app.core.uow import unit_of_work
from app.features.rules import letters, presentation, queries, reading
from app.features.rules.flow import drafter
from app.features.rules.forms import SheetForm
from app.features.rules.lists import ReaderList, by_department
from app.features.rules.models import RuleVersion
from app.features.rules.views import blueprint
from app.web import documents, fragments, lists
from app.web.forms import once
from app.web.guard import current_actor, signed_in

lists.register_list_label("rules.readers", lazy("制度签收"))


def load_published(version_id: int) -> RuleVersion:
    """Return a published version the reader works on or decides about; raises NotVisible, Conflict or Denied."""
    version = queries.get_version(current_actor(), version_id)
    if not version.is_published:
        raise Conflict("rule:not-published")
    if not queries.may_handle(current_actor(), version):
        raise Denied("core:denied", what=lazy("查看签收"), who=drafter.ask(version))
    return version


@blueprint.get("/rules/versions/<int:version_id>/readers")
@signed_in
def readers(version_id: int) -> Any:
    version = load_published(version_id)
    signed, of = queries.signed_counts(version)
    newest = version.rule.newest is version
    works = drafter.test(version, current_actor()) is not None and newest
    return lists.show_list(
        ReaderList(version, request.args, request.path),
        _("签收情况"),
        template="rules/readers.html",
        trail=presentation.trail_to(version),
        list_facts=[version.title, *presentation.facts_line(version)[1:2]],
        signed=signed,
        of=of,
        without_letter=letters.count_waiting(version),
        departments=by_department(version),
        remind_url=url_for("rules.remind", version_id=version_id) if works and signed < of else "",
        sheet_url=url_for("rules.sheet", version_id=version_id) if works and signed < of else "",
        sheet_pdf=url_for("rules.sheet_pdf", version_id=version_id) if works and signed < of else "",
        evidence_url=url_for("rules.make_evidence", version_id=version_id) if signed else "",
        sign_labels=(_("制表人"), _("部门经理")),
        empty_text=_("没有适用人员"),
        empty_hint=_("请检查这一版的适用范围"),
    )


@blueprint.post("/rules/versions/<int:version_id>/remind")
@signed_in
def remind(version_id: int) -> Any:
    load_published(version_id)
    with unit_of_work():
        count = reading.remind(queries.get_version(current_actor(), version_id), actor=current_actor())
    flash(_("已提醒 %(count)s 人", count=count), "ok")
    return fragments.go(url_for("rules.readers", version_id=version_id))


@blueprint.route("/rules/versions/<int:version_id>/sheet", methods=["GET", "POST"])
@signed_in
def sheet(version_id: int) -> Any:
    """Enter a signed sheet: one photo, the names ticked."""
    actor = current_actor()
    version = load_published(version_id)
    waiting = directory().people(queries.unsigned_ids(version))
    form, status = SheetForm(), 200
    form.people.choices = [(person.id, f"{person.name} {person.staff_number}") for person in waiting.values()]
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                paper = documents.checked_upload(form.file.data)
                with unit_of_work():
                    address = once(form, lambda: enter(version_id, form, paper, actor))
                return fragments.go(address)
            except (Conflict, Invalid) as problem:
                status = form.refuse(problem)
    return fragments.page(
        "rules/sheet.html",
        status=status,
        heading=_("登记纸质签字"),
        trail=[
            *presentation.trail_to(version),
            (_("签收情况"), url_for("rules.readers", version_id=version_id)),
        ],
        facts=(_("先打印签字表，当面签字，再上传照片并勾选已签的人"),),
        form=form,
        sheet_pdf=url_for("rules.sheet_pdf", version_id=version_id),
        submit_label=_("登记签字"),
        cancel_url=url_for("rules.readers", version_id=version_id),
    )


def enter(version_id: int, form: SheetForm, paper: Any, actor: Actor) -> str:
    """Enter the signatures of a valid form and return where they are seen."""
    version = queries.get_version(actor, version_id)
    count = reading.enter_sheet(version, actor=actor, people=form.people.data, sheet=paper)
    flash(_("已登记 %(count)s 人的纸质签字", count=count), "ok")
    return url_for("rules.readers", version_id=version_id)
