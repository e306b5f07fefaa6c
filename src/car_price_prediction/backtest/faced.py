"""Champion and challenger on the same sold cars: who was nearer."""

from __future__ import annotations

import math
from collections.abc import Iterator

import polars as pl
from pydantic import Field

from car_price_prediction.evaluation.part import Part

from .interval import wilson


class Faced(Part):
    """Two versions on the same sales."""

    champion: str = Field(description="The version that answered.")
    challenger: str = Field(description="The version that priced in the shadow.")
    count: int
    champion_mdape: float = Field(description="The median error, as a fraction of what the car sold for.")
    challenger_mdape: float
    champion_coverage: float = Field(description="The share of cars that sold for a price inside its range.")
    challenger_coverage: float
    nearer: float = Field(
        description="The share of cars whose sale the challenger's price was nearer to; a tie is half."
    )
    nearer_low: float = Field(description="The ends of Wilson's 95% interval of that share, ties left out.")
    nearer_high: float
    sure: float = Field(description="Standard deviations by which the challenger was nearer more often than not.")

    @property
    def verdict(self) -> str:
        """Whether one of them is nearer by more than chance."""
        if self.nearer_low > 0.5:
            return "the challenger is nearer"
        return "the champion is nearer" if self.nearer_high < 0.5 else "no difference beyond chance"

    @property
    def sentence(self) -> str:
        """It, for people."""
        return (
            f"{self.count:,} sold cars were priced by {self.champion} and, in the shadow, by {self.challenger}: "
            f"median error {self.champion_mdape:.1%} and {self.challenger_mdape:.1%}, "
            f"in range {self.champion_coverage:.1%} and {self.challenger_coverage:.1%}; the challenger was nearer for "
            f"{self.nearer:.0%} ({self.nearer_low:.0%} to {self.nearer_high:.0%}): {self.verdict}"
        )


def faced(table: pl.DataFrame) -> tuple[Faced, ...]:
    """Return the comparison of each two versions, those of the most sales first.

    Parameters
    ----------
    table : DataFrame
        Of `pairs.Pairs`.
    """
    both = table.filter(pl.col("challenger").is_not_null())
    return tuple(sorted(_all(both), key=lambda one: (-one.count, one.champion, one.challenger)))


def _all(both: pl.DataFrame) -> Iterator[Faced]:
    for (champion, challenger), rows in both.group_by("version", "challenger"):
        yield _faced(str(champion), str(challenger), rows)


def _faced(champion: str, challenger: str, rows: pl.DataFrame) -> Faced:
    sold = pl.col("sold")
    ours, theirs = ((pl.col(name) / sold - 1).abs() for name in ("challenger_price", "price"))
    row = rows.select(
        champion_mdape=theirs.median(),
        challenger_mdape=ours.median(),
        champion_coverage=sold.is_between("low", "high").mean(),
        challenger_coverage=sold.is_between("challenger_low", "challenger_high").mean(),
        better=(ours < theirs).sum(),
        worse=(ours > theirs).sum(),
    ).row(0, named=True)
    better, worse = row.pop("better"), row.pop("worse")
    told = better + worse
    low, high = wilson(better, told) if told else (0.0, 1.0)
    return Faced(
        champion=champion,
        challenger=challenger,
        count=rows.height,
        nearer=(better + (rows.height - told) / 2) / rows.height,
        nearer_low=low,
        nearer_high=high,
        sure=(better - worse) / math.sqrt(told) if told else 0.0,
        **row,
    )
