"""The snapshot and the seal that the papers of the tests are made of."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.features.quotations.pdf import (
    QuotationSnapshot,
    SealMark,
    load_snapshot,
)

FIXTURE = Path(__file__).parents[2] / "fixtures" / "quotation_snapshot.json"


@pytest.fixture(scope="module")
def full() -> QuotationSnapshot:
    """Two pages: groups, an optional line, two tax rates, a discount."""
    return load_snapshot(FIXTURE.read_bytes())


@pytest.fixture(scope="module")
def short(full) -> QuotationSnapshot:
    """One page, no groups."""
    items = tuple(line for line in full.lines if line.kind == "item")
    return replace(full, lines=items[:4], terms=full.terms[:5], confidentiality="")


@pytest.fixture(scope="module")
def mark(full) -> SealMark:
    return SealMark(full.company.name, "报价专用章", "3209010012345")
