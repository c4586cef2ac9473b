"""Quotations: built from answers, reviewed by the manager, sealed, issued, and able to prove themselves."""

from flask import Flask

from app.features.cases import offering as cases
from app.features.customers import panels as customer_panels
from app.features.inquiries import panels as inquiry_panels
from app.features.inquiries import ways as inquiry_ways
from app.features.products import panels as product_panels
from app.features.quotations import compare_views as compare_views
from app.features.quotations import copy_views as copy_views
from app.features.quotations import editor_views as editor_views
from app.features.quotations import follow_up_views as follow_up_views
from app.features.quotations import indicators as indicators
from app.features.quotations import panels, paper_views, price_views, registry, views
from app.features.quotations import prolong_views as prolong_views
from app.features.quotations.bid import views as bid_views
from app.features.quotations.case_seed import case_seed
from app.features.quotations.fast_track import presentation as fast_track_presentation
from app.features.quotations.fast_track import registry as fast_track
from app.features.quotations.fast_track import views as fast_track_views
from app.features.quotations.negotiation import registry as negotiations
from app.features.quotations.negotiation import views as negotiation_views
from app.features.quotations.terms import views as terms_views
from app.web import documents as files_of_documents
from app.web import nav


def register(app: Flask) -> None:
    """Bring the feature into the application."""
    registry.register()
    negotiations.register()
    fast_track.register()
    app.register_blueprint(bid_views.blueprint)
    cases.register(registry.DOC_TYPE, case_seed)
    files_of_documents.register_file_gate(registry.DOC_TYPE, paper_views.may_read_stored)
    app.register_blueprint(negotiation_views.blueprint)
    app.register_blueprint(terms_views.blueprint)
    nav.register_nav(
        nav.NavItem(
            key="quotations",
            label=registry.NAV_LABEL,
            icon="file-invoice",
            endpoint="quotations.index",
            section="sales",
            permission=views.READERS,
            module="quotations",
            order=21,
            bar=2,
        )
    )
    inquiry_panels.register("quotations/_inquiry_panel.html", panels.inquiry_panel, place=inquiry_panels.SIDE)
    inquiry_panels.register(
        "quotations/fast_track/_offer.html", fast_track_presentation.panel, place=inquiry_panels.FIRST
    )
    inquiry_ways.register(fast_track_views.way)
    inquiry_ways.register_drafts(views.place_of_inquiry)
    inquiry_panels.register(
        "quotations/_approval_sheet.html", panels.approval_sheet_panel, place=inquiry_panels.REMIND
    )
    customer_panels.register(
        "quotations/_customer_panel.html", panels.customer_panel, of_documents=registry.DOC_TYPE
    )
    customer_panels.register(
        "quotations/_offers_panel.html", price_views.customer_panel, of_documents=registry.DOC_TYPE
    )
    product_panels.register(
        "quotations/_product_offers_panel.html", price_views.product_panel, of_documents=registry.DOC_TYPE
    )
