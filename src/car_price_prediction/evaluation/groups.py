"""The error in groups of listings: by predicted price, make, model, age, mileage and fuel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from car_price_prediction.domain.text import category_key
from car_price_prediction.listings.spread import reference_year
from car_price_prediction.listings.wording import whole
from car_price_prediction.package.columns import map_distinct

from .measured import NOT_TOLD, OTHER, Group

LARGEST = {"make": 30, "model": 40, "fuel": 12}
"""So many of the largest groups stand alone."""
AGES = (0, 3, 6, 10, 15, 20, 30)
MILEAGES_KM = (0, 10_000, 30_000, 60_000, 100_000, 150_000, 200_000, 300_000)
DECILES = 10


def group_tables(rows: pl.DataFrame, listings: pl.DataFrame) -> dict[str, tuple[Group, ...]]:
    """Return a table of groups for each of `measured.TITLES` that the listings tell.

    Parameters
    ----------
    rows : DataFrame
        ``price``, ``predicted``, ``low`` and ``high``.
    listings : DataFrame
        The same rows: their fields.

    Examples
    --------
    >>> rows = pl.DataFrame({"price": [100.0, 200.0], "predicted": [110.0, 200.0], "low": [90.0, 90.0],
    ...                      "high": [120.0, 120.0]})
    >>> for group in group_tables(rows, pl.DataFrame({"make": ["Audi", "audi"]}))["make"]:
    ...     print(group.label, group.count, round(group.mdape, 2), group.mae, group.coverage)
    Audi 2 0.05 5.0 0.5
    """
    makers: Mapping[str, Callable[[], pl.DataFrame | None]] = {
        "price_decile": lambda: _deciles(rows["predicted"]),
        "make": lambda: _words(listings, ("make",), LARGEST["make"]),
        "model": lambda: _words(listings, ("make", "model"), LARGEST["model"]),
        "age": lambda: _bands(_age(listings), AGES, lambda low, high: f"{low} to {high - 1}"),
        "mileage": lambda: _bands(listings.get_column("mileage_km", default=None), MILEAGES_KM, _kilometres),
        "fuel": lambda: _words(listings, ("fuel",), LARGEST["fuel"]),
    }
    named = {name: make() for name, make in makers.items()}
    return {name: _table(rows, groups) for name, groups in named.items() if groups is not None}


def _table(rows: pl.DataFrame, groups: pl.DataFrame) -> tuple[Group, ...]:
    """Return the figures of each group, in the order of their ranks."""
    price, error = pl.col("price"), pl.col("predicted") - pl.col("price")
    found = (
        pl.concat([rows, groups], how="horizontal")
        .group_by("group", "label", "rank")
        .agg(
            count=pl.len(),
            mdape=(error.abs() / price).median(),
            mae=error.abs().mean(),
            bias=(error / price).median(),
            coverage=price.is_between("low", "high").mean(),
            width=((pl.col("high") - pl.col("low")) / price).median(),
        )
        .sort("rank", "group")
        .drop("rank")
    )
    return tuple(Group(**row) for row in found.iter_rows(named=True))


def _deciles(predicted: pl.Series) -> pl.DataFrame:
    order = predicted.rank("ordinal").cast(pl.Int64) - 1
    number = order * DECILES // len(predicted)
    ends = pl.DataFrame({"rank": number, "price": predicted}).group_by("rank").agg(
        low=pl.col("price").min(), high=pl.col("price").max()
    )  # fmt: skip
    labels = {rank: f"{_figures(low)} to {_figures(high)}" for rank, low, high in ends.iter_rows()}
    return _named(number, {rank: str(rank + 1) for rank in labels}, labels)


def _figures(price: float) -> str:
    """Return a price in three figures: the ends of a decile need no cents."""
    return whole(float(f"{price:.3g}"))


def _words(listings: pl.DataFrame, fields: tuple[str, ...], largest: int) -> pl.DataFrame | None:
    """Return the groups of equal words, whatever their case; the smaller groups are one."""
    if fields[-1] not in listings.columns:
        return None
    told = [name for name in fields if name in listings.columns]
    text = listings.select(
        pl.when(pl.col(fields[-1]).is_not_null()).then(pl.concat_str(told, separator=" ", ignore_nulls=True)).alias("t")
    )["t"]
    counted = pl.DataFrame({"label": text, "group": map_distinct(text, _key, pl.String)})
    counts = counted.drop_nulls().group_by("group").agg(pl.len(), pl.col("label").mode().min())
    counts = counts.sort(["len", "group"], descending=[True, False]).with_row_index("rank")
    alone = counts.head(largest).select("group", "label", pl.col("rank").cast(pl.Int64))
    others = f"{counts.height - largest:,} others"
    found = counted.select("group").join(alone, on="group", how="left", maintain_order="left")
    missing, small = pl.col("group").is_null(), pl.col("rank").is_null()
    return found.select(
        group=pl.when(missing).then(pl.lit(NOT_TOLD)).when(small).then(pl.lit(OTHER)).otherwise("group"),
        label=pl.when(missing).then(pl.lit("not told")).when(small).then(pl.lit(others)).otherwise("label"),
        rank=pl.when(missing).then(largest + 1).when(small).then(largest).otherwise("rank"),
    )


def _bands(values: pl.Series | None, edges: Sequence[int], shown: Callable[[int, int], str]) -> pl.DataFrame | None:
    """Return the groups of values between edges; a value at an edge is in the upper group."""
    if values is None:
        return None
    names, labels = {len(edges): NOT_TOLD}, {len(edges): "not told"}
    for i, low in enumerate(edges[:-1]):
        names[i], labels[i] = f"{low}-{edges[i + 1]}", shown(low, edges[i + 1])
    last = len(edges) - 1
    names[last], labels[last] = f"{edges[last]}+", f"{edges[last]:,} and more"
    return _named(_place(values, edges), names, labels)


def _place(values: pl.Series, edges: Sequence[int]) -> pl.Series:
    """Return the number of each value's band; what is not told comes after the last."""
    above = pl.sum_horizontal(*(pl.col("v") >= edge for edge in edges[1:])).cast(pl.Int64)
    told = values.rename("v").to_frame()
    return told.select(pl.when(pl.col("v").is_null()).then(len(edges)).otherwise(above)).to_series()


def _named(number: pl.Series, names: Mapping[int, str], labels: Mapping[int, str]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "group": number.replace_strict(names, return_dtype=pl.String),
            "label": number.replace_strict(labels, return_dtype=pl.String),
            "rank": number.cast(pl.Int64),
        }
    )


def _age(listings: pl.DataFrame) -> pl.Series | None:
    """Return the age of each car, seen from the newest cars of the listings."""
    newest = reference_year(listings)
    return None if newest is None else (newest - listings["year"]).clip(lower_bound=0)


def _kilometres(low: int, high: int) -> str:
    return f"{low:,} to {high:,}"


def _key(text: str | None) -> str | None:
    return None if text is None else category_key(text)
