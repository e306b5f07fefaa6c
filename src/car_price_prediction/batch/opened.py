"""A file of cars, read and understood: what each of its columns is for the model that is to price it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings.cells import RawTable
from car_price_prediction.listings.read import read_listings
from car_price_prediction.listings.unpack import MAX_BYTES
from car_price_prediction.pricing.valuer import Valuer

from .columns import columns_of

Progress = Callable[[str, int, int], None]
Corrections = Mapping[str, str | None]
"""Field -> header of the column that holds it; None where no column does."""
NEEDED = (("make", "model"), ("year", "mileage_km"))
SET_ASIDE = "set aside by hand"


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file of cars.

    Attributes
    ----------
    raw : RawTable
    columns : sequence of Column
    notes : tuple of str
        What was noticed about the columns, for people.
    problem : ListingsError or None
        Why it cannot be priced as its columns are understood.
    """

    raw: RawTable
    columns: Sequence[Column]
    notes: tuple[str, ...] = ()
    problem: ListingsError | None = None

    @property
    def rows(self) -> int:
        """How many rows it has, those that could not be read included."""
        return self.raw.cells.height + self.raw.bad_rows.height

    @property
    def headers(self) -> list[str]:
        """Its headers, in their order."""
        return [name for name in self.raw.cells.columns if not name.startswith("_")]


def open_file(
    valuer: Valuer,
    source: str,
    progress: Progress | None = None,
    *,
    corrections: Corrections | None = None,
    most_bytes: int = MAX_BYTES,
) -> OpenedFile:
    """Read a file and understand its columns.

    Parameters
    ----------
    valuer : Valuer
    source : str
        As `read_listings` takes it.
    progress : callable, optional
    corrections : mapping of str to str or None, optional
        What a person says that columns hold.
    most_bytes : int
        The file may grow to when it is decompressed.

    Raises
    ------
    ListingsError
        Where it cannot be read. Where only its columns cannot be understood, `OpenedFile.problem` tells why.
    """
    raw = read_listings([source], progress=progress, most_bytes=most_bytes)
    headers = [name for name in raw.cells.columns if not name.startswith("_")]
    told = {field: header for field, header in (corrections or {}).items() if header is not None}
    try:
        columns, notes = columns_of(valuer, raw.cells)
    except ListingsError as error:
        columns, notes = [Column(header, "untrusted", "", "category", why=error.message) for header in headers], ()
        if not told:
            return OpenedFile(raw, columns, notes, error)
    changed = {c.field: c.header for c in columns if c.used}
    changed = {field: header for field, header in told.items() if changed.get(field) != header}
    if changed:
        try:
            columns = _corrected(columns, columns_of(valuer, raw.cells, overrides=changed)[0], changed)
        except ListingsError as error:
            return OpenedFile(raw, columns, notes, error)
    gone = {field for field, header in (corrections or {}).items() if header is None}
    columns = [_set_aside(c) if c.used and c.field in gone else c for c in columns]
    return OpenedFile(raw, columns, notes, _too_little({c.field for c in columns if c.used}))


def _too_little(fields: set[str]) -> ListingsError | None:
    lacking = [" or ".join(group) for group in NEEDED if fields.isdisjoint(group)]
    return ListingsError(f"no column is left for {', and none for '.join(lacking)}") if lacking else None


def _corrected(before: Sequence[Column], afresh: Sequence[Column], changed: Mapping[str, str]) -> list[Column]:
    """Take from the second reading what was corrected; all else stays as it was first understood."""
    if not any(column.used for column in before):
        return list(afresh)
    new = [column for column in afresh if column.used and column.field in changed]
    claimed = set(changed.values())
    kept = [c for c in before if c.header not in claimed]
    return [*(_set_aside(c) if c.used and c.field in changed else c for c in kept), *new]


def _set_aside(column: Column) -> Column:
    return replace(column, role="untrusted", field="", derive="", why=SET_ASIDE)
