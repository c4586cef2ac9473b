"""Writing one clause of a draft: saved by its button or by itself, in the box or with marks, rich text brought in."""

from typing import Any

from flask import Response, render_template, request, url_for

from app.core.errors import Conflict, Invalid, Stale
from app.core.i18n import gettext as _
from app.core.uow import unit_of_work
from app.features.rules import actions, clause_box, clause_pictures, editing, pasting, queries
from app.features.rules.actions import ClauseValues
from app.features.rules.clause_pictures import NewPicture
from app.features.rules.draft_views import load_draft, show_editor
from app.features.rules.enums import NumberStyle, RulePerm
from app.features.rules.forms import ClauseForm
from app.features.rules.models import ClauseText
from app.features.rules.views import blueprint
from app.web import autosave as autosaving
from app.web import documents, fragments
from app.web.guard import current_actor, requires

BOX = "box"


@blueprint.post("/rules/versions/<int:version_id>/clauses/<int:clause_id>")
@requires(RulePerm.DRAFT)
def write(version_id: int, clause_id: int) -> Any:
    """Save a clause; what was typed comes back where somebody else wrote in it meanwhile."""
    version = load_draft(version_id)
    form = ClauseForm()
    # Shown again, the form stands on what it saved by itself meanwhile.
    form.version.data = autosaving.version_of(form.version.data)
    if (way := request.form.get("written")) is not None:
        # Nothing is saved: what was typed goes on being written the other way.
        form.take_box()
        return show_editor(version, clause_id, form, boxed=way == BOX)
    if not form.validate():
        return show_editor(version, clause_id, form, 422)
    try:
        picture = brought_picture(form)
        with unit_of_work():
            write_typed(version_id, clause_id, form, picture=picture)
    except Stale as problem:
        fresh = load_draft(version_id)
        text = fresh.clauses[editing.place_of(fresh, clause_id)]
        return show_editor(fresh, clause_id, form, form.refuse(problem, version=text.revision))
    except (Conflict, Invalid) as problem:
        return show_editor(load_draft(version_id), clause_id, form, form.refuse(problem))
    # Where a picture came in, the clause stays open: its line is moved to its place in the text.
    opened = clause_id if picture is not None else None
    if fragments.wants_fragment():
        return show_editor(load_draft(version_id), opened)
    place = f"clause-{clause_id}"
    return fragments.go(url_for("rules.edit", version_id=version_id, clause=opened, _anchor=place))


def brought_picture(form: ClauseForm) -> NewPicture | None:
    """Return the picture that came with a clause, None without one; raises Invalid at its field."""
    try:
        checked = documents.checked_upload(form.picture.data)
    except Invalid as problem:
        raise clause_pictures.refuse(problem.fields["file"]) from problem
    return clause_pictures.check(checked, form.caption.data or "") if checked is not None else None


def write_typed(version_id: int, clause_id: int, form: ClauseForm, **how: Any) -> ClauseText:
    """Write what was typed into a clause, in the open unit of work."""
    return actions.write_clause(
        queries.get_version(current_actor(), version_id),
        clause_id,
        actor=current_actor(),
        revision=autosaving.version_of(form.version.data),
        values=ClauseValues(
            form.title.data,
            form.text.data,
            form.level.data or 1,
            form.style.data or NumberStyle.NONE,
            form.start.data,
        ),
        **how,
    )


@blueprint.post("/rules/versions/<int:version_id>/clauses/<int:clause_id>/autosave")
@requires(RulePerm.DRAFT)
def autosave(version_id: int, clause_id: int) -> Any:
    """Save a clause as it is typed; what cannot be saved yet is left alone, a newer text is never overwritten."""
    load_draft(version_id)
    form = ClauseForm()
    back = url_for("rules.edit", version_id=version_id, clause=clause_id, _anchor=f"clause-{clause_id}")
    if not form.validate():
        return autosaving.answer(back_url=back, status=422, waiting=_("还有内容要改正，暂未自动保存"))
    try:
        with unit_of_work():
            text = write_typed(version_id, clause_id, form, autosave=True)
            saved_as, outline_version = text.revision, text.rule_version.version
    except Stale as problem:
        return autosaving.answer(
            back_url=back, status=409, waiting=problem.sentence(), changes=problem.changes
        )
    except (Conflict, Invalid) as problem:
        said = [str(sentence) for sentence in getattr(problem, "fields", {}).values()]
        return autosaving.answer(
            back_url=back, status=problem.status, waiting=" ".join(said) or problem.sentence()
        )
    return autosaving.answer(
        template="rules/autosave.html",
        also=("outline_version",),
        back_url=back,
        saved_as=saved_as,
        outline_version=outline_version,
    )


@blueprint.post("/rules/versions/<int:version_id>/pasted")
@requires(RulePerm.DRAFT)
def pasted(version_id: int) -> Response:
    """Answer rich text (the body, HTML) with the lines by which it is typed into a clause; nothing is saved.

    Asked for the box, the answer is what stands there for them.
    """
    version = load_draft(version_id)
    boxed = request.args.get("into") == BOX
    kind = "text/html" if boxed else "text/plain"
    try:
        content = request.stream.read(pasting.MOST_BYTES + 1)
        said, status = pasting.from_html(content, clause_box.keeps(version) if boxed else None), 200
        if boxed:
            said = render_template("rules/_box.html", blocks=clause_box.blocks(version, said), whole=False)
    except Invalid as problem:
        said, status, kind = str(problem.fields["text"]), problem.status, "text/plain"
    return fragments.mark_unstored(Response(said, status, mimetype=kind))
