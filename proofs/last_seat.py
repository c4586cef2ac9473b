"""Prove that the last seat of a session goes to one of fifty who ask at once, and that the others queue in order.

Fifty people, each signed in in a browser of their own, press the same button at the same moment: over HTTP against
the running server, on SQLite's file and, where it is installed, on PostgreSQL with two web nodes. Then those in front
leave at once, the holder of the seat among them: whoever is first of those who stay has it. Run by ``manage.py prove
last_seat``.
"""

import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from app.core import checks, clock
from app.core.db import session
from app.core.permissions import Role
from app.features.training.enums import PersonStatus
from app.features.training.models import TrainingPerson
from benchmarks._tables import Row, write
from proofs import _site
from proofs.concurrency import fresh
from tests import factories
from tests.features.training import desk as desks

PEOPLE, LEAVING, ROUNDS = 50, 12, 3


def set_stage(data: Path, database: str) -> list[int]:
    """Set up an installation with fifty people and sessions of one seat; return the numbers of the sessions."""
    _site.install(data, database)
    with _site.opened(data, database):
        desk = desks.build()
        for place in range(PEOPLE):
            factories.user(f"学员{place}", f"q{place}", desk.department, [Role.SALESPERSON])
        days = [clock.now() + timedelta(days=1 + turn) for turn in range(ROUNDS)]
        return [desks.announced(desk, capacity=1, starts_at=day).id for day in days]


def all_at_once(browsers: Sequence[_site.Browser], address: str, page: str) -> Counter[int]:
    """Let everybody who has the page open send one of its forms at the same moment; return what was answered."""
    forms = [browser.form(page, address) for browser in browsers]
    barrier = threading.Barrier(len(browsers))

    def send(place: int) -> int:
        barrier.wait()
        return browsers[place].request("POST", address, forms[place])

    with ThreadPoolExecutor(len(browsers)) as pool:
        return Counter(pool.map(send, range(len(browsers))))


def standing(data: Path, database: str, session_id: int) -> tuple[list[str], list[tuple[int, str]]]:
    """Return who has a seat, and who waits in which order."""
    with _site.opened(data, database):
        rows = session.execute(
            select(TrainingPerson)
            .where(TrainingPerson.session_id == session_id)
            .order_by(TrainingPerson.queue_number)
        )
        people = list(rows.unique().scalars())
        return (
            [row.user.staff_number for row in people if row.status == PersonStatus.ENROLLED],
            [
                (row.queue_number or 0, row.user.staff_number)
                for row in people
                if row.status == PersonStatus.WAITLISTED
            ],
        )


def over_http(data: Path, database: str) -> list[Row]:
    """Let fifty ask for each last seat, and twelve of them leave at once."""
    sessions = set_stage(data, database)
    taken, moved, answers = [], [], Counter[int]()
    with ExitStack() as stack:
        # several web nodes share one PostgreSQL; SQLite has one
        nodes = [
            stack.enter_context(_site.served(data, database, "--no-jobs"))
            for _node in "12"[: 1 + bool(database)]
        ]
        browsers = {
            f"q{place}": _site.Browser(nodes[place % len(nodes)].port).sign_in(f"q{place}")
            for place in range(PEOPLE)
        }
        for number in sessions:
            page = f"/training/{number}"
            answers += all_at_once(list(browsers.values()), f"{page}/enrol", page)
            first, queue = standing(data, database, number)
            taken.append((len(first), [place for place, _who in queue] == list(range(1, PEOPLE))))
            leaving = [*first, *(who for _place, who in queue[: LEAVING - 1])]
            answers += all_at_once([browsers[who] for who in leaving], f"{page}/withdraw", page)
            moved.append(standing(data, database, number) == ([queue[LEAVING - 1][1]], queue[LEAVING:]))
    with _site.opened(data, database):
        found = checks.run_all()
    said = ", ".join(f"{count} × {status}" for status, count in sorted(answers.items()))
    return [
        Row(
            f"{PEOPLE} ask for the last seat at once",
            f"one has it, {PEOPLE - 1} queue in order",
            f"{ROUNDS} rounds: seats given {[count for count, _order in taken]}; queues in order"
            f" {[order for _count, order in taken]}",
            taken == [(1, True)] * ROUNDS,
        ),
        Row(
            f"{LEAVING} in front leave at once",
            "the first who stays has the seat",
            f"{ROUNDS} rounds: {moved.count(True)} as they should; answers {said}; check: {len(found)} found",
            moved == [True] * ROUNDS and set(answers) == {303} and not found,
        ),
    ]


def main() -> int:
    """Run it on every engine, write the table, and return 1 where something did not hold."""
    rows = []
    with (
        tempfile.TemporaryDirectory(prefix="zhangcheng-seats-") as name,
        _site.databases(Path(name)) as engines,
    ):
        for engine, data, server in engines:
            found = over_http(data, fresh(server, "proof_seats"))
            rows += [Row(f"{engine}: {row.name}", row.target, row.figure, row.held) for row in found]
    return write(
        "last_seat",
        "The last seat",
        "fifty people over HTTP against `manage.py run`, on PostgreSQL against two nodes of it.",
        rows,
        Path(__file__).parent,
    )


if __name__ == "__main__":
    sys.exit(main())
