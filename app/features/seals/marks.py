"""What is cut into a seal of this installation: always a registered company's name, never free text."""

from typing import TYPE_CHECKING

from app.features.seals.models import Seal

if TYPE_CHECKING:
    from app.features.seals.drawing import SealMark

_demo: list[bool] = [False]


def use_demo(demo: bool) -> None:
    """Say at start whether this is the demo company, whose seals carry 「演示专用」."""
    _demo[0] = demo


def is_demo() -> bool:
    """Tell whether the seals of this installation say 「演示专用」."""
    return _demo[0]


def mark_of(seal: Seal, *, specimen: bool = False) -> "SealMark":
    """Return the mark that paper and preview draw alike; ``specimen`` crosses it with 「样章」."""
    from app.features.seals.drawing import SealMark  # slow import

    return SealMark(
        legal_name=seal.legal_entity.name,
        purpose=seal.purpose,
        filed_number=seal.filed_number or None,
        demo=is_demo(),
        specimen=specimen,
        diameter_mm=float(seal.diameter),
    )
