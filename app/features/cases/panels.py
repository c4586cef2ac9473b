"""The cases tied to a customer or product, on its page."""

from dataclasses import dataclass
from typing import Any

from app.core import clock
from app.core.i18n import LazyText
from app.core.permissions import Actor
from app.features.cases import offering, queries
from app.features.cases.enums import OUTCOME_LABELS, OUTCOME_TONES, Outcome
from app.features.customers.actions import DOC_TYPE as CUSTOMER
from app.features.customers.models import Customer
from app.features.products.actions import DOC_TYPE as PRODUCT
from app.features.products.models import Product

SHOWN = 5


@dataclass(frozen=True)
class TiedCase:
    """A case on the page of another document."""

    title: str
    url: str
    outcome: LazyText
    tone: str
    day: Any


def cases_of(actor: Actor, doc_type: str, doc_id: int) -> dict[str, Any]:
    """Return the cases tied to a document, and where another one is written."""
    found = tuple(
        TiedCase(
            row.title,
            f"/cases/{row.id}",
            OUTCOME_LABELS[Outcome(row.outcome)],
            OUTCOME_TONES[Outcome(row.outcome)],
            clock.to_local(row.published_at).date(),
        )
        for row in queries.tied_to(actor, doc_type, doc_id, SHOWN)
    )
    return {"cases": found, "write_url": offering.write_url(doc_type, doc_id)}


def of_customer(customer: Customer, actor: Actor) -> dict[str, Any]:
    """Return what the panel on a customer's page shows."""
    return cases_of(actor, CUSTOMER, customer.id)


def of_product(product: Product, actor: Actor) -> dict[str, Any]:
    """Return what the panel on a product's page shows."""
    return cases_of(actor, PRODUCT, product.id)
