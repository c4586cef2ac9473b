"""The score sheet: criteria as lines of text, totals, averages and spread of what judges gave.

A criterion has a weight, the weights add up to 100, a judge gives 0 to 10 points: so a total in tenths of a point of
100 is the sum of weight times points, and always whole.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.errors import Invalid
from app.core.i18n import lazy
from app.features.drills.enums import MOST_POINTS, STAGE_LABELS, StageKind

WHOLE = 100
MOST_CRITERIA = 20
LONGEST_NAME = 80
_WORDS = {"调研": StageKind.SURVEY, "方案": StageKind.PROPOSAL, "谈判": StageKind.NEGOTIATION}


@dataclass(frozen=True)
class CriterionLine:
    """A criterion: at which stage, what is looked at, its share of 100."""

    stage: StageKind
    name: str
    weight: int


def stage_called(word: str) -> StageKind | None:
    """Return the stage a word names: in Chinese, in the reader's language, or by its code."""
    said = word.strip().lower()
    by_label = {str(label).lower(): kind for kind, label in STAGE_LABELS.items()}
    by_code = {str(kind): kind for kind in StageKind}
    return _WORDS.get(said) or by_label.get(said) or by_code.get(said)


def read(text: str) -> list[CriterionLine]:
    """Read criteria, one a line 「阶段 | 标准 | 权重」; raises Invalid at ``criteria`` with the line that is wrong.

    Every stage has a criterion, and the weights add up to 100.
    """
    found: list[CriterionLine] = []
    for number, line in enumerate((line for line in text.splitlines() if line.strip()), 1):
        parts = [part.strip() for part in re.split(r"[|｜]", line)]
        if len(parts) != 3:
            raise refused(lazy("第 %(number)s 行请写成“阶段 | 标准 | 权重”", number=number))
        stage = stage_called(parts[0])
        if stage is None:
            raise refused(lazy("第 %(number)s 行的阶段请写调研、方案或谈判", number=number))
        if not parts[1] or len(parts[1]) > LONGEST_NAME:
            raise refused(
                lazy("第 %(number)s 行的标准请写 1 到 %(most)s 字", number=number, most=LONGEST_NAME)
            )
        weight = parts[2]
        if not (weight.isascii() and weight.isdigit() and len(weight) <= 3 and 1 <= int(weight) <= WHOLE):
            raise refused(lazy("第 %(number)s 行的权重请写 1 到 100 的整数", number=number))
        found.append(CriterionLine(stage, parts[1], int(weight)))
    if len(found) > MOST_CRITERIA:
        raise refused(lazy("评分标准最多 %(most)s 条", most=MOST_CRITERIA))
    if {line.stage for line in found} != set(StageKind):
        raise refused(lazy("调研、方案、谈判每个阶段至少要有一条标准"))
    total = sum(line.weight for line in found)
    if total != WHOLE:
        raise refused(lazy("权重合计应为 100，现在是 %(total)s", total=total))
    order = list(StageKind)
    return sorted(found, key=lambda line: order.index(line.stage))


def refused(sentence: object) -> Invalid:
    """Return the refusal of a text of criteria."""
    return Invalid(fields={"criteria": sentence})  # type: ignore[dict-item]


def total(weights: Mapping[int, int], points: Mapping[int, int]) -> int:
    """Return the total of a sheet in tenths of a point of 100; both mappings are by criterion."""
    return sum(weight * points.get(number, 0) for number, weight in weights.items())


def average(values: Sequence[int]) -> int:
    """Return the mean of whole numbers, rounded half up; ValueError for none."""
    if not values:
        raise ValueError("nothing was given")
    return (2 * sum(values) + len(values)) // (2 * len(values))


def spread(values: Sequence[int]) -> int:
    """Return the highest less the lowest; ValueError for none."""
    return max(values) - min(values)


def share(weights: int, reached: int) -> int:
    """Return how much of what a stage can give was reached, in tenths of a percent, rounded half up.

    ``weights`` is the sum of the weights over all sheets, above 0; ``reached`` that of weight times points.
    """
    most = weights * MOST_POINTS
    return (2 * WHOLE * 10 * reached + most) // (2 * most)
