"""What people may tell about their listings, and what comes of loading them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from car_price_prediction.package.manifest import Source

from .columns import Understanding


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """What a person may tell about their files; everything is optional.

    Attributes
    ----------
    currency : str or None
        ISO 4217.
    mileage_unit : {"km", "mi"} or None
    columns : mapping of str to str
        Canonical field -> header.
    keep : frozenset of str
        Reason codes whose rows are not rejected.
    profile : Path or None
        A saved mapping, applied strictly.
    """

    currency: str | None = None
    mileage_unit: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    keep: frozenset[str] = frozenset()
    profile: Path | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """Listings to learn from, and everything that is to be said about them.

    Attributes
    ----------
    listings : DataFrame
        The fields, ``price`` included, ``_source``, ``_row``, ``_group``, and ``_listed`` where a column tells the day.
    rejected : DataFrame
        ``_source``, ``_row``, ``_reason``, ``_detail`` and the cells as they were.
    understanding : Understanding
    sources : tuple of Source
    fingerprint : str
        Of the files and of the options that change the outcome.
    rows_read : int
    notes : tuple of str
        What was noticed on the way, for people.
    taken_out : mapping of str to int
        Field -> how many implausible values of kept rows were set to null.
    examples : mapping of str to tuple of str
        Header -> a few of its cells.
    sample : bool
        Whether they are the built-in sample market's.
    """

    listings: pl.DataFrame
    rejected: pl.DataFrame
    understanding: Understanding
    sources: tuple[Source, ...]
    fingerprint: str
    rows_read: int
    notes: tuple[str, ...] = ()
    taken_out: Mapping[str, int] = field(default_factory=dict)
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sample: bool = False

    def set_aside(self) -> dict[str, int]:
        """Return how many rows were rejected, by reason, the most first."""
        counts = self.rejected["_reason"].value_counts().sort("count", "_reason", descending=[True, False])
        return dict(counts.iter_rows())
