"""Understood rows -> listings to learn from, and rejected rows with their reasons; nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl
from polars import selectors as cs

from car_price_prediction.domain.listing import BY_NAME
from car_price_prediction.domain.rules import plausible_range

from .adverts import advert_kinds, is_repeated_header
from .cells import Rows
from .duplicates import compared, groups_and_copies
from .implausible import emptied, without_implausible
from .prices import JUDGED, price_verdicts
from .reasons import REASONS, checked_keep

if TYPE_CHECKING:
    from .columns import Understanding

WORDS, NUMBERS = ("make", "model"), ("year", "mileage_km", "price")
"""The fields that a row is judged by; a file may lack some."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What cleaning made of the rows.

    Attributes
    ----------
    listings : DataFrame
        The fields, price included, ``_source``, ``_row`` and ``_group`` (UInt64: re-posts of one listing share it).
    rejected : DataFrame
        ``_source``, ``_row``, ``_reason`` (a code of `reasons`), ``_detail`` (a sentence) and the cells as they were.
    taken_out : mapping of str to int
        Field -> how many implausible values of kept rows were set to null.
    """

    listings: pl.DataFrame
    rejected: pl.DataFrame
    taken_out: Mapping[str, int] = field(default_factory=dict)


def clean(
    raw: Rows, listings: pl.DataFrame, understanding: Understanding, *, keep: frozenset[str] = frozenset()
) -> Cleaned:
    """Set aside what cannot be learnt from.

    Parameters
    ----------
    raw : DataFrame
        The rows as they were read.
    listings : DataFrame
        The same rows, understood; words as String or Categorical.
    understanding : Understanding
        Which column is what.
    keep : frozenset of str
        Reason codes whose rows are not rejected.

    Raises
    ------
    ListingsError
        Where `keep` names a reason that is unknown or cannot be kept.
    """
    keep = checked_keep(keep)
    absent = [name for name in (*WORDS, *NUMBERS) if name not in listings.columns]
    work = listings.with_columns(
        pl.lit(None, dtype=pl.String if name in WORDS else pl.Float64).alias(name) for name in absent
    )
    same = compared(raw, listings, understanding.columns)
    believed = without_implausible(work)
    work = pl.concat([believed, groups_and_copies(same, work["price"])], how="horizontal")
    work = pl.concat([work, _verdicts(raw, work, keep)], how="horizontal")
    good = work["_reason"].is_null()
    kept = work.drop(*absent, "copy_of", "_reason", "expected").filter(good)
    return Cleaned(kept, _rejected(raw, work), emptied(listings, believed, good))


def _verdicts(raw: Rows, work: pl.DataFrame, keep: frozenset[str]) -> pl.DataFrame:
    """Return ``_reason``, null where the row is good, and the price that was ``expected`` where that is the reason."""
    whole_row = {"repeated_header": is_repeated_header(raw), **advert_kinds(raw)}
    flags = work.select(**whole_row, **_field_checks())
    codes = [reason.code for reason in REASONS if reason.code in flags.columns and reason.code not in keep]
    reason = flags.select(pl.coalesce(pl.when(code).then(pl.lit(code)) for code in codes)).to_series()
    left = work.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("row"), cs.by_name(JUDGED, require_all=False))
    left = left.filter(reason.is_null())
    prices = pl.concat([left.select("row"), price_verdicts(left)], how="horizontal")
    prices = prices.filter(pl.col("reason").is_not_null() & ~pl.col("reason").is_in(list(keep)))
    expected = pl.Series([None], dtype=pl.Float64).new_from_index(0, work.height)
    return pl.DataFrame(
        {
            "_reason": reason.scatter(prices["row"], prices["reason"]),
            "expected": expected.scatter(prices["row"], prices["expected"]),
        }
    )


def _rejected(raw: Rows, work: pl.DataFrame) -> pl.DataFrame:
    bad = work["_reason"].is_not_null()
    twins = work["copy_of"].filter(bad).fill_null(0)
    facts = work.filter(bad).with_columns(
        twin_row=work["_row"].gather(twins), twin_source=work["_source"].gather(twins)
    )
    marks = facts.select(pl.col("_source").cast(pl.String), "_row", "_reason", _detail=_detail())
    return pl.concat([marks, raw.filter(bad).drop("_source", "_row")], how="horizontal")


def _field_checks() -> dict[str, pl.Expr]:
    earliest, latest = plausible_range(BY_NAME["year"])
    price, year = pl.col("price"), pl.col("year")
    return {
        "price_missing": price.is_null() | ~price.is_finite(),
        "price_zero": price <= 0,
        "name_missing": pl.col("make").is_null() & pl.col("model").is_null(),
        "age_missing": year.is_null() & pl.col("mileage_km").is_null(),
        "year_in_future": year > latest,
        "year_too_early": year < earliest,
        "duplicate": pl.col("copy_of").is_not_null(),
    }


def _detail() -> pl.Expr:
    """Return a sentence with the row's own figures, by reason."""
    reason = pl.col("_reason")
    copied = pl.format("same as row {} of {}", "twin_row", "twin_source")
    years = pl.format("the year is {}", _plain(pl.col("year")))
    prices = pl.format(
        "{} asked, about {} expected", _plain(pl.col("price")), _plain(pl.col("expected").round_sig_figs(2))
    )
    return (
        pl.when(reason == "duplicate")
        .then(copied)
        .when(reason.is_in(["year_in_future", "year_too_early"]))
        .then(years)
        .when(pl.col("expected").is_not_null())
        .then(prices)
        .otherwise(reason.replace_strict({r.code: r.sentence for r in REASONS}, default=None))
    )


def _plain(number: pl.Expr) -> pl.Expr:
    whole = number.cast(pl.Int64, strict=False)
    return pl.when(whole == number).then(whole.cast(pl.String)).otherwise(number.round(2).cast(pl.String))
