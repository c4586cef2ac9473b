"""Inquiry, revisions, talks and seal together: no path reaches a paper without its steps, and all tell the same."""

from hypothesis import HealthCheck
from hypothesis import settings as rules
from hypothesis.stateful import run_state_machine_as_test

from app.core.timeline import verify_chain
from tests.client import Client
from tests.features.quotations.machine import Desk
from tests.features.seals import wet


def set_up(client: Client) -> None:
    Desk.house, Desk.browser = wet.desk(), client
    Desk.wet_seal = wet.wet_seal(Desk.house)
    Desk.reached, Desk.told, Desk.done, Desk.refused = set(), set(), 0, 0


def compare(walk: Desk) -> None:
    """Everything that must hold, as after each step of a random walk."""
    walk.states_are_those_of_the_model()
    walk.no_paper_without_its_steps()
    walk.seals_are_pressed_on_what_was_issued_only()
    walk.page_list_search_and_verification_tell_the_same()


def test_every_state_of_a_paper_is_told_alike_as_time_moves_on(client: Client) -> None:
    set_up(client)
    walk = Desk()
    walk.begin(day=0, far=7)
    steps = [
        # the first is printed, sealed by hand, and expires; the second replaces it
        lambda: walk.stamp(place=0, approved=True),
        lambda: walk.time_moves_on(days=31, hours=3),
        lambda: walk.revise(far=False, place=0),
        lambda: walk.fill("19999", 30),
        lambda: walk.submit("salesperson"),
        lambda: walk.approve("salesperson"),
        lambda: walk.approve("manager"),
        lambda: walk.issue("keeper", 1),
        lambda: walk.approve("leader"),
        lambda: walk.issue("keeper", 1),
        lambda: walk.stamp(place=0, approved=True),
        # bargaining locks it until the manager answers
        lambda: walk.talk(outside=True, right=True),
        lambda: walk.revise(far=False, place=1),
        lambda: walk.accept(confirmed=True, right=True, place=1),
        lambda: walk.reply("consent", "salesperson"),
        lambda: walk.reply("consent", "manager"),
        # the customer takes the second while a third is ready to be printed
        lambda: walk.revise(far=False, place=1),
        lambda: walk.submit("salesperson"),
        lambda: walk.approve("manager"),
        lambda: walk.approve("leader"),
        lambda: walk.accept(confirmed=False, right=True, place=1),
        lambda: walk.issue("keeper", 2),
        lambda: walk.confirm_waiting(),
        lambda: walk.time_moves_on(days=40, hours=0),
    ]
    for step in steps:
        step()
        compare(walk)
    assert [version.status for version in walk.versions] == ["superseded", "accepted", "void"]
    assert walk.inquiry_status == "won"
    assert verify_chain() == []


def test_a_newer_paper_that_is_void_leaves_nothing_that_holds(client: Client) -> None:
    set_up(client)
    walk = Desk()
    walk.begin(day=0, far=7)
    walk.another_round(late=False)
    compare(walk)
    walk.other_step("void", right=True, place=1)
    compare(walk)
    assert [version.status for version in walk.versions] == ["superseded", "void"]
    assert walk.current is walk.versions[1]


def test_an_offer_accepted_after_the_inquiry_was_given_up_wins_it(client: Client) -> None:
    set_up(client)
    walk = Desk()
    walk.begin(day=0, far=7)
    walk.inquiry_step("withdraw")
    compare(walk)
    walk.accept(confirmed=True, right=True, place=0)
    compare(walk)
    assert walk.inquiry_status == "won"


def test_no_walk_of_the_desk_reaches_a_paper_without_its_steps_and_all_tell_the_same(client: Client) -> None:
    set_up(client)
    run_state_machine_as_test(
        Desk,
        settings=rules(
            max_examples=6,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert verify_chain() == []
    assert "issued" in Desk.told
    assert Desk.done > 40
    assert Desk.refused > 20
