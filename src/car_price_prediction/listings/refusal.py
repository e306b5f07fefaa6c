"""When to stop: a file that is not about cars, or a needed column that nobody can be sure of."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from typing import NoReturn

from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.domain.listing import BY_NAME

from .assign import DOUBTFUL, Assignment, Candidate, claims_for

_WORDS = ("fuel", "transmission", "body", "drive")


def check_overrides(overrides: Mapping[str, str], headers: Collection[str]) -> None:
    """Raise where a ``--column FIELD=HEADER`` names a column that the file does not have."""
    problems = []
    for field, header in overrides.items():
        if header not in headers:
            near = difflib.get_close_matches(header, list(headers), 1)
            problems.append(f'{field}="{header}"' + (f' (did you mean "{near[0]}"?)' if near else ""))
    if problems:
        raise ListingsError(
            f"the file has no such column: {', '.join(problems)}", hint=f"its columns are: {_listed(headers)}"
        )


def check_cars(columns: Sequence[Column], candidates: Mapping[str, Candidate]) -> None:
    """Raise where nothing, or too little, shows that the listings are of cars."""
    signs = 0.0
    for column in columns:
        profile = candidates[column.header].profile if column.header in candidates else None
        if column.role != "field":
            continue
        if profile is None:
            signs += 2
        elif column.field == "make":
            signs += 2 if max(profile.make, profile.named) >= 0.2 else 0.5 if column.confidence == 1 else 0
        elif column.field in _WORDS:
            signs += profile.words[column.field] >= 0.3
        elif column.field in ("mileage_km", "engine_l", "power_kw"):
            signs += column.confidence >= 0.7
    if signs < 2:
        raise ListingsError(
            "this does not look like car listings: few known makes, no columns for mileage, fuel, gearbox or engine",
            hint=f"columns seen: {_listed(candidates)}. Name them with --column FIELD=HEADER if they are cars",
        )


def check_needed(
    columns: Sequence[Column],
    candidates: Mapping[str, Candidate],
    *,
    need_price: bool,
) -> None:
    """Raise where a needed column is missing or doubtful; the hint shows the lines to copy."""
    have = {column.field for column in columns if column.role == "field"}
    needs = ([("price",)] if need_price else []) + [("make", "model"), ("year", "mileage_km")]
    problems, lines = [], []
    for fields in needs:
        if have.isdisjoint(fields):
            problem, line = _missing(fields, candidates)
            problems.append(problem)
            lines += line
    if problems:
        hint = f"name it: {' '.join(lines)}" if lines else f"columns seen: {_listed(candidates)}"
        raise ListingsError("; ".join(problems), hint=hint)


def doubt(claim: Assignment) -> NoReturn:
    """Raise for a needed column that is found but doubtful.

    Raises
    ------
    ListingsError
        Always; the hint shows the line to copy.
    """
    label = BY_NAME[claim.field].label.lower()
    raise ListingsError(
        f'"{claim.header}" may be the {label}, but that is only {claim.confidence:.0%} sure: {claim.why}',
        hint=f'if it is, add --column "{claim.field}={claim.header}"',
    )


def _missing(fields: Sequence[str], candidates: Mapping[str, Candidate]) -> tuple[str, list[str]]:
    labels = " or ".join(BY_NAME[field].label.lower() for field in fields)
    doubtful = [claim for field in fields for claim in claims_for(field, candidates) if claim.confidence < DOUBTFUL]
    if doubtful:
        best = doubtful[0]
        said = (
            f'"{best.header}" may be the {BY_NAME[best.field].label.lower()} ({best.confidence:.0%} sure: {best.why})'
        )
        return said, [f'--column "{claim.field}={claim.header}"' for claim in doubtful[:2]]
    return f"no column was found for {labels}", [f'--column "{fields[0]}=HEADER"']


def _listed(headers: Collection[str]) -> str:
    shown = [f'"{header}"' for header in list(headers)[:25]]
    return ", ".join(shown) + (", …" if len(headers) > 25 else "")
