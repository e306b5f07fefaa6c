"""How far new listings may be from those that the champion learnt from."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from car_price_prediction.domain.errors import PackageError
from car_price_prediction.domain.listing import BY_NAME
from car_price_prediction.drift.compare import compare
from car_price_prediction.drift.report import WORDS, FieldDrift
from car_price_prediction.package.reference import read_reference
from car_price_prediction.package.store import Package

PRICE = "price"
SHOWN, WORTH_TELLING = 3, 0.1


@dataclass(frozen=True, slots=True)
class Limits:
    """By how much a field may move: as population stability index, beyond what chance makes of so many cars.

    Attributes
    ----------
    fields : float
        Any field but the price.
    price : float
        To follow the level of the market is what retraining is for: this one finds what cannot be the same market.
    silent : float
        By so large a share of listings a field may be told less often than before.
    """

    fields: float = 0.25
    price: float = 0.5
    silent: float = 0.5

    def of(self, name: str) -> float:
        """Return the limit of a field."""
        return self.price if name == PRICE else self.fields


@dataclass(frozen=True, slots=True)
class Drifted:
    """What was compared.

    Attributes
    ----------
    fields : tuple of FieldDrift
        What is to be told.
    over : tuple of FieldDrift
        Those that are beyond their limit, the furthest first.
    note : str
    """

    fields: tuple[FieldDrift, ...] = ()
    over: tuple[FieldDrift, ...] = ()
    note: str = ""


def drifted(champion: Package | None, listings: pl.DataFrame, limits: Limits) -> Drifted:
    """Hold new listings against those that the champion learnt from.

    Parameters
    ----------
    champion : Package or None
        Without one there is nothing to compare with.
    listings : DataFrame
        As `load_listings` returns them.
    limits : Limits
    """
    if champion is None:
        return Drifted(note="no version answers yet: there is nothing to have drifted from")
    if champion.manifest.market.sample:
        return Drifted(note="the champion prices the built-in sample market: nothing to have drifted from")
    try:
        reference = read_reference(champion.folder)
    except PackageError as error:
        return Drifted(note=f"drift cannot be told, the gate alone decides: {error.message}")
    # What only a priced car has, its quote, says nothing here.
    fields = tuple(field for field in compare(reference, listings).fields if field.told or field.name in BY_NAME)
    over = [field for field in fields if _is_over(field, limits)]
    return Drifted(fields, tuple(sorted(over, key=lambda field: -field.excess)))


def sentence_of(field: FieldDrift) -> str:
    """Return what happened to a field, for people."""
    moved = "; ".join(f"{cell.label} {cell.before:.1%} before, {cell.now:.1%} now" for cell in field.moved[:SHOWN])
    told = f"; told by {1 - field.missing:.0%}, before by {1 - field.missing_before:.0%}"
    silent = told if abs(field.missing - field.missing_before) > WORTH_TELLING else ""
    return f"{field.label}: {WORDS[field.verdict]}" + (f": {moved}" if moved else "") + silent


def _is_over(field: FieldDrift, limits: Limits) -> bool:
    if field.missing - field.missing_before > limits.silent:
        return True
    return field.verdict != "too few" and field.excess > limits.of(field.name)
