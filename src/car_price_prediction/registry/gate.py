"""The gate: what a challenger must show before it becomes the champion."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import polars as pl

from car_price_prediction.package.contents import read_contents
from car_price_prediction.package.held_out import read_held_out
from car_price_prediction.package.store import Package
from car_price_prediction.shadow.tally import AGES

from .checks import Check, Limits
from .compare import Compared, compare
from .live import Live, live_checks
from .market_moved import Moved, moved_between
from .probes import make_cars, price_moves, probe_cars

DECILES = 10


def examine(
    challenger: Package, champion: Package, data: Path, limits: Limits | None = None, live: Live | None = None
) -> list[Check]:
    """Return every check of a challenger, passed or not.

    Parameters
    ----------
    challenger, champion : Package
    data : Path
        The folder of the listings by their fingerprints.
    limits : Limits, optional
    live : Live, optional
        What live requests and sales told of the two.

    Raises
    ------
    PackageError
        Where a package keeps no held-out prices, or cannot be read.
    """
    limits = limits or Limits()
    market = _market(challenger, champion)
    if market.id == "sample_champion" or not market.passed:
        return [market]
    moved = moved_between(challenger, champion, limits)
    compared = compare(challenger, champion, data)
    judged = moved.judged(compared.listings, limits.fewest)
    enough = _enough(compared, judged.height, moved, limits)
    followed = [moved.check] if moved.check else []
    told = list(live_checks(live, limits, moved)) if live else []
    if not enough.passed:
        return [market, enough, *followed, *told]
    contents, met = (read_contents(challenger), read_contents(champion)), read_held_out(champion.folder)
    makes = make_cars(met, limits.group_fewest)
    return [
        market,
        enough,
        *followed,
        _accuracy(judged, limits),
        _coverage(judged, challenger.manifest.coverage, limits),
        _groups(judged, challenger.manifest.created_at, limits),
        *_probes(price_moves(*contents, probe_cars(met), moved.factor), moved, limits),
        _makes(makes.with_columns(move=price_moves(*contents, makes, moved.factor)), moved, limits),
        *told,
    ]


def _market(challenger: Package, champion: Package) -> Check:
    new, old = challenger.manifest.market, champion.manifest.market
    if old.sample and not new.sample:
        return Check("sample_champion", True, "the champion prices the built-in sample market: nothing to protect")
    if new.sample and not old.sample:
        return Check("market", False, f"it prices the built-in sample market, the champion prices {old.name}")
    names = [market.currency or "no named currency" for market in (new, old)]
    return Check("market", names[0] == names[1], f"it prices in {names[0]}, the champion in {names[1]}")


def _enough(compared: Compared, judged: int, moved: Moved, limits: Limits) -> Check:
    found = compared.listings.height
    message = (
        f"{found:,} listings to compare on, {limits.fewest:,} needed: {compared.shared:,} that both versions held out, "
        f"{compared.new:,} that the champion never met; {compared.left_out:,} left out"
    )
    if judged < found:
        message += f"; judged by the {judged:,} that were listed after {moved.since}"
    return Check("listings", found >= limits.fewest, message)


def _errors(listings: pl.DataFrame) -> pl.DataFrame:
    return listings.with_columns((pl.col(who) / pl.col("price") - 1).abs() for who in ("challenger", "champion"))


def _accuracy(listings: pl.DataFrame, limits: Limits) -> Check:
    new, old = _errors(listings).select(pl.median("challenger", "champion")).row(0)
    message = f"median error {new:.2%}, the champion's {old:.2%}; at most {old * (1 + limits.worse):.2%}"
    return Check("accuracy", new <= old * (1 + limits.worse), message)


def _coverage(listings: pl.DataFrame, promised: float, limits: Limits) -> Check:
    inside = float(listings.select(pl.col("price").is_between("low", "high").mean()).item())
    # Two standard errors of chance: a ranges' promise that is kept misses by less than that 19 times in 20.
    allowed = max(limits.coverage_off, 2 * math.sqrt(promised * (1 - promised) / listings.height))
    message = f"{inside:.1%} of asking prices in their range, {promised:.0%} promised; within {allowed:.1%}"
    return Check("coverage", abs(inside - promised) <= allowed, message)


def _groups(listings: pl.DataFrame, at: datetime, limits: Limits) -> Check:
    table = _groups_of(_errors(listings), at, limits)
    worse = table.filter(
        (pl.col("challenger") > pl.col("champion") * (1 + limits.group_worse)) & (pl.col("sure") > limits.group_sure)
    )
    if worse.is_empty():
        return Check("groups", True, f"{table.height} makes, age bands and price deciles: none much worse")
    told = [
        f"{row['group']}: {row['challenger']:.1%}, the champion's {row['champion']:.1%}, on {row['n']}"
        for row in worse.sort(pl.col("champion") / pl.col("challenger")).head(5).iter_rows(named=True)
    ]
    more = f"; {worse.height - len(told)} more" if worse.height > len(told) else ""
    return Check("groups", False, f"median error larger by over {limits.group_worse:.0%} of: {'; '.join(told)}{more}")


def _groups_of(errors: pl.DataFrame, at: datetime, limits: Limits) -> pl.DataFrame:
    """Return the groups that are large enough, with both median errors and how sure the worsening is."""
    parts = [
        errors.with_columns(group=group).filter(pl.col("group").is_not_null())
        for group in (pl.format("make {}", pl.when(pl.col("make") != "").then("make")), _age_band(at), _decile())
    ]
    worse, better = (pl.col("challenger") > pl.col("champion")), (pl.col("challenger") < pl.col("champion"))
    # The sign test, near enough normal for the fewest listings of a group.
    sure = (worse.sum().cast(pl.Int64) - better.sum().cast(pl.Int64)) / (worse | better).sum().sqrt()
    table = pl.concat(parts).group_by("group").agg(pl.median("challenger", "champion"), n=pl.len(), sure=sure)
    return table.filter(pl.col("n") >= limits.group_fewest)


def _age_band(at: datetime) -> pl.Expr:
    age = at.year - pl.col("year")
    # A year that is not told is in no band.
    return pl.coalesce(pl.when(age < below).then(pl.lit(name)) for name, below in AGES.items())


def _decile() -> pl.Expr:
    place = (pl.col("price").rank("ordinal") - 1) * DECILES // pl.len() + 1
    return pl.format("price decile {}", place)


def _probes(moves: pl.Series, moved: Moved, limits: Limits) -> Iterator[Check]:
    most = float(moves.quantile(0.9) or 0.0)
    middle = float(moves.quantile(0.5) or 0.0)
    cars = f"of {len(moves)} probe cars"
    yield Check(
        "prices_median",
        middle <= limits.moved,
        f"the price {cars} moves by {middle:.1%} in the median{moved.beside}; at most {limits.moved:.0%}",
    )
    yield Check(
        "prices_most",
        most <= limits.moved_most,
        f"the price of nine in ten {cars} moves by up to {most:.1%}{moved.beside}; at most {limits.moved_most:.0%}",
    )


def _makes(cars: pl.DataFrame, moved: Moved, limits: Limits) -> Check:
    table = cars.group_by("make").agg(pl.median("move")).sort("move", "make", descending=[True, False])
    far = table.filter(pl.col("move") > limits.moved_make)
    if far.is_empty():
        most = f", {table['make'][0]} the most, by {table['move'][0]:.1%}" if table.height else ""
        message = (
            f"{table.height} makes: the prices of none move by more than {limits.moved_make:.0%}{most}{moved.beside}"
        )
        return Check("prices_makes", True, message)
    told = ", ".join(f"{make} by {move:.1%}" for make, move in far.head(5).iter_rows())
    more = f"; {far.height - 5} more" if far.height > 5 else ""
    message = f"prices move in the median by more than {limits.moved_make:.0%}{moved.beside}: {told}{more}"
    return Check("prices_makes", False, message)
