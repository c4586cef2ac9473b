"""When a question comes back: Leitner boxes. Whatever is answered right moves one box up, what is wrong into the first.

A question begins in the first box. Two right answers one after the other, days apart, bring it into the third: from
there on it counts as known.
"""

from datetime import date, timedelta

FIRST, LAST = 1, 5
KNOWN = 3
DAYS = {1: 1, 2: 3, 3: 7, 4: 21, 5: 60}


def next_box(box: int, *, right: bool) -> int:
    """Return the box of a question after an answer."""
    return min(box + 1, LAST) if right else FIRST


def due_after(box: int, day: date) -> date:
    """Return from which day on a question of a box that was answered on a day is asked again."""
    return day + timedelta(days=DAYS[box])
