"""The reference of a package: how its training listings were distributed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from car_price_prediction.package.keys import LONGEST, key_of
from car_price_prediction.package.reference import FieldReference, Reference

from .cells import OTHERS, cells_of, edges_of, keys_of, number_counts, number_labels, tally, word_counts
from .derived import FOR_AGE, QUOTE, TO_QUOTE, Vector, compared_field, numbers_of, usual_km, with_derived
from .report import QUANTILES

CHOOSE = 4
"""Every so many-th listing chooses the cells, and all others are counted in them …"""
MOST_CHOOSING = 20_000
"""… so many choose at most."""
MOST_VOCABULARY = 5_000
"""Of more words it is not kept which ones training saw."""


def reference_of(listings: pl.DataFrame, fields: Sequence[str], predicted: Vector | None = None) -> Reference:
    """Return how training listings are distributed.

    What is chosen by the listings that it is then counted on (the most frequent words, the usual mileage) is too
    favourable to them, and later cars would seem to differ: some listings choose, and the others are counted.

    Parameters
    ----------
    listings : DataFrame
        Clean listings; of those with the same ``_group``, re-posts of one car, the first one counts.
    fields : sequence of str
        Those that the model uses.
    predicted : ndarray of shape (n,), optional
        In money, by models that did not see the listing: what it would have been quoted.

    Examples
    --------
    >>> cars = pl.DataFrame({"make": ["Audi", "Audi", "BMW"] * 40, "price": [9e3] * 120})
    >>> make, price = reference_of(cars, ["make"]).fields
    >>> make.labels, make.told, price.quantiles
    (('Audi', 'BMW', '(others)'), 90, (9000.0, 9000.0, 9000.0))
    """
    if predicted is not None:
        listings = listings.with_columns(pl.Series(QUOTE, predicted))
    if "_group" in listings:
        listings = listings.unique("_group", keep="first", maintain_order=True)
    order = np.random.default_rng(0).permutation(listings.height)
    split = min(-(-listings.height // CHOOSE), MOST_CHOOSING)
    choosing = listings[order[:split].tolist()]
    usual = usual_km(choosing) if {"year", "mileage_km"} <= set(fields) else None
    names = [*fields, *([FOR_AGE] if usual else []), *_priced(listings)]
    parts = [with_derived(listings[part.tolist()], usual) for part in (order[:split], order[split:])]
    return Reference(cars=listings.height, fields=tuple(_field(name, *parts) for name in names), usual_km=usual)


def _priced(listings: pl.DataFrame) -> list[str]:
    found = [name for name in ("price", QUOTE) if name in listings]
    return [*found, TO_QUOTE] if len(found) == 2 else found


def _field(name: str, choosing: pl.DataFrame, counted: pl.DataFrame) -> FieldReference:
    if counted[name].dtype.is_numeric():
        return _number(name, numbers_of(choosing, name), numbers_of(counted, name))
    return _words(name, choosing[name], counted[name])


def _number(name: str, choosing: Vector, counted: Vector) -> FieldReference:
    field = compared_field(name, numeric=True)
    chosen, told = (values[np.isfinite(values)] for values in (choosing, counted))
    edges, whole = edges_of(chosen), np.concatenate([chosen, told])
    return FieldReference(
        name=name,
        kind="number",
        label=field.label,
        unit=field.unit,
        counts=number_counts(told, edges),
        labels=number_labels(name, edges, chosen),
        missing=len(counted) - len(told),
        edges=edges,
        quantiles=tuple(np.quantile(whole, QUANTILES).round(6).tolist()) if len(whole) else (),
    )


def _words(name: str, choosing: pl.Series, counted: pl.Series) -> FieldReference:
    field = compared_field(name, numeric=False)
    chosen, told = tally(keys_of(choosing)), tally(keys_of(counted))
    cells, every = cells_of(chosen), chosen + told
    spelt = _spelling(choosing, cells)
    return FieldReference(
        name=name,
        kind="category",
        label=field.label,
        unit="",
        counts=word_counts(told, cells),
        labels=(*(spelt[key] for key in cells), OTHERS),
        missing=len(counted) - told.total(),
        keys=cells,
        vocabulary=tuple(sorted(every)) if len(every) <= MOST_VOCABULARY else None,
        words=every.total(),
        once=sum(count == 1 for count in every.values()),
    )


def _spelling(column: pl.Series, cells: Sequence[str]) -> dict[str, str]:
    """Return the most frequent spelling of each word."""
    wanted, found = set(cells), dict[str, str]()
    counts = column.drop_nulls().rename("word").value_counts().sort(["count", "word"], descending=[True, False])
    for word in counts["word"].to_list():
        key = key_of(word)[:LONGEST]
        if key in wanted:
            found.setdefault(key, str(word)[:LONGEST])
    return found
