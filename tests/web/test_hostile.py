"""A sample of hostile forms: every page's forms, some fields, some values. ``manage.py prove hostile`` sends all."""

import random

import pytest

from app.core.db import session
from app.features.people.models import User
from tests import registrations
from tests.web import hostile, small_world

pytestmark = pytest.mark.slow

READERS = ("s1", "admin")
SAMPLE = 100


def test_a_sample_of_hostile_forms_is_refused_clearly_and_leaves_no_trace(client, at, monkeypatch, tmp_path):
    registrations.take_away(monkeypatch)
    at(2026, 11, 23, 9, 41)
    world = small_world.world(("draft", "review", "approved", "issued"))
    numbers = {number: world.accounts[number].id for number in READERS}
    forms = hostile.every_form(client, {number: world.accounts[number] for number in READERS})
    attack = hostile.Attack(client.app, client, tmp_path / "saved.sqlite3")
    # The same sample every time: what fails must fail again.
    chance = random.Random(20261123)
    for reader in ("", *READERS):
        client.as_(session.get(User, numbers.get(reader, 0)))
        attack.save()
        own = [form for form in forms if form.account == reader and form.method == "post"]
        for form in chance.sample(own, min(len(own), SAMPLE // 20)):
            labels = chance.sample(list(hostile.VALUES), 2)
            uploads = [name for name in hostile.UPLOADS if name not in hostile.SLOW_UPLOADS]
            attack.attack(form, {name: hostile.VALUES[name] for name in labels}, chance.sample(uploads, 2))
    assert len(forms) > 40
    assert attack.sent > SAMPLE
    assert not attack.faults, attack.report()


def test_a_form_that_fails_is_noticed(client, salesperson, monkeypatch, tmp_path):
    client.as_(salesperson)
    attack = hostile.Attack(client.app, client, tmp_path / "saved.sqlite3")
    form = hostile.Form(
        "s1", "/account", "post", "/account", [("name", "text", "x"), ("csrf_token", "hidden", "")], []
    )
    views = client.app.view_functions
    policy = views["people.account"].policy

    def broken():
        raise ZeroDivisionError("oh")

    broken.policy = policy
    monkeypatch.setitem(views, "people.account", broken)
    attack.attack(form, {"empty": ""})
    assert [fault.split()[0] for fault in attack.faults] == ["trace"]
