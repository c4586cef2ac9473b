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

pytestmark = pytest.mark.slow

# Where each form stands, by who sees it. The proof finds them by following links and names one that is not here.
PAGES: dict[str, tuple[str, ...]] = {
    "": ("/login", "/verify"),
    "admin": (
        "/admin",
        "/admin/audit",
        "/admin/modules",
        "/admin/roles",
        "/admin/backup",
        "/account",
        "/account/password",
        "/delegations",
        "/departments/new",
        "/departments/1/edit",
        "/people/new",
        "/people/13/edit",
        "/people/13/roles",
        "/people/13/reset-password",
        "/people/15/deactivate",
        "/inquiries/18",
        "/remind/inquiry/18",
    ),
    "l1": (
        "/verify/telephone",
        "/notices",
        "/quotations/4/r/1",
        "/quotations/4/r/1/approve_as_leader",
        "/seals/key",
        "/seals/entities/new",
        "/seals/entities/1/edit",
        "/customers/1/hand-over",
        "/customers/hand-over",
        "/seals/requests/new",
        "/seals/requests/1",
        "/rules/versions/4/approve",
        "/rules/versions/4",
        "/rules/versions/1/void",
        "/proposals/3/decide",
        "/proposals/4/decide",
        "/assets/scrappings/1",
        "/counts/3",
        "/directory/structure/plans/1",
        "/escalations/1",
        "/escalations/1/answer",
        "/escalations/1/pass_on",
        "/escalations/3",
        "/resolutions/1",
        "/resolutions/1/hand_over",
        "/resolutions/1/put_off",
        "/resolutions/2",
        "/resolutions/new",
        "/suggestions/11",
        "/suggestions/14",
        "/suggestions/14/verify",
        "/suggestions/15/reward",
        "/suggestions/2/begin_review",
        "/suggestions/7/park",
        "/suggestions/7/score",
        "/suggestions/8/adopt",
        "/suggestions/8/try",
        "/suggestions/9/implement",
        "/talks/new",
    ),
    "v1": (
        "/vehicles/new",
        "/vehicles/2/edit",
        "/vehicles/2/readings/2/correct",
        "/vehicles/2/papers/new",
        "/vehicles/2/papers/3/remove",
        "/vehicles/2/services/new",
        "/vehicles/costs/new",
        "/vehicles/1/costs/1/remove",
        "/vehicles/defects/1/mend",
        "/vehicles/defects/1/judge",
        "/vehicles/fines/new",
        "/vehicles/fines/1/edit",
        "/vehicles/fines/2/driver",
        "/vehicles/fines/1/settle",
        "/vehicles/fines/1/lift",
        "/vehicles/licences/new",
        "/bookings/calendars",
        "/bookings/2/dispatch",
        "/bookings/3/change",
        "/bookings/5",
        "/bookings/6/settle",
        "/bookings/9",
    ),
    "m1": (
        "/announcements/3",
        "/announcements/3/correct",
        "/cases/2",
        "/cases/6",
        "/mentoring/new",
        "/mentoring/2",
        "/mentoring/2/mid",
        "/drills/new",
        "/drills/1",
        "/drills/1/edit",
        "/drills/1/cast",
        "/drills/1/stages/proposal",
        "/drills/2/score",
        "/drills/3/debrief",
        "/drills/templates/new",
        "/drills/templates/1",
        "/vehicles/corrections/1",
        "/activities/4",
        "/bookings/1",
        "/inquiries/new",
        "/inquiries/2",
        "/inquiries/2/decide",
        "/inquiries/2/decline",
        "/inquiries/16",
        "/inquiries/18",
        "/inquiries/21",
        "/inquiries/4/lines/10/technical/waive",
        "/customers/new",
        "/customers/1/edit",
        "/customers/1/deactivate",
        "/customers/1/contacts/new",
        "/customers/1/contacts/1/edit",
        "/customers/1/contacts/1/remove",
        "/customers/imports/new",
        "/customers/imports/1",
        "/customers/imports/1/undo",
        "/customers/imports/2",
        "/products/imports/new",
        "/products/imports/3",
        "/products/imports/3/undo",
        "/products/imports/4",
        "/inquiries/report",
        "/inquiries/5",
        "/quotations/10/r/1/copy",
        "/quotations/terms/new",
        "/quotations/terms/1",
        "/quotations/negotiations/1",
        "/products/new",
        "/products/3",
        "/products/3/edit",
        "/quotations/2/r/1",
        "/quotations/2/r/1/approve",
        "/quotations/6/r/1",
        "/quotations/7/r/1",
        "/quotations/7/r/1/confirm_acceptance",
        "/delegations",
        "/daily-questions/today",
        "/rules/templates/mechanism",
        "/rules/new",
        "/rules/import",
        "/rules/versions/2/import",
        "/rules/versions/2",
        "/rules/versions/2/attachments",
        "/rules/versions/2/head",
        "/rules/versions/2/edit?clause=2",
        "/rules/versions/2/questions",
        "/rules/versions/2/consult",
        "/rules/versions/3/comments",
        "/rules/versions/3/comments/1",
        "/rules/versions/5/records",
        "/rules/versions/6",
        "/rules/1/care",
        "/checks/new?clause=1",
        "/checks/3/guide",
        "/checks/3/close",
        "/proposals/new",
        "/proposals/new?check=4",
        "/proposals/1",
        "/proposals/1/edit",
        "/proposals/1/evidence",
        "/proposals/ranges/2",
        "/proposals/tips/1",
        "/supervision/clauses/1",
        "/rules/versions/1/readers",
        "/rules/versions/1/sheet",
        "/exams/3/answer",
        "/meetings/4",
        "/meetings/5/correct",
        "/meetings/8/hold",
        "/suggestions/7",
        "/talks/1",
        "/talks/1/hold",
        "/talks/1/move",
        "/talks/1/write",
        "/talks/2",
    ),
    "s2": (
        "/cards/1",
        "/announcements/4",
        "/cases/4",
        "/bookings/3/out",
        "/rules/versions/6/read",
        "/assets/self-checks/1/answer",
        "/suggestions/13",
        "/suggestions/13/deliver",
        "/mentoring/2/weeks/2/answer",
    ),
    "s1": (
        "/cases/new",
        "/cases/new?from=customer:1",
        "/cases/1",
        "/cases/1/edit",
        "/cases/1/links?q=pump",
        "/cases/2",
        "/",
        "/profile",
        "/profile/edit",
        "/profile/erase",
        "/people/5/thanks",
        "/people/4/growth",
        "/mentoring/2/weeks/2/note",
        "/mentoring/3/rate",
        "/vehicles/2/defects/new",
        "/bookings/new",
        "/bookings/retro",
        "/bookings/calendars",
        "/bookings/3",
        "/bookings/4",
        "/bookings/7/prolong",
        "/bookings/7/return",
        "/checks/2/explain",
        "/proposals/2/state",
        "/proposals/5/appeal",
        "/proposals/tips/new",
        "/rules/versions/1",
        "/rules/versions/6/read",
        "/inquiries/1",
        "/inquiries/1/edit",
        "/inquiries/5",
        "/inquiries/15/submit",
        "/inquiries/6/lines",
        "/inquiries/6/start_quoting",
        "/inquiries/17",
        "/inquiries/18",
        "/quotations/7/negotiations/new",
        "/quotations/12/r/1/prolong",
        "/quotations/2/r/1",
        "/quotations/3/r/1",
        "/quotations/1/r/1/edit",
        "/quotations/3/r/1/edit",
        "/quotations/6/r/1",
        "/quotations/fast",
        "/quotations/fast/22/mend",
        "/quotations/11/r/1",
        "/inquiries/5/opening",
        "/assets/6/incident",
        "/assets/hand-over?item=6",
        "/assets/hand-over?item=6&returning=1",
        "/assets/hand-overs/1",
        "/assets/hand-overs/1/accept",
        "/activities/new",
        "/activities/1",
        "/activities/1/edit",
        "/activities/1/open_vote",
        "/activities/2",
        "/activities/3/open_enrolment",
        "/activities/4",
        "/activities/4/rearrange",
        "/activities/4/hand_over",
        "/activities/6",
        "/activities/6/photos",
        "/escalations/1",
        "/meetings/5",
        "/resolutions/1/complete",
        "/resolutions/1/progress",
        "/suggestions/1/complete",
        "/suggestions/12",
        "/suggestions/12/appeal",
        "/suggestions/16",
        "/suggestions/16/edit",
        "/suggestions/3/resubmit",
        "/training/10/leave",
    ),
    "a1": (
        "/assets/1",
        "/assets/2",
        "/assets/6",
        "/assets/new",
        "/assets/6/edit",
        "/assets/categories/new",
        "/assets/categories/1",
        "/assets/places/new",
        "/assets/places/1",
        "/assets/hand-over?item=6",
        "/assets/hand-overs/1",
        "/assets/hand-overs/1/sign",
        "/assets/take-back?item=4",
        "/assets/imports/new",
        "/assets/imports/5",
        "/assets/imports/5/undo",
        "/assets/imports/6",
        "/assets/6/repair",
        "/assets/6/incident",
        "/assets/2/scrap",
        "/assets/repairs/2/back",
        "/assets/incidents/1",
        "/assets/incidents/1/close",
        "/counts/new",
        "/counts/2",
        "/counts/2/scan",
        "/counts/2/typed",
        "/counts/3",
        "/counts/3/reconciliation",
        "/escalations/new",
        "/suggestions/new",
        "/suggestions/receipt",
        "/suggestions/unnamed",
        "/training/6",
        "/training/topics/2",
        "/training/topics/new",
    ),
    "t1": ("/inquiries/4/lines/10/technical", "/acknowledgements/3/hand_in"),
    "p1": ("/inquiries/4/lines/10/purchasing", "/inquiries/6"),
    "c1": (
        "/bookings/3",
        "/quotations/8/r/1",
        "/quotations/5/r/1/issue",
        "/training/11/feedback",
        "/training/6",
        "/training/10/here",
    ),
    "h1": (
        "/announcements/new",
        "/announcements/1",
        "/announcements/1/edit",
        "/announcements/2",
        "/announcements/4/receipts",
        "/people/5/joined",
        "/seals/new",
        "/acknowledgements/2",
        "/acknowledgements/3/file",
        "/seals/1",
        "/directory/structure/positions/new",
        "/directory/structure/positions/1/edit",
        "/directory/structure/positions/1/end",
        "/directory/structure/positions/1/people/new",
        "/directory/structure/positions/2/people/1/end",
        "/directory/structure/plans/new",
        "/directory/structure/plans/2",
        "/directory/structure/plans/2/edit",
        "/directory/structure/plans/2/positions/new",
        "/curriculum/levels/1",
        "/curriculum/levels/new",
        "/curriculum/people/1/level",
        "/curriculum/plans/1/edit",
        "/curriculum/plans/new",
        "/curriculum/templates/backbone",
        "/curriculum/templates/newcomer",
        "/curriculum/templates/supervisor",
        "/escalations/talk?about=meeting:6",
        "/exams/1",
        "/exams/1/edit",
        "/exams/1/questions",
        "/exams/2",
        "/exams/bank/1",
        "/exams/bank/1/edit",
        "/exams/bank/4",
        "/exams/bank/imports/7/undo",
        "/exams/bank/imports/8",
        "/exams/bank/imports/new",
        "/exams/bank/new",
        "/exams/certificates/1",
        "/exams/certificates/new",
        "/exams/new",
        "/meetings/1/move",
        "/meetings/new",
        "/meetings/series/1/edit",
        "/meetings/series/new",
        "/suggestions/1/merge",
        "/suggestions/18",
        "/suggestions/4/answer",
        "/suggestions/9/clause",
        "/suggestions/themes/new",
        "/training/1",
        "/training/1/edit",
        "/training/1/move",
        "/training/10/sign-in",
        "/training/11/complete",
        "/training/6/people/1/leave",
        "/training/6/summon",
        "/training/new",
        "/training/providers/1/edit",
        "/training/providers/new",
        "/training/series/1/edit",
        "/training/series/new",
        "/training/subjects",
        "/training/subjects/1/edit",
        "/training/subjects/new",
        "/training/topics/2/drop",
    ),
}
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
