"""The figures of a report: what each field holds, how prices spread, and how they fall with age and mileage."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import polars as pl

from car_price_prediction.domain.listing import BY_NAME, field_named

from .spread import reference_year
from .wording import whole

COMMON = 5
BINS = 24


@dataclass(frozen=True, slots=True)
class FieldFigures:
    """What one field holds: the share that is missing, and its usual values."""

    name: str
    label: str
    kind: str
    unit: str
    missing: float
    distinct: int
    common: tuple[tuple[str, int], ...]
    low: float | None
    median: float | None
    high: float | None

    def usual(self) -> str:
        """Return what most values are, in a line."""
        if self.median is None or self.low is None or self.high is None:
            return ", ".join(f"{value} ({count:,})" for value, count in self.common)
        unit = f" {self.unit}" if self.unit not in ("", "year", "currency") else ""
        low, median, high = (
            f"{v:.0f}" if self.name == "year" else whole(v) for v in (self.low, self.median, self.high)
        )
        return f"{median}{unit}, nearly all {low} to {high}"


@dataclass(frozen=True, slots=True)
class Bin:
    """How many prices lie from `low` to below `high`."""

    low: float
    high: float
    rows: int


@dataclass(frozen=True, slots=True)
class Band:
    """The prices of listings of one age or mileage band: a tenth, half and nine tenths lie below these."""

    label: str
    rows: int
    low: float
    median: float
    high: float


def field_figures(listings: pl.DataFrame) -> tuple[FieldFigures, ...]:
    """Describe every field; for numbers `low` and `high` are the 1st and 99th percentile.

    Examples
    --------
    >>> field_figures(pl.DataFrame({"make": ["Audi", "Audi", None, "Kia"]}))[0].common
    (('Audi', 2), ('Kia', 1))
    """
    canonical = [name for name in BY_NAME if name in listings.columns]
    extra = [name for name in listings.columns if name not in BY_NAME and not name.startswith("_")]
    return tuple(_figures(listings[name]) for name in canonical + extra)


def _figures(values: pl.Series) -> FieldFigures:
    number = values.dtype.is_numeric()
    field = field_named(values.name, "number" if number else "category")
    known = values.drop_nulls()
    common: tuple[tuple[str, int], ...] = ()
    if not number:
        counts = known.value_counts().sort("count", known.name, descending=[True, False]).head(COMMON)
        common = tuple((str(value), int(count)) for value, count in counts.iter_rows())
    quantiles = [known.quantile(q) for q in (0.01, 0.5, 0.99)] if number else [None] * 3
    missing = values.null_count() / len(values) if len(values) else 0.0
    return FieldFigures(field.name, field.label, field.kind, field.unit, missing, known.n_unique(), common, *quantiles)


def price_bins(listings: pl.DataFrame) -> tuple[Bin, ...]:
    """Count prices in bins of equal width in logs; the outermost hold what lies beyond the 0.5% tails.

    Examples
    --------
    >>> [b.rows for b in price_bins(pl.DataFrame({"price": [100.0] * 3}))]
    [3]
    """
    prices = listings["price"].log()
    low, high = prices.quantile(0.005), prices.quantile(0.995)
    if low is None or high is None:
        return ()
    if high - low < 1e-9:
        return (Bin(math.exp(low), math.exp(high), len(prices)),)
    step = (high - low) / BINS
    place = ((prices - low) / step).floor().clip(0, BINS - 1).cast(pl.Int32)
    counts = dict(place.value_counts().iter_rows())
    edges = [math.exp(low + step * i) for i in range(BINS + 1)]
    return tuple(Bin(edges[i], edges[i + 1], counts.get(i, 0)) for i in range(BINS))


def by_age(listings: pl.DataFrame) -> tuple[Band, ...]:
    """Return the prices by age, seen from the newest cars of the file; beyond 20 years in tens."""
    newest = reference_year(listings)
    if newest is None:
        return ()
    age = (newest - pl.col("year")).clip(lower_bound=0).floor()
    band = pl.when(age < 20).then(age).otherwise((age / 10).floor() * 10).clip(upper_bound=50)
    return _bands(listings, band, lambda age: f"{age:.0f}" if age < 20 else f"{age:.0f}+")


def by_mileage(listings: pl.DataFrame) -> tuple[Band, ...]:
    """Return the prices by mileage, in bands of 25,000 km."""
    if "mileage_km" not in listings.columns:
        return ()
    band = ((pl.col("mileage_km") / 25_000).floor() * 25).clip(upper_bound=400)
    return _bands(listings, band, lambda km: f"{km:.0f}k" if km < 400 else "400k+")


def _bands(listings: pl.DataFrame, band: pl.Expr, label: Any) -> tuple[Band, ...]:
    found = (
        listings.with_columns(band=band)
        .drop_nulls("band")
        .group_by("band")
        .agg(
            rows=pl.len(),
            low=pl.col("price").quantile(0.1),
            median=pl.col("price").median(),
            high=pl.col("price").quantile(0.9),
        )
        .sort("band")
    )
    return tuple(Band(label(row[0]), *row[1:]) for row in found.iter_rows())
