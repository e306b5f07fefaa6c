"""The unit of a column's bare numbers: from its cells, its header, the operator, or the distribution."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from .assign import Candidate

_MECHANICAL_HP = ("USD", "GBP", "INR", "PKR", "AED", "SAR", "CAD", "AUD", "NZD", "ZAR", "NGN", "KES", "LKR", "BDT")
_LAKH = ("INR", "PKR", "BDT", "LKR", "NPR")
_OLD = 3


@dataclass(frozen=True, slots=True)
class Scale:
    """A unit, why it is that, and what to tell people."""

    unit: str
    why: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the market beside one column."""

    currency: str | None
    mileage_unit: str | None
    years: pl.Series | None
    chinese: bool = False
    lakhs: bool = False
    unit_beside: str = ""
    usual_unit: str = ""


def scale_of(field: str, candidate: Candidate, context: Context, values: pl.Series | None = None) -> Scale:
    """Return the unit of a column's bare numbers.

    Parameters
    ----------
    field : str
        The canonical field.
    candidate : Candidate
        The column.
    context : Context
        The market.
    values : polars.Series, optional
        The sampled numbers as written, row by row beside ``context.years``.
    """
    if field == "mileage_km":
        return _mileage(candidate, context, values)
    if field == "engine_l":
        return _engine(candidate)
    if field == "power_kw":
        return _power(candidate, context)
    if field == "price":
        return _price(candidate, context)
    if field == "torque_nm":
        return Scale("kgm" if candidate.profile.units["kgm"] > candidate.profile.units["nm"] else "nm")
    return Scale("")


def _mileage(candidate: Candidate, context: Context, values: pl.Series | None) -> Scale:
    profile, words = candidate.profile, candidate.words
    in_cells = "mi" if profile.units["mi"] > profile.units["km"] else "km" if profile.units["km"] else ""
    named = words.unit if words.unit in ("km", "mi", "mil") else ""
    unit = context.mileage_unit or in_cells or context.unit_beside or named or context.usual_unit
    if context.mileage_unit:
        why = "unit told"
    elif in_cells:
        why = f"unit in the cells ({profile.unit(in_cells):.0%})"
    elif context.unit_beside:
        why = "unit in the column beside it"
    elif named:
        why = "unit in the header"
    else:
        why = "the market's usual unit" if unit else "km assumed: nothing names a unit"
    both = min(profile.units["mi"], profile.units["km"])
    note = f'"{candidate.header}" holds both km and miles: each cell is read in its own unit' if both else ""
    note = note if unit else f'"{candidate.header}": no unit is named, so km are assumed (--mileage-unit mi for miles)'
    unit = unit or "km"
    usual = _usual_mileage(values, context.years)
    if profile.bare < 0.5 or usual is None:
        return Scale(unit, why, note)
    if words.scale in ("1000", "10000") and usual * float(words.scale) < 2_000_000:
        return Scale(f"{words.scale} {unit}", f"{why}; x{words.scale} in the header")
    times = _times(usual, chinese=context.chinese)
    if times == 1:
        return Scale(unit, why, note)
    said = f"the distribution: cars of {_OLD} years and more show a median of {usual:g}"
    return Scale(
        f"{times} {unit}",
        f"{why}; {times:,} {unit} from {said}",
        f'"{candidate.header}" is read as {times:,} {unit} from {said}',
    )


def _usual_mileage(values: pl.Series | None, years: pl.Series | None) -> float | None:
    """Return the median mileage, as written, of cars that are no longer new."""
    if values is None:
        return None
    if years is not None and years.drop_nulls().len():
        newest = float(years.drop_nulls().quantile(0.99) or 0)
        old = values.filter((years <= newest - _OLD).fill_null(value=False)).drop_nulls()
        values = old if old.len() >= 5 else values
    values = values.drop_nulls()
    median = values.median()
    return None if median is None or values.len() < 5 else float(median)  # type: ignore[arg-type]


def _times(usual: float, *, chinese: bool) -> int:
    if usual >= 1_000 or usual <= 0.5:
        return 1
    return 10_000 if usual < (60 if chinese else 10) else 1_000


def _engine(candidate: Candidate) -> Scale:
    profile = candidate.profile
    if profile.units["cm3"] or profile.units["l"]:
        unit = "cm3" if profile.units["cm3"] > profile.units["l"] else "l"
        return Scale(unit, f"{unit} in the cells")
    unit = "cm3" if profile.median >= 100 else "l"
    return Scale(unit, f"{unit} from the size of the numbers (median {profile.median:g})")


def _power(candidate: Candidate, context: Context) -> Scale:
    profile = candidate.profile
    counted = [(profile.units[unit], unit) for unit in ("kw", "ps", "hp")]
    most, unit = max(counted)
    if profile.units["km"] > most:
        return Scale("ps", "KM in the cells: metric horsepower")
    if most:
        return Scale(unit, f"{unit} in the cells")
    if candidate.words.unit in ("kw", "ps", "hp", "km"):
        unit = "ps" if candidate.words.unit == "km" else candidate.words.unit
        return Scale(unit, f"{unit} in the header")
    unit = "hp" if context.currency in _MECHANICAL_HP else "ps"
    return Scale(
        unit, f"{unit} assumed: nothing names a unit", f'"{candidate.header}": no unit is named, so {unit} are assumed'
    )


def _price(candidate: Candidate, context: Context) -> Scale:
    profile, scale = candidate.profile, candidate.words.scale
    if profile.bare > 0.3 and profile.median > 0:
        if scale in ("1000", "10000", "lakh", "million") and profile.median < 20_000:
            return Scale(scale, f"x{scale} in the header")
        currency = context.currency or ""
        unit = "lakh" if (currency in _LAKH or context.lakhs) and profile.median < 200 else ""
        unit = "10000" if (currency == "CNY" or context.chinese) and profile.median < 1_000 else unit
        if unit:
            said = f"the distribution: {currency or 'the'} prices with a median of {profile.median:g}"
            return Scale(unit, f"times {unit} from {said}", f'"{candidate.header}" is read as {unit}s from {said}')
    main = profile.currencies.most_common(2)
    if len(main) == 2 and main[1][1] >= 1:
        others = sum(profile.currencies.values()) - main[0][1]
        note = (
            f'"{candidate.header}" holds several currencies: {others} cells seen are not in {main[0][0]} and not read'
        )
        return Scale(main[0][0], f"mostly {main[0][0]}", note)
    return Scale("")
