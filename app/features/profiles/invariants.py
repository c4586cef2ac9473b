"""What must be true of profiles whatever happened: ``check`` asks it."""

from sqlalchemy import and_, select

from app.core.db import session
from app.core.i18n import gettext as _
from app.core.search_index import SearchEntry
from app.features.people.models import User
from app.features.profiles.actions import FOUND
from app.features.profiles.enums import SHARED
from app.features.profiles.models import Consent, Profile
from app.features.profiles.visibility import latest_consent


def check_profiles() -> list[str]:
    """Find voluntary data of people who left, and words in the index that their owner shows to nobody."""
    left = select(User.name).join(Profile, Profile.id == User.id).where(User.active.is_(False))
    found = [_("%(name)s已离职，自愿资料还在", name=name) for name in session.execute(left).scalars()]
    for field, doc_type in FOUND.items():
        shown = select(Consent.id).where(
            Consent.id == latest_consent(User, field), Consent.audience.in_([code.value for code in SHARED])
        )
        hidden = (
            select(User.name)
            .join(SearchEntry, and_(SearchEntry.doc_type == doc_type, SearchEntry.doc_id == User.id))
            .where(~shown.correlate(User).exists())
        )
        found += [
            _("%(name)s没有同意公开的内容还在搜索索引里", name=name)
            for name in session.execute(hidden).scalars()
        ]
    return found
