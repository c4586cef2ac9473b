"""Profiles of the small company: what two people show to whom, a card that circulates, thanks, who looked."""

from datetime import date
from io import BytesIO

from PIL import Image

from app.core import clock, settings
from app.core.files import CheckedFile
from app.core.i18n import ENGLISH, using_locale
from app.core.lunar import CalendarKind, YearlyDay
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.profiles import actions, cards, thanks
from app.features.profiles.actions import ProfileValues
from app.features.profiles.enums import MODULE, AccessKind, Occasion, ProfileField
from tests import factories


def profiles(accounts: dict[str, User]) -> None:
    """Let them tell of themselves; the sentences they agree to are kept as they were shown."""
    with unit_of_work():
        settings.put("modules.switches", {**settings.get("modules.switches"), MODULE: True})
    today = clock.today()
    with using_locale(ENGLISH):
        for number in ("s1", "s2", "m1"):
            with unit_of_work():
                told(accounts[number], YearlyDay(CalendarKind.SOLAR, today.month, min(today.day + 3, 28)))
        with unit_of_work():
            administrator = factories.actor(accounts["h1"])
            actions.set_joined(accounts["s2"], date(2018, today.month, today.day), actor=administrator)
            actions.consent(ProfileField.ANNIVERSARY, "company", actor=factories.actor(accounts["s2"]))
            actions.withdraw(ProfileField.HOBBIES, actor=factories.actor(accounts["m1"]))
            actions.set_photo(photo(), actor=factories.actor(accounts["s1"]))
            actions.note_access(accounts["s1"].id, accounts["m1"].id, AccessKind.VIEW)
        with unit_of_work():
            author = factories.actor(accounts["s2"])
            card = cards.open_card(accounts["s1"].id, Occasion.BIRTHDAY, actor=author)
            cards.sign(card, "Happy birthday", actor=author)
            choices = thanks.audience_choices(accounts["s1"])
            thanks.give(accounts["s1"], "Thank you for the tender", choices[-1][0], actor=author)
            thanks.give(
                accounts["s1"], "For you alone", thanks.TO_PERSON, actor=factories.actor(accounts["m1"])
            )


def photo() -> CheckedFile:
    """A photo of one colour."""
    stream = BytesIO()
    Image.new("RGB", (40, 40), (30, 60, 90)).save(stream, "PNG")
    return CheckedFile("me.png", "image/png", stream.getvalue())


def told(person: User, birthday: YearlyDay) -> None:
    """Fill in a page and show it, each field to somebody else."""
    actor = factories.actor(person)
    actions.edit(
        ProfileValues(birthday, 1990, "Ask me", "Valves, tenders", "Fishing", "139-0000-3000"),
        version=None,
        actor=actor,
    )
    for field, audience in (
        (ProfileField.BIRTHDAY, "company"),
        (ProfileField.SKILLS, "company"),
        (ProfileField.HOBBIES, f"department:{person.department_id}"),
        (ProfileField.MOBILE, "manager"),
        (ProfileField.ABOUT, "me"),
    ):
        actions.consent(field, audience, actor=actor)
