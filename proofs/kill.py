"""Prove that a server killed in the middle of writing leaves nothing half-saved and loses nothing it confirmed.

In each round people register inquiries and a keeper issues sealed quotations over HTTP; at a random moment all
processes of the server are killed (SIGKILL). Then ``manage.py check`` must find nothing, every confirmed document
must be there, and each must be whole: its lines, its event, its open task, its files. SQLite's file.
"""

import random
import sys
import tempfile
import threading
import time
from http.client import HTTPException
from pathlib import Path

from sqlalchemy import func, select

from app.core import files, search_index
from app.core.db import session
from app.core.files import StoredFile
from app.core.timeline import Event
from app.features.inquiries.models import Inquiry
from app.features.quotations.models import IssuedFile, QuotationRevision
from app.features.seals.models import SealUse
from benchmarks._tables import Row, write
from proofs import _site, _stage

ROUNDS = 20
WRITERS = 3
LINES, COPIES = 3, 2
WAITING = 120
LATEST_BLOW = 1.5
BUSY_WITHIN = 30


class Office:
    """The people at work: they write until the server is gone and remember what was confirmed to them."""

    def __init__(self, port: int, customer: int, waiting: list[int]) -> None:
        self.registered: list[int] = []
        self.issued: list[int] = []
        self.sent = 0
        self._customer = customer
        self._browsers = [_site.Browser(port).sign_in("salesperson") for _writer in range(WRITERS)]
        self._keeper = _site.Browser(port).sign_in("keeper")
        self._waiting = waiting
        work = [(self.register, browser) for browser in self._browsers] + [(self.issue, self._keeper)]
        self._threads = [threading.Thread(target=self.until_gone, args=given) for given in work]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wait_until_busy(self) -> None:
        """Return when the first quotation was issued: from then on both kinds of writing are under way."""
        deadline = time.monotonic() + BUSY_WITHIN
        while not (self.issued and self.registered) and time.monotonic() < deadline:
            time.sleep(0.02)

    def finish(self) -> None:
        for thread in self._threads:
            thread.join(60)

    def until_gone(self, act, browser: _site.Browser) -> None:
        try:
            while act(browser):
                pass
        except (OSError, HTTPException):
            # the server was killed: what was under way is confirmed to nobody
            return

    def register(self, browser: _site.Browser) -> bool:
        """Register an inquiry; its id stands in the address the server leads to."""
        fields = _stage.inquiry_fields(browser.form("/inquiries/new"), self._customer, LINES)
        self.sent += 1
        if browser.request("POST", "/inquiries/new", fields) == 303:
            self.registered.append(int(browser.location.rsplit("/", 1)[1]))
        return True

    def issue(self, browser: _site.Browser) -> bool:
        """Issue the next approved quotation in two copies; False where none is left."""
        if not self._waiting:
            return False
        quotation = self._waiting[0]
        address = f"{_stage.address(quotation)}/issue"
        if browser.request("GET", address) != 200:
            self._waiting.pop(0)
            return True
        fields = browser.form(address, copies=str(COPIES))
        self.sent += 1
        if browser.request("POST", address, fields) == 303:
            self.issued.append(quotation)
            self._waiting.pop(0)
        return True


def losses(office: Office) -> list[str]:
    """Return what was confirmed and is not there."""
    known = set(session.execute(select(Inquiry.id)).scalars())
    issued = set(
        session.execute(
            select(QuotationRevision.quotation_id).where(QuotationRevision.status == "issued")
        ).scalars()
    )
    lost = [f"inquiry {item} was confirmed and is lost" for item in office.registered if item not in known]
    return lost + [
        f"issue of {item} was confirmed and is lost" for item in office.issued if item not in issued
    ]


def halves() -> list[str]:
    """Return the documents of which only a part was saved."""
    found = []
    for inquiry in session.execute(select(Inquiry)).unique().scalars():
        events = session.execute(
            select(func.count()).where(Event.doc_type == "inquiry", Event.doc_id == inquiry.id)
        ).scalar_one()
        indexed = session.execute(
            select(func.count()).where(
                search_index.SearchEntry.doc_type == "inquiry", search_index.SearchEntry.doc_id == inquiry.id
            )
        ).scalar_one()
        if len(inquiry.lines) != LINES or not events or indexed != 1:
            found.append(
                f"inquiry {inquiry.id}: {len(inquiry.lines)} lines, {events} events, {indexed} in search"
            )
    for revision in session.execute(select(QuotationRevision)).unique().scalars():
        copies = (
            session.execute(select(IssuedFile.stored_file_id).where(IssuedFile.revision_id == revision.id))
            .scalars()
            .all()
        )
        uses = session.execute(select(func.count()).where(SealUse.doc_id == revision.id)).scalar_one()
        verbs = session.execute(
            select(func.count()).where(
                Event.doc_type == "quotation", Event.doc_id == revision.id, Event.verb == "quotation:issue"
            )
        ).scalar_one()
        wanted = (COPIES, 1, 1) if revision.status == "issued" else (0, 0, 0)
        if (len(copies), uses, verbs) != wanted:
            found.append(f"quotation {revision.id} is {revision.status}: {(len(copies), uses, verbs)}")
        for stored in copies:
            if not files.read_bytes(session.get_one(StoredFile, stored)).startswith(b"%PDF-"):
                found.append(f"quotation {revision.id}: a copy is damaged")
    return found


def main() -> int:
    """Kill the server round by round, write the table, and return 1 where anything was found."""
    problems: list[str] = []
    confirmed = sent = sealed = 0
    chance = random.Random()
    with tempfile.TemporaryDirectory(prefix="zhangcheng-kill-") as name:
        data = Path(name) / "data"
        stage = _stage.build(data, approved=WAITING)
        waiting = list(stage["approved"])
        starts = []
        for number in range(1, ROUNDS + 1):
            server = _site.Server(data, "", "--no-jobs")
            starts.append(server.ready_after)
            office = Office(server.port, stage["customer"][0], waiting)
            office.start()
            office.wait_until_busy()
            time.sleep(chance.uniform(0, LATEST_BLOW))
            server.kill()
            office.finish()
            confirmed, sent = confirmed + len(office.registered) + len(office.issued), sent + office.sent
            sealed += len(office.issued)
            found = _site.examine(data)
            problems += [f"round {number}: {found}"] if found else []
            with _site.opened(data):
                problems += [f"round {number}: {sentence}" for sentence in losses(office) + halves()]
            print(f"round {number}: {office.sent} sent, {len(problems)} problems so far", flush=True)
    for problem in problems:
        print(problem)
    rows = [
        Row(
            "kill -9 of all processes in mid-write",
            "nothing found by check",
            f"{ROUNDS} rounds",
            not problems,
        ),
        Row(
            "documents sent until the blow",
            "none confirmed and lost, none half-saved",
            f"{sent} sent, {confirmed} confirmed ({sealed} sealed in {COPIES} copies), {len(problems)} problems",
            not problems and confirmed > 0 and sealed > 0 and sent > confirmed,
        ),
        Row("start after the blow", "", f"{max(starts):.1f} s at most", True),
    ]
    return write(
        "kill", "Killed while writing", "SQLite's file, against `manage.py run`.", rows, Path(__file__).parent
    )


if __name__ == "__main__":
    sys.exit(main())
