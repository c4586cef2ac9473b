"""Rules as Word files: the upload, the preview in which nothing is saved yet, the text in force as .docx."""

from functools import partial
from typing import Any
from urllib.parse import quote

from flask import Response, flash, request, url_for

from app.core import kept_uploads, office_conversion
from app.core.errors import Conflict, Invalid, NotVisible, Stale
from app.core.files import CheckedFile
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.permissions import directory
from app.core.uow import unit_of_work
from app.features.rules import importing, presentation, queries, version_files, versions, word_preview
from app.features.rules.draft_views import load_draft, typed_values, with_choices
from app.features.rules.enums import NumberStyle, RulePerm
from app.features.rules.forms import ImportForm, NewRuleForm, WordFileForm
from app.features.rules.models import RuleVersion
from app.features.rules.outline import OutlineRow
from app.features.rules.views import blueprint
from app.features.rules.word.opening import open_word
from app.features.rules.word.parts import DOCX_TYPE, MOST_BYTES, Picture, read_picture
from app.features.rules.word.proposal import Proposal, first_choices, propose, read_choices
from app.features.rules.word.reading import ImportedDocument, read_document
from app.features.rules.word.writing import WrittenClause, write_document
from app.web import documents, fragments
from app.web.forms import once
from app.web.guard import current_actor, requires, signed_in
from app.web.papers import company_name

SAVE = "save"


# The upload


@blueprint.route("/rules/import", methods=["GET", "POST"])
@requires(RulePerm.DRAFT)
def import_rule() -> Any:
    """Choose the Word file a new rule begins with."""
    return upload(None)


@blueprint.route("/rules/versions/<int:version_id>/import", methods=["GET", "POST"])
@requires(RulePerm.DRAFT)
def import_clauses(version_id: int) -> Any:
    """Choose a Word file whose text comes behind the clauses of a draft."""
    return upload(load_draft(version_id))


def upload(version: RuleVersion | None) -> Any:
    """Take a file, and lead to its preview where it can be read."""
    form, status = WordFileForm(), 200
    if request.method == "POST":
        sent = request.files.get("file")
        try:
            if not form.validate() or sent is None or not sent.filename:
                raise Invalid(fields={"file": lazy("请选择 Word 文件")})
            opened = open_word(sent.filename, sent.stream.read(MOST_BYTES + 1))
            read_document(opened.docx)
            key = kept_uploads.keep(current_actor(), opened.docx, opened.converted_from)
            return fragments.go(preview_url(key, version))
        except Invalid as problem:
            status = form.refuse(problem)
    return fragments.page(
        "rules/import_upload.html",
        fragment="form",
        status=status,
        heading=_("从 Word 导入"),
        trail=trail(version),
        facts=(_("编号由系统识别，下一步可以逐段核对和改正"), _("一天内没有保存的文件自动删除")),
        form=form,
        takes_old=office_conversion.is_available(),
        cancel_url=back(version),
    )


def trail(version: RuleVersion | None) -> list[tuple[str, str]]:
    """Return the trail of an import."""
    return presentation.trail() if version is None else presentation.trail_to(version)


def back(version: RuleVersion | None) -> str:
    """Return where an import that is given up leads."""
    if version is None:
        return url_for("rules.index")
    return url_for("rules.edit", version_id=version.id)


def preview_url(key: str, version: RuleVersion | None) -> str:
    """Return the address of a preview."""
    if version is None:
        return url_for("rules.preview_rule", key=key)
    return url_for("rules.preview_clauses", version_id=version.id, key=key)


# The preview


@blueprint.route("/rules/import/<key>", methods=["GET", "POST"])
@requires(RulePerm.DRAFT)
def preview_rule(key: str) -> Any:
    """See what a new rule would be, correct it, and begin it."""
    return preview(key, None)


@blueprint.route("/rules/versions/<int:version_id>/import/<key>", methods=["GET", "POST"])
@requires(RulePerm.DRAFT)
def preview_clauses(version_id: int, key: str) -> Any:
    """See what would come into a draft, correct it, and take it."""
    return preview(key, load_draft(version_id))


