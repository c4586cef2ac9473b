"""What happens to a profile: giving, consenting, withdrawing, erasing. Events name fields, never what they hold."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from app.core import clock, erasures, file_removal, files, permissions, search, timeline
from app.core.db import insert_unless_present, session
from app.core.errors import Denied, Invalid
from app.core.files import CheckedFile, StoredFile
from app.core.i18n import lazy
from app.core.lunar import CalendarKind, YearlyDay, check_year
from app.core.permissions import SYSTEM, Actor
from app.core.workflow import check_version
from app.features.people.enums import USER, PeoplePerm
from app.features.people.models import User
from app.features.profiles import cards, queries
from app.features.profiles.enums import (
    ERASURE,
    FIELD_LABELS,
    HOBBIES_FOUND,
    PROFILE,
    SHARED,
    SKILLS_FOUND,
    WORDING,
    WORDING_VERSION,
    AccessKind,
    Audience,
    Occasion,
    ProfileField,
    ProfileVerb,
)
from app.features.profiles.models import (
    BirthYear,
    CardLine,
    Consent,
    Employment,
    GreetingCard,
    Profile,
    ProfileAccess,
)

TEXTS = ("about", "skills", "hobbies", "mobile")
FOUND = {ProfileField.SKILLS: SKILLS_FOUND, ProfileField.HOBBIES: HOBBIES_FOUND}


@dataclass(frozen=True)
class ProfileValues:
    """What a person gives of themselves; everything may be left empty."""

    birthday: YearlyDay | None = None
    birth_year: int | None = None
    about: str = ""
    skills: str = ""
    hobbies: str = ""
    mobile: str = ""


def read_birthday(
    calendar: str | None, month: int | None, day: int | None, *, leap: bool
) -> YearlyDay | None:
    """Return a birthday out of what was chosen, None where nothing was.

    Raises Invalid at ``birthday_calendar``, ``birthday_month`` or ``birthday_day`` for what is missing or does not
    exist.
    """
    if month is None and day is None:
        return None
    if calendar is None:
        raise Invalid(fields={"birthday_calendar": lazy("请选择公历或农历")})
    if month is None:
        raise Invalid(fields={"birthday_month": lazy("请选择月份")})
    if day is None:
        raise Invalid(fields={"birthday_day": lazy("请选择日期")})
    kind = CalendarKind(calendar)
    try:
        return YearlyDay(kind, month, day, leap and kind == CalendarKind.LUNAR)
    except Invalid as problem:
        raise Invalid(fields={f"birthday_{name}": text for name, text in problem.fields.items()}) from problem


def own_profile(actor: Actor) -> Profile:
    """Return the row of one's own profile in the open unit of work, made where there is none yet."""
    if actor.id is None:
        raise Denied("profiles:only-own")
    insert_unless_present(
        Profile,
        id=actor.id,
        version=1,
        birthday_leap=False,
        about="",
        skills="",
        hobbies="",
        mobile="",
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    statement = select(Profile).where(Profile.id == actor.id).with_for_update()
    return session.execute(statement, execution_options={"populate_existing": True}).scalar_one()


def edit(values: ProfileValues, *, version: int | None, actor: Actor) -> Profile:
    """Keep what a person gives of themselves; who sees it is decided by ``consent``.

    Raises Stale, and Invalid at ``birth_year`` for a year that cannot be one of birth. A new birthday closes the card
    that circulates for the old one.
    """
    check_birth_year(values.birth_year)
    profile = own_profile(actor)
    if version is not None:
        check_version(PROFILE, profile, version)
    before = _values_of(profile)
    birthday = values.birthday
    profile.birthday_calendar = birthday.calendar.value if birthday else None
    profile.birthday_month = birthday.month if birthday else None
    profile.birthday_day = birthday.day if birthday else None
    profile.birthday_leap = birthday.leap if birthday else False
    profile.about, profile.mobile = values.about.strip(), values.mobile.strip()
    profile.skills, profile.hobbies = values.skills.strip(), values.hobbies.strip()
    year_before = queries.birth_year_of(profile.id)
    if values.birth_year != year_before:
        session.execute(delete(BirthYear).where(BirthYear.user_id == profile.id))
        if values.birth_year is not None:
            session.add(BirthYear(user_id=profile.id, year=values.birth_year))
    after = _values_of(profile)
    changed = [name for name in before if before[name] != after[name]]
    if values.birth_year != year_before:
        changed.append("birth_year")
    if changed:
        profile.touch()
        session.flush()
        changes = [[name, "", ""] for name in changed]
        timeline.record(PROFILE, profile.id, ProfileVerb.EDIT, actor, data={"changes": changes})
        if "birthday" in changed:
            cards.close_circulating(profile.id, Occasion.BIRTHDAY, actor)
        bring_search_up_to_date(profile.id)
    return profile


def check_birth_year(year: int | None) -> None:
    """Raise Invalid at ``birth_year`` for a year outside 1900 to 2100 or one that has not come."""
    if year is None:
        return
    try:
        check_year(year)
    except Invalid as problem:
        raise Invalid(fields={"birth_year": problem.fields["year"]}) from problem
    if year > clock.today().year:
        raise Invalid(fields={"birth_year": lazy("出生年份不能晚于今年")})


def _values_of(profile: Profile) -> dict[str, Any]:
    return {"birthday": profile.birthday, **{name: getattr(profile, name) for name in TEXTS}}


def set_photo(photo: CheckedFile | None, *, actor: Actor) -> None:
    """Put a photo in place of the present one, or take it away."""
    profile = own_profile(actor)
    _drop_photo(profile)
    if photo is not None:
        stored = files.attach(photo, PROFILE, profile.id, actor, kind="photo")
        session.flush()
        profile.photo_id = stored.id
    profile.touch()
    session.flush()
    timeline.record(PROFILE, profile.id, ProfileVerb.PHOTO, actor)


def _drop_photo(profile: Profile) -> None:
    photo = session.get(StoredFile, profile.photo_id) if profile.photo_id is not None else None
    profile.photo_id = None
    session.flush()
    if photo is not None:
        file_removal.remove(photo)


def consent(field: ProfileField, chosen: str, *, actor: Actor) -> None:
    """Let an audience see a field of one's own from now on: ``chosen`` is one of ``queries.audience_choices``.

    Raises Invalid at ``audience``. Where nobody but the person sees the field any more, the card that circulates for
    it is closed.
    """
    user = _own_user(actor)
    choices = dict(queries.audience_choices(user))
    if chosen not in choices:
        raise Invalid(fields={"audience": lazy("请选择给谁看")})
    code, _colon, number = chosen.partition(":")
    audience, department_id = Audience(code), int(number) if number else None
    own_profile(actor)
    wording = WORDING.filled(who=choices[chosen], field=FIELD_LABELS[field])
    _add_consent(user.id, field, audience, department_id, wording)
    data = {"field": field.value, "audience": audience.value}
    timeline.record(PROFILE, user.id, ProfileVerb.CONSENT, actor, data=data)
    _follow(user.id, field, audience, actor)


def withdraw(field: ProfileField, *, actor: Actor) -> None:
    """Take the consent for a field back: nobody else sees it from the next request on; the history stays."""
    user = _own_user(actor)
    own_profile(actor)
    if field.value in queries.present_consents(queries.consents_of(user.id)):
        _withdraw(user.id, field, actor)


def _withdraw(user_id: int, field: ProfileField, actor: Actor) -> None:
    _add_consent(user_id, field, Audience.NOBODY, None, "")
    timeline.record(PROFILE, user_id, ProfileVerb.WITHDRAW, actor, data={"field": field.value})
    _follow(user_id, field, Audience.NOBODY, actor)


def _add_consent(
    user_id: int, field: ProfileField, audience: Audience, department_id: int | None, wording: str
) -> None:
    session.add(
        Consent(
            user_id=user_id,
            field=field.value,
            audience=audience.value,
            department_id=department_id,
            wording=wording,
            wording_version=WORDING_VERSION,
            at=clock.now(),
        )
    )
    session.flush()


def _follow(user_id: int, field: ProfileField, audience: Audience, actor: Actor) -> None:
    """Do what follows from a consent: close a card that circulates, put into the index what may be found."""
    if audience not in SHARED and field.value in set(Occasion):
        cards.close_circulating(user_id, Occasion(field.value), actor)
    if field in FOUND:
        bring_search_up_to_date(user_id)


def bring_search_up_to_date(user_id: int) -> None:
    """Let skills and hobbies be found while somebody may see them; the index holds nothing else of them."""
    user = session.get_one(User, user_id)
    profile = queries.profile_of(user_id)
    holding = queries.present_consents(queries.consents_of(user_id))
    for field, doc_type in FOUND.items():
        words = getattr(profile, field.value) if profile is not None else ""
        given = holding.get(field.value)
        if words and user.active and given is not None and given.shared:
            search.put(doc_type, user_id, user.name, words)
        else:
            search.remove(doc_type, user_id)


def erase_own(*, actor: Actor) -> None:
    """Erase the voluntary part of one's own profile, for good."""
    erase(_own_user(actor).id, actor=actor)


def erase(user_id: int, *, actor: Actor) -> None:
    """Erase what a person gave of their own will; the consents are withdrawn, the work history stays.

    It is kept that it was erased, so that a restored backup loses it again.
    """
    _erase_rows(user_id, actor)
    timeline.record(PROFILE, user_id, ProfileVerb.ERASE, actor)
    erasures.note(ERASURE, user_id)


def erase_again(user_id: int) -> None:
    """Erase after a restore what had been erased after the backup (see ``app.core.erasures``)."""
    if session.get(User, user_id) is None:
        return
    _erase_rows(user_id, SYSTEM)
    timeline.record(PROFILE, user_id, ProfileVerb.ERASE, SYSTEM)


def _erase_rows(user_id: int, actor: Actor) -> None:
    for field in queries.present_consents(queries.consents_of(user_id)):
        _withdraw(user_id, ProfileField(field), actor)
    profile = queries.profile_of(user_id)
    if profile is not None:
        _drop_photo(profile)
        session.delete(profile)
    session.execute(delete(BirthYear).where(BirthYear.user_id == user_id))
    # The day of a card for a birthday tells the birthday.
    birthday_cards = select(GreetingCard.id).where(
        GreetingCard.person_id == user_id, GreetingCard.occasion == Occasion.BIRTHDAY.value
    )
    session.execute(delete(CardLine).where(CardLine.card_id.in_(birthday_cards)))
    session.execute(
        delete(GreetingCard).where(
            GreetingCard.person_id == user_id, GreetingCard.occasion == Occasion.BIRTHDAY.value
        )
    )
    session.flush()
    bring_search_up_to_date(user_id)


def erase_of_leaver(user_id: int, actor: Actor) -> None:
    """Erase the voluntary part of a person whose account was closed, in the same transaction."""
    erase(user_id, actor=actor)


def set_joined(user: User, joined_on: date | None, *, actor: Actor) -> None:
    """Keep since when a person works here; for people:manage. Raises Invalid at ``joined_on`` for a day to come."""
    if not actor.is_system:
        permissions.require(actor, PeoplePerm.MANAGE)
    if joined_on is not None and joined_on > clock.today():
        raise Invalid(fields={"joined_on": lazy("入职日期不能晚于今天")})
    before = queries.joined_on(user.id)
    if joined_on == before:
        return
    session.execute(delete(Employment).where(Employment.user_id == user.id))
    if joined_on is not None:
        session.add(
            Employment(
                user_id=user.id, joined_on=joined_on, joined_month=joined_on.month, joined_day=joined_on.day
            )
        )
    session.flush()
    changes = timeline.diff({"joined_on": before}, {"joined_on": joined_on})
    timeline.record(USER, user.id, ProfileVerb.JOINED, actor, data={"changes": changes})
    cards.close_circulating(user.id, Occasion.ANNIVERSARY, actor)


def note_access(person_id: int, reader_id: int, kind: AccessKind) -> None:
    """Write down that somebody came by data of a person, once a day, in the open unit of work."""
    insert_unless_present(
        ProfileAccess,
        person_id=person_id,
        reader_id=reader_id,
        kind=kind.value,
        day=clock.today(),
        at=clock.now(),
    )


def note_export(actor: Actor) -> None:
    """Write down that a person took their own data along."""
    if actor.id is not None:
        note_access(actor.id, actor.id, AccessKind.EXPORT)
        timeline.record(PROFILE, actor.id, ProfileVerb.EXPORT, actor)


def _own_user(actor: Actor) -> User:
    if actor.id is None:
        raise Denied("profiles:only-own")
    return session.get_one(User, actor.id)


def renamed(user_id: int, _actor: Actor) -> None:
    """Bring the index up to date where the name of a person changed."""
    bring_search_up_to_date(user_id)
