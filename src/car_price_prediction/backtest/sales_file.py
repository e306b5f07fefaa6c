"""A file of sales, read by the readers of listings: which columns tell what, and an outcome for each row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from car_price_prediction.batch.columns import columns_of
from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.domain.rules import LONGEST_ID, LONGEST_REFERENCE, needed_problems, plain_name, sold_day
from car_price_prediction.domain.text import category_key
from car_price_prediction.listings.cells import RawTable
from car_price_prediction.listings.interpret import interpret_frame
from car_price_prediction.listings.listed import days_of
from car_price_prediction.listings.read import read_listings
from car_price_prediction.listings.units import parse_field
from car_price_prediction.pricing.valuer import Valuer
from car_price_prediction.valuations.outcomes import PIECE, Outcome

Progress = Callable[[str, int, int], None]
HEADERS: Mapping[str, tuple[str, ...]] = {
    "price": ("sold price", "sold for", "sale price", "selling price", "price sold", "price"),
    "sold_on": ("sold on", "sold at", "sale date", "sold date", "date sold", "date of sale", "date"),
    "valuation_id": ("valuation id",),
    "reference": ("reference", "ref", "sale id", "stock id", "stock number"),
}
"""How columns are called that tell of a sale, the surest first; a person's word outweighs them."""
NEEDED = ("price", "sold_on")
_APART = re.compile(r"[\s_-]+")


@dataclass(frozen=True, slots=True)
class SaleRow:
    """One row of a file of sales.

    Attributes
    ----------
    row : int
        Its place, from 1.
    outcome : Outcome or None
    problem : str
        Why it is none, or ``""``.
    """

    row: int
    outcome: Outcome | None
    problem: str = ""


class SalesFile:
    """A file of sales, understood.

    Parameters
    ----------
    valuer : Valuer
        Whose training file's columns the car's own are read like.
    source : str
        As `read_listings` takes it.
    told : mapping of str to str
        Key of `HEADERS` -> header, where a person told.
    progress : callable, optional

    Attributes
    ----------
    columns : dict of str to str
        Key of `HEADERS` -> header.
    notes : tuple of str

    Raises
    ------
    ListingsError
        Where it cannot be read, or it cannot be told which column tells the price, the day or the car.
    """

    def __init__(self, valuer: Valuer, source: str, told: Mapping[str, str], progress: Progress | None = None) -> None:
        raw = read_listings([source], progress=progress)
        self.columns = _columns(raw, told)
        self.notes: tuple[str, ...] = ()
        self._raw, self._price = raw, _plain_price(self.columns["price"])
        found: Sequence[Column] = ()
        try:
            found, self.notes = columns_of(valuer, raw.cells)
        except ListingsError as error:
            if "valuation_id" not in self.columns:
                raise
            self.notes = (f"cars are known by valuation_id alone: {error.message}",)
        taken = set(self.columns.values())
        self._cars = tuple(column for column in found if column.used and column.header not in taken)
        self._price = next((c for c in found if c.used and c.header == self.columns["price"]), self._price)
        days = days_of(raw.cells[self.columns["sold_on"]], mostly=0)
        if days is None and raw.cells.height:
            raise ListingsError(
                f'"{self.columns["sold_on"]}" does not tell days', hint="name the column that does: --sold-on HEADER"
            )
        self._days = days

    def rows(self) -> Iterator[list[SaleRow]]:
        """Yield the rows, some at once."""
        start = 0
        for rows in self._raw.cells.slices(PIECE):
            days = self._days.slice(start, rows.height).to_list() if self._days is not None else []
            cars = interpret_frame(rows, self._cars).drop("_source", "_row", strict=False)
            told = cars.to_dicts() if cars.width else [{}] * rows.height
            cells = {name: rows[header].cast(pl.String).to_list() for name, header in self.columns.items()}
            yield [
                self._row(place, {name: values[i] for name, values in cells.items()}, days[i], told[i])
                for i, place in enumerate(rows["_row"].to_list())
            ]
            start += rows.height
        bad = self._raw.bad_rows
        if bad.height:
            yield [SaleRow(row, None, f"cannot be read: {why}") for row, why in bad.select("_row", "_detail").rows()]

    def _row(self, place: int, cells: Mapping[str, str | None], day: date | None, car: Mapping[str, Any]) -> SaleRow:
        price = parse_field(cells["price"], self._price)
        problems = []
        if not isinstance(price, float) or not 1 <= price <= 1e12:
            problems.append(f"no price can be read in {_shown(cells['price'])}")
        problems += _day_problems(day, cells["sold_on"])
        name, reference = (_text(cells.get(key)) for key in ("valuation_id", "reference"))
        problems += _name_problems("valuation_id", name, LONGEST_ID)
        problems += _name_problems("reference", reference, LONGEST_REFERENCE)
        told = {key: value for key, value in car.items() if value is not None}
        if name is None:
            problems += [f"{p.field}: {p.message}" if p.field else p.message for p in needed_problems(told)]
        if problems or day is None or not isinstance(price, float):
            return SaleRow(place, None, "; ".join(problems))
        return SaleRow(place, Outcome(price, day, name, told or None, reference))


def _columns(raw: RawTable, told: Mapping[str, str]) -> dict[str, str]:
    headers = [name for name in raw.cells.columns if not name.startswith("_")]
    if unknown := [header for header in told.values() if header not in headers]:
        raise ListingsError(f"there is no column {', '.join(unknown)}", hint=f"the headers are {', '.join(headers)}")
    by_key = {_APART.sub(" ", category_key(header)): header for header in reversed(headers)}
    found = {
        name: told.get(name) or next((by_key[key] for key in keys if key in by_key), None)
        for name, keys in HEADERS.items()
    }
    missing = [name for name in NEEDED if found[name] is None]
    if missing:
        options = " ".join(f"--{name.replace('_', '-')} HEADER" for name in missing)
        raise ListingsError(f"no column was found for {' and '.join(missing)}", hint=f"name it: {options}")
    return {name: header for name, header in found.items() if header is not None}


def _plain_price(header: str) -> Column:
    return Column(header, "field", "price", "number")


def _day_problems(day: date | None, cell: str | None) -> Sequence[str]:
    if day is None:
        return [f"no day can be read in {_shown(cell)}"]
    try:
        sold_day(day)
    except ValueError as error:
        return [f"the day {day} {error}"]
    return []


def _name_problems(key: str, name: str | None, longest: int) -> Sequence[str]:
    try:
        plain_name(name or "", longest)
    except ValueError as error:
        return [f"{key}: {error}"]
    return []


def _text(cell: str | None) -> str | None:
    return (cell or "").strip() or None


def _shown(cell: str | None) -> str:
    return f'"{(cell or "")[:40]}"'
