"""What the workbench shows of birthdays and anniversaries: rows with lasting values, made for one reader."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask import url_for

from app.core import clock, modules
from app.core.i18n import gettext as _
from app.core.permissions import Actor
from app.features.profiles import cards
from app.features.profiles.cards import Celebration
from app.features.profiles.enums import MODULE
from app.web import filters


@dataclass(frozen=True)
class CelebrationRow:
    """A row of the card of the week; ``celebrate_url`` is posted to, ``card_url`` is opened."""

    name: str
    url: str
    said: str
    when: str
    card_label: str = ""
    card_url: str = ""
    celebrate_url: str = ""


def coming(actor: Actor) -> tuple[CelebrationRow, ...]:
    """Return the birthdays and anniversaries of the week the actor may know of, with what they may do about each."""
    if not modules.is_on(MODULE):
        return ()
    celebrations = cards.coming(actor)
    made = cards.card_ids(actor, celebrations)
    return tuple(_row(item, made.get((item.person_id, item.occasion))) for item in celebrations)


def _row(item: Celebration, card_id: int | None) -> CelebrationRow:
    label, card_url, celebrate_url = "", "", ""
    if card_id is not None:
        label = _("看贺卡") if item.own else _("写贺卡")
        card_url = url_for("profiles.card", card_id=card_id)
    elif not item.own:
        label = _("写贺卡")
        celebrate_url = url_for("profiles.celebrate", person_id=item.person_id, code=item.occasion)
    return CelebrationRow(
        _("您自己") if item.own else item.name,
        url_for("people_directory.show", person_id=item.person_id),
        item.said,
        when_text(item.day),
        label,
        card_url,
        celebrate_url,
    )


def when_text(day: date) -> str:
    """Return a day of the coming week as people say it."""
    today = clock.today()
    if day == today:
        return _("今天")
    return _("明天") if day == today + timedelta(days=1) else filters.weekday_text(day)
