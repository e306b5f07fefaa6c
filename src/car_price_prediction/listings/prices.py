"""Which prices cannot be: measured robustly, by group and in log space, never against a constant.

What a car is expected to cost is a chain of medians: its age's, then what its make adds, its model, its model at
about that age, and an engine unlike the model's usual one. A link with too few rows adds nothing. How far a price
may lie from that is the honest spread of its group, of its age and of the market, so a market of loose prices
(where one row in ten is a down payment) rejects no more than a tidy one.
"""

from __future__ import annotations

import math

import polars as pl

from .spread import age_band, log_ratio_band, median_where, rows_in, sigma_where

JUDGED = ("price", "make", "model", "year", "mileage_km", "power_kw", "engine_l")
"""The fields that a price is judged by."""

ENOUGH = 8
"""Rows that a group needs before its median counts."""

TOKEN_SHARE = 0.025
TOKEN_OF_EXPECTED = 1 / 5
"""A token is under the one share of the market's median, and under the other of what its like cost.

The first is low on purpose: real markets hold cars (wrecks, unpaid duties) at 3% of the median, and a model that
never saw any prices those that come later ten times too dear.
"""

SIGMAS = 6.0
TAIL = 1.5
"""A price may lie this many times further out than the outermost 3% of the market on its side."""

#: How many times under or over its expectation a price may always be: less is known of a rare model, or a rare make.
LOW_KNOWN, HIGH_KNOWN, LOW_MAKE, HIGH_MAKE, RARE = 6.0, 6.0, 12.0, 12.0, 40.0

PLACEHOLDER = r"^(1234567?8?9?|12345|987654|0*(?:1{5,}|2{5,}|3{5,}|4{5,}|5{5,}|6{5,}|7{5,}|8{5,}|9{5,}))$"
PLACEHOLDER_OFF = 4.0
"""A patterned price is a placeholder where it is this many times off: 99,999 may be meant."""


def price_verdicts(listings: pl.DataFrame) -> pl.DataFrame:
    """Judge every price.

    Parameters
    ----------
    listings : DataFrame
        With a positive ``price`` in every row; of the canonical fields, those that are there are used.

    Returns
    -------
    DataFrame
        In the rows' order: ``reason`` (a code or null) and ``expected`` (the price that was expected).

    Examples
    --------
    >>> prices = [9000.0 + i for i in range(60)] + [1]
    >>> market = pl.DataFrame({"make": ["a"] * 61, "year": [2015.0] * 61, "price": prices})
    >>> price_verdicts(market)["reason"].to_list()[-2:]
    [None, 'price_token']
    """
    market = math.log(float(listings["price"].median() or 1.0))  # type: ignore[arg-type]
    frame = _prepared(listings).with_columns(trusted=pl.lit(value=True))
    by_age = median_where("log", ["band"], ENOUGH, market)
    token = (pl.col("log") < market + math.log(TOKEN_SHARE)) & (pl.col("log") < by_age + math.log(TOKEN_OF_EXPECTED))
    # Tokens would pull their groups down: what is expected is learnt from the others.
    frame = _with_rest(frame.with_columns(trusted=~token), market)
    frame = frame.with_columns(_limits(frame), off=pl.col("rest").abs())
    patterned = pl.col("text").str.contains(PLACEHOLDER) & (pl.col("off") > math.log(PLACEHOLDER_OFF))
    cases = {
        "price_placeholder": patterned,
        "price_token": ~pl.col("trusted") & (pl.col("rest") < math.log(TOKEN_OF_EXPECTED)),
        "price_too_low": pl.col("rest") < -pl.col("below"),
        "price_too_high": pl.col("rest") > pl.col("above"),
    }
    reason = pl.coalesce(pl.when(case).then(pl.lit(code)) for code, case in cases.items())
    return frame.select(reason=reason, expected=(pl.col("log") - pl.col("rest")).exp())


def _prepared(listings: pl.DataFrame) -> pl.DataFrame:
    def key(name: str) -> pl.Expr:
        if name not in listings.columns:
            return pl.lit(None, dtype=pl.UInt32)
        # Groups of numbers are several times as fast as groups of words.
        return pl.col(name).cast(pl.String).str.to_lowercase().cast(pl.Categorical).to_physical()

    size = next((name for name in ("power_kw", "engine_l") if _mostly_there(listings, name)), None)
    return listings.select(
        row=pl.int_range(pl.len(), dtype=pl.UInt32),
        log=pl.col("price").log(),
        text=pl.col("price").round(0).cast(pl.Int64, strict=False).cast(pl.String),
        make=key("make"),
        model=key("model"),
        size=pl.col(size) if size else pl.lit(None, dtype=pl.Float64),
        band=age_band(listings),
    )


def _mostly_there(listings: pl.DataFrame, name: str) -> bool:
    return name in listings.columns and listings[name].null_count() * 2 < listings.height


def _with_rest(frame: pl.DataFrame, market: float) -> pl.DataFrame:
    """Add ``rest``: how far each price is from what is expected, in logs."""
    frame = frame.with_columns(
        rest=pl.col("log") - median_where("log", ["band"], ENOUGH, market),
        about=(pl.col("band") // 5),
        odd=log_ratio_band("size", ["make", "model"]),
    )
    for groups in (["make"], ["make", "model"], ["make", "model", "about"], ["odd"]):
        frame = frame.with_columns(rest=pl.col("rest") - median_where("rest", groups, ENOUGH, 0.0))
    return frame


def _limits(frame: pl.DataFrame) -> list[pl.Expr]:
    """Return how far below and above its expectation each price may lie, in logs."""
    rest = frame.filter("trusted")["rest"]
    outer_low, outer_high = rest.quantile(0.03) or 0.0, rest.quantile(0.97) or 0.0
    spread = SIGMAS * pl.max_horizontal(
        sigma_where("rest", [], 1),
        sigma_where("rest", ["band"], 3 * ENOUGH),
        sigma_where("rest", ["make", "model"], ENOUGH),
    )
    known = (rows_in("make", "model") >= ENOUGH) & pl.col("model").is_not_null()
    make_known = (rows_in("make") >= ENOUGH) & pl.col("make").is_not_null()

    def always(model: float, make: float) -> pl.Expr:
        return pl.when(known).then(math.log(model)).when(make_known).then(math.log(make)).otherwise(math.log(RARE))

    return [
        pl.max_horizontal(always(LOW_KNOWN, LOW_MAKE), spread, pl.lit(-TAIL * outer_low)).alias("below"),
        pl.max_horizontal(always(HIGH_KNOWN, HIGH_MAKE), spread, pl.lit(TAIL * outer_high)).alias("above"),
    ]
