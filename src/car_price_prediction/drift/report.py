"""What came of a comparison: plain values, as JSON, and in sentences."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cached_property
from typing import Literal, TypeAlias

from pydantic import Field

from car_price_prediction.domain.listing import Kind
from car_price_prediction.evaluation.part import Part

from .wording import told_number

Verdict: TypeAlias = Literal["steady", "silent", "moved", "far", "too few"]
FORMAT = 1
QUANTILES = (0.1, 0.5, 0.9)
WORDS: dict[Verdict, str] = {
    "steady": "as the model learnt it",
    "silent": "told more or less often than in training",
    "moved": "moved, by more than chance",
    "far": "far from what the model learnt",
    "too few": "too few cars tell it",
}
"""What the verdicts mean."""
SEVERITY: tuple[Verdict, ...] = ("too few", "steady", "silent", "moved", "far")


class Cell(Part):
    """One cell: a word, or a span of numbers."""

    label: str
    before: float = Field(description="The share of the training listings in it, of those that tell the field.")
    now: float = Field(description="The share of the cars that are compared.")


class FieldDrift(Part):
    """One field, then and now."""

    name: str
    label: str
    kind: Kind
    unit: str
    verdict: Verdict
    judged: bool = Field(description="Whether enough cars tell it, now and in training, for a test.")
    told: int = Field(description="Cars that tell it.")
    missing_before: float = Field(description="The share of training listings that do not tell it.")
    missing: float
    psi: float = Field(description="The population stability index.")
    excess: float = Field(description="Of it, what is beyond what chance makes of so many cars.")
    p: float = Field(description="How often chance makes as much of a difference, in any of the tests of all fields.")
    above: float | None = Field(
        default=None, description="Numbers: how often one of now is above one of training; 0.5 where nothing moved."
    )
    unseen_before: float | None = Field(
        default=None, description="Words: the share that was to be expected of words that training never saw."
    )
    unseen: float | None = Field(default=None, description="Words: the share that training never saw.")
    quantiles_before: tuple[float, ...] = Field(default=(), description="A tenth, half and nine tenths lie below.")
    quantiles: tuple[float, ...] = ()
    cells: tuple[Cell, ...] = Field(default=(), description="All of them, in their order.")
    moved: tuple[Cell, ...] = Field(default=(), description="What moved most, words that are new among it.")

    @property
    def drifted(self) -> bool:
        """Whether it moved by more than chance."""
        return self.verdict in ("moved", "far")

    def sentence(self) -> str:
        """Return in a line what is to be said of it."""
        if not self.drifted:
            silent = f": {1 - self.missing:.0%} of the cars tell it, {1 - self.missing_before:.0%} in training"
            return f"{self.label}: {WORDS[self.verdict]}{silent if self.verdict == 'silent' else ''}"
        if not self.quantiles:
            return f"{self.label}: {WORDS[self.verdict]}: {', '.join(map(_named, self.moved))}"
        now, then = (told_number(self.name, of[1]) for of in (self.quantiles, self.quantiles_before))
        # Which currency it is the model knows, and who reads this.
        unit = f" {self.unit}" if self.unit not in ("", "currency", "year") else ""
        return f"{self.label}: {WORDS[self.verdict]}: median {now}{unit}, in training {then}"


class DriftReport(Part):
    """Cars against the training listings of a model."""

    format: int = FORMAT
    made_at: datetime
    version: str = Field(default="", description="Of the model.")
    source: str = Field(default="", description="What was compared: the names of files, or kept valuations.")
    since: datetime | None = Field(default=None, description="When the first of them was asked for.")
    until: datetime | None = None
    cars: int = Field(description="That were compared.")
    reference_cars: int = Field(description="Training listings.")
    level: float = Field(description="A field moved where `p` is below this.")
    verdict: Verdict = Field(description="The gravest one of all fields.")
    unseen: float = Field(description="The share of cars with a word that training never saw.")
    fields: tuple[FieldDrift, ...]
    notes: tuple[str, ...] = ()

    @cached_property
    def drifted(self) -> tuple[FieldDrift, ...]:
        """The fields that moved, those that moved most first."""
        return tuple(sorted((f for f in self.fields if f.drifted), key=lambda one: -one.excess))

    @property
    def worst(self) -> FieldDrift | None:
        """The field that moved most; None where none moved by more than chance."""
        return self.drifted[0] if self.drifted else None

    def as_json(self) -> str:
        """Return it as indented JSON."""
        return self.model_dump_json(indent=1)


def nothing_compared(version: str, why: str) -> DriftReport:
    """Return the report where there is nothing to compare with.

    Examples
    --------
    >>> nothing_compared("v1", "no reference is kept").verdict
    'too few'
    """
    return DriftReport(
        made_at=datetime.now(UTC),
        version=version,
        cars=0,
        reference_cars=0,
        level=0.0,
        verdict="too few",
        unseen=0.0,
        fields=(),
        notes=(why,),
    )


def gravest(fields: Iterable[FieldDrift]) -> Verdict:
    """Return the gravest verdict of all fields."""
    return max((field.verdict for field in fields), key=SEVERITY.index, default="too few")


def _named(cell: Cell) -> str:
    return f"{cell.label} {cell.now:.1%} (then {cell.before:.1%})"
