"""All that is kept of a person, for the person: as plain data, read by one function for JSON and paper alike."""

import io
import json
import zipfile
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.core import clock, files
from app.core.db import session
from app.core.files import StoredFile
from app.core.permissions import ROLE_LABELS, Actor, Role
from app.features.people.models import Department, User
from app.features.people.queries import roles_of
from app.features.profiles import cards, queries
from app.features.profiles.models import CardLine, GreetingCard, Profile, Thanks

JSON_NAME = "我的资料.json"
PDF_NAME = "我的资料.pdf"


def collect(actor: Actor) -> dict[str, Any]:
    """Return what is kept of the actor as plain JSON values: work data, voluntary data, consents, who looked, words.

    Dates are written as in ISO 8601, moments with their zone.
    """
    user = session.get_one(User, actor.id)
    profile = queries.profile_of(user.id)
    department = session.get(Department, user.department_id) if user.department_id else None
    joined = queries.joined_on(user.id)
    return {
        "exported_at": clock.now().isoformat(),
        "work": {
            "name": user.name,
            "staff_number": user.staff_number,
            "department": department.name if department else "",
            "position": user.position,
            "phone": user.phone,
            "email": user.email,
            "joined_on": joined.isoformat() if joined else "",
            "roles": [
                {
                    "role": str(ROLE_LABELS[Role(role.role)]),
                    "department": role.department or "",
                    "from": role.from_date.isoformat(),
                    "to": role.to_date.isoformat() if role.to_date else "",
                }
                for role in roles_of(user.id)
            ],
        },
        "voluntary": voluntary(profile, user.id),
        "consents": [
            {
                "field": row.field,
                "audience": row.audience,
                "wording": row.wording,
                "wording_version": row.wording_version,
                "at": row.at.isoformat(),
            }
            for row in queries.consents_of(user.id)
        ],
        "accesses": [
            {"who": row.name, "how": row.how, "at": row.at.isoformat()} for row in queries.access_log(user.id)
        ],
        "thanks": thanks_of(user.id),
        "cards": cards_of(actor),
    }


def voluntary(profile: Profile | None, user_id: int) -> dict[str, Any]:
    """Return the voluntary part; what was not given is empty."""
    birthday = profile.birthday if profile is not None else None
    return {
        "birthday": {
            "calendar": birthday.calendar.value,
            "month": birthday.month,
            "day": birthday.day,
            "leap": birthday.leap,
        }
        if birthday
        else None,
        "birth_year": queries.birth_year_of(user_id),
        "about": profile.about if profile else "",
        "skills": profile.skills if profile else "",
        "hobbies": profile.hobbies if profile else "",
        "mobile": profile.mobile if profile else "",
        "photo": profile is not None and profile.photo_id is not None,
    }


def thanks_of(user_id: int) -> list[dict[str, str]]:
    """Return the lines of thanks a person gave and got."""
    author, person = aliased(User), aliased(User)
    rows = session.execute(
        select(author.name, person.name, Thanks.text, Thanks.created_at)
        .join(author, author.id == Thanks.author_id)
        .join(person, person.id == Thanks.person_id)
        .where((Thanks.author_id == user_id) | (Thanks.person_id == user_id), Thanks.taken_back_at.is_(None))
        .order_by(Thanks.id)
    )
    return [{"from": row[0], "to": row[1], "text": row[2], "at": row[3].isoformat()} for row in rows]


def cards_of(actor: Actor) -> list[dict[str, Any]]:
    """Return the cards a person got, and one's own lines on cards of others without telling whose day it was."""
    got = [
        {
            "occasion": card.occasion,
            "day": card.day.isoformat(),
            "lines": [{"from": line.author, "text": line.text} for line in cards.lines_of(card.id)],
        }
        for card in cards.own_cards(actor)
    ]
    written = session.execute(
        select(CardLine.text, CardLine.written_at)
        .join(GreetingCard, GreetingCard.id == CardLine.card_id)
        .where(CardLine.author_id == actor.id)
        .order_by(CardLine.id)
    )
    return [*got, *({"written": row.text, "at": row.written_at.isoformat()} for row in written)]


def photo_of(actor: Actor) -> tuple[str, bytes] | None:
    """Return name and bytes of one's own photo."""
    profile = queries.profile_of(int(actor.id or 0))
    row = session.get(StoredFile, profile.photo_id) if profile and profile.photo_id else None
    path = files.path_of(row.sha256) if row is not None else None
    return (row.name, path.read_bytes()) if row is not None and path is not None and path.is_file() else None


def archive(data: dict[str, Any], paper: bytes, photo: tuple[str, bytes] | None) -> bytes:
    """Return the ZIP a person takes along: the data as JSON, the same on paper, the photo."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(JSON_NAME, json.dumps(data, ensure_ascii=False, indent=2))
        packed.writestr(PDF_NAME, paper)
        if photo is not None:
            packed.writestr(photo[0], photo[1])
    return stream.getvalue()
