"""Findings: told to whoever keeps them, told apart by their key."""

from dataclasses import replace

import pytest

from app.core import findings
from app.core.findings import Finding, FindingKind
from app.core.i18n import lazy

FOUND = Finding("test-late", "inquiry", 3, "XJ-1", 7, 2)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    found: list[Finding] = []
    monkeypatch.setattr(findings, "_kinds", {})
    monkeypatch.setattr(findings, "_listeners", [])
    findings.register_kinds(FindingKind("test-late", "in-time", lazy("询价按时上报")))
    listener = found.append
    for _time in range(2):
        findings.on_found(listener)
    return found


def test_a_listener_hears_each_finding_once(heard: list[Finding]) -> None:
    findings.report(FOUND)
    assert heard == [FOUND]


def test_an_unknown_kind_is_a_mistake(heard: list[Finding]) -> None:
    with pytest.raises(KeyError):
        findings.report(replace(FOUND, kind="other"))
    assert heard == []


def test_the_key_tells_person_document_and_occurrence_apart() -> None:
    others = [
        replace(FOUND, **changed)
        for changed in (
            {"doc_id": 4},
            {"person_id": 8},
            {"occurrence": "2026-11-23"},
            {"kind": "x"},
            {"doc_type": "y"},
        )
    ]
    assert len({FOUND.key, *(other.key for other in others)}) == 6
    assert FOUND.key == replace(FOUND, number="XJ-2").key
