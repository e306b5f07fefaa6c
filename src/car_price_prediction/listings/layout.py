"""The columns of a file, laid out: fields, what is inside their cells, further features, and what is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.listing import BY_NAME
from car_price_prediction.domain.rules import this_year

from . import compound, leftout
from .assign import Assignment, Candidate
from .cells import Rows
from .dates import date_year
from .names import make_of_file
from .parts import parts_of, word_share
from .wordlists import fold, split_words, table
from .words import WORD_FIELDS


def columns_of(
    raw: Rows, seen: Mapping[str, Candidate], found: dict[str, Assignment], *, learnt_from: bool = True
) -> list[Column]:
    """Return the columns of every header, in the file's order.

    What never changes teaches nothing, but where cars are priced it counts: they may all be of one year.
    """
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
            left = leftout.constant(candidate) if learnt_from else None
            if left and not have & {"make", "model", "price"} & {c.field for c in by_header[header]}:
                by_header[header] = [left]
            continue
        constant = leftout.constant(candidate) if learnt_from or not candidate.profile.texts else None
        by_header[header] = _others(candidate, have, _year_of_adverts(seen), constant)
        have |= {column.field for column in by_header[header]}
    for header in seen:
        more = parts_of(seen[header], have) if any(column.used for column in by_header[header]) else []
        by_header[header] += more
        have |= {column.field for column in more}
    if "year" not in have:
        for column in compound.year_in_title(parts, found, seen):
            by_header[column.header] = [c for c in by_header[column.header] if c.used] + [column]
    columns = [column for header in seen for column in by_header[header]]
    return columns + _of_files(raw, have)


def _field_columns(candidate: Candidate, claim: Assignment) -> list[Column]:
    profile, kind = candidate.profile, BY_NAME[claim.field].kind if claim.field in BY_NAME else None
    if kind is None:
        return [replace(leftout.as_extra(candidate, ()), field=claim.field, confidence=1.0, why=claim.why)]
    derive = ""
    if claim.field == "year" and profile.year < 0.5 and profile.date > 0.3:
        derive = "date"
    if claim.field in WORD_FIELDS and profile.words[claim.field] < 0.1 and word_share(candidate, claim.field) > 0.6:
        derive = f"word:{claim.field}"
    column = Column(
        candidate.header, "field", claim.field, kind, "", profile.decimal if kind == "number" else ".", derive,
        round(claim.confidence, 2), claim.why,
    )  # fmt: skip
    if claim.field == "engine_l" and profile.flags["turbo"]:
        why = 'whether "turbo" stands beside the number'
        return [column, replace(column, role="extra", field="turbo", kind="category", derive="flag:turbo", why=why)]
    return [column]


def _others(candidate: Candidate, have: set[str], at: int, constant: Column | None) -> list[Column]:
    """Return what a column that is no field as it stands becomes."""
    best = candidate.words.best
    if best and best.role == "age" and best.score > 0.75 and "year" not in have and candidate.profile.number > 0.8:
        return [_age(candidate, best.phrase, at)]
    left = constant or leftout.left_out(candidate)
    if left:
        return [left]
    if best and best.role == "postal" and best.score > 0.75 and "region" not in have:
        return [leftout.region(candidate)]
    parts = parts_of(candidate, have) if candidate.profile.number < 0.95 or candidate.profile.units else []
    return parts or [leftout.as_extra(candidate, have)]


def _year_of_adverts(seen: Mapping[str, Candidate]) -> int:
    """Return the year of the advertisements: the latest that a date of theirs names, else this year."""
    dated = [c for c in seen.values() if c.words.best and c.words.best.role == "unknown_when_priced"]
    years = [year for c in dated if c.profile.date > 0.7 for text, _ in c.profile.texts if (year := date_year(text))]
    return int(max((year for year in years if year <= this_year()), default=this_year()))


def _age(candidate: Candidate, phrase: str, at: int) -> Column:
    months = phrase in {fold(word) for word in split_words(table("headers")["age"]["months"])}
    unit = "/months" if months or candidate.profile.median > 60 else ""
    why = f'the year is counted back from {at}, by the age in "{candidate.header}"'
    return Column(
        candidate.header,
        "field",
        "year",
        "number",
        "",
        candidate.profile.decimal,
        f"age:{at}{unit}",
        0.75,
        why,
    )


def _of_files(raw: Rows, have: set[str]) -> list[Column]:
    """Take the make from the files' names where no column has it."""
    if "make" in have or "_source" not in raw.columns:
        return []
    names = raw["_source"].drop_nulls().unique().to_list()
    known = [name for name in names if make_of_file(name)]
    if len(names) < 2 or len(known) < 0.5 * len(names):
        return []
    why = f"the files are named after makes ({len(known)} of {len(names)})"
    return [Column("_source", "field", "make", "category", derive="file_make", confidence=0.8, why=why)]
