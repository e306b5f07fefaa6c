"""The thresholds behind confidence, abstention and grades, as they are published."""

from __future__ import annotations

from typing import Any

from .abstention import FAR, FEWEST_COMPARABLES
from .doubts import HIGH_COMPARABLES, HIGH_WIDTH, MEDIUM_COMPARABLES, MEDIUM_WIDTH
from .rating import GRADES, LEVELS


def thresholds() -> dict[str, Any]:
    """Return the thresholds as plain values.

    Examples
    --------
    >>> thresholds()["deal"]["good"]
    {'from_level': 0.03, 'to_level': 0.15}
    """
    ends = (0.0, *LEVELS, 1.0)
    return {
        "confidence": {
            "high": {"relative_width_at_most": HIGH_WIDTH, "comparables_at_least": HIGH_COMPARABLES},
            "medium": {"relative_width_at_most": MEDIUM_WIDTH, "comparables_at_least": MEDIUM_COMPARABLES},
        },
        "strict": {"comparables_at_least": FEWEST_COMPARABLES, "outside_training_range_by_at_most": FAR},
        "deal": {
            grade: {"from_level": low, "to_level": high}
            for grade, low, high in zip(GRADES, ends[:-1], ends[1:], strict=True)
        },
    }
