"""Champion and challenger on the same listings, none of which the predicting model had seen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from car_price_prediction.package.contents import Contents, read_contents
from car_price_prediction.package.frames import encode_frame
from car_price_prediction.package.held_out import CAR, car_columns, read_held_out
from car_price_prediction.package.store import Package

KEY = [*CAR, "price"]


@dataclass(frozen=True, slots=True)
class Compared:
    """What two versions foretold of the same listings.

    Attributes
    ----------
    listings : DataFrame
        The car, its ``price``, the ``challenger``'s and the ``champion``'s price for it, and the challenger's ``low``
        and ``high``.
    shared, new : int
        How many of them both versions held out, and how many the champion never met.
    left_out : int
        How many of the challenger's listings are not among them.
    """

    listings: pl.DataFrame
    shared: int
    new: int
    left_out: int


def compare(challenger: Package, champion: Package, data: Path) -> Compared:
    """Put the held-out prices of two versions side by side.

    A listing that both learnt from: each version's price is the one by its models that did not see it. A listing of a
    car that the champion never met: the champion itself prices it. The re-posts of a car that the champion met at
    another price are left out, for it knows them; so are listings that cannot be told from another of the same file.

    Parameters
    ----------
    challenger, champion : Package
    data : Path
        The folder of the listings by their fingerprints. Where the challenger's are not in it, the shared ones remain.

    Raises
    ------
    PackageError
        Where a package keeps no held-out prices.
    """
    ours, theirs = read_held_out(challenger.folder), read_held_out(champion.folder)
    rows = _alone(ours.with_row_index("row").rename({"predicted": "challenger"}))
    champion_prices = _alone(theirs).select(*KEY, champion="predicted")
    shared = rows.join(champion_prices, on=KEY, how="inner", nulls_equal=True)
    unmet = rows.join(theirs, on=list(CAR), how="anti", nulls_equal=True)
    new = _priced(unmet, champion, data / challenger.manifest.data.fingerprint / "listings.parquet", ours)
    found = pl.concat([shared, new]).drop("row")
    return Compared(found, shared.height, new.height, ours.height - found.height)


def _alone(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter(pl.len().over(KEY) == 1)


def _priced(unmet: pl.DataFrame, champion: Package, file: Path, ours: pl.DataFrame) -> pl.DataFrame:
    """Return the listings with the champion's price, or none of them where their details are not here."""
    if not file.is_file() or unmet.is_empty():
        return unmet.clear().with_columns(champion=pl.lit(0.0))
    listings = pl.read_parquet(file)
    if not car_columns(listings).equals(ours.select(KEY)):
        return unmet.clear().with_columns(champion=pl.lit(0.0))
    prices = model_prices(read_contents(champion), listings[unmet["row"]])
    return unmet.with_columns(champion=prices)


def model_prices(contents: Contents, listings: pl.DataFrame) -> pl.Series:
    """Return a package's price of each listing."""
    return pl.Series(np.exp(contents.booster.predict(encode_frame(contents.encoder, listings))))
