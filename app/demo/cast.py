"""Which stories the demo tells, of which customers, and when: some eighty inquiries over half a year."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from app.demo import bidding, quick, story, talking
from app.demo.customers import FILE
from app.demo.deal import Deal
from app.demo.stage import Script, Stage
from app.features.customers.enums import CustomerKind
from app.features.inquiries.enums import InquiryChannel, InquiryKind
from app.features.quotations.enums import FileForm

# Customers of whom something else is told: handed over, given up.
KEPT_OUT = frozenset({"奉畴液压", "津稔输送"})
LAST_BACK = 30
CHANNELS = (
    InquiryChannel.PHONE,
    InquiryChannel.WECHAT,
    InquiryChannel.PHONE,
    InquiryChannel.EMAIL,
    InquiryChannel.PHONE,
    InquiryChannel.VISIT,
    InquiryChannel.WECHAT,
    InquiryChannel.LETTER,
)
HOURS = ((8, 50), (9, 15), (10, 5), (13, 45), (9, 40), (14, 20), (8, 40), (10, 30), (15, 10), (9, 0))


@dataclass(frozen=True)
class Part:
    """A story with whose it is; ``back`` names its first day, ``hour`` its first hour, where they matter.

    ``told`` goes to the story, ``made`` to the case.
    """

    tell: Callable[..., Script]
    owner: str = "s1"
    back: int | None = None
    hour: int | None = None
    told: dict[str, Any] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)


def part(
    tell: Callable[..., Script],
    owner: str = "s1",
    back: int | None = None,
    hour: int | None = None,
    **options: Any,
) -> Part:
    """Return a part; the options of the stories are told, all others make the case."""
    told: dict[str, Any] = {key: options.pop(key) for key in ("late", "copies", "form") if key in options}
    return Part(tell, owner, back, hour, told, options)


FINISHED = (
    part(story.won, copies=2, lines=4),
    part(story.declined, "s2"),
    part(story.lost, "s2", lines=3),
    part(story.won, specials=(0,), lines=2),
    part(story.cancelled_reported, "s1"),
    part(story.won_after_return, "s2", specials=(1,), lines=3),
    part(story.offered, "s1", valid_days=15, lines=5, late=True),
    part(story.declined, "s1"),
    part(story.won_after_bargaining, "s1", lines=4),
    part(story.withdrawn, "s2", specials=(6,), lines=1),
    part(story.won, "m1", lines=5, copies=2, worth=16000),
    part(story.lost, "s1", specials=(3,), lines=1),
    part(story.won_with_waiver, "s2", specials=(8, 1), lines=2),
    part(story.cancelled_quoting, "s1", lines=3),
    part(story.won_after_leader_return, "s1", lines=6, worth=46000),
    part(story.declined, "s2"),
    part(story.lost, "s2", lines=4),
    part(story.prolonged, "s2", valid_days=15, lines=3),
    part(story.won_after_question, "s1", specials=(4,), lines=2),
    part(story.rejected, "s2", lines=2),
    part(story.won_with_reprint, "s1", lines=3),
    part(story.cancelled_draft, "s2", lines=2),
    # From here on the manager is away for a week: his deputy decides for him.
    part(story.won, "s1", back=61, lines=4, specials=(5,)),
    part(story.declined, "s1", back=59),
    part(story.lost, "s1", back=60, lines=3),
    part(story.won, "s2", back=58, lines=3, late=True),
    part(story.offered, "s2", valid_days=20, lines=4),
    part(story.won_late, "s1", valid_days=10, lines=3),
    part(story.cancelled_preparing, "s2", specials=(7,), lines=1),
    part(story.won_at_second_try, "s2", lines=3),
    part(story.rejected_by_leader, "s1", lines=3, worth=90000),
    part(story.reopened, "s1", lines=3, valid_days=15),
    part(story.won, "s1", specials=(2,), lines=2, copies=3, late=True),
    part(story.declined, "s2"),
    part(story.cancelled_submitted, "s1", lines=3),
    part(story.lost, "s2", specials=(9,), lines=2),
    part(story.withdrawn, "s1", specials=(3,), lines=2),
    part(story.offered, "s2", form=FileForm.PAPER, valid_days=15, lines=2, late=True),
    part(story.lost, "s1", lines=5),
    part(story.won, "s2", lines=42, worth=1800, priced=3, headings=True, copies=2),
)

OPEN = (
    part(talking.haggled, "s1", back=22, lines=3, late=True),
    part(story.revised, "s2", back=21, lines=4, valid_days=60),
    part(story.revision_rejected, "s1", back=20, lines=3, valid_days=60),
    part(story.followed_up, "s2", back=18, lines=3, valid_days=60),
    part(story.claimed, "s1", back=14, lines=4, copies=2),
    part(story.claimed, "s2", back=13, specials=(0,), lines=2),
    part(story.loss_claimed, "s1", back=12, lines=3),
    part(story.revising, "s1", back=11, specials=(4,), lines=3, valid_days=60),
    part(talking.negotiating, "s2", back=10, lines=3),
    part(story.offered, "s1", back=9, specials=(8,), lines=2, copies=2),
    part(story.issued, "s1", back=8, lines=4),
    part(story.issued, "s2", back=7, specials=(5,), lines=2),
    part(story.returned, "s2", back=7, lines=3),
    part(story.approved, "s1", back=6, lines=4),
    part(story.approved, "s2", back=6, specials=(1,), lines=2),
    part(story.reminded, "s1", back=7, lines=7, worth=42000),
    part(story.leader_review, "s1", back=5, lines=6, worth=52000),
    part(story.leader_review_tried, "s2", back=5, lines=3, below_floor=True),
    part(story.leader_review, "s1", back=5, lines=3, other_payment=True),
    part(story.returned, "s1", back=5, specials=(2,), lines=1),
    part(story.in_review, "s1", back=4, specials=(0, 3), lines=2, evidence_days=15, valid_days=30),
    part(story.in_review, "s2", back=4, lines=4, late=True),
    part(story.taken_back, "s1", back=4, lines=3),
    part(story.in_review, "m1", back=4, lines=5, worth=12000),
    part(story.begun, "s1", back=4, lines=4),
    part(story.begun, "s2", back=4, specials=(9,), lines=2),
    part(story.begun, "s1", back=3, lines=2, priced=0),
    part(story.answered, "s1", back=3, specials=(8,), lines=2),
    part(story.answered, "s2", back=3, lines=3),
    part(story.decided, "s1", back=2, specials=(1, 6), lines=2),
    part(story.overdue, "s2", back=5, specials=(7,), lines=1, answer_days=1),
    part(story.technical_answered, "s1", back=2, specials=(3,), lines=3),
    part(story.half_answered, "s2", back=2, lines=4, priced=3),
    part(story.decided, "s1", back=1, lines=3, priced=2),
    part(story.reported, "s1", back=1, specials=(5,), lines=2, hour=15),
    part(story.reported, "s2", back=1, lines=4, late=True),
    part(story.reported, "m1", back=1, lines=6, worth=20000, hour=14),
    part(story.returned_inquiry, "s1", back=2, lines=2),
    part(story.registered, "s1", back=1, lines=3, hour=16),
    part(story.registered, "s2", back=1, specials=(2,), lines=1),
    part(quick.offered, "s1", back=6, lines=3),
    part(quick.proposed, "s1", back=1, lines=2, hour=15),
    part(bidding.handed_over, "s1", back=8, lines=4, worth=9000, valid_days=90),
    part(bidding.reviewed, "s2", back=5, lines=3, valid_days=90),
)


def back_of(place: int, first: int) -> int:
    """Return the first day of a finished story that simply follows the one before; ``first`` is that of the first."""
    return round(first - place * (first - LAST_BACK) / (len(FINISHED) - 1))


def customers_of() -> dict[str, Iterator[tuple[str, str]]]:
    """Return for each owner an endless round of their customers with the kind of each."""
    owned: dict[str, list[tuple[str, str]]] = {}
    with FILE.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            if row["short_name"] not in KEPT_OUT:
                owned.setdefault(row["owner"], []).append((row["short_name"], row["kind"]))
    return {owner: round_of(rows) for owner, rows in owned.items()}


def round_of(rows: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Give the rows again and again, not in the order of the list."""
    place = 0
    while True:
        yield rows[place % len(rows)]
        place += 11


