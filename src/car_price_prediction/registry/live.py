"""What live requests and sales told of a challenger, and what the gate makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from car_price_prediction.backtest.faced import Faced
from car_price_prediction.evaluation.chart_words import signed
from car_price_prediction.shadow.tally import KINDS, NOT_TOLD, OTHER, Cells, Tally

from .checks import Check, Limits
from .market_moved import STILL, Moved

FEWEST, SHOWN = 20, 5
"""A group of fewer cars is not told of; so many are, of each kind."""


@dataclass(frozen=True, slots=True)
class Live:
    """What is known of challenger and champion beside each other.

    Attributes
    ----------
    tally : Tally or None
        How far their prices of live requests are apart.
    faced : Faced or None
        Who was nearer to what cars sold for.
    """

    tally: Tally | None = None
    faced: Faced | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "prices": _summary(self.tally) if self.tally else None,
            "sales": self.faced.model_dump(mode="json") if self.faced else None,
        }

    def lines(self) -> Iterator[str]:
        """Yield it as lines of Markdown; none where nothing is known."""
        if self.tally is not None and self.tally.count:
            yield from _lines(self.tally)
        if self.faced is not None:
            yield f"- {self.faced.sentence}"


def _summary(tally: Tally) -> dict[str, Any]:
    def figures(cells: Cells) -> dict[str, Any]:
        return {
            "cars": sum(cells.values()),
            "middle": tally.middle(cells),
            "moved_median": tally.moved(0.5, cells),
            "moved_most": tally.moved(0.9, cells),
        }

    groups = {
        kind: {group: figures(cells) for group, cells in sorted(groups.items())}
        for kind, groups in tally.groups.items()
    }
    span = {"champion": tally.champion, "since": tally.since, "until": tally.until}
    return {**span, **figures(tally.cells), "groups": groups}


def _lines(tally: Tally) -> Iterator[str]:
    since, until = (datetime.fromtimestamp(at, UTC) for at in (tally.since, tally.until))
    yield (
        f"- {tally.count:,} live requests from {since:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC, "
        f"beside {tally.champion}: {_figures(tally, tally.cells)}"
    )
    for kind, title in KINDS.items():
        # Those that are furthest apart, of enough cars.
        many = {group: cells for group, cells in tally.groups.get(kind, {}).items() if sum(cells.values()) >= FEWEST}
        far = sorted(many, key=lambda group: -tally.moved(0.5, many[group]))[:SHOWN]
        for group in far:
            cars = sum(many[group].values())
            yield f"- by {title}: {group}, {cars:,} cars: {_figures(tally, many[group])}"


def _figures(tally: Tally, cells: Cells) -> str:
    return (
        f"the price moves by {signed(tally.middle(cells))} in the median, "
        f"half of them by up to {tally.moved(0.5, cells):.1%}, nine in ten by up to {tally.moved(0.9, cells):.1%}"
    )


def live_checks(live: Live, limits: Limits, moved: Moved = STILL) -> Iterator[Check]:
    """Yield the checks for which enough is known; a challenger that was in no shadow has none.

    Parameters
    ----------
    live : Live
    limits : Limits
    moved : Moved, optional
        How the market moved, which prices may follow.
    """
    if live.tally is not None and live.tally.count >= limits.fewest:
        yield _prices(live.tally, moved, limits)
        yield _makes(live.tally, moved, limits)
    if live.faced is not None and live.faced.count >= limits.group_fewest:
        yield _sales(live.faced, limits)


def _prices(tally: Tally, moved: Moved, limits: Limits) -> Check:
    middle, most = (tally.moved(share, factor=moved.factor) for share in (0.5, 0.9))
    message = (
        f"of {tally.count:,} live requests the price moves by {middle:.1%} in the median, at most {limits.moved:.0%}; "
        f"of nine in ten by up to {most:.1%}, at most {limits.moved_most:.0%}{moved.beside}"
    )
    return Check("live_prices", middle <= limits.moved and most <= limits.moved_most, message)


def _makes(tally: Tally, moved: Moved, limits: Limits) -> Check:
    moves = {
        make: tally.moved(0.5, cells, moved.factor)
        for make, cells in tally.groups.get("make", {}).items()
        if make not in (OTHER, NOT_TOLD) and sum(cells.values()) >= limits.group_fewest
    }
    far = sorted((make for make, move in moves.items() if move > limits.moved_make), key=lambda make: -moves[make])
    if not far:
        message = f"{len(moves)} makes of live requests: the prices of none move by more than {limits.moved_make:.0%}"
        return Check("live_makes", True, message)
    told = ", ".join(f"{make} by {moves[make]:.1%}" for make in far[:5])
    more = f"; {len(far) - 5} more" if len(far) > 5 else ""
    message = f"prices of live requests move in the median by more than {limits.moved_make:.0%}: {told}{more}"
    return Check("live_makes", False, message)


def _sales(faced: Faced, limits: Limits) -> Check:
    message = (
        f"of {faced.count:,} sold cars its price was nearer for {faced.nearer:.0%}, median error "
        f"{faced.challenger_mdape:.1%}, the champion's {faced.champion_mdape:.1%}; refused where the champion is "
        f"nearer by {limits.group_sure:g} standard deviations, here {-faced.sure:.1f}"
    )
    return Check("live_sales", -faced.sure <= limits.group_sure, message)
