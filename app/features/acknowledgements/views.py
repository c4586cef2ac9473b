"""The pages of acknowledgements: the own letter, the list of all, a letter with its steps, the papers."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from app.core import modules
from app.core.errors import Conflict, NotVisible
from app.core.files import CheckedFile, files_for
from app.core.i18n import current_locale, ngettext
from app.core.i18n import gettext as _
from app.core.permissions import Actor, can
from app.core.timeline import events_for
from app.core.uow import unit_of_work
from app.features.acknowledgements import actions, pdf, queries, wording
from app.features.acknowledgements.enums import ACKNOWLEDGEMENT, MODULE, AcknowledgementPerm
from app.features.acknowledgements.flow import FLOW
from app.features.acknowledgements.forms import ScanForm
from app.features.acknowledgements.lists import LetterList
from app.features.acknowledgements.models import Acknowledgement
from app.web import document_panels, documents, filters, fragments
from app.web.guard import current_actor, requires, signed_in
from app.web.lists import show_list
from app.web.papers import company_name, send_paper
from app.web.step_pages import StepPages

blueprint = Blueprint("acknowledgements", __name__, url_prefix="/acknowledgements")

TEMPLATE = "acknowledgements/show.html"
WITH_SCAN = ("hand_in", "file")
MOST_LETTERS = 500


def check_module() -> None:
    """Raise NotVisible where the installation does not ask for the letters."""
    if not modules.is_on(MODULE):
        raise NotVisible


@blueprint.get("")
@requires(AcknowledgementPerm.KEEP)
def index() -> Any:
    check_module()
    actor = current_actor()
    missing = len(queries.missing_signatories(actor))
    return show_list(
        LetterList(actor, request.args, request.path),
        _("账号使用与电子送达确认书"),
        template="acknowledgements/list.html",
        list_facts=[
            ngettext("%(num)s 人还没有交回确认书", "%(num)s 人还没有交回确认书", missing)
            if missing
            else _("全体在职人员都已交回确认书")
        ],
        missing_url=url_for("acknowledgements.missing_pdf") if missing else "",
        empty_text=_("还没有人员"),
        empty_hint=_("开通账号后，本人首次登录时会请他签署"),
        sign_labels=(_("制表人"), _("人事")),
    )


@blueprint.get("/missing.pdf")
@requires(AcknowledgementPerm.KEEP)
def missing_pdf() -> Response:
    """The letters of all who have handed none in, filled in, as one print."""
    check_module()
    people = queries.missing_signatories(current_actor())[:MOST_LETTERS]
    if not people:
        raise Conflict("acknowledgement:nobody-missing")
    return send_paper(pdf.letters_paper(people, company_name()), f"{wording.TITLE}.pdf")


@blueprint.get("/mine")
@signed_in
def mine() -> Any:
    """The own letter: what it is for, to be printed, handed in, or put off."""
    return of(int(current_actor().id or 0))


@blueprint.get("/people/<int:person_id>")
@signed_in
def of_person(person_id: int) -> Any:
    """The letter of a person, for the person and for who keeps it."""
    return of(person_id)


def of(person_id: int) -> Any:
    """Show the letter of a person; where it was not asked for yet, the way to begin."""
    check_concerned(person_id)
    letter = queries.letter_of(person_id)
    if letter is not None:
        return show(letter)
    person = queries.signatory(person_id)
    own = person_id == current_actor().id
    return fragments.page(
        "acknowledgements/begin.html",
        heading=_("账号使用与电子送达确认书"),
        trail=trail(),
        facts=[person.name, person.staff_number],
        own=own,
        ask_url=url_for("acknowledgements.ask", person_id=person_id),
        **text_context(),
    )


def check_concerned(person_id: int) -> None:
    """Raise NotVisible for whoever is neither the person nor keeps their letter."""
    check_module()
    actor = current_actor()
    if actor.id != person_id and not queries.keeps_person(actor, person_id):
        raise NotVisible


@blueprint.post("/people/<int:person_id>/ask")
@signed_in
def ask(person_id: int) -> Any:
    check_concerned(person_id)
    with unit_of_work():
        letter_id = actions.ask(person_id, actor=current_actor()).id
    return fragments.go(url_for("acknowledgements.show_letter", letter_id=letter_id))


@blueprint.get("/people/<int:person_id>.pdf")
@signed_in
def letter_pdf(person_id: int) -> Response:
    """The letter of one person, filled in, to be signed by hand."""
    check_concerned(person_id)
    person = queries.signatory(person_id)
    return send_paper(pdf.letters_paper([person], company_name()), f"{wording.TITLE}-{person.name}.pdf")


@blueprint.get("/<int:letter_id>")
@signed_in
def show_letter(letter_id: int) -> Any:
    return show(load(current_actor(), letter_id))


def load(actor: Actor, letter_id: int) -> Acknowledgement:
    """Return a letter the reader may see; raises NotVisible."""
    check_module()
    return queries.get_letter(actor, letter_id)


def trail() -> list[tuple[str, str]]:
    """Return the way back to the list, for those to whom it is open."""
    if not can(current_actor(), AcknowledgementPerm.KEEP):
        return []
    return [(_("送达确认书"), url_for("acknowledgements.index"))]


def text_context() -> dict[str, Any]:
    """Return the text of the letter in the reader's language, with its version and hash."""
    return {
        "title": wording.TITLE,
        "paragraphs": wording.paragraphs(wording.VERSION, current_locale()),
        "text_facts": [
            (_("文本版次"), str(wording.VERSION)),
            (_("中文文本 SHA-256"), wording.hash_of(wording.VERSION), True),
        ],
    }


