"""The tokens of the search index: pairs of characters, so that Chinese words are found without a dictionary.

What is looked for is told in tokens as well, in the language of each engine's index.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.core.highlighting import folded
from app.core.search_index import kind_token, name_of_run

# A part holds fewer tokens than PostgreSQL keeps positions; neighbouring parts of one long run overlap by the
# longest run that may be asked for, so that nothing is lost between them.
PART_TOKENS = 250
LONGEST_RUN = 60
MOST_RUNS = 5
# Longer texts are indexed up to here.
MOST_TEXT = 100_000


def runs(written: str) -> list[str]:
    """Return the runs of letters and digits of a text, folded."""
    return "".join(map(folded, written)).split()


@lru_cache(maxsize=50_000)
def token(characters: str) -> str:
    """Return a token of one or two characters in a-z and 0-9.

    No token begins another one but of the same start.
    """
    return "".join(f"{ord(character):05x}" for character in characters)


def tokens_of(run: str) -> list[str]:
    """Return the tokens of a run: each pair of neighbours, and the last character."""
    return [token(run[index : index + 2]) for index in range(len(run))]


def parts_of(written: str) -> Iterator[list[str]]:
    """Give the tokens of a text in parts short enough for the index."""
    part: list[str] = []
    for run in runs(written[:MOST_TEXT]):
        tokens = tokens_of(run)
        if part and len(part) + len(tokens) > PART_TOKENS:
            yield part
            part = []
        while len(tokens) > PART_TOKENS:
            yield tokens[:PART_TOKENS]
            tokens = tokens[PART_TOKENS - LONGEST_RUN :]
        part += tokens
    if part:
        yield part


def asked_runs(query: str) -> list[str]:
    """Return the runs of a typed query, at most MOST_RUNS of LONGEST_RUN characters."""
    return [run[:LONGEST_RUN] for run in runs(query[:1_000])][:MOST_RUNS]


# What is looked for


@dataclass(frozen=True)
class Wanted:
    """What is looked for: the folded runs as they were typed. On PostgreSQL also the number of the newest entry, where
    it is looked for among the newest entries before all are looked through.
    """

    runs: Sequence[str]
    newest: int = 0

    @property
    def longest_first(self) -> list[str]:
        """The runs with the longest first: of the parts that hold it there are the fewest, as a rule."""
        return sorted(self.runs, key=len, reverse=True)


def values_of(wanted: Wanted, kinds: Mapping[str, Sequence[str]], *, postgresql: bool) -> dict[str, Any]:
    """Return the values of the parameters of a search, for each name of parameters the kinds looked through."""
    values: dict[str, Any] = {}
    longest_first = wanted.longest_first
    for name, doc_types in kinds.items():
        tokens = [kind_token(doc_type) for doc_type in doc_types]
        for number, run in enumerate(longest_first):
            values[name_of_run(number, name)] = (
                f"({_one_of(tokens)}) & ({_on_postgresql(run)})"
                if postgresql
                else _wanted_on_sqlite(run, tokens)
            )
    if wanted.newest:
        values |= {"newest": wanted.newest, "run": _on_postgresql(longest_first[0])}
    # a run holds letters and digits alone: nothing that LIKE would read as a sign
    return values | {"in_title": f"%{wanted.runs[0]}%"}


def _one_of(tokens: Sequence[str]) -> str:
    return " | ".join(f"'{item}'" for item in tokens)


def _on_postgresql(run: str) -> str:
    return " <-> ".join(f"'{pair}'" for pair in _pairs(run)) or f"'{token(run)}':*"


def _wanted_on_sqlite(run: str, kinds: Sequence[str]) -> str:
    pairs = f'"{" ".join(_pairs(run))}"' if len(run) > 1 else f'"{token(run)}" *'
    return f"({' OR '.join(kinds)}) AND {pairs}"


def _pairs(run: str) -> list[str]:
    return tokens_of(run)[:-1]
