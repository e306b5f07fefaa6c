"""How far new listings may be from those that the champion learnt from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from car_price_prediction.domain.errors import PackageError
from car_price_prediction.domain.listing import BY_NAME
from car_price_prediction.drift.compare import compare
from car_price_prediction.drift.reference import reference_for
from car_price_prediction.drift.report import FieldDrift
from car_price_prediction.package.contents import read_contents
from car_price_prediction.package.store import Package
from car_price_prediction.pricing.valuer import Valuer

PRICE = "price"


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


def drifted(champion: Package | None, artifacts: Path, listings: pl.DataFrame, limits: Limits) -> Drifted:
    """Hold new listings against those that the champion learnt from.

    Parameters
    ----------
    champion : Package or None
        Without one there is nothing to compare with.
    artifacts : Path
        The folder of the packages.
    listings : DataFrame
        As `load_listings` returns them.
    limits : Limits
    """
    if champion is None:
        return Drifted(note="no version answers yet: there is nothing to have drifted from")
    if champion.manifest.market.sample:
        return Drifted(note="the champion prices the built-in sample market: nothing to have drifted from")
    try:
        found = reference_for(Valuer(read_contents(champion)), artifacts)
    except PackageError as error:
        return Drifted(note=f"drift cannot be told, the gate alone decides: {error.message}")
    # What only a priced car has, its quote, says nothing here.
    fields = tuple(field for field in compare(found.reference, listings).fields if field.told or field.name in BY_NAME)
    over = [field for field in fields if _is_over(field, limits)]
    return Drifted(fields, tuple(sorted(over, key=lambda field: -field.excess)), "; ".join(found.notes))


def _is_over(field: FieldDrift, limits: Limits) -> bool:
    if field.missing - field.missing_before > limits.silent:
        return True
    return field.verdict != "too few" and field.excess > limits.of(field.name)
