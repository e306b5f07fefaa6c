"""Which column of a file is which field, in which unit, how sure that is and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from car_price_prediction.domain.columns import Column

from . import compound, refusal
from .assign import DOUBTFUL, Assignment, Candidate, assign
from .cells import Rows
from .evidence import profile_of, sample_of
from .headers import read_header
from .interpret import PASSED_ON, interpret_frame
from .layout import columns_of
from .leaks import without_leaks
from .mixtures import mileage_mixture, place_mixture, told_mixture, unit_beside
from .scale import Context, scale_of
from .values_alone import by_relations
from .wordlists import table

_LAKH = "lakh"
NO_OVERRIDES: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Understanding:
    """What the columns of a file hold.

    Attributes
    ----------
    columns : tuple of Column
        One or more per header, left-out ones too, in the file's order.
    currency : str or None
        As told, or from a sign in the cells or a word in the header; None where nothing says.
    mileage_unit : {"km", "mi"}
        The file's own.
    notes : tuple of str
        What people should know, such as a unit that was assumed.
    """

    columns: tuple[Column, ...]
    currency: str | None
    mileage_unit: Literal["km", "mi"]
    notes: tuple[str, ...]


def understand(
    raw: Rows,
    *,
    overrides: Mapping[str, str] = NO_OVERRIDES,
    currency: str | None = None,
    mileage_unit: str | None = None,
    usual_unit: str = "",
    need_price: bool = True,
) -> Understanding:
    """Tell which column is which field.

    Parameters
    ----------
    raw : polars.DataFrame
        Columns of text, as `read.read_listings` gives them.
    overrides : mapping of str to str
        Canonical field -> header, where the operator knows better.
    currency, mileage_unit : str, optional
        As the operator told them.
    usual_unit : {"", "km", "mi"}
        The mileage's where neither the operator nor the file says.
    need_price : bool
        False where the rows are to be priced.

    Raises
    ------
    ListingsError
        Where the file is not about cars, or a needed column is missing or doubtful; the hint shows what to type.

    Examples
    --------
    >>> frame = pl.DataFrame({"Marke": ["vw", "bmw"], "Preis": ["€ 9.500", "€ 12.000"], "EZ": ["03/2015", "11/2018"],
    ...                       "Kraftstoff": ["Benzin", "Diesel"], "Kilometer": ["95.000", "40.000"]})
    >>> found = understand(frame)
    >>> [(column.header, column.field) for column in found.columns]
    [('Marke', 'make'), ('Preis', 'price'), ('EZ', 'year'), ('Kraftstoff', 'fuel'), ('Kilometer', 'mileage_km')]
    >>> found.currency
    'EUR'
    """
    headers = [name for name in raw.columns if name not in PASSED_ON]
    refusal.check_overrides(overrides, headers)
    sample = sample_of(raw)
    seen = {name: Candidate(name, read_header(name), profile_of(raw[name], sample[name])) for name in headers}
    found = {field: claim for field, claim in assign(seen, overrides).items() if claim.confidence >= DOUBTFUL}
    found |= {} if {"model", "trim"} & overrides.keys() else compound.model_and_finer(found, seen, raw)
    new = _by_relations(sample, seen, found, need_price=need_price)
    taken = {claim.header for claim in new.values()}
    found = {field: claim for field, claim in found.items() if claim.header not in taken} | new
    columns = columns_of(raw, seen, found, learnt_from=need_price)
    money = currency or _currency(seen, found)
    beside, units = unit_beside(seen)
    one = next(iter(units)) if len(units) == 1 else ""
    context = replace(_context(money, mileage_unit, seen), unit_beside=one, usual_unit=usual_unit)
    scaled, notes = _scaled(sample, columns, seen, context)
    mixed = told_mixture(beside, units) or place_mixture(raw, scaled, _places(scaled, seen))
    if mixed:
        scaled, note = _doubted(scaled, mixed, use=mileage_unit is not None or not need_price)
        notes.append(note)
    if need_price:
        refusal.check_cars(scaled, seen)
    refusal.check_needed(scaled, seen, need_price=need_price)
    scaled = without_leaks(sample, scaled)
    notes += [c.why.capitalize() for c in scaled if c.derive.startswith("age:")]
    return Understanding(tuple(scaled), money, _unit_of(scaled, mileage_unit), tuple(notes))


def _by_relations(
    sample: pl.DataFrame, seen: Mapping[str, Candidate], found: Mapping[str, Assignment], *, need_price: bool
) -> dict[str, Assignment]:
    """Fill gaps by how columns move together; doubtful finds are kept out but for people to confirm."""
    wanted = ("mileage_km", "price") if need_price else ("mileage_km",)
    new = by_relations(sample, seen, found, wanted)
    doubtful = [claim for claim in new.values() if claim.confidence < DOUBTFUL and claim.field == "price"]
    if doubtful and "price" not in found:
        refusal.doubt(doubtful[0])
    return {field: claim for field, claim in new.items() if claim.confidence >= DOUBTFUL}


def _scaled(
    sample: pl.DataFrame, columns: list[Column], seen: Mapping[str, Candidate], context: Context
) -> tuple[list[Column], list[str]]:
    """Settle the unit of every number column; the mileage last, for it is judged by the cars' years."""
    year = next((c for c in columns if c.role == "field" and c.field == "year"), None)
    years = interpret_frame(sample, [year])["year"] if year else None
    context = replace(context, years=years)
    notes, scaled = [], []
    for column in columns:
        if column.kind != "number" or not column.used or column.derive:
            scaled.append(column)
            continue
        values = None
        if column.field == "mileage_km":
            as_written = replace(column, role="extra", field="as_written")
            values = interpret_frame(sample, [as_written])["as_written"]
        scale = scale_of(column.field, seen[column.header], context, values)
        why = f"{column.why}; {scale.why}" if scale.why else column.why
        column, mixed = replace(column, unit=scale.unit, why=why), ""  # noqa: PLW2901
        if values is not None:
            column, mixed = mileage_mixture(column, values, years)  # noqa: PLW2901
        scaled.append(column)
        notes += [note for note in (scale.note, mixed) if note]
    return scaled, notes


