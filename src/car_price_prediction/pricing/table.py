"""Many cars at once: a table of listings in, a table of quotes out, a row for a row."""

from __future__ import annotations

from functools import partial

import numpy as np
import polars as pl

from car_price_prediction.domain.listing import ASKING, field_named
from car_price_prediction.domain.quote import QuoteWarning
from car_price_prediction.domain.rules import number_problem, plausible_range
from car_price_prediction.package.booster import Matrix
from car_price_prediction.package.calibration import Familiarity
from car_price_prediction.package.columns import map_distinct
from car_price_prediction.package.contents import Contents
from car_price_prediction.package.facts import FieldFacts
from car_price_prediction.package.frames import encode_frame
from car_price_prediction.package.keys import key_of
from car_price_prediction.package.usual_frames import widening

from .abstention import FEWEST_COMPARABLES, too_little_known
from .doubts import Doubter, confidence_of
from .rating import deal_of
from .valuer import Valuer

DEAL_COLUMNS = ("deal", "deal_percent")
COLUMNS = ("price", "low", "high", "confidence", "warnings")
BETWEEN = "; "


def quote_table(
    valuer: Valuer, listings: pl.DataFrame, *, threads: int = 0, deal: bool = False, strict: bool = False
) -> pl.DataFrame:
    """Price every row of a table; none is refused, unless `strict`.

    An implausible number is priced as if it were absent, and a warning says so.

    Parameters
    ----------
    valuer : Valuer
    listings : DataFrame
        Canonical fields as columns; one that is absent counts as missing throughout.
    threads : int
        0 takes every core.
    deal : bool
        Rate the column ``price`` of the listings, which holds what is asked.
    strict : bool
        Give no price to a car that is too little known; its warnings begin with the reasons.

    Returns
    -------
    DataFrame
        `COLUMNS` (warnings joined by `BETWEEN`), in the order of the rows; then `DEAL_COLUMNS` where they are wanted:
        the grade, null where there is no price or the car is too little known, and the price's distance from the
        estimate in percent of it.
    """
    fields = valuer.contents.facts.fields
    listings = listings.with_columns(_typed(listings, facts) for facts in fields)
    warnings = [_warnings(valuer.doubter, facts, listings[facts.name]) for facts in fields]
    listings = listings.with_columns(_believed(facts, listings[facts.name]) for facts in fields)
    quotes, deals = _quotes(valuer, listings, threads, deal)
    if strict:
        reasons = _reasons(valuer, listings)
        quotes = quotes.with_columns(pl.when(pl.lit(reasons).is_null()).then(pl.all()))
        warnings = [reasons, *warnings]
    joined = pl.concat_str([w.alias(str(i)) for i, w in enumerate(warnings)], separator=BETWEEN, ignore_nulls=True)
    return quotes.with_columns(joined.alias("warnings"), *deals)


def _reasons(valuer: Valuer, listings: pl.DataFrame) -> pl.Series:
    """Say of each row why it is too little known; null where it is known well enough."""

    def reasons(field: str, value: str | float | None, count: int = FEWEST_COMPARABLES) -> str | None:
        found = too_little_known(valuer.doubter, {field: value}, count)
        return BETWEEN.join(doubt.message for doubt in found if doubt.field == field) or None

    numbers = [facts.name for facts in valuer.contents.facts.fields if facts.kind == "number"]
    columns = [
        map_distinct(
            listings[name] if name in listings else _nothing(listings.height, name), partial(reasons, name), pl.String
        )
        for name in ("make", "model", *numbers)
    ]
    counts = pl.Series(_comparables(valuer, listings), dtype=pl.Int64)
    columns.append(map_distinct(counts, lambda count: reasons("", None, count), pl.String))
    frame = pl.DataFrame([column.alias(str(i)) for i, column in enumerate(columns)])
    return frame.select(pl.concat_str(pl.all(), separator=BETWEEN, ignore_nulls=True).replace("", None)).to_series()


def _typed(listings: pl.DataFrame, facts: FieldFacts) -> pl.Series:
    dtype = pl.Float64 if facts.kind == "number" else pl.String
    if facts.name not in listings:
        return pl.repeat(None, listings.height, dtype=dtype, eager=True).alias(facts.name)
    column = listings[facts.name]
    if dtype == pl.String and column.dtype.is_numeric():
        return map_distinct(column, lambda value: key_of(value) or None, pl.String).alias(facts.name)
    # A file may hold words where the training file held numbers: what is none counts as missing.
    return column.cast(dtype, strict=False)


def _believed(facts: FieldFacts, column: pl.Series) -> pl.Series:
    if facts.kind == "category":
        return column
    low, high = plausible_range(field_named(facts.name, "number"))
    return pl.select(pl.when(column.is_between(low, high)).then(column)).to_series().alias(facts.name)


