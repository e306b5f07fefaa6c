"""Which column of a file is which field, in which unit, how sure that is and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.listing import BY_NAME
from car_price_prediction.domain.rules import this_year

from . import compound, leftout, refusal
from .assign import DOUBTFUL, Assignment, Candidate, assign
from .evidence import profile_of, sample_of
from .headers import read_header
from .interpret import PASSED_ON, interpret_frame
from .leaks import without_leaks
from .names import make_of_file
from .scale import Context, scale_of
from .wordlists import fold, split_words, table

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
    raw: pl.DataFrame,
    *,
    overrides: Mapping[str, str] = NO_OVERRIDES,
    currency: str | None = None,
    mileage_unit: str | None = None,
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
    found |= {} if overrides else compound.model_and_finer(found, seen, raw)
    columns = _columns(raw, seen, found)
    money = currency or _currency(seen, found)
    scaled, notes = _scaled(sample, columns, seen, Context(money, mileage_unit, None, _is_chinese(headers)))
    refusal.check_needed(found, scaled, seen, need_price=need_price)
    if need_price:
        refusal.check_cars(scaled, seen)
    scaled = without_leaks(sample, scaled)
    return Understanding(tuple(scaled), money, _unit_of(scaled, mileage_unit), tuple(notes))


def _columns(raw: pl.DataFrame, seen: Mapping[str, Candidate], found: dict[str, Assignment]) -> list[Column]:
    """Return the columns of every header, in the file's order."""
    parts = compound.names_in_titles(found, seen)
    split = {part.header for part in parts}
    by_header: dict[str, list[Column]] = {}
    for part in parts:
        by_header.setdefault(part.header, []).append(part)
    for claim in found.values():
        if claim.header not in split:
            by_header[claim.header] = _field_columns(seen[claim.header], claim)
    have = {column.field for columns in by_header.values() for column in columns}
    for header, candidate in seen.items():
        if header in by_header:
            left = leftout.constant(candidate)
            if left and not have & {"make", "model", "price"} & {c.field for c in by_header[header]}:
                by_header[header] = [left]
            continue
        by_header[header] = [_other(candidate, have)]
        have.add(by_header[header][0].field)
    columns = [column for header in seen for column in by_header[header]]
    return columns + _of_files(raw, have)


def _field_columns(candidate: Candidate, claim: Assignment) -> list[Column]:
    profile, kind = candidate.profile, BY_NAME[claim.field].kind if claim.field in BY_NAME else None
    if kind is None:
        return [replace(leftout.extra(candidate, ()), field=claim.field, confidence=1.0, why=claim.why)]
    derive = ""
    if claim.field == "year" and profile.year < 0.5 and profile.date > 0.3:
        derive = "date"
    column = Column(
        candidate.header, "field", claim.field, kind, "", profile.decimal if kind == "number" else ".", derive,
        round(claim.confidence, 2), claim.why,
    )  # fmt: skip
    if claim.field == "engine_l" and profile.flags["turbo"]:
        why = 'whether "turbo" stands beside the number'
        return [column, replace(column, role="extra", field="turbo", kind="category", derive="flag:turbo", why=why)]
    return [column]


def _other(candidate: Candidate, have: set[str]) -> Column:
    best = candidate.words.best
    if best and best.role == "age" and best.score > 0.75 and "year" not in have and candidate.profile.number > 0.8:
        return _age(candidate, best.phrase)
    left = leftout.constant(candidate) or leftout.left_out(candidate)
    if left:
        return left
    if best and best.role == "postal" and best.score > 0.75 and "region" not in have:
        return leftout.region(candidate)
    return leftout.extra(candidate, have)


def _age(candidate: Candidate, phrase: str) -> Column:
    months = phrase in {fold(word) for word in split_words(table("headers")["age"]["months"])}
    unit = "/months" if months or candidate.profile.median > 60 else ""
    why = f"the year, from the age at {this_year()}"
    return Column(
        candidate.header,
        "field",
        "year",
        "number",
        "",
        candidate.profile.decimal,
        f"age:{this_year()}{unit}",
        0.75,
        why,
    )


def _of_files(raw: pl.DataFrame, have: set[str]) -> list[Column]:
    """Take the make from the files' names where no column has it."""
    if "make" in have or "_source" not in raw.columns:
        return []
    names = raw["_source"].drop_nulls().unique().to_list()
    known = [name for name in names if make_of_file(name)]
    if len(names) < 2 or len(known) < 0.5 * len(names):
        return []
    why = f"the files are named after makes ({len(known)} of {len(names)})"
    return [Column("_source", "field", "make", "category", derive="file_make", confidence=0.8, why=why)]


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
        scaled.append(replace(column, unit=scale.unit, why=why))
        notes += [scale.note] if scale.note else []
    return scaled, notes


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


def _is_chinese(headers: list[str]) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for header in headers for letter in header)


def _unit_of(columns: list[Column], told: str | None) -> Literal["km", "mi"]:
    if told in ("km", "mi"):
        return "mi" if told == "mi" else "km"
    return "mi" if any(c.field == "mileage_km" and c.unit.endswith("mi") for c in columns) else "km"
