"""What a person wants of retraining."""

from __future__ import annotations

from dataclasses import dataclass, field

from car_price_prediction.listings.loaded import LoadOptions
from car_price_prediction.training.choices import DEFAULT, Choices

from .limits import Limits


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be retrained on, and how.

    Attributes
    ----------
    places : tuple of str
        Folders and addresses.
    options : LoadOptions
    choices : Choices
    limits : Limits
    newest : int
        So many files are trained on, the last written, and all that are new; 0 is all.
    settle_s : float
        See `Watch`.
    allow : str
        Why listings are trained on however far they drifted; ``""`` refuses them.
    promote : bool
        Whether the gate is asked.
    """

    places: tuple[str, ...]
    options: LoadOptions = field(default_factory=LoadOptions)
    choices: Choices = DEFAULT
    limits: Limits = field(default_factory=Limits)
    newest: int = 0
    settle_s: float = 30.0
    allow: str = ""
    promote: bool = True