def steps_context(letter: Acknowledgement, actor: Actor) -> dict[str, Any]:
    """Return what the step buttons need."""
    return {
        "steps": FLOW.open_steps(letter, actor),
        "action": url_for("acknowledgements.show_letter", letter_id=letter.id),
        "version": letter.version,
    }


def show(letter: Acknowledgement, refusal: documents.Refusal | None = None) -> Any:
    """Show a letter, with the refusal of a step where there is one."""
    actor = current_actor()
    state = FLOW.state(letter.status)
    events = events_for(ACKNOWLEDGEMENT, letter.id)
    own = letter.owner_id == actor.id
    missing = letter.status == FLOW.initial
    return fragments.page(
        TEMPLATE,
        status=refusal.status if refusal else 200,
        heading=_("账号使用与电子送达确认书"),
        trail=trail(),
        state=state.label,
        tone=state.tone,
        facts=[letter.owner.name, letter.owner.staff_number],
        refusal=refusal,
        own=own,
        missing=missing,
        filed=filed_facts(letter),
        pdf_url=url_for("acknowledgements.letter_pdf", person_id=letter.owner_id) if missing else "",
        later_url="/" if own and missing else "",
        stations=documents.stations(FLOW, letter.status, events),
        events=documents.timeline_rows(events),
        further=document_panels.beside(ACKNOWLEDGEMENT, letter.id, actor),
        files=documents.file_rows(files_for(ACKNOWLEDGEMENT, letter.id), events=events),
        **text_context(),
        **steps_context(letter, actor),
    )


def filed_facts(letter: Acknowledgement) -> list[tuple[Any, ...]]:
    """Return what is known of the signed letter, as far as it came."""
    if letter.signed_on is None:
        return []
    facts: list[tuple[Any, ...]] = [
        (_("签字日期"), filters.date_text(letter.signed_on)),
        (_("文本版次"), str(letter.text_version)),
    ]
    if letter.filed_by is not None and letter.filed_at is not None:
        facts += [(_("归档人"), letter.filed_by.name), (_("归档时间"), filters.moment_text(letter.filed_at))]
    if letter.scan is not None:
        facts.append((_("扫描件 SHA-256"), letter.scan.sha256, True))
    return facts


@blueprint.route("/<int:letter_id>/<name>", methods=["GET", "POST"])
@signed_in
def letter_step(letter_id: int, name: str) -> Any:
    """Do a step; a scan has a page of its own."""
    return STEPS.answer(name, letter_id)


def scan_data(form: ScanForm) -> dict[str, Any]:
    """Return what the step is given; the upload is checked here, before any lock."""
    scan: CheckedFile | None = documents.checked_upload(form.file.data)
    return {"signed_on": form.signed_on.data, "scan": scan}


def show_step(letter: Acknowledgement, name: str, form: ScanForm, status: int) -> Any:
    """Show the page on which a scan is uploaded."""
    return fragments.page(
        "acknowledgements/step.html",
        status=status,
        heading=FLOW.step(name).label,
        trail=[
            *trail(),
            (_("确认书"), url_for("acknowledgements.show_letter", letter_id=letter.id)),
        ],
        facts=[letter.owner.name, letter.owner.staff_number],
        form=form,
        submit_label=FLOW.step(name).label,
        cancel_url=url_for("acknowledgements.show_letter", letter_id=letter.id),
    )


STEPS = StepPages(
    flow=FLOW,
    load=load,
    fire=FLOW.fire,
    address=lambda letter: url_for("acknowledgements.show_letter", letter_id=letter.id),
    show=show,
    template=TEMPLATE,
    buttons=steps_context,
    with_form=WITH_SCAN,
    form=lambda _letter, _name: ScanForm(),
    prepare=scan_data,
    show_form=show_step,
)
