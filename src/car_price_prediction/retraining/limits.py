"""How far new listings may be from those that the champion learnt from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from car_price_prediction.domain.errors import PackageError
from car_price_prediction.drift.compare import compare
from car_price_prediction.drift.report import DriftReport, FieldDrift
from car_price_prediction.package.reference import read_reference
from car_price_prediction.package.store import Package

PRICE = "price"


@dataclass(frozen=True, slots=True)
class Limits:
    """By how much, as population stability index beyond what chance makes of so many cars.

    Attributes
    ----------
    fields : float
        Any field but the price.
    price : float
        To follow the level of the market is what retraining is for: this one finds what cannot be the same market.
    """

    fields: float = 0.25
    price: float = 0.5

    def of(self, name: str) -> float:
        """Return the limit of a field."""
        return self.price if name == PRICE else self.fields


@dataclass(frozen=True, slots=True)
class Drifted:
    """What was compared.

    Attributes
    ----------
    report : DriftReport or None
        None where there was nothing to compare with, for `note`.
    over : tuple of FieldDrift
        The fields that are beyond their limit, the furthest first.
    note : str
    """

    report: DriftReport | None
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
        return Drifted(None, note="no version answers yet: there is nothing to have drifted from")
    if champion.manifest.market.sample:
        return Drifted(None, note="the champion prices the built-in sample market: nothing to have drifted from")
    try:
        reference = read_reference(champion.folder)
    except PackageError as error:
        return Drifted(None, note=f"drift cannot be told, the gate alone decides: {error.message}")
    report = compare(reference, listings)
    return Drifted(report, tuple(sorted(_over(report, limits), key=lambda field: -field.excess)))


def _over(report: DriftReport, limits: Limits) -> Iterator[FieldDrift]:
    for field in report.fields:
        if field.verdict != "too few" and field.excess > limits.of(field.name):
            yield field
