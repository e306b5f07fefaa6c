"""Champion and challenger on the same listings, none of which the predicting model had seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from car_price_prediction.listings.listed import LISTED
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
        The car, its ``price``, the ``challenger``'s and the ``champion``'s price for it, the challenger's ``low``
        and ``high``, and the day on which it was ``listed``, where that is known.
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

    A car that both learnt from, be it at another price: each version's price is the one by its models that did not see
    it. A car that the champion never met: the champion itself prices it. The asking price is the challenger's, the
    newer one. Listings that cannot be told from another of the same file are left out.

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
    car = [name for name in CAR if _told(ours[name]) and _told(theirs[name])]
    details = _details(data / challenger.manifest.data.fingerprint / "listings.parquet", ours)
    days = pl.lit(None, pl.Date) if details is None or LISTED not in details else details[LISTED]
    rows = ours.with_row_index("row").with_columns(days.alias("listed")).rename({"predicted": "challenger"})
    rows = _alone(rows, [*car, "price"])
    same = _both(rows, theirs, [*car, "price"])
    rest = rows.join(same, on="row", how="anti")
    shared = pl.concat([same, _both(rest, theirs, car)])
    unmet = rest.join(theirs, on=car, how="anti", nulls_equal=True)
    new = _priced(unmet, champion, details)
    found = pl.concat([shared, new]).drop("row")
    return Compared(found, shared.height, new.height, ours.height - found.height)


def _told(column: pl.Series) -> bool:
    """Return whether a file tells of it at all: where one of two files does not, it tells no two cars apart."""
    return column.null_count() < len(column) and not (column.dtype == pl.String and (column == "").all())


def _both(rows: pl.DataFrame, theirs: pl.DataFrame, on: Sequence[str]) -> pl.DataFrame:
    foretold = _alone(theirs, on).select(*on, champion="predicted")
    return _alone(rows, on).join(foretold, on=list(on), how="inner", nulls_equal=True)


def _alone(rows: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    return rows.filter(pl.len().over(key) == 1)


def _details(file: Path, ours: pl.DataFrame) -> pl.DataFrame | None:
    """Return all that is known of the held-out listings, in their order; None where that is not here."""
    if not file.is_file():
        return None
    listings = pl.read_parquet(file)
    return listings if car_columns(listings).equals(ours.select(KEY)) else None


def _priced(unmet: pl.DataFrame, champion: Package, details: pl.DataFrame | None) -> pl.DataFrame:
    """Return the listings with the champion's price, or none of them where their details are not here."""
    if details is None or unmet.is_empty():
        return unmet.clear().with_columns(champion=pl.lit(0.0))
    prices = model_prices(read_contents(champion), details[unmet["row"]])
    return unmet.with_columns(champion=prices)


def model_prices(contents: Contents, listings: pl.DataFrame) -> pl.Series:
    """Return a package's price of each listing."""
    return pl.Series(np.exp(contents.booster.predict(encode_frame(contents.encoder, listings))))
