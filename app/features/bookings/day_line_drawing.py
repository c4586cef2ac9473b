"""The day line as SVG, a drawing a car: every stretch is a link, placed in shares of the width.

So it needs neither scripts nor styles of its own and is as wide as there is room. Asked for is hatched, given is
solid, overdue is red; the colours are tokens of the style sheet and follow the theme.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from markupsafe import Markup, escape

from app.core import clock, documents
from app.core.i18n import LazyText, lazy
from app.core.i18n import gettext as _
from app.features.bookings.day_line import CarLine, Free, Kind, Span, Stretch, Window
from app.features.bookings.enums import BOOKING
from app.web import charts, filters

LANE, GAP, EDGE = 32, 4, 13
HEAD_HEIGHT = 22
# Pixels of a hundredth of the width on a usual screen, and of a Latin letter: words are cut to the room there is.
HUNDREDTH, LETTER = 9, 6.4
# Fewer letters than this say nothing.
LEAST_LETTERS = 4
# Stands for the moment in a sentence that is made once for many.
MOMENT = "{}"
# Fill, colour of the words and edge of each kind of bar: pairs whose contrast is tested.
LOOKS: Mapping[Kind, tuple[str, str, str]] = {
    Kind.ASKED: ("url(#asked)", "var(--ink)", "var(--edge)"),
    Kind.DISPATCHED: ("var(--action)", "var(--on-solid)", "none"),
    Kind.OUT: ("var(--action)", "var(--on-solid)", "none"),
    Kind.OVERDUE: ("var(--seal)", "var(--on-solid)", "none"),
    Kind.DRIVEN: ("var(--neutral-soft)", "var(--neutral)", "none"),
}
KIND_LABELS: Mapping[Kind, LazyText] = {
    Kind.ASKED: lazy("已申请"),
    Kind.DISPATCHED: lazy("已派车"),
    Kind.OUT: lazy("已出车"),
    Kind.OVERDUE: lazy("超时未还"),
    Kind.DRIVEN: lazy("已还车"),
}
HATCH = (
    '<pattern id="asked" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="var(--card)"/><rect width="2" height="6" fill="var(--line-strong)"/></pattern>'
)


def definitions(window: Window) -> Markup:
    """Return what the drawings of a page share: the hatching, and the lines of hours or days."""
    steps = len(window.hours) if window.span == Span.DAY else window.days
    lines = "".join(
        f'<rect x="{100 * step / steps:.2f}%" width="1" height="100%" fill="var(--line)"/>'
        for step in range(1, steps)
    )
    return Markup(  # noqa: S704 - numbers alone
        '<svg width="0" height="0" aria-hidden="true"><defs>'
        f'{HATCH}<symbol id="hours">{lines}</symbol></defs></svg>'
    )


def head(window: Window) -> Markup:
    """Return the head above the lines: hours, or days that lead to their own page."""
    if window.span == Span.DAY:
        inside = "".join(
            charts.text(f"{100 * place / len(window.hours):.2f}%", 15, f"{hour:02d}", "start", "ink-soft")
            for place, hour in enumerate(window.hours)
        )
    else:
        inside = "".join(_day_of(window, number) for number in range(window.days))
    return Markup(  # noqa: S704 - every text is escaped
        f'<svg width="100%" height="{HEAD_HEIGHT}">{inside}</svg>'
    )


def _day_of(window: Window, number: int) -> str:
    day = window.first + timedelta(days=number)
    address = url_for("day_line.index", day=day.isoformat())
    words = charts.text(
        f"{100 * number / window.days:.2f}%", 14, f"{day.day} {filters.weekday(day)}", "start", "ink-soft"
    )
    return f'<a href="{escape(address)}" aria-label="{escape(filters.weekday_text(day))}">{words}</a>'


def line(car: CarLine, window: Window, now: datetime) -> Markup:
    """Return the line of a car: past time shaded, free time as links to the form, bookings as links to their pages."""
    parts = ['<use href="#hours"/>']
    past = window.share(now)
    parts.insert(0, f'<rect width="{100 if car.blocked else past:.2f}%" height="100%" fill="var(--hover)"/>')
    # made once: an address made anew for each stretch costs more than drawing it
    form = escape(form_address(car.vehicle_id, ""))
    offer = escape(_("约车：%(plate)s，%(time)s 起空闲", plate=car.plate, time=MOMENT))
    parts += [_free(free, window, form, offer) for free in car.free]
    address = documents.document_type(BOOKING).url
    if window.begin < now < window.end:
        parts.append(f'<rect x="{past:.2f}%" data-now width="2" height="100%" fill="var(--seal)"/>')
    labels = {kind: str(label) for kind, label in KIND_LABELS.items()}
    parts += [_bar(stretch, window, now, labels, address) for stretch in car.stretches]
    height = 2 * EDGE + car.lanes * (LANE + GAP) - GAP
    return Markup(  # noqa: S704 - every text is escaped
        f'<svg width="100%" height="{height}">{"".join(parts)}</svg>'
    )


def _free(free: Free, window: Window, form: str, offer: str) -> str:
    left = window.share(free.begin)
    return (
        f'<a href="{form}{local_text(free.suggested)}" data-free'
        f' aria-label="{offer.replace(MOMENT, said(free.begin, window))}">'
        f'<rect x="{left:.2f}%" width="{window.share(free.end) - left:.2f}%" height="100%" fill="transparent"/></a>'
    )


def _bar(
    stretch: Stretch,
    window: Window,
    now: datetime,
    labels: Mapping[Kind, str],
    address: Callable[[int], str],
) -> str:
    left, right = window.share(stretch.begin), window.share(stretch.end)
    top = EDGE + stretch.lane * (LANE + GAP)
    fill, ink, edge = LOOKS[stretch.kind]
    drawn = ""
    if stretch.kind == Kind.OVERDUE:
        # what is certain is red, how long it will still be out nobody knows
        known = window.share(now)
        rest = f'x="{known:.2f}%" y="{top}" width="{right - known:.2f}%" height="{LANE}"'
        drawn = f'<rect {rest} fill="var(--bad-soft)"/>'
        right = known
    width = max(right - left, 0.2)
    box = f'x="{left:.2f}%" y="{top}" width="{width:.2f}%" height="{LANE}"'
    shape = f'rx="4" fill="{fill}" stroke="{edge}"'
    letters = int((width * HUNDREDTH - 8) / LETTER)
    if letters < LEAST_LETTERS:
        drawn += f"<rect {box} {shape}/>"
    else:
        words = escape(charts.cut(f"{stretch.person} {stretch.place}".strip(), letters))
        drawn += (
            f'<svg {box}><rect width="100%" height="100%" {shape}/>'
            f'<text x="6" y="21" font-size="{charts.TEXT_SIZE}" fill="{ink}">{words}</text></svg>'
        )
    name = escape(in_words(stretch, window, labels))
    if not stretch.readable:
        return f'<g role="img" aria-label="{name}">{drawn}</g>'
    # browsers show the second on hover, as they show a title element, of which a page has one
    return f'<a href="{address(stretch.booking_id)}" aria-label="{name}" xlink:title="{name}">{drawn}</a>'


def in_words(stretch: Stretch, window: Window, labels: Mapping[Kind, str]) -> str:
    """Return a bar as it is read aloud and shown on hover."""
    place = f" {stretch.place}" if stretch.place else ""
    end = "" if stretch.kind == Kind.OVERDUE else said(stretch.end, window)
    span = f"{said(stretch.begin, window)}–{end}"
    return f"{span} {labels[stretch.kind]} {stretch.person}{place}"


def said(moment: datetime, window: Window) -> str:
    """Return a moment as short as the view allows: the time alone where it is of the one day shown."""
    # a tenth of what strftime takes, and there are thousands
    text = moment.astimezone(clock.company_zone()).isoformat(" ", "minutes")
    return text[11:16] if window.alone and text.startswith(window.first_text) else text[5:16]


def form_address(vehicle_id: int, begin: str, end: str = "") -> str:
    """Return the address of the form with a car and a time filled in, as ``local_text`` writes it."""
    chosen: dict[str, Any] = {"vehicle": vehicle_id, "from": begin, **({"to": end} if end else {})}
    return url_for("bookings.new", **chosen)


def local_text(moment: datetime) -> str:
    """Return a moment as the form reads it from its address: the company's wall clock, to the minute."""
    return clock.to_local(moment).isoformat("T", "minutes")[:16]
