"""The pool of topics: proposed by anybody, taken out of the week's documents, voted for, picked by the chair."""

from datetime import timedelta

from sqlalchemy import delete, func, select

from app.core import clock, documents, modules, timeline
from app.core.db import session
from app.core.errors import Conflict, Denied, Invalid, NotVisible
from app.core.i18n import lazy
from app.core.permissions import Actor, can, who_may
from app.core.topics import OfferedTopic, registered
from app.core.workflow import check_version, lock
from app.core.written import check_written
from app.features.training.enums import TRAINING_TOPIC, TopicStatus, TrainingPerm
from app.features.training.models import TopicVote, TrainingTopic

LONGEST_TITLE = 200
LONGEST_REASON = 200
OFFERED_DAYS = 30
OFFERED_OF_EACH = 8
MOST_OFFERED = 8


def propose(
    *, actor: Actor, title: str, note: str = "", doc_type: str | None = None, doc_id: int | None = None
) -> TrainingTopic:
    """Put a topic into the pool, with the document it comes from; who proposes it votes for it.

    Raises Invalid at the fields, NotVisible for a document the actor may not see, Conflict for one in the pool already.
    """
    title = title.strip()
    check_written(title, "title")
    check_written(note, "note")
    if not title or len(title) > LONGEST_TITLE:
        raise Invalid(fields={"title": lazy("请用不超过 200 个字写明想听什么")})
    if doc_type is not None and doc_id is not None:
        if not modules.shows(doc_type) or not documents.is_visible(actor, doc_type, doc_id):
            raise NotVisible
        statement = select(TrainingTopic.id).where(
            TrainingTopic.doc_type == doc_type, TrainingTopic.doc_id == doc_id
        )
        if session.execute(statement).first() is not None:
            raise Conflict("training:topic-known")
    row = TrainingTopic(
        title=title, note=note.strip(), doc_type=doc_type, doc_id=doc_id, proposed_by_id=actor.id
    )
    session.add(row)
    session.flush()
    session.add(TopicVote(topic_id=row.id, user_id=actor.id))
    timeline.record(TRAINING_TOPIC, row.id, "training_topic:propose", actor)
    return row


def vote(topic: TrainingTopic, *, actor: Actor) -> bool:
    """Vote for a topic that waits, or take the vote back; return whether the actor votes for it now."""
    lock(topic)
    if topic.status != TopicStatus.WANTED:
        raise Conflict("training:topic-settled")
    own = select(TopicVote).where(TopicVote.topic_id == topic.id, TopicVote.user_id == actor.id)
    if session.execute(own).scalar_one_or_none() is not None:
        session.execute(
            delete(TopicVote).where(TopicVote.topic_id == topic.id, TopicVote.user_id == actor.id)
        )
        return False
    session.add(TopicVote(topic_id=topic.id, user_id=actor.id))
    session.flush()
    return True


def drop(topic: TrainingTopic, *, actor: Actor, version: int | None, reason: str) -> None:
    """Say that a topic is not for a session, with the reason; raises Denied, Stale, Conflict, Invalid at ``reason``."""
    lock(topic)
    require_picker(actor)
    check_version(TRAINING_TOPIC, topic, version)
    if topic.status != TopicStatus.WANTED:
        raise Conflict("training:topic-settled")
    reason = reason.strip()
    check_written(reason, "reason")
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(fields={"reason": lazy("请写明为什么不安排，提的人会看到")})
    topic.status, topic.reason = TopicStatus.DROPPED, reason
    topic.touch()
    session.flush()
    timeline.record(
        TRAINING_TOPIC, topic.id, "training_topic:drop", actor, reason=reason, tell=[topic.proposed_by_id]
    )


def picks(actor: Actor) -> bool:
    """Tell whether an actor picks topics out of the pool."""
    return can(actor, TrainingPerm.LEAD) or can(actor, TrainingPerm.MANAGE)


def require_picker(actor: Actor) -> None:
    """Raise Denied for who picks no topics."""
    if not picks(actor):
        raise Denied("core:denied", what=lazy("安排培训话题"), who=who_may(TrainingPerm.MANAGE))


def offered(actor: Actor) -> list[OfferedTopic]:
    """Return the newest problems of the last thirty days that other features offer and the pool does not hold."""
    since = clock.now() - timedelta(days=OFFERED_DAYS)
    found = [topic for source in registered() for topic in source.read(actor, since, OFFERED_OF_EACH)]
    rows = session.execute(
        select(TrainingTopic.doc_type, TrainingTopic.doc_id).where(TrainingTopic.doc_type.is_not(None))
    )
    known = {(row.doc_type, row.doc_id) for row in rows}
    fresh = [topic for topic in found if (topic.doc_type, topic.doc_id) not in known]
    return sorted(fresh, key=lambda topic: topic.arisen_at, reverse=True)[:MOST_OFFERED]


def offered_topic(actor: Actor, doc_type: str, doc_id: int) -> OfferedTopic:
    """Return a problem that is offered to an actor by its document; raises NotVisible."""
    for topic in offered(actor):
        if (topic.doc_type, topic.doc_id) == (doc_type, doc_id):
            return topic
    raise NotVisible


def wanted_choices(keep: int | None = None) -> list[tuple[int, str]]:
    """Return the topics that wait, those with most votes first; ``keep`` is one that stays among them."""
    votes = (
        select(func.count()).where(TopicVote.topic_id == TrainingTopic.id).correlate(TrainingTopic)
    ).scalar_subquery()
    statement = (
        select(TrainingTopic.id, TrainingTopic.title)
        .where((TrainingTopic.status == TopicStatus.WANTED) | (TrainingTopic.id == keep))
        .order_by(votes.desc(), TrainingTopic.id)
    )
    return [(row.id, row.title) for row in session.execute(statement)]
