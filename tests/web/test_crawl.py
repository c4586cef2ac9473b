"""Every page that anybody can reach by links, in both languages, for each role of the department."""

import itertools
import re
from collections import defaultdict
from dataclasses import dataclass

import pytest

from app.core import modules, settings
from app.core.i18n import lazy
from app.core.uow import unit_of_work
from app.features.inquiries.flow import FLOW as INQUIRY_FLOW
from app.features.people.models import User
from app.features.quotations.flow import FLOW as QUOTATION_FLOW
from app.web import keeping, nav
from tests import registrations
from tests.web import small_world
from tests.web.crawling import MOST_QUERIES, chinese_in, crawl

pytestmark = pytest.mark.slow

# In English everybody; in Chinese those who see most.
CHINESE_READERS = ("s1", "m1", "admin")
# Pages that may ask more often, each with its reason.
MORE_QUERIES: dict[str, tuple[int, str]] = {
    "/exams/N": (
        13,
        "for who keeps a test: its questions, the sheets handed in, who is missing, the own sheets",
    ),
    "/curriculum/people/N": (17, "the whole training record of a person: nine lists, level and points"),
    "/curriculum/mine": (17, "the own training record, as above"),
    "/suggestions/N": (
        14,
        "the whole life of a suggestion: scores, milestones, effects, votes, comments, each a list",
    ),
    "/search": (14, "each kind that is found says by one statement what its records belong to"),
    "/people/N/growth": (24, "every feature is asked for what it knows of a person"),
    "/vehicles/N": (
        11,
        "the whole record of a car: papers, readings, defects, services, fines, costs, what was reported, each a list",
    ),
    "/assets/N": (
        11,
        "the whole record of an item: periods, incidents, repairs, photos, what was reported, each a list",
    ),
}


@pytest.fixture(scope="module")
def kept_worlds():
    """The small company of this module's tests, as the first of them made it."""
    return []


@pytest.fixture
def world(at, monkeypatch, kept_worlds, tmp_path_factory):
    registrations.take_away(monkeypatch)
    at(2026, 11, 23, 9, 41)
    # whoever opens a page that another one opened before them is shown what would be made for them alone
    monkeypatch.setattr(keeping, "checked", True)
    if not kept_worlds:
        kept_worlds.append(small_world.KeptWorld(small_world.world(), tmp_path_factory.mktemp("world")))
    return World(kept_worlds[0].accounts())


@dataclass
class World:
    """The people of the small company by staff number."""

    accounts: dict[str, User]


def visits_of(client, world, numbers, queries, language):
    """Yield every page of these people."""
    for number in numbers:
        client.as_(world.accounts[number])
        client.browser.set_cookie("language", language)
        yield from crawl(client, number, queries)


def faults_of(visit):
    """Return what is wrong with an answer in any language."""
    if visit.response.status_code not in (200, 302, 303):
        yield f"leads nowhere: {visit}"
    pattern = re.sub(r"\d+", "N", visit.address.partition("?")[0])
    most, _reason = MORE_QUERIES.get(pattern, (MOST_QUERIES, ""))
    if visit.response.mimetype == "text/html" and len(visit.statements) > most:
        yield f"{len(visit.statements)} queries for {pattern}"


@pytest.mark.parametrize("number", [number for number, *_rest in small_world.PEOPLE])
def test_every_linked_page_in_english_is_there_wholly_english_and_asks_little(client, world, queries, number):
    found = defaultdict(set)
    for visit in visits_of(client, world, [number], queries, "en"):
        for fault in (*faults_of(visit), *chinese_in(visit.response)):
            found[fault].add(str(visit))
    assert not found, "\n".join(f"{fault}   {sorted(places)[:2]}" for fault, places in found.items())


@pytest.mark.parametrize("number", CHINESE_READERS)
def test_every_linked_page_in_chinese_is_there_and_asks_little(client, world, queries, number):
    found = defaultdict(set)
    for visit in visits_of(client, world, [number], queries, "zh"):
        for fault in faults_of(visit):
            found[fault].add(str(visit))
    assert not found, "\n".join(f"{fault}   {sorted(places)[:2]}" for fault, places in found.items())


