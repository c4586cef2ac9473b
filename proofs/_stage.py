"""The stage of the proofs over HTTP: an installation with people, a seal, and quotations waiting for somebody."""

from pathlib import Path

from app.core import settings
from app.core.permissions import Role
from app.core.uow import unit_of_work
from proofs._site import install, opened
from tests import factories, stories

PUBLIC_URL = "https://quotes.example.com"
SECOND_MANAGER, SECOND_KEEPER = "m2", "k2"


def address(quotation_id: int, revision: int = 1) -> str:
    """Return the address of a revision."""
    return f"/quotations/{quotation_id}/r/{revision}"


def build(data: Path, database: str = "", *, reviews: int = 0, approved: int = 0) -> dict[str, list[int]]:
    """Set up an installation and return the ids of quotations waiting for approval and for the seal.

    A second manager and a second keeper of seals work beside the first; all have the same password.
    """
    install(data, database)
    with opened(data, database):
        desk = stories.desk()
        people = desk.people
        factories.user("吕经理", SECOND_MANAGER, people.department, [Role.MANAGER])
        factories.user("周保管", SECOND_KEEPER, roles=[Role.SEAL_KEEPER])
        with unit_of_work():
            settings.put("verification.public_url", PUBLIC_URL)
        return {
            "review": [desk.quotation("review").quotation_id for _ in range(reviews)],
            "approved": [desk.quotation("approved").quotation_id for _ in range(approved)],
            "customer": [desk.customer.id],
        }


def inquiry_fields(form: dict[str, str], customer: int, lines: int = 3) -> dict[str, str]:
    """Fill the form of a new inquiry as a salesperson would."""
    fields = {**form, "customer_id": str(customer), "summary": "液压件询价"}
    for place in range(lines):
        fields |= {
            f"line-{place}-name": f"液压件{place + 1}",
            f"line-{place}-quantity": str(place + 1),
            f"line-{place}-unit": "台",
        }
    return fields
