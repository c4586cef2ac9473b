"""Lines of thanks between colleagues: for the person, or for a department to read as well (S29)."""

from collections.abc import Sequence

from sqlalchemy import select

from app.core import clock, permissions, timeline
from app.core.db import one_visible, session
from app.core.errors import Denied, Invalid
from app.core.growth import GrowthEntry, GrowthSource
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.core.permissions import Actor
from app.features.people.enums import PeoplePerm
from app.features.people.models import User
from app.features.profiles import queries
from app.features.profiles.enums import MODULE, THANKS, Audience, ProfileVerb, ThanksAudience
from app.features.profiles.models import Thanks

LONGEST_LINE = 200
TO_PERSON = str(ThanksAudience.PERSON)


def audience_choices(person: User) -> list[tuple[str, str]]:
    """Return who may read a line of thanks for a person: the two alone, or a department the person belongs to."""
    return [(TO_PERSON, _("只有%(name)s本人", name=person.name)), *queries.department_choices(person)]


def give(person: User, text: str, chosen: str, *, actor: Actor) -> Thanks:
    """Thank a colleague; the colleague is told.

    Raises Denied without the directory, Invalid at ``text`` and ``audience``, and for oneself and who has left.
    """
    permissions.require(actor, PeoplePerm.VIEW)
    line = text.strip()
    if person.id == actor.id or not person.active:
        raise Invalid(fields={"text": lazy("请选择本人以外的在职同事")})
    if not line:
        raise Invalid(fields={"text": lazy("请写明为什么感谢")})
    if len(line) > LONGEST_LINE:
        raise Invalid(fields={"text": lazy("最多 %(most)s 个字", most=LONGEST_LINE)})
    if chosen not in dict(audience_choices(person)):
        raise Invalid(fields={"audience": lazy("请选择给谁看")})
    department = chosen.removeprefix(f"{Audience.DEPARTMENT}:")
    row = Thanks(
        author_id=actor.id,
        person_id=person.id,
        text=line,
        audience=TO_PERSON if chosen == TO_PERSON else str(ThanksAudience.DEPARTMENT),
        department_id=None if chosen == TO_PERSON else int(department),
        created_at=clock.now(),
    )
    session.add(row)
    session.flush()
    timeline.record(THANKS, row.id, ProfileVerb.THANK, actor, tell=[person.id])
    return row


def take_back(thanks_id: int, *, actor: Actor) -> int:
    """Take a line of thanks back, as its author or as the person thanked, and return whose page it stood on.

    Raises NotVisible for a line the actor does not see, Denied for others.
    """
    row = one_visible(
        select(Thanks)
        .where(Thanks.id == thanks_id, Thanks.id.in_(queries.visible_thanks(actor)))
        .with_for_update()
    )
    if actor.id not in (row.author_id, row.person_id):
        raise Denied("thanks:only-the-two")
    row.taken_back_at = clock.now()
    session.flush()
    timeline.record(THANKS, row.id, ProfileVerb.TAKE_BACK, actor)
    return row.person_id


def titles(ids: Sequence[int]) -> dict[int, str]:
    """Return what lines of thanks are called in lists of documents: nothing of what they say."""
    return {number: _("感谢") for number in ids}


def read_growth(reader: Actor, user_id: int, limit: int) -> tuple[int, list[GrowthEntry]]:
    """Return the thanks of a person that a reader sees, as entries of the page of growth."""
    count, rows = queries.thanks_for(reader, user_id, limit)
    return count, [
        GrowthEntry(
            clock.to_local(row.created_at).date(),
            _("%(author)s：%(text)s", author=row.author, text=row.text),
        )
        for row in rows
    ]


SOURCE = GrowthSource("thanks", lazy("收到的感谢"), read_growth, MODULE, order=90)
