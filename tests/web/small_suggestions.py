"""Suggestions of the small company: one in each state, unsigned ones, votes, comments, scores, a theme."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock, settings
from app.core.db import session
from app.core.uow import unit_of_work
from app.features.people.models import User
from app.features.proposals.queries import clauses_on
from app.features.suggestions import actions, discussing, unnamed
from app.features.suggestions.actions import SuggestionValues
from app.features.suggestions.enums import MODULE
from app.features.suggestions.models import Suggestion
from tests import factories

OPEN = {"answer": "Agreed"}
# The steps that bring one to a state, with who does them and what they are given.
WAYS: dict[str, tuple[tuple[str, str, dict[str, Any]], ...]] = {
    "submitted": (),
    "accepted": (("accept", "m1", {}),),
    "returned": (("return", "m1", {"note": "Please say how"}),),
    "redirected": (("redirect", "m1", {}),),
    "answered": (("redirect", "m1", {}), ("answer", "m1", OPEN)),
    "withdrawn": (("withdraw", "s1", {"note": "Done already"}),),
}
REVIEW = (("accept", "m1", {}), ("begin_review", "m1", {}))
ADOPTED = (*REVIEW, ("adopt", "m1", OPEN))


def suggestions(accounts: dict[str, User]) -> None:
    """Write and bring them to their states, with the module on."""
    with unit_of_work():
        settings.put("modules.switches", {**settings.get("modules.switches"), MODULE: True})
        for name in ("appeal", "effect_checks", "scoring", "awards"):
            settings.put(f"suggestions.{name}", name != "scoring")
        settings.put("suggestions.sheet", "Feasible 30\nEffect 40\nNew 30")
        settings.put("suggestions.tiers", "90 First 500\n60 Second 100")
        settings.put("suggestions.keeper", accounts["h1"].id)
        actions.set_theme(actor=factories.actor(accounts["h1"]), month=clock.today(), title="Fewer walks")
    day = clock.today() + timedelta(days=9)
    started = {"implementer_id": accounts["s2"].id, "due_on": day, "plan": f"{day:%Y-%m-%d} Install"}
    working = (*ADOPTED, ("implement", "m1", started))
    ways = {
        **WAYS,
        "review": REVIEW,
        "company_review": (*REVIEW, ("escalate", "m1", {})),
        "adopted": ADOPTED,
        "trial": (*REVIEW, ("try", "m1", {**OPEN, "until": day})),
        "parked": (*REVIEW, ("park", "m1", {"condition": "A new store", "until": day})),
        "declined": (*REVIEW, ("decline", "m1", {"note": "No budget"})),
        "implementing": working,
        "verifying": (*working, ("deliver", "s2", {"result": "Installed"})),
        "done": (
            *working,
            ("deliver", "s2", {"result": "Installed"}),
            ("verify", "m1", {"verified_text": "Saves an hour"}),
        ),
    }
    made = {state: walked(accounts, state, way) for state, way in ways.items()}
    with unit_of_work():
        actions.draft(actor=factories.actor(accounts["s1"]), values=said("A draft"))
        for number in ("s2", "m1"):
            row = session.get_one(Suggestion, made["review"])
            discussing.vote(row, actor=factories.actor(accounts[number]))
            discussing.comment(row, actor=factories.actor(accounts[number]), text="Long needed")
    scored_and_joined(accounts, made)
    without_a_name(accounts)


def said(title: str) -> SuggestionValues:
    return SuggestionValues(title, "Two walks a day", "Put a scanner at the door", "One hour a day")


def walked(accounts: dict[str, User], state: str, way: tuple[tuple[str, str, dict[str, Any]], ...]) -> int:
    with unit_of_work():
        row = actions.send(actor=factories.actor(accounts["s1"]), values=said(f"Scanner, {state}"))
    for name, who, given in way:
        fire(accounts, row.id, name, who, given)
    return row.id


def fire(accounts: dict[str, User], ident: int, name: str, who: str, given: dict[str, Any]) -> None:
    data = dict(given)
    note = data.pop("note", "")
    with unit_of_work():
        unnamed.fire(
            session.get_one(Suggestion, ident),
            name,
            actor=factories.actor(accounts[who]),
            version=None,
            note=note,
            data=data,
        )


def scored_and_joined(accounts: dict[str, User], made: dict[str, int]) -> None:
    """One joined with another, one with points, one that became a draft of a clause."""
    target = session.execute(select(Suggestion.number).where(Suggestion.id == made["accepted"])).scalar_one()
    joined = walked(accounts, "joined", ())
    fire(accounts, joined, "merge", "m1", {"number": target})
    with unit_of_work():
        settings.put("suggestions.scoring", True)
    points = {"points": {"Feasible": 20, "Effect": 30, "New": 20}}
    fire(accounts, made["company_review"], "score", "l1", points)
    # of the last rule, on which nobody works: of a rule with a draft no second one is begun
    place = clauses_on(clock.today())[-1]
    with unit_of_work():
        row = session.get_one(Suggestion, made["adopted"])
        row.clause_id = place.clause_id


def without_a_name(accounts: dict[str, User]) -> None:
    """One known to the keeper alone, one to nobody."""
    values = SuggestionValues("Dinner until seven", method="Ask the caterer")
    with unit_of_work():
        unnamed.send_to_keeper(actor=factories.actor(accounts["s2"]), values=values)
        unnamed.send_unnamed(values=values)
