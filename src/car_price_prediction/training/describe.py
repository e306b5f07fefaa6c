"""What the training listings look like, for the page, the warnings and the counts of comparable cars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from car_price_prediction.domain.listing import field_named
from car_price_prediction.package.facts import Facts, FieldFacts
from car_price_prediction.package.frames import KeyColumns
from car_price_prediction.package.keys import key_of

from .typical import typical_car

OUTERMOST = 0.001
MOST_KNOWN = 2_000
"""Words listed per field; the encoder knows them all."""


def describe(listings: pl.DataFrame, fields: Sequence[str], importance: Mapping[str, float]) -> Facts:
    """Return the facts of a market.

    Parameters
    ----------
    listings : DataFrame
        Clean listings.
    fields : sequence of str
        Those that the model uses.
    importance : mapping of str to float
        Each field's share of the model's gain.

    Examples
    --------
    >>> cars = pl.DataFrame({"make": ["Audi", "audi", "BMW"], "model": ["A4", "A4", "X1"]})
    >>> cars = cars.with_columns(year=pl.Series([2015.0, 2016.0, 2017.0]))
    >>> facts = describe(cars, ["make", "model", "year"], {})
    >>> facts.models_by_make, facts.comparables({"make": "AUDI", "model": "a4"})
    ({'Audi': ('A4',), 'BMW': ('X1',)}, 2)
    """
    keys = KeyColumns(listings)
    return Facts(
        fields=tuple(_field(name, listings[name], importance.get(name, 0.0)) for name in fields),
        models_by_make=_models_by_make(listings) if {"make", "model"} <= set(fields) else {},
        typical_car=typical_car(listings, fields),
        years=_years(listings, keys),
    )


def spellings(column: pl.Series) -> list[str]:
    """Return the words of a column, the most frequent first, each in its most frequent spelling.

    Examples
    --------
    >>> spellings(pl.Series(["BMW", "Audi", "bmw", "BMW", None]))
    ['BMW', 'Audi']
    """
    counts = column.drop_nulls().rename("word").value_counts().sort(["count", "word"], descending=[True, False])
    totals: dict[str, int] = {}
    shown: dict[str, str] = {}
    for word, count in counts.iter_rows():
        key = key_of(word)
        totals[key] = totals.get(key, 0) + count
        shown.setdefault(key, word)
    return [shown[key] for key in sorted(totals, key=lambda key: -totals[key])]


def _field(name: str, column: pl.Series, importance: float) -> FieldFacts:
    missing = column.null_count() / max(len(column), 1)
    if not column.dtype.is_numeric():
        field, words = field_named(name, "category"), spellings(column)
        return FieldFacts(
            name=name,
            kind="category",
            label=field.label,
            unit="",
            typical=words[0] if words else None,
            missing_share=missing,
            importance=importance,
            known=tuple(words[:MOST_KNOWN]),
        )
    field = field_named(name, "number")
    return FieldFacts(
        name=name,
        kind="number",
        label=field.label,
        unit=field.unit,
        low=_number(column.quantile(OUTERMOST, "nearest")),
        high=_number(column.quantile(1 - OUTERMOST, "nearest")),
        typical=_number(column.quantile(0.5, "nearest")),
        missing_share=missing,
        importance=importance,
    )


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


def _models_by_make(listings: pl.DataFrame) -> dict[str, tuple[str, ...]]:
    pairs = listings.select("make", "model").drop_nulls()
    pairs = pairs.with_columns(pl.Series("key", KeyColumns(pairs).of(["make"])))
    shown = {key_of(word): word for word in reversed(spellings(pairs["make"]))}
    models = {shown[str(key)]: tuple(spellings(group["model"])) for (key,), group in pairs.group_by("key")}
    return dict(sorted(models.items(), key=lambda item: item[0].casefold()))


def _years(listings: pl.DataFrame, keys: KeyColumns) -> dict[str, list[int]]:
    year = listings["year"] if "year" in listings else pl.repeat(None, listings.height, dtype=pl.Float64, eager=True)
    table = pl.DataFrame({"key": keys.of(["make", "model"]), "year": year.cast(pl.Int32)})
    grouped = table.group_by("key", maintain_order=True).agg(pl.col("year").fill_null(0).sort())
    return dict(grouped.iter_rows())
