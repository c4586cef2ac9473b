"""Two versions of a rule side by side: what changed, clause by clause and word by word."""

from typing import Any

from flask import request, url_for

from app.core.errors import NotVisible
from app.core.i18n import gettext as _
from app.core.i18n import lazy
from app.features.rules import compare as comparing
from app.features.rules import presentation, queries, versions
from app.features.rules.views import blueprint
from app.web import fragments
from app.web.guard import current_actor, signed_in

LABELS = {
    comparing.SAME: lazy("未变"),
    comparing.CHANGED: lazy("修改"),
    comparing.MOVED: lazy("移动"),
    comparing.ADDED: lazy("新增"),
    comparing.REMOVED: lazy("删除"),
}
TONES = {
    comparing.SAME: "neutral",
    comparing.CHANGED: "info",
    comparing.MOVED: "neutral",
    comparing.ADDED: "ok",
    comparing.REMOVED: "bad",
}


@blueprint.get("/rules/<int:rule_id>/compare")
@signed_in
def compare(rule_id: int) -> Any:
    """``old`` and ``new`` are places of versions in their sequence; by default the newest and the one before it."""
    actor = current_actor()
    seen = queries.visible_versions(actor, queries.get_rule(actor, rule_id))
    by_sequence = {version.sequence: version for version in seen}
    order = sorted(by_sequence)
    if len(order) < 2:
        raise NotVisible
    after = request.args.get("new", type=int, default=order[-1])
    earlier = [sequence for sequence in order if sequence < after] or order[:1]
    before = request.args.get("old", type=int, default=earlier[-1])
    if before not in by_sequence or after not in by_sequence:
        raise NotVisible
    old, new = by_sequence[before], by_sequence[after]
    found = comparing.of_versions(old, new)
    everything = request.args.get("all") == "1"
    place = url_for("rules.compare", rule_id=rule_id)
    return fragments.page(
        "rules/compare.html",
        fragment="difference",
        heading=_("版本对比"),
        trail=[*presentation.trail(), (new.title, url_for("rules.show_rule", rule_id=rule_id))],
        facts=[new.rule.number, _("%(old)s → %(new)s", old=versions.label(old), new=versions.label(new))],
        options=[(sequence, option_text(by_sequence[sequence])) for sequence in reversed(order)],
        before=before,
        after=after,
        place=place,
        rows=[each for each in found if everything or each.state != comparing.SAME],
        left_out=0 if everything else sum(each.state == comparing.SAME for each in found),
        counts=[(LABELS[state], number) for state, number in comparing.counts(found).items() if number],
        labels=LABELS,
        tones=TONES,
        all_url=url_for("rules.compare", rule_id=rule_id, old=before, new=after, all=1),
        few_url=url_for("rules.compare", rule_id=rule_id, old=before, new=after),
        everything=everything,
    )


def option_text(version: Any) -> str:
    """Return how a version is named in the choice."""
    state, _tone = presentation.state_of(version)
    return f"{versions.label(version)} · {state}"
