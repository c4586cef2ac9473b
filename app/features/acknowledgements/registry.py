"""What acknowledgements tell the platform: permission, module, tasks, verbs, search, what a newcomer meets first."""

from app.core import documents, jobs, modules, search, sentences, tasks, timeline
from app.core.i18n import lazy, lazy_in_context
from app.core.permissions import Role, register_permissions
from app.core.timeline import Verb
from app.features.acknowledgements import actions, queries
from app.features.acknowledgements.enums import ACKNOWLEDGEMENT, MODULE, AcknowledgementPerm
from app.features.acknowledgements.models import Acknowledgement
from app.features.people.enums import PeopleVerb
from app.features.people.welcome import register_welcome

register_permissions(
    AcknowledgementPerm,
    {
        AcknowledgementPerm.KEEP: (
            lazy("保管送达确认书：核对、归档、批量打印"),
            {Role.PEOPLE, Role.ADMINISTRATOR},
        ),
    },
)
modules.register(modules.Module(MODULE, lazy("送达确认书"), parent="rules", order=5))
modules.own_documents(MODULE, ACKNOWLEDGEMENT)
tasks.register_kinds(
    tasks.TaskKind(
        "acknowledgement:sign", lazy("签署账号使用与电子送达确认书"), lags=True, ends_with_person=True
    ),
    tasks.TaskKind("acknowledgement:confirm", lazy("核对确认书扫描件")),
)
timeline.register_verbs(Verb("acknowledgement:ask", lazy_in_context("event", "请本人签署")))
sentences.register({"acknowledgement:nobody-missing": lazy("全体在职人员都已交回确认书，没有要打印的")})
timeline.on(str(PeopleVerb.CHANGE_PASSWORD), actions.ask_at_first_sign_in)
jobs.register_job("acknowledgements:keep-up", actions.keep_up, every=actions.KEEP_UP_EVERY)


def letter_address(letter_id: int) -> str:
    """Return the address of a letter's page."""
    return f"/acknowledgements/{letter_id}"


documents.register_document_type(
    documents.DocumentType(
        doc_type=ACKNOWLEDGEMENT,
        label=lazy_in_context("document", "送达确认书"),
        url=letter_address,
        titles=queries.titles,
        visible=queries.visible_ids,
        model=Acknowledgement,
    )
)
search.register_source(
    search.SearchSource(
        doc_type=ACKNOWLEDGEMENT,
        label=lazy("送达确认书"),
        visible=queries.visible_ids,
        url=letter_address,
        order=95,
    )
)


@register_welcome
def own_letter(user_id: int) -> str | None:
    """Lead a person to the own letter after the first password, unless it is filed or nobody asks for it."""
    if not queries.are_asked_for() or queries.has_filed(user_id):
        return None
    return "/acknowledgements/mine"
