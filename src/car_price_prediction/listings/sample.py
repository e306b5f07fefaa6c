"""The sample market: listings that look like a marketplace's export, made from public facts about real cars.

Every row depends on the seed and its own number alone, so a market comes out the same in chunks of any size, and a
smaller market of one seed is the beginning of a larger one. `docs/sample-market.md` says what it is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import polars as pl

from .cells import Rows
from .sample_cars import Cars, draw_cars
from .sample_dirt import REPOST_WITHIN, leave_empty, make_wrong, repost_prices, reposted
from .sample_facts import Facts, Words, integers, load_facts, numbers
from .sample_prices import draw_prices
from .sample_random import Bools, Draws, Floats, Ints
from .sample_versions import load_versions

SAMPLE_MARKET_NAME = "sample market"
"""What a page or a model card calls the market of such listings."""
MARKET_COLUMN, MARKET_VALUE = "market", "sample"
"""The mark of the sample market: this column holds this value in every row."""
CHUNK_ROWS = 50_000
FIRST_ID = 100_000_001
Progress = Callable[[int, int], None]


def is_sample_market(raw: Rows) -> bool:
    """Tell whether every row of a file, as it was read, is of the sample market.

    Examples
    --------
    >>> is_sample_market(sample_frame(10, seed=1))
    True
    >>> is_sample_market(pl.DataFrame({"make": ["Audi"], "market": ["Hamburg"]}))
    False
    """
    if MARKET_COLUMN not in raw.columns or not raw.height:
        return False
    return bool((raw[MARKET_COLUMN].cast(pl.String) == MARKET_VALUE).fill_null(value=False).all())


def sample_frame(rows: int, seed: int, *, start: int = 0) -> pl.DataFrame:
    """Return listings of the sample market.

    Parameters
    ----------
    rows : int
        How many.
    seed : int
        Names the market: another seed, other listings.
    start : int, optional
        Number of the first row, from 0.

    Examples
    --------
    >>> whole = sample_frame(100, seed=1)
    >>> whole.columns[:7]
    ['id', 'make', 'model', 'trim', 'year', 'mileage_km', 'price_eur']
    >>> whole[60:].equals(sample_frame(40, seed=1, start=60))
    True
    """
    # The cars that are posted again may stand before the first row.
    before = min(REPOST_WITHIN, start)
    wide, draws = Draws(seed, start - before, start + rows), Draws(seed, start, start + rows)
    cars = draw_cars(wide)
    shown = reposted(draws)
    at = shown - wide.start
    prices = repost_prices(draw_prices(wide, cars)[at], draws, shown)
    frame = _listings(cars, at).with_columns(pl.Series("price_eur", prices).cast(pl.Int64))
    ids = FIRST_ID + np.arange(draws.start, draws.stop)
    return leave_empty(make_wrong(frame, draws), wide, at).select(
        pl.Series("id", ids), pl.all(), pl.lit(MARKET_VALUE).alias(MARKET_COLUMN)
    )


def sample_chunks(
    rows: int, seed: int, *, chunk_rows: int = CHUNK_ROWS, progress: Progress | None = None
) -> Iterator[pl.DataFrame]:
    """Yield the listings of the sample market in chunks; at least one, which may be empty.

    Parameters
    ----------
    rows, seed : int
        See `sample_frame`.
    chunk_rows : int, optional
        Has no influence on the listings.
    progress : callable, optional
        Is told the rows done and the rows in all after each chunk.
    """
    for start in range(0, max(rows, 1), chunk_rows):
        done = min(start + chunk_rows, rows)
        yield sample_frame(done - start, seed, start=start)
        if progress is not None:
            progress(done, rows)


def _listings(cars: Cars, at: Ints) -> pl.DataFrame:
    """Return tidy listings, the price still to be filled in."""
    facts, versions = load_facts(), load_versions()
    model, version = cars.model[at], cars.version[at]
    fuels = [row["fuel"] for row in facts.fuels.values()]
    return pl.DataFrame(
        {
            "make": _texts([row["make"] for row in facts.models], model),
            "model": _texts([row["model"] for row in facts.models], model),
            "trim": _trims(facts, model, cars.trim[at]),
            "year": versions.year[version],
            "mileage_km": _odometer(cars.mileage_km[at]),
            "price_eur": np.zeros(len(at), dtype=np.int64),
            "body": _texts(list(facts.bodies), cars.body[at]),
            "fuel": _texts(fuels, versions.fuel[version]),
            "transmission": _texts(["manual", "automatic"], cars.automatic[at].astype(np.int64)),
            "drive": _drives(facts, model, cars.awd[at]),
            "engine_l": _optional(versions.engine_l[version], pl.Float64),
            "power_kw": versions.power_kw[version].astype(np.int64),
            "cylinders": _optional(versions.cylinders[version], pl.Int64),
            "doors": _doors(facts, cars, at),
            "seats": _seats(facts, model, cars.body[at]),
            "colour": _words(facts.words["colour"], cars.colour[at]),
            "condition": _words(facts.words["condition"], cars.condition[at]),
            "owners": cars.owners[at],
            "region": _words(facts.words["region"], cars.region[at]),
            "seller": _words(facts.words["seller"], cars.seller[at]),
        }
    )


def _texts(values: list[str], chosen: Ints) -> pl.Series:
    return pl.Series(values).gather(chosen)


def _words(words: Words, chosen: Ints) -> pl.Series:
    return _texts(list(words.values), chosen)


def _optional(values: Floats, dtype: type[pl.DataType]) -> pl.Series:
    return pl.Series(values).fill_nan(None).cast(dtype)


def _trims(facts: Facts, model: Ints, trim: Ints) -> pl.Series:
    """Return the trims' names; trim -1 is the null that stands at the end of the list."""
    families = list(facts.trims)
    first = dict(zip(families, np.cumsum([0, *(len(words.values) for words in facts.trims.values())]), strict=False))
    offset = np.array([first[facts.makes[row["make"]]["trims"]] for row in facts.models])
    names = [name for words in facts.trims.values() for name in words.values]
    return pl.Series([*names, None]).gather(np.where(trim < 0, len(names), offset[model] + trim))