# What ends the session or the account it is done with, or changes the language looked for.
NOT_POSTED = ("/logout", "/account", "/setup", "/language", "/theme")


def addresses_of(client, world):
    """Yield every address the application knows, filled with ids of the world, those to post last."""
    ids = {
        "customer_id": 1,
        "product_id": 1,
        "seal_id": 1,
        "entity_id": 1,
        "person_id": world.accounts["w1"].id,
        "department_id": 1,
        "delegation_id": 1,
        "assignment_id": 1,
        "session_id": 1,
        "file_id": 1,
        "notice_id": 1,
        "task_id": 1,
        "doc_type": "inquiry",
        "doc_id": 1,
        "revision_id": 1,
        "number": 1,
        "copy_number": 1,
        "line_id": 4,
        "subject": "technical",
        "code": "0000-0000-0000-0000-0000-0000",
    }
    steps = {
        "step": [step.name for step in INQUIRY_FLOW.steps],
        "name": [step.name for step in QUOTATION_FLOW.steps],
    }
    documents = {"inquiry_id": (2, 5, 9), "quotation_id": (1, 2, 5, 6)}
    for rule in client.app.url_map.iter_rules():
        if rule.endpoint == "static" or str(rule).startswith(("/_ui", *NOT_POSTED)):
            continue
        choices = [
            [(name, value) for value in (steps | documents).get(name, [ids.get(name, "1")])]
            for name in sorted(rule.arguments)
        ]
        for chosen in itertools.product(*choices):
            try:
                path = rule.build(dict(chosen))
            except ValueError:
                continue
            if path is not None:
                yield from ((method, path[1]) for method in ("GET", "POST") if method in rule.methods)


@pytest.mark.parametrize("number", ["x1", "t1", "k1", "s1", "m1", "admin"])
def test_every_refusal_is_english_and_never_a_failure(client, world, number):
    client.as_(world.accounts[number])
    client.browser.set_cookie("language", "en")
    found = []
    wanted = sorted(set(addresses_of(client, world)))
    for method, address in wanted:
        answer = client.get(address) if method == "GET" else client.post(address, {})
        if answer.status_code >= 500:
            found.append(f"{method} {address}: {answer.status_code} {client.page.text[:400]}")
        found += [f"{method} {address} {answer.status_code}: {text}" for text in chinese_in(answer)]
    assert len(wanted) > 100
    assert not found, "\n".join(found)


def menu(client):
    """Return the addresses of the side bar."""
    bar = client.page.html.partition('<nav class="nav"')[2].partition("</nav>")[0]
    return re.findall(r'<a href="([^"]+)"', bar)


def test_a_salesperson_of_the_smallest_preset_has_seven_entries_at_most(client, world):
    with unit_of_work():
        settings.put("modules.switches", {})
    client.as_(world.accounts["s1"]).get("/")
    assert "/inquiries" in menu(client)
    assert len(menu(client)) <= 7, menu(client)


def test_what_belongs_to_a_larger_preset_does_not_show(client, world, monkeypatch):
    larger = modules.Module("fleet", lazy("船队"), preset=modules.STANDARD)
    entry = nav.NavItem(
        "fleet", lazy("船队"), "truck", "customers.index", section="office", module="fleet", order=1
    )
    monkeypatch.setitem(modules._registered, "fleet", larger)
    monkeypatch.setitem(nav._items, "fleet", entry)
    client.as_(world.accounts["s1"]).get("/")
    assert "船队" not in client.page.text
    with unit_of_work():
        settings.put("modules.preset", modules.STANDARD)
    client.get("/")
    assert "船队" in client.page.text


def test_a_module_that_is_off_leaves_no_link(client, world, queries):
    with unit_of_work():
        settings.put("modules.switches", {"quotations": False})
    inside = ("/inquiries", "/quotations", "/seals", "/verify/telephone")
    for visit in visits_of(client, world, ("s1", "m1", "admin"), queries, "zh"):
        assert not visit.address.startswith(inside), visit