def _warnings(doubter: Doubter, facts: FieldFacts, column: pl.Series) -> pl.Series:
    def message(value: str | float | None) -> str | None:
        warning = _implausible(facts, value) or doubter.warning(facts, value)
        return warning.message if warning else None

    if facts.kind == "number" and facts.low is not None and facts.high is not None:
        # Ordinary numbers get no warning, and there are many different ones: one stands for all.
        ordinary = column.is_between(facts.low, facts.high).fill_null(value=False)
        column = pl.select(pl.when(ordinary).then(pl.lit(facts.typical, pl.Float64)).otherwise(column)).to_series()
    return map_distinct(column, message, pl.String)


def _implausible(facts: FieldFacts, value: str | float | None) -> QuoteWarning | None:
    if value is None or isinstance(value, str):
        return None
    problem = number_problem(field_named(facts.name, "number"), value, facts.label)
    if problem is None:
        return None
    return QuoteWarning(facts.name, "implausible", f"{facts.label} {problem.message}; priced without it")


def _quotes(valuer: Valuer, listings: pl.DataFrame, threads: int, deal: bool) -> tuple[pl.DataFrame, list[pl.Series]]:
    contents = valuer.contents
    matrix = encode_frame(contents.encoder, listings)
    log_price = contents.booster.predict(matrix, threads=threads)
    spread = _widened(contents, contents.spread.predict(matrix, threads=threads), listings)
    below, above = _widths(valuer, log_price, spread, listings)
    price, low, high = np.exp(log_price), np.exp(log_price + below), np.exp(log_price + above)
    counts = _comparables(valuer, listings)
    quotes = pl.DataFrame(
        {
            "price": price.round(2),
            "low": low.round(2),
            "high": high.round(2),
            "confidence": [
                confidence_of(*row) for row in zip(price.tolist(), low.tolist(), high.tolist(), counts, strict=True)
            ],
        },
        schema_overrides={"confidence": pl.String},
    )
    return quotes, _deals(valuer, listings, log_price, spread, counts) if deal else []


def _deals(
    valuer: Valuer, listings: pl.DataFrame, log_price: Matrix, spread: Matrix, counts: list[int]
) -> list[pl.Series]:
    grades: list[str | None] = []
    percents: list[float | None] = []
    rows = zip(listings.iter_rows(named=True), log_price.tolist(), spread.tolist(), counts, strict=True)
    for listing, one_log, one_spread, count in rows:
        asking, found = listing["price"], None
        if asking is not None and number_problem(ASKING, asking) is None:
            doubts = too_little_known(valuer.doubter, listing, count)
            found = deal_of(asking, one_log, one_spread, valuer.contents.calibration, doubts)
        grades.append(found.grade if found else None)
        percents.append(found.difference_percent if found else None)
    grade, percent = DEAL_COLUMNS
    return [pl.Series(grade, grades, dtype=pl.String), pl.Series(percent, percents, dtype=pl.Float64)]


def _widths(valuer: Valuer, log_price: Matrix, spread: Matrix, listings: pl.DataFrame) -> tuple[Matrix, Matrix]:
    calibration = valuer.contents.calibration
    scale, (below, above) = np.maximum(spread, calibration.smallest_spread), calibration.steps.at_all(log_price)
    pairs = [calibration.quantiles[name] for name in _familiarity(valuer.doubter, listings)]
    low, high = np.array(pairs, dtype=np.float64).reshape(-1, 2).T
    return low * scale * below, high * scale * above


def _widened(contents: Contents, spread: Matrix, listings: pl.DataFrame) -> Matrix:
    calibration = contents.calibration
    wider = widening(calibration.gaps, contents.encoder.usual, listings)
    widened: Matrix = np.maximum(spread, calibration.smallest_spread) * wider
    return widened


def _familiarity(doubter: Doubter, listings: pl.DataFrame) -> list[Familiarity]:
    pairs = _pairs(listings, ("make", "model"))
    found = {pair: doubter.familiarity(dict(zip(("make", "model"), pair, strict=True))) for pair in set(pairs)}
    return [found[pair] for pair in pairs]


def _comparables(valuer: Valuer, listings: pl.DataFrame) -> list[int]:
    names = ("make", "model", "year")
    cars = _pairs(listings, names)
    counts = {car: valuer.contents.facts.comparables(dict(zip(names, car, strict=True))) for car in set(cars)}
    return [counts[car] for car in cars]


def _pairs(listings: pl.DataFrame, names: tuple[str, ...]) -> list[tuple[str | float | None, ...]]:
    columns = [listings[name] if name in listings else _nothing(listings.height, name) for name in names]
    return list(zip(*(column.to_list() for column in columns), strict=True))


def _nothing(height: int, name: str) -> pl.Series:
    return pl.repeat(None, height, dtype=pl.String, eager=True).alias(name)