def preview(key: str, version: RuleVersion | None) -> Any:
    """Show what a kept file would become, numbered anew by what was chosen; save it where that was asked for."""
    kept = kept_uploads.fetch(current_actor(), key)
    original = kept_uploads.fetch_original(current_actor(), key)
    document = read_document(kept)
    posted = request.method == "POST"
    choices = read_choices(document, request.form) if posted else first_choices(document)
    proposal = propose(document, choices, counted(version))
    form = head_form(document, kept, version)
    status = 200
    if posted and request.form.get("do") == SAVE:
        status = 422
        if form.validate():
            try:
                return save(form, version, proposal, original)
            except Stale as problem:
                fresh = load_draft(version.id) if version is not None else None
                status = form.refuse(problem, version=fresh.version if fresh is not None else None)
            except (Conflict, Invalid) as problem:
                status = form.refuse(problem)
    return fragments.page(
        "rules/import.html",
        fragment="form",
        status=status,
        heading=_("导入预览"),
        trail=[*trail(version), (_("从 Word 导入"), import_url(version))],
        form=form,
        cancel_url=back(version),
        words=[],
        with_head=version is None,
        **word_preview.context(document, choices, proposal, original.name, partial(picture_url, key)),
    )


def picture_url(key: str, picture: Picture) -> str:
    """Return the address of a picture of a kept file."""
    return url_for("rules.preview_picture", key=key, part=picture.part)


@blueprint.get("/rules/import/<key>/pictures/<path:part>")
@requires(RulePerm.DRAFT)
def preview_picture(key: str, part: str) -> Any:
    """Give a picture out of a kept file to whoever brought the file; nobody else finds it."""
    picture = read_picture(kept_uploads.fetch(current_actor(), key), part)
    if picture is None:
        raise NotVisible
    response = Response(picture.content, mimetype=picture.media_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = documents.file_policy(picture.media_type)
    return fragments.mark_unstored(response)


def counted(version: RuleVersion | None) -> list[tuple[int, NumberStyle, int | None]]:
    """Return the clauses that stand in a draft already, as they are counted."""
    if version is None:
        return []
    return [(text.level, NumberStyle(text.style), text.start) for text in version.clauses]


def import_url(version: RuleVersion | None) -> str:
    """Return the address of the upload."""
    if version is None:
        return url_for("rules.import_rule")
    return url_for("rules.import_clauses", version_id=version.id)


def head_form(document: ImportedDocument, kept: CheckedFile, version: RuleVersion | None) -> Any:
    """Return the form of a preview: the head of a new rule, or no more than the version of the draft."""
    if version is None:
        form = with_choices(NewRuleForm())
        if request.method != "POST":
            form.title.data = document.title or kept.name.rpartition(".")[0]
            form.summary.data = ""
            form.department_id.data = own_department()
        return form
    form = ImportForm()
    if request.method != "POST":
        form.version.data = version.version
    return form


def own_department() -> int | None:
    """Return the department of whoever imports; most rules are of one's own."""
    person = directory().people([current_actor().id or 0]).get(current_actor().id or 0)
    return person.department_id if person is not None else None


def save(form: Any, version: RuleVersion | None, proposal: Proposal, original: CheckedFile) -> Any:
    """Save what the preview shows, in one transaction."""
    version_id = version.id if version is not None else None
    importing.store(proposal, original)
    with unit_of_work():
        address = (
            once(form, lambda: begin(form, proposal, original))
            if version_id is None
            else take(version_id, form, proposal, original)
        )
    flash(_("已导入 %(count)s 条，请核对正文", count=len(proposal.rows)), "ok")
    return fragments.go(address)


def begin(form: NewRuleForm, proposal: Proposal, original: CheckedFile) -> str:
    """Begin the rule of a valid form and return the address of its draft."""
    version = importing.start_rule_from(
        actor=current_actor(), values=typed_values(form), proposal=proposal, original=original
    )
    return url_for("rules.show_version", version_id=version.id)


def take(version_id: int, form: ImportForm, proposal: Proposal, original: CheckedFile) -> str:
    """Take the clauses into a draft and return its address."""
    importing.take_document(
        queries.get_version(current_actor(), version_id),
        actor=current_actor(),
        changed_from=form.version.data,
        proposal=proposal,
        original=original,
    )
    return url_for("rules.show_version", version_id=version_id)


# Back to Word


@blueprint.get("/rules/versions/<int:version_id>/word")
@signed_in
def word_file(version_id: int) -> Any:
    """Give a version as .docx with real numbering, to whoever may read it."""
    version = queries.get_version(current_actor(), version_id)
    clauses = [
        WrittenClause(
            OutlineRow(text.level, NumberStyle(text.style), text.title, text.body, text.start), text.clause_id
        )
        for text in version.clauses
    ]
    label = str(versions.label(version))
    content = write_document(
        version.title,
        clauses,
        header=" ".join(part for part in (company_name(), version.rule.number, label) if part),
        names=queries.clause_numbers(version),
        picture_bytes=version_files.picture_bytes,
    )
    response = Response(content, mimetype=DOCX_TYPE)
    name = quote(f"{version.title}-{label}.docx")
    response.headers["Content-Disposition"] = f"attachment; filename=\"rule.docx\"; filename*=UTF-8''{name}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return fragments.mark_unstored(response)
