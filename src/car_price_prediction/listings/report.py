"""What `car-price check` says about a file: plain values, shown as a table, as JSON or as a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.listing import field_named
from car_price_prediction.package.manifest import Source

from .figures import Band, Bin, FieldFigures, by_age, by_mileage, field_figures, price_bins
from .loaded import Loaded
from .reasons import sentence_of

EXAMPLES = 3
MAKES = 15
#: What a column that is left out is, by its role.
LEFT_OUT = {
    "id": "an id",
    "unknown_when_priced": "not known when a car is priced",
    "constant": "always the same",
    "leak": "tells the price",
    "untrusted": "not to be trusted",
}


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """What one column became; `examples` are cells as they stand in the file."""

    header: str
    role: str
    field: str
    label: str
    unit: str
    derive: str
    confidence: float
    why: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One rejected row: where it stands, and why."""

    source: str
    row: int
    detail: str


@dataclass(frozen=True, slots=True)
class ReasonLine:
    """The rows rejected for one reason, a few of them shown."""

    code: str
    sentence: str
    rows: int
    examples: tuple[RejectedRow, ...]


@dataclass(frozen=True, slots=True)
class MakeLine:
    """One make, with its listings and their median price."""

    make: str
    rows: int
    median: float


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is said about loaded listings."""

    sources: tuple[Source, ...]
    fingerprint: str
    currency: str | None
    mileage_unit: str
    rows_read: int
    rows_used: int
    rows_rejected: int
    different: int
    notes: tuple[str, ...]
    columns: tuple[ColumnLine, ...]
    fields: tuple[FieldFigures, ...]
    rejected: tuple[ReasonLine, ...]
    taken_out: Mapping[str, int]
    price: tuple[Bin, ...]
    by_age: tuple[Band, ...]
    by_mileage: tuple[Band, ...]
    makes: tuple[MakeLine, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        found = asdict(self)
        found["sources"] = [source.model_dump() for source in self.sources]
        return found


def build_report(loaded: Loaded) -> Report:
    """Put everything that is to be said about loaded listings into plain values."""
    listings = loaded.listings
    return Report(
        sources=loaded.sources,
        fingerprint=loaded.fingerprint,
        currency=loaded.understanding.currency,
        mileage_unit=loaded.understanding.mileage_unit,
        rows_read=loaded.rows_read,
        rows_used=listings.height,
        rows_rejected=loaded.rejected.height,
        different=listings["_group"].n_unique(),
        notes=loaded.notes,
        columns=tuple(_column_line(column, loaded.examples) for column in loaded.understanding.columns),
        fields=field_figures(listings),
        rejected=_reason_lines(loaded.rejected),
        taken_out=dict(loaded.taken_out),
        price=price_bins(listings),
        by_age=by_age(listings),
        by_mileage=by_mileage(listings),
        makes=_makes(listings),
    )


def _column_line(column: Column, examples: Mapping[str, tuple[str, ...]]) -> ColumnLine:
    return ColumnLine(
        header=column.header,
        role=column.role,
        field=column.field,
        label=field_named(column.field, column.kind).label if column.field else "",
        unit=column.unit,
        derive=column.derive,
        confidence=column.confidence,
        why=column.why,
        examples=tuple(examples.get(column.header, ())),
    )


def _reason_lines(rejected: pl.DataFrame) -> tuple[ReasonLine, ...]:
    lines = []
    for code, rows in rejected["_reason"].value_counts().sort("count", "_reason", descending=[True, False]).iter_rows():
        some = rejected.filter(pl.col("_reason") == code).head(EXAMPLES).select("_source", "_row", "_detail")
        examples = tuple(RejectedRow(str(source), int(row), str(detail)) for source, row, detail in some.iter_rows())
        lines.append(ReasonLine(code, sentence_of(code), rows, examples))
    return tuple(lines)


def _makes(listings: pl.DataFrame) -> tuple[MakeLine, ...]:
    if "make" not in listings.columns:
        return ()
    found = (
        listings.drop_nulls("make")
        .group_by("make")
        .agg(rows=pl.len(), median=pl.col("price").median())
        .sort("rows", "make", descending=[True, False])
    )
    return tuple(MakeLine(*row) for row in found.head(MAKES).iter_rows())