def kind_and_channel(number: int, customer_kind: str) -> tuple[InquiryKind, InquiryChannel]:
    """Return how a customer buys: central purchasing by platform or comparison, others mostly just ask."""
    if customer_kind == CustomerKind.CENTRAL_PURCHASING:
        if number % 2:
            return InquiryKind.TENDER, InquiryChannel.PLATFORM
        return InquiryKind.CENTRAL, InquiryChannel.LETTER
    kind = InquiryKind.COMPARISON if number % 6 == 0 else InquiryKind.INQUIRY
    return kind, CHANNELS[number % len(CHANNELS)]


def first_hour(number: int, item: Part, back: int) -> tuple[int, int]:
    """Return when a story begins; what came on the last day came early, so that it could still be worked on."""
    if item.hour is not None:
        return item.hour, 5 + number % 5 * 5
    return HOURS[number % len(HOURS)] if back > 1 else (8, 35 + number % 5 * 5)


def stories(stage: Stage) -> list[Script]:
    """Return the stories, ready to be played."""
    scripts = []
    customers = customers_of()
    # the days before are those on which products and customers are entered
    first = stage.timetable.length - 3
    for number, item in enumerate((*FINISHED, *OPEN), 1):
        back = item.back if item.back is not None else back_of(number - 1, first)
        customer, customer_kind = next(customers[item.owner])
        kind, channel = kind_and_channel(number, customer_kind)
        hour, minute = first_hour(number, item, back)
        case = Deal(
            stage=stage,
            number=number,
            owner=item.owner,
            customer=customer,
            moment=stage.timetable.moment(back, hour, minute),
            kind=kind,
            channel=channel,
            # what still waits has not passed its deadline
            deadline_days=8 if item in OPEN else None,
            **item.made,
        )
        scripts.append(item.tell(case, **item.told))
    return scripts
