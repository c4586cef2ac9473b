"""How a list is answered: as a page, as a fragment, as a file, on paper. One function for every list."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote_plus, urlsplit

from flask import Response, render_template, request, url_for

from app.core import clock, export, listing, side_writes, timeline
from app.core.i18n import LazyText, lazy
from app.core.i18n import gettext as _
from app.core.listing import Listing
from app.core.side_writes import SideWrite
from app.core.timeline import Verb
from app.web import filters, fragments, guard, nav

PAPER_ROWS = 1_000
LONGEST_FILTER = 500
WIDTHS = {"money": 14, "number": 10, "date": 12, "datetime": 18, "status": 12, "person": 12}

LIST = "list"

_labels: dict[str, LazyText] = {}

listing.register_format("money", filters.amount_text)
listing.register_format("date", filters.date_text)
listing.register_format("datetime", filters.moment_text)


def register_list_label(endpoint: str, label: LazyText) -> None:
    """Say how a list that no entry of the navigation leads to is called in the record of exports."""
    _labels[endpoint] = label


def label_of(endpoint: str) -> LazyText | str:
    """Return how a list is called: as in the navigation, as registered, else by its endpoint."""
    known = {item.endpoint: item.label for item in nav.registered_nav()} | _labels
    return known.get(endpoint, endpoint)


def in_words(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the data of an export in words; the filter stays as it stood in the address."""
    return {
        "list": label_of(data["list"]),
        "format": data["format"].upper(),
        "rows": data["rows"],
        "filter": data["filter"] or "—",
    }


timeline.register_verbs(
    Verb(
        "list:export",
        lazy("导出“%(list)s”：%(format)s，%(rows)s 行，条件 %(filter)s"),
        frozenset({"list", "format", "rows", "filter"}),
        render=in_words,
    )
)


def show_list(
    shown: Listing,
    heading: Any,
    *,
    template: str = "_ui/list.html",
    sign_labels: Sequence[str] = (),
    **context: Any,
) -> Response:
    """Answer a request for a list: the page, its rows for htmx, or by ``format`` csv, xlsx or print.

    ``context`` goes to the template (see _ui/list.html). ``sign_labels`` are the signatures below a printed list.
    """
    wanted = request.args.get("format", "")
    if wanted in ("csv", "xlsx"):
        if guard.needs_confirmation():
            return fragments.go(url_for("people.confirm", next=shown.export_url(wanted)))
        return export_list(shown, str(heading), wanted)
    if wanted == "print":
        return print_list(shown, str(heading), sign_labels)
    return fragments.page(
        template,
        fragment="rows",
        also=("count", "pager"),
        heading=heading,
        listing=shown,
        print_url=shown.export_url("print"),
        **context,
    )


def ticked_rows(values: Iterable[str]) -> dict[int, int]:
    """Return the rows ticked in a list by id, each with the version it was ticked in; what is no tick is left out."""
    found: dict[int, int] = {}
    for value in sorted(values):
        number, _colon, version = value.partition(":")
        if all(part.isascii() and part.isdigit() and len(part) < 10 for part in (number, version)):
            found[int(number)] = int(version)
    return found


def export_list(shown: Listing, heading: str, kind: str) -> Response:
    """Answer with all pages of a list as a file, at most as many rows as the export limit; it is recorded."""
    columns = [
        export.ExportColumn(str(item.label), item.kind, WIDTHS.get(item.kind, 20)) for item in shown.columns
    ]
    counted = itertools.count()
    rows: Iterable[list[Any]] = (
        [shown.plain(row, column) for column in shown.columns]
        for row, _number in zip(shown.all_rows(), counted, strict=False)
    )
    if kind == "csv":
        response = Response(b"".join(export.as_csv(columns, rows)), content_type=export.CSV_TYPE)
    else:
        response = Response(export.as_xlsx(heading, columns, rows), content_type=export.XLSX_TYPE)
    note_export(shown, kind, next(counted))
    return as_download(response, f"{heading}-{clock.today().isoformat()}.{kind}")


def note_export(shown: Listing, kind: str, rows: int) -> None:
    """Queue the record of an export: a GET writes nothing itself, but what left the system must be known."""
    actor = guard.current_actor()
    data = {"list": str(request.endpoint), "format": kind, "rows": rows, "filter": filter_text(shown)}
    side_writes.after_request(
        SideWrite.EXPORT, lambda: timeline.record(LIST, 0, "list:export", actor, data=data)
    )


def filter_text(shown: Listing) -> str:
    """Return what narrowed a list, as in its address: the same words for readers of every language."""
    query = urlsplit(shown.url(page=1, sort="", per_page="")).query
    return unquote_plus(query)[:LONGEST_FILTER]


def as_download(response: Response, name: str) -> Response:
    """Make an answer a download under a name that may be Chinese."""
    plain = name.encode("ascii", "ignore").decode().strip("-") or "export"
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    )
    return fragments.mark_unstored(response)


def print_list(shown: Listing, heading: str, sign_labels: Sequence[str] = ()) -> Response:
    """Answer with a list on paper: letterhead, what was chosen, the rows, signatures."""
    rows = list(shown.all_rows(PAPER_ROWS + 1))
    facts = [*shown.chosen_filters(), (_("条数"), str(min(len(rows), PAPER_ROWS)))]
    return fragments.mark_unstored(
        Response(
            render_template(
                "_ui/print_list.html",
                heading=heading,
                listing=shown,
                rows=rows[:PAPER_ROWS],
                cut=len(rows) > PAPER_ROWS,
                facts=facts,
                sign_labels=sign_labels,
                back_url=shown.url(page=shown.page),
                printed_by=guard.current_actor().name,
                printed_at=clock.now(),
            )
        )
    )
