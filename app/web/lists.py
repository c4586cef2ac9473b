"""How a list is answered: as a page, as a fragment, as a file, on paper. One function for every list."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from flask import Response, render_template, request, url_for

from app.core import clock, export, listing
from app.core.i18n import gettext as _
from app.core.listing import Listing
from app.web import filters, fragments, guard

PAPER_ROWS = 1_000
WIDTHS = {"money": 14, "number": 10, "date": 12, "datetime": 18, "status": 12, "person": 12}

listing.register_format("money", filters.amount_text)
listing.register_format("date", filters.date_text)
listing.register_format("datetime", filters.moment_text)


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


def export_list(shown: Listing, heading: str, kind: str) -> Response:
    """Answer with all pages of a list as a file, at most as many rows as the export limit."""
    columns = [
        export.ExportColumn(str(item.label), item.kind, WIDTHS.get(item.kind, 20)) for item in shown.columns
    ]
    rows: Iterable[list[Any]] = (
        [shown.plain(row, column) for column in shown.columns] for row in shown.all_rows()
    )
    if kind == "csv":
        response = Response(b"".join(export.as_csv(columns, rows)), content_type=export.CSV_TYPE)
    else:
        response = Response(export.as_xlsx(heading, columns, rows), content_type=export.XLSX_TYPE)
    return as_download(response, f"{heading}-{clock.today().isoformat()}.{kind}")


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
