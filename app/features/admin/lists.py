"""The log of all events as a list."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, case

from app.core import documents, timeline
from app.core.i18n import LazyText, lazy
from app.core.listing import Column, Filter, Listing
from app.core.permissions import Actor
from app.core.timeline import Event
from app.features.admin import queries

# Kinds of events that belong to no document a feature shows.
OTHER_KINDS: Mapping[str, LazyText] = {
    "installation": lazy("系统设置"),
    "legal_entity": lazy("公司主体"),
    "seal": lazy("印章"),
    "signing_key": lazy("签名证书"),
    "user": lazy("人员"),
    "department": lazy("部门"),
    "verification": lazy("核验"),
    "customer": lazy("客户"),
    "product": lazy("产品"),
    "list": lazy("列表"),
    "meeting_series": lazy("例会"),
}
_PLACEHOLDER = re.compile(r"%\([a-z_]+\)s")


def kind_labels() -> dict[str, LazyText | str]:
    """Return how each kind of document is called."""
    known: dict[str, LazyText | str] = dict(OTHER_KINDS)
    known.update({kind.doc_type: kind.label for kind in documents.registered()})
    return known


def verb_label(code: str) -> str:
    """Return what a verb is called in the filter: its sentence without the particulars."""
    return _PLACEHOLDER.sub("…", str(timeline.verb(code).sentence))


def sentence(row: Row[Any]) -> str:
    """Return the sentence of an event with its changes and the reason given."""
    parts = [timeline.describe(row)]  # type: ignore[arg-type]
    if not row.whole:
        return parts[0]
    parts += [f"{label}: {old or '—'} → {new or '—'}" for label, old, new in timeline.describe_changes(row)]  # type: ignore[arg-type]
    if row.reason:
        parts.append(f"“{row.reason}”")
    return " · ".join(parts)


def actor_text(row: Row[Any]) -> str:
    """Return who acted, and on whose behalf."""
    name = timeline.who_acted(row)  # type: ignore[arg-type]
    if row.on_behalf_of_name:
        return lazy("%(name)s（代%(other)s）").filled(name=name, other=row.on_behalf_of_name)
    return str(name)


class EventList(Listing):
    """Every fact, newest first."""

    default_sort = "-seq"
    row_id = Event.seq

    def __init__(
        self, actor: Actor, arguments: Mapping[str, str], path: str, people: list[tuple[str, str]]
    ) -> None:
        """Open the log as this reader sees it: of documents seen in part neither reasons nor changes."""
        kinds, whole = kind_labels(), documents.seen_whole(actor, Event.doc_type, Event.doc_id)
        self.searched = (Event.actor_name, case((whole, Event.reason), else_=""))
        columns = (
            Column("seq", lazy("序号"), Event.seq, "number", shown_by=lambda row: str(row.seq)),
            Column("at", lazy("时间"), Event.at, "datetime", sortable=False),
            Column("actor_name", lazy("经办人"), Event.actor_name, "person", sortable=False, text=actor_text),
            Column(
                "doc_type",
                lazy("对象"),
                Event.doc_type,
                sortable=False,
                text=lambda row: f"{kinds.get(row.doc_type, row.doc_type)} #{row.doc_id}",
                href=lambda row: f"{path}?doc_type={row.doc_type}&doc={row.doc_id}",
            ),
            Column("verb", lazy("事项"), Event.verb, sortable=False, text=sentence),
            Column("address", lazy("网络地址"), Event.address, sortable=False),
            Column("hash", lazy("链值"), Event.hash, sortable=False, text=lambda row: row.hash[:12]),
            *(
                Column(key, "", getattr(Event, key), sortable=False, hidden=True)
                for key in ("doc_id", "actor_id", "on_behalf_of_name", "data", "reason")
            ),
            Column("whole", "", case((whole, 1), else_=0), sortable=False, hidden=True),
        )
        filters = (
            Filter(
                "verb",
                lazy("事项"),
                Event.verb,
                options=[(item.code, verb_label(item.code)) for item in timeline.registered_verbs()],
            ),
            Filter("actor", lazy("经办人"), Event.actor_id, "person", options=people),
            Filter("doc_type", lazy("对象"), Event.doc_type, options=list(kinds.items())),
            Filter(
                "doc",
                lazy("对象序号"),
                kind="text",
                condition=lambda value: (
                    Event.doc_id == (int(value) if value.isdecimal() and len(value) < 10 else -1)
                ),
            ),
            Filter("at", lazy("时间"), Event.at, "date_range"),
        )
        super().__init__(queries.events(actor), arguments, path, columns=columns, filters=filters)
