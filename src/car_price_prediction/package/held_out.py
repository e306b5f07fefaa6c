"""What a version's training foretold of listings it held out: what two versions are compared on.

A row per listing that the version learnt from, in the order of its data's ``listings.parquet``: the car, its asking
price, and price and range by the models that did not see it nor its re-posts.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from polars.exceptions import PolarsError

from car_price_prediction.domain.errors import PackageError

from .frames import KeyColumns

HELD_OUT = "held_out.parquet"
CAR = ("make", "model", "year", "mileage_km")
"""What tells one car from another in any two files, whatever other columns they have."""
FORETOLD = ("predicted", "low", "high")

Vector = npt.NDArray[np.float64]


def car_columns(listings: pl.DataFrame) -> pl.DataFrame:
    """Return make and model as they are compared, year, mileage and asking price of each listing.

    Examples
    --------
    >>> car_columns(pl.DataFrame({"make": ["BMW"], "year": [2012.0], "price": [9000.0]})).row(0)
    ('bmw', '', 2012.0, None, 9000.0)
    """
    keys = KeyColumns(listings)
    words = [keys.of([name]).alias(name) for name in CAR[:2]]
    numbers = [
        (pl.col(name) if name in listings else pl.lit(None)).cast(pl.Float64).alias(name)
        for name in (*CAR[2:], "price")
    ]
    return pl.concat([pl.DataFrame(words), listings.select(numbers)], how="horizontal")


def held_out_frame(listings: pl.DataFrame, predicted: Vector, low: Vector, high: Vector) -> pl.DataFrame:
    """Return the rows of a package's ``held_out.parquet``.

    Parameters
    ----------
    listings : DataFrame
    predicted, low, high : ndarray of shape (n,)
        In money, by models that did not see the listing.
    """
    foretold = dict(zip(FORETOLD, (predicted, low, high), strict=True))
    return car_columns(listings).with_columns(pl.Series(name, values) for name, values in foretold.items())


def read_held_out(folder: Path) -> pl.DataFrame:
    """Read a package's ``held_out.parquet``.

    Raises
    ------
    PackageError
        Where the package has none, or it cannot be read.
    """
    try:
        return pl.read_parquet(folder / HELD_OUT).select(*CAR, "price", *FORETOLD)
    except FileNotFoundError:
        raise PackageError(f"version {folder.name} keeps no {HELD_OUT}", hint="train it again") from None
    except (OSError, PolarsError) as error:
        raise PackageError(f"{HELD_OUT} of version {folder.name} cannot be read: {error}") from None
