"""How the demo is played: many stories at once, each act at its own moment, in the order of time.

The chain of events, the numbers of documents and the tasks then stand in the order in which a real half year
would have left them.
"""

import heapq
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count

from app.core import clock, notices
from app.core.db import session
from app.core.permissions import Actor
from app.core.uow import unit_of_work
from app.demo.timetable import Timetable
from app.features.people.directory import actor_by_number

Script = Generator[datetime, None, None]
"""A story: it yields the moment of its next act and does it when it is called again."""


class BeyondTheEnd(RuntimeError):
    """A story wanted to act after the last working day before today: it has to begin earlier."""


@dataclass
class Stage:
    """What the stories share: the timetable, the actors by staff number, when the manager is away."""

    timetable: Timetable
    away: tuple[date, date] | None = None
    actors: dict[tuple[str, date], Actor] = field(default_factory=dict)

    def actor(self, staff_number: str) -> Actor:
        """Return a person as they may act on the day of the set clock, delegations included."""
        key = (staff_number, clock.today())
        if key not in self.actors:
            self.actors[key] = actor_by_number(staff_number)
        return self.actors[key]

    def forget_actors(self) -> None:
        """Read everybody's roles again: a delegation began or ended."""
        self.actors.clear()

    def is_away(self, moment: datetime) -> bool:
        """Tell whether the manager is away on the day of a moment."""
        return self.away is not None and self.away[0] <= clock.to_local(moment).date() <= self.away[1]


def play(stage: Stage, scripts: Iterable[Script], tell: Callable[[date], None]) -> int:
    """Play stories to their ends, a unit of work per day; ``tell`` hears of each new day. Return the number of acts.

    Raises BeyondTheEnd where a story would reach into the day of loading.
    """
    order = count()
    waiting: list[tuple[datetime, int, Script]] = []
    for script in scripts:
        push(stage, waiting, script, next(order))
    acts = 0
    while waiting:
        day = clock.to_local(waiting[0][0]).date()
        tell(day)
        with unit_of_work():
            while waiting and clock.to_local(waiting[0][0]).date() == day:
                moment, _place, script = heapq.heappop(waiting)
                with clock.frozen(moment):
                    push(stage, waiting, script, next(order))
                    # the next act reads the versions this one wrote
                    session.flush()
                acts += 1
    return acts


def push(stage: Stage, waiting: list[tuple[datetime, int, Script]], script: Script, place: int) -> None:
    """Let a story act and put it back with the moment of its next act, unless it is told."""
    moment = next(script, None)
    if moment is None:
        return
    if moment > stage.timetable.end:
        raise BeyondTheEnd(f"{script}: {moment.isoformat()}")
    heapq.heappush(waiting, (moment, place, script))


def readers(stage: Stage, staff_numbers: Iterable[str]) -> Script:
    """Everybody reads their notices once a week; those of the last day stay unread."""
    numbers = list(staff_numbers)
    for back in reversed(range(2, stage.timetable.length - 5, 5)):
        yield stage.timetable.moment(back, 17, 20)
        for number in numbers:
            notices.mark_read(int(stage.actor(number).id or 0))
