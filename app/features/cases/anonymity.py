"""Leaving the customer out: hidden names are replaced in what is written, before it is stored.

Nothing that is searched, listed, printed or exported can then hold them.
"""

import re
from collections.abc import Iterable

from app.core.i18n import gettext as _


def names_in(written: str) -> list[str]:
    """Return the names written one a line, or separated by commas, the longest first; single letters are none."""
    found = (name.strip() for name in re.split(r"[\n,，、;；]+", written))
    return sorted({name for name in found if len(name) > 1}, key=lambda name: (-len(name), name))


def joined(names: Iterable[str]) -> str:
    """Return names one a line, as they are kept."""
    return "\n".join(dict.fromkeys(name for name in names if name.strip()))


def without(text: str, names: Iterable[str]) -> str:
    """Return a text in which each name reads 某客户, in the writer's language; the case of letters does not matter."""
    found = [re.escape(name) for name in names]
    if not found:
        return text
    stand_in = _("某客户")
    return re.sub("|".join(found), lambda _match: stand_in, text, flags=re.IGNORECASE)
