"""Prove that no form of the product can be brought to a failure by what is typed into it.

Every form on every page of every person of a small company is sent with each hostile value in each of its fields, and
with hostile files. Never a 5xx or a trace; a refusal says what is wrong, keeps what was typed and leaves no trace; what
was accepted is shown again on the next page. SQLite's file, which is brought back after whatever was accepted.
"""

import sys
import tempfile
import time
from pathlib import Path

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


def main() -> int:
    """Print the figures and the faults; the exit code is 1 where there was one."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        app = create_app(config.Testing({"ZHANGCHENG_DATA": str(Path(name) / "data")}))
        app.extensions["installation_is_set_up"] = True
        with app.app_context():
            db.create_all()
            world = small_world.world()
            numbers = {number: person.id for number, person in world.accounts.items()}
            client = Client(app)
            forms = hostile.every_form(client, world.accounts)
            attack = hostile.Attack(app, client, Path(name) / "saved.sqlite3")
            for reader in dict.fromkeys(form.account for form in forms):
                client.as_(session.get(User, numbers.get(reader, 0)))
                attack.save()
                for form in [form for form in forms if form.account == reader]:
                    values = hostile.VALUES
                    if form.method == "get":
                        values = {label: values[label] for label in ASKED}
                    attack.attack(form, values, hostile.UPLOADS)
            db.engine.dispose()
    print(attack.report())
    seconds = time.monotonic() - started
    fields = sum(len(form.targets()) for form in forms)
    rows = [
        Row("kinds of forms, fields", "", f"{len(forms)} forms, {fields} fields, {seconds:.0f} s", True),
        Row("hostile forms sent", "", f"{attack.sent:,}, of them {attack.accepted:,} accepted", True),
        Row(
            "failures, lost texts, traces of what was refused",
            "none",
            f"{len(attack.faults)}",
            not attack.faults,
        ),
    ]
    method = "every form of every person of a small company, one field at a time hostile, doubled or missing."
    return write("hostile", "Hostile forms", method, rows, Path(__file__).resolve().parent)


if __name__ == "__main__":
    sys.exit(main())
