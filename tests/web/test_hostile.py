"""A sample of hostile forms: each form once, one field and one value. ``manage.py prove hostile`` sends all."""

import pytest

from app.core import settings
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.suggestions import unnamed
from app.features.suggestions.actions import SuggestionValues
from app.features.suggestions.models import Suggestion
from tests import factories, registrations
from tests.web import hostile, small_world
from tests.web.hostile_pages import PAGES

pytestmark = pytest.mark.slow

# Views that take a form and stand on none of these pages, each with the reason.
ELSEWHERE = {
    "people.login": "answers strangers only, who are asked first",
    "people.logout": "ends the session that asks",
    "people.sign_out_everywhere": "ends the session that asks",
    "people.end_session": "stands beside a second session only",
    "people.confirm": "stands before a guarded page after some minutes",
    "people.initial_password": "stands before everything for who has a first password",
    "language": "takes any value and ignores what it does not know",
    "theme": "takes any value and ignores what it does not know",
    "set_up.first_run": "is there before anybody has an account",
    "acknowledgements.ask": "is a button for somebody not asked yet, whom the job asks within the hour",
    "people_directory.activate": "is a button for somebody deactivated",
    "customers.activate": "is a button for a customer deactivated",
    "products.activate": "is a button for a product deactivated",
    "seals.authorise": "is a button for a seal not yet authorised",
    "quotations.totals": "answers the editor's figures only and keeps nothing",
    "quotations.fast_totals": "answers the figures of the quick form only and keeps nothing",
    "rules.preview_rule": "stands behind the upload of a Word file; its own tests send the same values",
    "rules.preview_clauses": "stands behind the upload of a Word file; its own tests send the same values",
    "rules.pasted": "answers the editor with the marks of what was pasted and keeps nothing",
    "rules.remove_question": "is a button inside the form of a new question",
    "suggestions.receipt_act": "stands on the page that a receipt code opens; a test below sends it all values",
    "home.remind_of_task": "is a button beside tasks of others that wait too long",
}


def forms_of(client, person, account):
    """Yield each form of these pages once, with its page read by this very person."""
    client.as_(person)
    for address in PAGES[account]:
        assert client.get(address).status_code == 200, f"{account} {address}"
        yield from hostile.forms_on(client.page, account, address)


def view_of(app, form):
    """Return the name of the view that a form is posted to."""
    adapter = app.url_map.bind("localhost")
    return adapter.match(form.action.partition("?")[0], method="POST")[0]


def test_every_form_refuses_hostile_values_clearly_and_leaves_no_trace(client, at, monkeypatch, tmp_path):
    registrations.take_away(monkeypatch)
    at(2026, 11, 23, 9, 41)
    world = small_world.world()
    numbers = {number: person.id for number, person in world.accounts.items()}
    attack = hostile.Attack(client.app, client, tmp_path / "saved.sqlite3")
    labels, uploads = (
        list(hostile.VALUES),
        [name for name in hostile.UPLOADS if name not in hostile.SLOW_UPLOADS],
    )
    kinds, views = set(), set()
    for account in PAGES:
        # Read before anything is sent, so that what is accepted takes no form away.
        forms = list(forms_of(client, session.get(User, numbers.get(account, 0)), account))
        attack.save()
        for form in forms:
            if form.kind in kinds or form.method == "get":
                continue
            turn = len(kinds)
            kinds.add(form.kind)
            views.add(view_of(client.app, form))
            base = attack.as_it_stands(form)
            for name, _kind in form.targets()[turn % 7 :: 7][:1] or form.targets()[:1]:
                label = labels[turn % len(labels)]
                attack.send_changed(form, base, name, label, hostile.VALUES[label])
            for name in form.uploads[:1]:
                attack.send_file(form, base, name, uploads[turn % len(uploads)])
    posted = {rule.endpoint for rule in client.app.url_map.iter_rules() if "POST" in (rule.methods or set())}
    assert not attack.faults, attack.report()
    missing = sorted(posted - views - set(ELSEWHERE))
    assert not missing, f"no form of the sample reaches {missing}"
    assert len(kinds) > 70
    assert attack.accepted > 20


def test_the_answer_to_a_receipt_code_refuses_hostile_values(client, salesperson, manager, tmp_path):
    with unit_of_work():
        settings.put("suggestions.keeper", manager.id)
        settings.put("suggestions.unnamed", True)
        values = SuggestionValues("食堂晚餐延长到七点", method="与供餐公司商量")
        row, code = unnamed.send_unnamed(values=values)
        number = row.id
    with unit_of_work():
        row = session.get_one(Suggestion, number)
        unnamed.fire(row, "return", actor=factories.actor(manager), version=None, note="请写明办法")
    client.as_(salesperson).post("/suggestions/receipt", {"code": code})
    forms = [
        form
        for form in hostile.forms_on(client.page, "s1", "/suggestions/receipt")
        if form.action.endswith("/receipt/act")
    ]
    attack = hostile.Attack(client.app, client, tmp_path / "saved.sqlite3")
    attack.save()
    for form in forms:
        attack.attack(form, hostile.VALUES)
    assert forms
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
    assert {fault.split()[0] for fault in attack.faults} == {"trace", "never"}


def test_a_form_that_is_never_read_is_noticed(client, salesperson, tmp_path):
    client.as_(salesperson)
    attack = hostile.Attack(client.app, client, tmp_path / "saved.sqlite3")
    form = hostile.Form("s1", "/", "post", "/inquiries/999/report", [("csrf_token", "hidden", "")], [])
    attack.attack(form, {"empty": ""})
    assert [fault.split(" /")[0] for fault in attack.faults] == ["never reached"]
