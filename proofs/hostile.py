"""Prove that no form of the product can be brought to a failure by what is typed into it.

Every form on every page of every person of a small company is sent with each hostile value in each of its fields, and
with hostile files. Never a 5xx or a trace; a refusal says what is wrong, keeps what was typed and leaves no trace; what
was accepted is shown again on the next page. SQLite's file, which is brought back after whatever was accepted.
"""

import argparse
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask

import config
from app import create_app
from app.core.db import db, session
from app.features.people.models import User
from benchmarks._tables import Row, write
from tests.client import Client
from tests.web import hostile, small_world

# A list is asked with the values that could reach its conditions; its pages are long.
ASKED = (
    "doubled",
    "NUL",
    "unpaired surrogate",
    "template",
    "quote",
    "negative",
    "superscript",
    "thirty nines",
    "zero date",
)
# More parts than processes: some forms have thirty fields, others none.
PARTS = 12


@dataclass
class Found:
    """What one process found: figures, faults, and the refusals that never read a field."""

    forms: int = 0
    fields: int = 0
    sent: int = 0
    accepted: int = 0
    answers: dict[int, int] = field(default_factory=dict)
    faults: dict[str, list[str]] = field(default_factory=dict)
    refusals: dict[str, list[str]] = field(default_factory=dict)

    def add(self, other: "Found") -> None:
        """Take over what another process found."""
        self.forms += other.forms
        self.fields += other.fields
        self.sent += other.sent
        self.accepted += other.accepted
        for status, times in other.answers.items():
            self.answers[status] = self.answers.get(status, 0) + times
        for mine, theirs in ((self.faults, other.faults), (self.refusals, other.refusals)):
            for name, places in theirs.items():
                mine.setdefault(name, []).extend(places)


def open_company(data: Path) -> Flask:
    """Return the product over a data folder of its own."""
    app = create_app(config.Testing({"ZHANGCHENG_DATA": str(data)}))
    app.extensions["installation_is_set_up"] = True
    return app


def make_company(data: Path) -> tuple[dict[str, int], list[hostile.Form]]:
    """Make the small company and return the ids of its people by account, and every form that they see."""
    app = open_company(data)
    with app.app_context():
        db.create_all()
        world = small_world.world()
        numbers = {number: person.id for number, person in world.accounts.items()}
        forms = hostile.every_form(Client(app), world.accounts)
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return numbers, forms


def attack(data: Path, numbers: dict[str, int], forms: list[hostile.Form], every: int = 1) -> Found:
    """Send these forms with every value, or every nth, to a copy of the company."""
    app = open_company(data)
    with app.app_context():
        client = Client(app)
        attack = hostile.Attack(app, client, data / "saved.sqlite3")
        for reader in dict.fromkeys(form.account for form in forms):
            client.as_(session.get(User, numbers.get(reader, 0)))
            attack.save()
            for form in [form for form in forms if form.account == reader]:
                values = hostile.VALUES
                if form.method == "get":
                    values = {label: values[label] for label in ASKED}
                attack.attack(form, values, hostile.UPLOADS, every=every)
        db.engine.dispose()
    fields = sum(len(form.targets()) + len(form.uploads) for form in forms)
    return Found(
        len(forms), fields, attack.sent, attack.accepted, attack.answers, attack.faults, attack.refusals
    )


def main() -> int:
    """Print the figures and the faults; the exit code is 1 where there was one."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--every", type=int, default=1, metavar="N", help="only every Nth value, taking turns"
    )
    every = parser.parse_args().every
    started = time.monotonic()
    found = Found()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        numbers, forms = make_company(work / "data")
        parts = [forms[start::PARTS] for start in range(PARTS)]
        for number in range(PARTS):
            shutil.copytree(work / "data", work / f"data{number}")
        with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool:
            waiting = {
                pool.submit(attack, work / f"data{number}", numbers, part, every)
                for number, part in enumerate(parts)
            }
            for done in as_completed(waiting):
                part = done.result()
                found.add(part)
                print(f"{found.forms} of {len(forms)} forms, {found.sent:,} sent", flush=True)
                for fault, places in sorted(part.faults.items()):
                    print(f"{fault} ({len(places)}): {places[:4]}", flush=True)
    return conclude(found, time.monotonic() - started, every)


def conclude(found: Found, seconds: float, every: int) -> int:
    """Write the table and return the exit code."""
    for refusal, places in sorted(found.refusals.items()):
        print(f"refused unread: {refusal} ({len(places)}): {places[:3]}")
    answers = ", ".join(f"{status}: {times:,}" for status, times in sorted(found.answers.items()))
    kinds = {fault.split(" /")[0] for fault in found.faults}
    rows = [
        Row(
            "kinds of forms, fields", "", f"{found.forms} forms, {found.fields} fields, {seconds:.0f} s", True
        ),
        Row("hostile forms sent", "", f"{found.sent:,}, of them {found.accepted:,} accepted", True),
        Row(
            "values in each field",
            "",
            f"of {len(hostile.VALUES)} and {len(hostile.UPLOADS)} files "
            + ("all" if every == 1 else f"every {every}th, the next field from the next"),
            True,
        ),
        Row("answers by status", "", answers, True),
        Row(
            "forms never read as they stand",
            "none",
            str(sum("never" in one for one in found.faults)),
            not any("never" in one for one in found.faults),
        ),
        Row(
            "failures, silent refusals, lost texts, traces of what was refused",
            "none",
            f"{len(found.faults)} {', '.join(sorted(kinds))}".strip(),
            not found.faults,
        ),
    ]
    method = (
        "every form of every person of a small company, as it stands and then "
        "with one field at a time hostile, doubled or missing."
    )
    return write("hostile", "Hostile forms", method, rows, Path(__file__).resolve().parent)


if __name__ == "__main__":
    sys.exit(main())
