"""Sentences by code: events and refusals store a code and its parameters, the sentence is made for the reader."""

from collections.abc import Mapping
from typing import Any

from app.core.i18n import LazyText

_sentences: dict[str, LazyText] = {}


def register(sentences: Mapping[str, LazyText]) -> None:
    """Add the sentences of a feature; a code names one sentence only, a second raises ValueError."""
    for code, sentence in sentences.items():
        if code in _sentences and _sentences[code] is not sentence:
            raise ValueError(f"two sentences for {code}")
        _sentences[code] = sentence


def say(code: str, **params: Any) -> str:
    """Return the sentence of a code in the current language; an unknown code raises KeyError."""
    return _sentences[code].filled(**params)


def is_registered(code: str) -> bool:
    """Tell whether a sentence stands for this code."""
    return code in _sentences