def _places(columns: list[Column], seen: Mapping[str, Candidate]) -> list[str]:
    """Return the columns that may tell miles from kilometres: the file, the country, the region, the currency."""
    region = [column.header for column in columns if column.role == "field" and column.field == "region"]
    named = [h for h, c in seen.items() if c.words.best and c.words.best.name in ("origin", "currency")]
    return ["_source", *named, *region]


def _doubted(columns: list[Column], mixed: str, *, use: bool) -> tuple[list[Column], str]:
    """Set a mileage aside that mixes units, but where people said in which unit it is."""
    if use:
        return columns, mixed
    note = f"{mixed}; it is set aside: bring it to one unit, or say with --mileage-unit that it is in one"
    return [
        replace(c, role="untrusted", field="", derive="", why=mixed) if c.used and c.field == "mileage_km" else c
        for c in columns
    ], note


def _currency(seen: Mapping[str, Candidate], found: Mapping[str, Assignment]) -> str | None:
    for candidate in seen.values():
        best = candidate.words.best
        if best and best.role == "currency" and best.score > 0.9 and candidate.profile.distinct == 1:
            code = candidate.profile.texts[0][0].strip().upper()
            if code in table("values")["currencies"]:
                return code
    if "price" not in found:
        return None
    price = seen[found["price"].header]
    common = price.profile.currencies.most_common(1)
    return common[0][0] if common else price.words.currency or None


def _context(currency: str | None, mileage_unit: str | None, seen: Mapping[str, Candidate]) -> Context:
    chinese = any("\u4e00" <= letter <= "\u9fff" for header in seen for letter in header)
    lakhs = any(
        c.profile.scaled > 0.5 and any(_LAKH in text.casefold() for text, _ in c.profile.texts) for c in seen.values()
    )
    return Context(currency, mileage_unit, None, chinese, lakhs)


def _unit_of(columns: list[Column], told: str | None) -> Literal["km", "mi"]:
    if told in ("km", "mi"):
        return "mi" if told == "mi" else "km"
    return "mi" if any(c.field == "mileage_km" and c.unit.endswith("mi") for c in columns) else "km"
