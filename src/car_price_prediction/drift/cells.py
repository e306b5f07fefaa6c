"""Which cells a field is counted in, and how many cars are in each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import polars as pl

from car_price_prediction.package.columns import map_distinct
from car_price_prediction.package.keys import LONGEST, key_of

from .derived import Vector
from .wording import told_number

CELLS = 10
"""Of a number: the tenths of the training listings, as the population stability index is mostly taken."""
MOST_WORDS, LEAST_SHARE, FEWEST = 30, 0.01, 5
"""Words with a cell of their own: so many at most, each told by this share and by so many cars."""
DISTINCT = 12
"""A number of so few values, such as doors, has a cell for each."""
OTHERS = "(others)"


def edges_of(values: Vector) -> tuple[float, ...]:
    """Return the numbers between the cells; each belongs to the cell below it.

    Examples
    --------
    >>> edges_of(np.array([3.0, 5.0, 5.0])), edges_of(np.arange(101.0))[:3]
    ((4.0,), (10.0, 20.0, 30.0))
    """
    distinct = np.unique(values)
    if len(distinct) <= DISTINCT:
        return tuple(((distinct[1:] + distinct[:-1]) / 2).tolist())
    found = np.unique(np.quantile(values, np.linspace(0, 1, CELLS + 1)[1:-1], method="nearest"))
    # Nothing lies above the largest value that was seen, which is no edge then.
    return tuple(found[found < distinct[-1]].tolist())


def number_counts(values: Vector, edges: Sequence[float]) -> tuple[int, ...]:
    """Count numbers in each cell.

    Examples
    --------
    >>> number_counts(np.array([3.0, 4.0, 5.0]), [4.0])
    (2, 1)
    """
    counts = np.bincount(np.searchsorted(np.asarray(edges), values, "left"), minlength=len(edges) + 1)
    return tuple(counts.tolist())


def number_labels(name: str, edges: Sequence[float], values: Vector) -> tuple[str, ...]:
    """Return what each cell holds: its one value, or the numbers that it lies between.

    Examples
    --------
    >>> number_labels("doors", [4.0], np.array([3.0, 5.0])), number_labels("mileage_km", [2e4, 5e4], np.arange(9e4))
    (('3', '5'), ('up to 20,000', '20,000 to 50,000', 'over 50,000'))
    """
    distinct = np.unique(values)
    if len(distinct) == len(edges) + 1:
        return tuple(told_number(name, value) for value in distinct)
    told = [told_number(name, edge) for edge in edges]
    between = [f"{low} to {high}" for low, high in pairwise(told)]
    return (f"up to {told[0]}", *between, f"over {told[-1]}") if told else ("all",)


def keys_of(column: pl.Series) -> pl.Series:
    """Return the words of a column as they are compared: null where there is none, and cut where one is long."""
    return map_distinct(column, lambda value: key_of(value)[:LONGEST] or None, pl.String)


def cells_of(keys: Counter[str]) -> tuple[str, ...]:
    """Return the words that have a cell of their own, the most frequent first.

    Examples
    --------
    >>> cells_of(Counter({"bmw": 40, "audi": 60, "lada": 1}))
    ('audi', 'bmw')
    """
    least = max(FEWEST, LEAST_SHARE * keys.total())
    frequent = [(key, count) for key, count in keys.items() if count >= least]
    return tuple(key for key, _ in sorted(frequent, key=lambda one: (-one[1], one[0]))[:MOST_WORDS])


def word_counts(keys: Mapping[str, int], cells: Sequence[str]) -> tuple[int, ...]:
    """Count words in each cell; the last one holds the others.

    Examples
    --------
    >>> word_counts({"audi": 3, "kia": 2}, ["bmw", "audi"])
    (0, 3, 2)
    """
    own = [keys.get(key, 0) for key in cells]
    return (*own, sum(keys.values()) - sum(own))


def tally(keys: pl.Series) -> Counter[str]:
    """Count the words of a column of keys."""
    return Counter(dict(keys.drop_nulls().rename("key").value_counts().iter_rows()))
