"""The pages of the pool of topics: what is wanted, what the week offers, proposing, voting, picking."""

from typing import Any

from flask import Blueprint, flash, request, url_for

from app.core import documents as core_documents
from app.core.db import session
from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.core.topics import OfferedTopic
from app.core.uow import unit_of_work
from app.features.training import page, queries, topics
from app.features.training.enums import TOPIC_LABELS, TOPIC_TONES, TopicStatus
from app.features.training.forms import DropForm, TopicForm
from app.features.training.lists import TopicList
from app.features.training.models import TrainingTopic
from app.web import filters, fragments
from app.web.forms import once
from app.web.guard import current_actor, signed_in
from app.web.lists import show_list

blueprint = Blueprint("training_topics", __name__, url_prefix="/training/topics")


def trail() -> list[tuple[str, str]]:
    """Return the trail of every page below the pool."""
    return [*page.trail(), (_("话题库"), url_for("training_topics.index"))]


@blueprint.get("")
@signed_in
def index() -> Any:
    """The pool; above it what the last weeks brought up and nobody put into it yet."""
    actor = current_actor()
    offered = topics.offered(actor)
    return show_list(
        TopicList(request.args, request.path),
        _("话题库"),
        template="training/topics.html",
        trail=page.trail(),
        new_url=url_for("training_topics.new"),
        new_label=_("提一个话题"),
        empty_text=_("还没有话题"),
        empty_hint=_("工作里遇到的问题，提一句话就行；谈判、技术答复、执行检查里的问题也可以直接拿来"),
        offered=[offered_row(found) for found in offered],
    )


def offered_row(found: OfferedTopic) -> dict[str, Any]:
    """Return a problem out of daily work as the pool offers it."""
    kind = core_documents.document_type(found.doc_type)
    return {
        "title": found.title,
        "source": str(kind.label),
        "when": filters.date_text(found.arisen_at),
        "url": kind.url(found.doc_id),
        "take_url": url_for("training_topics.new", doc_type=found.doc_type, doc_id=found.doc_id),
    }


@blueprint.route("/new", methods=["GET", "POST"])
@signed_in
def new() -> Any:
    """Propose a topic, of one's own or out of the document that the address names."""
    actor = current_actor()
    form = TopicForm()
    doc_type, doc_id = request.args.get("doc_type"), request.args.get("doc_id", type=int)
    found = (
        topics.offered_topic(actor, doc_type, doc_id) if doc_type is not None and doc_id is not None else None
    )
    if request.method != "POST":
        form.title.data = found.title[: topics.LONGEST_TITLE] if found is not None else ""
        return show_form(form, _("提一个话题"), 200)
    if not form.validate():
        return show_form(form, _("提一个话题"), 422)
    try:
        with unit_of_work():
            address = once(form, lambda: proposed(form, actor, found))
    except (Conflict, Invalid) as problem:
        return show_form(form, _("提一个话题"), form.refuse(problem))
    return fragments.go(address)


def proposed(form: TopicForm, actor: Actor, found: Any) -> str:
    """Propose the topic of a valid form and return its address."""
    row = topics.propose(
        actor=actor,
        title=form.title.data,
        note=form.note.data,
        doc_type=found.doc_type if found is not None else None,
        doc_id=found.doc_id if found is not None else None,
    )
    flash(_("话题已进话题库"), "ok")
    return url_for("training_topics.show_topic", topic_id=row.id)


def show_form(form: Any, heading: str, status: int, facts: Any = (), cancel_url: str = "") -> Any:
    """Show a small form of the pool."""
    return fragments.page(
        "_ui/form.html",
        fragment="form",
        status=status,
        heading=heading,
        trail=trail(),
        facts=facts,
        form=form,
        action=request.full_path.rstrip("?"),
        submit_label=_("提交"),
        cancel_url=cancel_url or url_for("training_topics.index"),
    )


@blueprint.get("/<int:topic_id>")
@signed_in
def show_topic(topic_id: int) -> Any:
    return show(queries.get_topic(topic_id))


def show(topic: TrainingTopic) -> Any:
    """Show a topic: why it is wanted, by how many, where it comes from."""
    actor = current_actor()
    status = TopicStatus(topic.status)
    votes, own = queries.votes_of(topic.id, actor.id)
    key = (topic.doc_type or "", topic.doc_id or 0)
    seen = core_documents.visible_keys(actor, [key])
    facts: list[tuple[Any, ...]] = [
        (_("提出人"), topic.proposed_by.name),
        (_("提出时间"), filters.date_text(topic.created_at)),
        (_("想听的人"), str(votes)),
    ]
    if topic.note:
        facts.append((_("为什么"), topic.note, True))
    if topic.reason:
        facts.append((_("不安排的原因"), topic.reason, True))
    waits = status == TopicStatus.WANTED
    return fragments.page(
        "training/topic.html",
        heading=topic.title,
        trail=trail(),
        state=TOPIC_LABELS[status],
        tone=TOPIC_TONES[status],
        about=facts,
        document=core_documents.links(seen).get(key),
        sessions=queries.sessions_of_topic(actor, topic.id),
        vote_url=url_for("training_topics.vote", topic_id=topic.id) if waits else "",
        voted=own,
        plan_url=url_for("training.new", topic=topic.id) if waits and topics.picks(actor) else "",
        drop_url=url_for("training_topics.drop", topic_id=topic.id) if waits and topics.picks(actor) else "",
    )


@blueprint.post("/<int:topic_id>/vote")
@signed_in
def vote(topic_id: int) -> Any:
    """Vote for a topic, or take the vote back."""
    with unit_of_work():
        now = topics.vote(queries.get_topic(topic_id), actor=current_actor())
    flash(_("已记下您想听") if now else _("已收回"), "ok")
    return fragments.go(url_for("training_topics.show_topic", topic_id=topic_id))


@blueprint.route("/<int:topic_id>/drop", methods=["GET", "POST"])
@signed_in
def drop(topic_id: int) -> Any:
    """Say why a topic is not for a session."""
    actor = current_actor()
    topic = queries.get_topic(topic_id)
    topics.require_picker(actor)
    form = DropForm()
    back = url_for("training_topics.show_topic", topic_id=topic_id)
    heading, facts = _("不安排这个话题"), (topic.title,)
    if request.method != "POST":
        form.version.data = topic.version
        return show_form(form, heading, 200, facts, back)
    if not form.validate():
        return show_form(form, heading, 422, facts, back)
    try:
        with unit_of_work():
            topics.drop(
                queries.get_topic(topic_id),
                actor=actor,
                version=form.version.data,
                reason=form.reason.data,
            )
    except (Conflict, Invalid) as problem:
        row = session.get_one(TrainingTopic, topic_id)
        return show_form(form, heading, form.refuse(problem, version=row.version), facts, back)
    flash(_("已答复，提出人会看到原因"), "ok")
    return fragments.go(back)
