"""Reading proposals, and what a customer was offered last."""

from collections.abc import Iterable

from sqlalchemy import or_, select

from app.core.db import session
from app.core.permissions import Actor
from app.features.products.models import Product
from app.features.products.queries import visible_to as visible_products
from app.features.quotations.enums import QuotationStatus
from app.features.quotations.fast_track.models import QuotationProposal
from app.features.quotations.models import Quotation, QuotationRevision
from app.features.quotations.queries import ROW_ONLY, visible_to


def of_inquiry(inquiry_id: int) -> QuotationProposal | None:
    """Return the proposal of an inquiry; who may see it is the caller's question."""
    statement = select(QuotationProposal).where(QuotationProposal.inquiry_id == inquiry_id)
    return session.execute(statement).scalar_one_or_none()


def products(ids: Iterable[int | None]) -> dict[int, Product]:
    """Return products by their ids, in use or not, as they are now."""
    wanted = sorted({product_id for product_id in ids if product_id is not None})
    if not wanted:
        return {}
    statement = select(Product).where(Product.id.in_(wanted)).execution_options(populate_existing=True)
    return {row.id: row for row in session.execute(statement).scalars()}


def products_written(actor: Actor, texts: Iterable[str]) -> list[Product]:
    """Return the products in use whose code, model or name is one of the texts, as far as an actor sees products."""
    wanted = sorted({text for text in texts if text})
    if not wanted:
        return []
    same = or_(Product.code.in_(wanted), Product.model.in_(wanted), Product.name.in_(wanted))
    statement = visible_products(actor).where(Product.active.is_(True), same).order_by(Product.id)
    return list(session.execute(statement.limit(1_000)).scalars())


def last_offer(actor: Actor, customer_id: int) -> QuotationRevision | None:
    """Return the quotation issued to a customer last, of those an actor may see; its terms are the usual ones."""
    statement = (
        visible_to(actor)
        .join(Quotation, Quotation.id == QuotationRevision.quotation_id)
        .where(
            Quotation.customer_id == customer_id,
            QuotationRevision.issued_at.is_not(None),
            QuotationRevision.status != QuotationStatus.VOID,
        )
        .order_by(QuotationRevision.issued_at.desc(), QuotationRevision.id.desc())
        .limit(1)
        .options(*ROW_ONLY)
    )
    return session.execute(statement).unique().scalar_one_or_none()
