"""The page's form: a box for each field of the model, and the car that somebody typed into them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from car_price_prediction.domain.columns import Column, Role
from car_price_prediction.domain.listing import ASKING, ASKING_PRICE, BY_NAME, Field, Listing, Value, field_named
from car_price_prediction.domain.rules import needed_problems, number_problem, plausible_range
from car_price_prediction.listings.units import FACTORS, parse_field, parse_number
from car_price_prediction.pricing.fields import FieldInfo

from .current import Current
from .display import number
from .schemas import ONE_OF_EACH

MILEAGE = "mileage_km"
MAIN = ("make", "model", "year", MILEAGE)
"""Always shown; the rest is folded away."""
ASKED = {"make": "Tell the make or the model.", "year": "Tell the year or the mileage."}
MOST_IN_A_LIST = 30
"""Words that are offered in a closed list; where there are more, typing finds them."""
MOST_OFFERED = 300
LONGEST = 200

_MARKS = re.compile("[.,'\u2019\u00a0\u202f ]")
_GROUPED = re.compile(rf"\d{{1,3}}(?:{_MARKS.pattern}\d{{3}})+")
"""Whole thousands: a dot in a mileage is a thousands mark, wherever the reader comes from."""


@dataclass(frozen=True, slots=True)
class Box:
    """One field of the form.

    Attributes
    ----------
    key : str
        Its name in the address: ``mileage`` is in the market's unit, all others are canonical.
    field : str
        The canonical field.
    label, unit, hint : str
        For people.
    kind : {"text", "list", "number"}
        ``text`` suggests `choices` while one types, ``list`` offers nothing else.
    choices : tuple of str
    main : bool
        Whether it is always shown.
    value, problem : str
        What was typed, and what is wrong with it.
    """

    key: str
    field: str
    label: str
    unit: str
    hint: str
    kind: str
    choices: tuple[str, ...]
    main: bool
    value: str = ""
    problem: str = ""


def read_form(current: Current, typed: Mapping[str, str]) -> tuple[list[Box], Listing, bool]:
    """Read what was typed.

    Parameters
    ----------
    current : Current
    typed : mapping of str to str
        By the keys of the boxes; others are passed over.

    Returns
    -------
    tuple of list of Box, Listing and bool
        The boxes as typed, with their problems; the car; and whether anything was sent at all.
    """
    market_unit = current.valuer.manifest.market.mileage_unit
    infos = list(_needed_first(current.valuer.fields))
    listing: dict[str, Value] = {}
    problems: dict[str, str] = {}
    for info in infos:
        text = typed.get(_key(info.name), "").strip()[:LONGEST]
        if text:
            listing[info.name], problem = _read(current, info, text, market_unit)
            problems |= {info.name: problem} if problem else {}
    sent = any(_key(info.name) in typed for info in infos)
    if sent:
        problems = (
            _needed({**dict.fromkeys(problems, ""), **listing}, listing, [info.name for info in infos]) | problems
        )
    boxes = [_box(current, info, typed, problems.get(info.name, ""), market_unit) for info in infos]
    asked, asking = _asking_box(typed.get(ASKING_PRICE, "").strip()[:LONGEST], current.valuer.manifest.market.currency)
    if asking is not None:
        listing[ASKING_PRICE] = asking
    return [*boxes, asked], listing, sent


def _needed_first(fields: tuple[FieldInfo, ...]) -> list[FieldInfo]:
    return sorted(fields, key=lambda info: MAIN.index(info.name) if info.name in MAIN else len(MAIN))


def _key(name: str) -> str:
    return "mileage" if name == MILEAGE else name


def _read(current: Current, info: FieldInfo, text: str, market_unit: str) -> tuple[Value, str]:
    """Return the value in the canonical unit, and what is wrong with it."""
    if info.kind == "category":
        return current.reader.word(info.name, text), ""
    role: Role = "field" if info.name in BY_NAME else "extra"
    unit = market_unit if info.name == MILEAGE else info.unit
    if info.name == MILEAGE and _GROUPED.fullmatch(text):
        text = _MARKS.sub("", text)
    value, parsed = parse_field(text, Column(info.name, role, info.name, "number", unit)), parse_number(text)
    if not isinstance(value, float) or (parsed and parsed.rest):
        return None, f"“{text[:40]}” cannot be read as a {'year' if info.name == 'year' else 'number'}."
    factor = _factor(info.name, market_unit)
    problem = number_problem(_in_market_unit(info, factor, unit), value / factor)
    return value, f"{problem.message[:1].upper()}{problem.message[1:]}." if problem else ""


def _factor(name: str, market_unit: str) -> float:
    return FACTORS[MILEAGE][market_unit] if name == MILEAGE else 1.0


def _in_market_unit(info: FieldInfo, factor: float, unit: str) -> Field:
    field = field_named(info.name, "number")
    if factor == 1.0:
        return field
    low, high = plausible_range(field)
    return replace(field, unit=unit, low=low / factor, high=round(high / factor, -3))


def _needed(told: Listing, listing: dict[str, Value], names: Sequence[str]) -> dict[str, str]:
    """Return the problems of needed fields that were not told, at a box that the form has."""
    problems = {}
    for problem in needed_problems(told):
        group = next(group for group in ONE_OF_EACH if problem.field in group)
        box = next((name for name in group if name in names), None)
        if box:
            problems[box] = ASKED[problem.field]
        else:
            # Every listing had the same, so the model asks for neither, and reads neither.
            listing[problem.field] = "" if problem.field == "make" else 0.0
    return problems


def _box(current: Current, info: FieldInfo, typed: Mapping[str, str], problem: str, market_unit: str) -> Box:
    choices = _choices(current, info, typed)
    closed = len(choices) <= MOST_IN_A_LIST and info.name not in MAIN
    kind = "number" if info.kind == "number" else "list" if closed and choices else "text"
    unit = market_unit if info.name == MILEAGE else "" if info.unit == "year" else info.unit
    return Box(
        key=_key(info.name),
        field=info.name,
        label=info.label,
        unit=unit,
        hint=_hint(info, _factor(info.name, market_unit)),
        kind=kind,
        choices=choices,
        main=info.name in MAIN,
        value=typed.get(_key(info.name), "").strip()[:LONGEST],
        problem=problem,
    )


def _choices(current: Current, info: FieldInfo, typed: Mapping[str, str]) -> tuple[str, ...]:
    if info.name == "model":
        models = current.models_of(typed.get("make", "")) or info.known
        return tuple(sorted(models[:MOST_OFFERED], key=str.casefold))
    return tuple(sorted(info.known[:MOST_OFFERED], key=str.casefold))


def _asking_box(text: str, currency: str | None) -> tuple[Box, float | None]:
    """Return the box of what is asked for the car, and the amount."""
    plain = _MARKS.sub("", text) if _GROUPED.fullmatch(text) else text
    value = parse_field(plain, Column(ASKING_PRICE, "field", "price", "number"))
    amount, problem = value if isinstance(value, float) else None, ""
    if text and amount is None:
        problem = f"“{text[:40]}” cannot be read as an amount."
    elif amount is not None and number_problem(ASKING, amount):
        amount, problem = None, "An asking price is above 0."
    box = Box(
        key=ASKING_PRICE,
        field=ASKING_PRICE,
        label=ASKING.label,
        unit=currency or "",
        hint="",
        kind="number",
        choices=(),
        main=True,
        value=text,
        problem=problem,
    )
    return box, amount


def _hint(info: FieldInfo, factor: float) -> str:
    if info.kind != "number" or info.low is None or info.high is None:
        return ""
    plain = info.name == "year"
    return f"{number(info.low / factor, plain=plain)} to {number(info.high / factor, plain=plain)}"
