"""A file of listings as cars to compare: read and cleaned as for training, and quoted by the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import polars as pl

from car_price_prediction.batch.columns import columns_of
from car_price_prediction.domain.columns import Column
from car_price_prediction.evaluation.later import model_currency, seen_in_training
from car_price_prediction.listings.cells import Rows
from car_price_prediction.listings.columns import Understanding
from car_price_prediction.listings.interpret import interpret_frame
from car_price_prediction.listings.load import load_listings
from car_price_prediction.listings.loaded import LoadOptions
from car_price_prediction.listings.pieces import GROUP_ROWS
from car_price_prediction.pricing.table import quote_table
from car_price_prediction.pricing.valuer import Valuer

from .derived import QUOTE

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Cars:
    """Cars to compare.

    Attributes
    ----------
    table : DataFrame
        See `compare.compare`.
    notes : tuple of str
    """

    table: pl.DataFrame
    notes: tuple[str, ...] = ()


class _NoAskingPricesError(Exception):
    """The files tell none: carries what was read out of the reading, whose cleaning is about prices."""

    def __init__(self, raw: Rows, columns: Sequence[Column], notes: tuple[str, ...]) -> None:
        super().__init__()
        self.raw, self.columns, self.notes = raw, columns, notes


def cars_of_files(
    valuer: Valuer, files: Sequence[str], options: LoadOptions, artifacts: Path, progress: Progress | None = None
) -> Cars:
    """Read files of listings, with asking prices or without; without, they are taken as they are.

    Parameters
    ----------
    valuer : Valuer
        Whose training file's columns theirs are read like.
    files : sequence of str
        As `load_listings` takes them.
    options : LoadOptions
    artifacts : Path
        The folder of the packages.
    progress : callable, optional

    Raises
    ------
    ListingsError
        Where they cannot be read or understood, or hold no usable listing.
    """
    options = replace(options, currency=model_currency(valuer, options))
    understood = None if options.profile else partial(_understood, valuer)
    try:
        loaded = load_listings(files, options, progress, fewest=1, understood_by=understood)
    except _NoAskingPricesError as found:
        table = interpret_frame(found.raw, found.columns, compact=True).cast({pl.Categorical: pl.String})
        return Cars(_quoted(valuer, table), (*found.notes, "the files tell no asking prices: these are not compared"))
    if progress:
        progress("pricing", 0, 1)
    listings, notes = _quoted(valuer, loaded.listings), list(loaded.notes)
    if loaded.rejected.height:
        notes.append(f"{loaded.rejected.height:,} of {loaded.rows_read:,} rows are set aside, as training does")
    trained = {source.sha256 for source in valuer.manifest.data.sources}
    seen = seen_in_training(valuer, listings.drop(QUOTE), artifacts)
    if seen is None:
        seen = pl.repeat(
            not trained.isdisjoint(source.sha256 for source in loaded.sources), listings.height, eager=True
        )
    if seen.any():
        notes.append(f"the model was trained on {seen.sum():,} of them: quotes of these are not compared")
    return Cars(listings.with_columns(pl.when(~seen).then(QUOTE).alias(QUOTE)), tuple(notes))


def _quoted(valuer: Valuer, cars: pl.DataFrame) -> pl.DataFrame:
    quotes = pl.concat([quote_table(valuer, rows)["price"] for rows in cars.iter_slices(GROUP_ROWS)])
    return cars.with_columns(quotes.alias(QUOTE))


def _understood(valuer: Valuer, raw: Rows, options: LoadOptions) -> Understanding:
    columns, notes = columns_of(valuer, raw, overrides=options.columns, mileage_unit=options.mileage_unit)
    if not any(column.field == "price" and column.header in raw.columns for column in columns):
        raise _NoAskingPricesError(raw, [column for column in columns if column.header in raw.columns], notes)
    market = valuer.manifest.market
    return Understanding(tuple(columns), options.currency, market.mileage_unit, notes)
