"""The lists that stand beside the list of quotations, as tabs above each of them."""

from flask import url_for

from app.core.i18n import gettext as _
from app.core.i18n import pgettext
from app.core.permissions import Actor


def tabs(actor: Actor, current: str) -> list[tuple[str, str, bool, int]]:
    """Return the tabs above the lists of quotations (label, address, whether it is the present one, no count)."""
    items = [
        ("quotations", pgettext("list", "报价"), "quotations.index"),
        ("follow-up", _("待跟进"), "quotations.follow_ups"),
        ("negotiations", _("谈判记录"), "negotiations.index"),
        ("terms", _("条款库"), "terms.index"),
    ]
    return [(label, url_for(endpoint), key == current, 0) for key, label, endpoint in items]
