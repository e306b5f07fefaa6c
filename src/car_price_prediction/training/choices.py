"""What a person may choose about training a model, apart from the listings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Budget: TypeAlias = Literal["quick", "standard", "thorough"]
Monotone: TypeAlias = Literal["auto", "on", "off"]


@dataclass(frozen=True, slots=True)
class Choices:
    """The choices.

    Attributes
    ----------
    seed : int
        The same listings and seed give the same model.
    coverage : float
        The share of asking prices that the ranges are to hold.
    budget : {"quick", "standard", "thorough"}
        How much time goes into the search for the best model.
    monotone : {"auto", "on", "off"}
        Whether the price may rise with mileage or age: see `compare.Comparer.compare`.
    """

    seed: int = 0
    coverage: float = 0.9
    budget: Budget = "standard"
    monotone: Monotone = "auto"


DEFAULT = Choices()
"""What is chosen where nobody says anything."""