def _drives(facts: Facts, model: Ints, awd: Bools) -> pl.Series:
    words = ["front", "rear", "4x4"]
    usual = np.array([words.index(row["drive"]) for row in facts.models])
    return _texts(words, np.where(awd, words.index("4x4"), usual[model]))


def _doors(facts: Facts, cars: Cars, at: Ints) -> Ints:
    """Return the doors: the model's with its first body, another body's own, three on some hatchbacks."""
    order = list(facts.bodies)
    first = np.array([order.index(row["bodies"].split("|")[0]) for row in facts.models])
    model, body = cars.model[at], cars.body[at]
    usual = numbers(list(facts.bodies.values()), "doors").astype(np.int64)
    doors = np.where(body == first[model], integers(facts.models, "doors")[model], usual[body])
    return np.where(cars.three_doors[at], 3, doors)


def _seats(facts: Facts, model: Ints, body: Ints) -> Ints:
    """Return the seats: the model's, but no more than four in a convertible."""
    seats = integers(facts.models, "seats")[model]
    return np.where(body == list(facts.bodies).index("convertible"), np.minimum(seats, 4), seats)


def _odometer(mileage_km: Floats) -> Ints:
    """Round mileages as advertisements do: the higher, the rounder; some are exact to the kilometre."""
    last = np.floor(mileage_km) % 10
    step = np.select([mileage_km < 100, mileage_km < 10_000, mileage_km < 50_000], [1.0, 10.0, 100.0], 1_000.0)
    return np.where(last < 3, np.floor(mileage_km), np.round(mileage_km / step) * step).astype(np.int64)
