"""The guards of a talk and of a wet seal, asked by themselves."""

from types import SimpleNamespace

from app.core.errors import Invalid
from app.features.quotations.negotiation import flow as negotiation_flow
from app.features.seals import flow as seal_flow


def test_nobody_is_asked_about_what_lies_within_the_normal_terms() -> None:
    within = SimpleNamespace(outside=[])
    refusal = negotiation_flow.ready_to_ask(within, None, {})
    assert isinstance(refusal, Invalid)
    assert "outside" in refusal.fields
    assert negotiation_flow.ready_to_ask(SimpleNamespace(outside=["price"]), None, {}) is None


def test_filing_needs_the_scan_and_the_place_of_the_originals() -> None:
    stamped = SimpleNamespace(impressions_made=2)
    assert seal_flow.ready_to_file(stamped, None, {}) is None
    refusal = seal_flow.ready_to_file(stamped, None, {"scan": None, "originals": " "})
    assert isinstance(refusal, Invalid)
    assert set(refusal.fields) == {"file", "originals"}
    assert seal_flow.ready_to_file(stamped, None, {"scan": b"1", "originals": "客户"}) is None
