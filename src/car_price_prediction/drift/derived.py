"""What is compared besides the fields as they are told: mileage for a car's age, and what is asked beside the quote.

Mileages differ by a factor of ten between cars, and most of that is their age: beside what is usual for its year, the
same car's mileage tells of a change with a third of the cars. A market's price level likewise shows in the asking
price beside the quote long before it shows in the asking prices.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from car_price_prediction.domain.listing import Field, field_named
from car_price_prediction.package.reference import Curve

QUOTE, FOR_AGE, TO_QUOTE = "quote", "mileage_for_age", "asked_to_quoted"
PRICES = ("price", QUOTE, TO_QUOTE)
"""About money; all else is about cars."""
FIELDS = {
    QUOTE: Field(QUOTE, "number", "Quoted price", "currency"),
    FOR_AGE: Field(FOR_AGE, "number", "Mileage for the age", "of the usual"),
    TO_QUOTE: Field(TO_QUOTE, "number", "Asking price beside the quote", "of the quote"),
}
EASE_KM = 1_000.0
"""Added to both, so that a new car's 10 km are not twice what another one's 5 km are."""
MOST_STEPS, CARS_A_STEP = 40, 25

Vector = npt.NDArray[np.float64]


def compared_field(name: str, *, numeric: bool) -> Field:
    """Return what is known of a field that is compared."""
    return FIELDS.get(name) or field_named(name, "number" if numeric else "category")


def numbers_of(table: pl.DataFrame, name: str) -> Vector:
    """Return a column as numbers, NaN where there is none."""
    if name not in table:
        return np.full(table.height, np.nan)
    found: Vector = table[name].cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    return found


def usual_km(table: pl.DataFrame) -> Curve | None:
    """Return the median mileage by year; None where the cars tell no years or mileages.

    Examples
    --------
    >>> usual_km(pl.DataFrame({"year": [2010.0, 2020.0] * 25, "mileage_km": [1e5, 2e4] * 25}))
    Curve(starts=(2010.0, 2020.0), values=(100000.0, 20000.0))
    """
    year, km = numbers_of(table, "year"), numbers_of(table, "mileage_km")
    told = np.isfinite(year) & np.isfinite(km)
    if not told.any():
        return None
    year, km = year[told], km[told]
    steps = min(MOST_STEPS, len(year) // CARS_A_STEP + 1)
    starts = np.unique(np.quantile(year, np.linspace(0, 1, steps, endpoint=False), method="nearest"))
    step = _step(starts, year)
    return Curve(
        starts=tuple(starts.tolist()), values=tuple(float(np.median(km[step == i])) for i in range(len(starts)))
    )


def with_derived(table: pl.DataFrame, usual: Curve | None) -> pl.DataFrame:
    """Return the table with the columns of `FIELDS` that can be worked out of it.

    Examples
    --------
    >>> cars = pl.DataFrame({"year": [2010.0], "mileage_km": [1e5], "price": [9e3], "quote": [1e4]})
    >>> with_derived(cars, Curve(starts=(2000.0,), values=(99_000.0,))).row(0)
    (2010.0, 100000.0, 9000.0, 10000.0, 1.01, 0.9)
    """
    found = {}
    if usual is not None and {"year", "mileage_km"} <= set(table.columns):
        year, km = numbers_of(table, "year"), numbers_of(table, "mileage_km")
        usually = np.asarray(usual.values)[_step(np.asarray(usual.starts), np.nan_to_num(year))]
        found[FOR_AGE] = np.where(np.isnan(year), np.nan, (km + EASE_KM) / (usually + EASE_KM))
    if {"price", QUOTE} <= set(table.columns):
        asked, quote = numbers_of(table, "price"), numbers_of(table, QUOTE)
        found[TO_QUOTE] = np.divide(asked, quote, out=np.full(len(asked), np.nan), where=quote > 0)
    return table.with_columns(pl.Series(name, values) for name, values in found.items())


def _step(starts: Vector, at: Vector) -> npt.NDArray[np.int64]:
    found: npt.NDArray[np.int64] = np.clip(np.searchsorted(starts, at, "right") - 1, 0, None)
    return found
