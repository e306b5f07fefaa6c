"""What the gate allows, and what it tells of each thing that it looked at."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Limits:
    """How much worse or how different a challenger may be.

    Attributes
    ----------
    fewest : int
        Listings that must be compared.
    worse : float
        Share by which the median error may be larger.
    coverage_off : float
        How far the coverage may be from what was promised.
    group_fewest : int
        A make, age band or price decile of fewer listings is not looked at.
    group_worse : float
        Share by which a group's median error may be larger, where chance does not explain it.
    group_sure : float
        Standard deviations by which more of a group's prices got worse than better before chance is ruled out.
    moved : float
        Share by which the probe cars' prices may move in the median.
    moved_most : float
        Share that nine in ten of them may not move beyond.
    moved_make : float
        Share by which the prices of one make may move in the median.
    moved_month : float
        Share by which the level of all asking prices may move within a month for prices to follow it.
    """

    fewest: int = 200
    worse: float = 0.03
    coverage_off: float = 0.03
    group_fewest: int = 50
    group_worse: float = 0.15
    group_sure: float = 3.0
    moved: float = 0.15
    moved_most: float = 0.35
    moved_make: float = 0.25
    moved_month: float = 0.05


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that the gate looked at.

    Attributes
    ----------
    id : str
        Stable and machine readable.
    passed : bool
    message : str
        With the challenger's figure, the champion's or the promised one, and the limit.
    """

    id: str
    passed: bool
    message: str

    def as_dict(self) -> dict[str, Any]:
        """Return the check as plain values."""
        return asdict(self)
