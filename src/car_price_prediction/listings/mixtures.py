"""Columns in which two units seem to be mixed, told by their distribution."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import polars as pl

from car_price_prediction.domain.columns import Column

from .assign import Candidate
from .cells import Rows
from .interpret import interpret_frame
from .marks import unit_word

_OLD, _SMALL = 3, 1_000
_MILE_LIKE = (1.45, 1.8)
_FEWEST = 100
_LOOKED_AT = 20_000
_CLOSE = 0.3
"""How far places of one unit may lie apart, in logs."""
_OLDEST = 25


def mileage_mixture(column: Column, values: pl.Series, years: pl.Series | None) -> tuple[Column, str]:
    """Find bare thousands among the mileages of cars that are no longer new.

    Returns
    -------
    tuple of Column and str
        The column, set to read the small numbers as missing where there is such a second mode, for a new car's 80 km
        and an old one's 80 thousand cannot be told apart; and the note for people, or "".
    """
    if years is None or column.unit not in ("km", "mi"):
        return column, ""
    newest = years.drop_nulls().quantile(0.99)
    old = values.filter((years <= (newest or 0) - _OLD).fill_null(value=False)).drop_nulls()
    old = old.filter(old > 1)
    if old.len() < 20:
        return column, ""
    small, between = float((old < _SMALL).mean() or 0), float(old.is_between(_SMALL, 3 * _SMALL).mean() or 0)  # type: ignore[arg-type]
    if not (0.08 < small < 0.6 and between < small / 4):
        return column, ""
    note = (
        f'"{column.header}" seems to mix {column.unit} and thousands of {column.unit}: {small:.0%} of the cars of '
        f"{_OLD} years and more show less than {_SMALL:,}, nearly none a bit more; cells below {_SMALL:,} are not read"
    )
    return replace(column, derive=f"from:{_SMALL}"), note


def unit_beside(candidates: Mapping[str, Candidate]) -> tuple[str, Counter[str]]:
    """Return the column whose every cell names a unit of distance, and how often which; "" where there is none."""
    for header, candidate in candidates.items():
        units: Counter[str] = Counter()
        for text, count in candidate.profile.texts:
            units[unit_word(text)] += count
        if units and units.keys() <= {"km", "mi"} and candidate.profile.present > 0.5:
            return header, units
    return "", Counter()


def told_mixture(beside: str, units: Counter[str]) -> str:
    """Say where the column beside the mileage names both units, else return "".

    Examples
    --------
    >>> told_mixture("unit", Counter(km=5, mi=2))
    '"unit" says that 5 of the cells seen are in km and 2 in miles'
    """
    if len(units) < 2:
        return ""
    return f'"{beside}" says that {units["km"]} of the cells seen are in km and {units["mi"]} in miles'


def place_mixture(raw: Rows, columns: Sequence[Column], places: Sequence[str]) -> str:
    """Say where mileages differ between places as miles and kilometres do, for cars of one age, make and fuel.

    Odometers of one market spread so far (by a factor of 1.7 either way) that miles among kilometres are no second
    mode. They show only where something tells them apart: the file, the country, the region. Two groups of places
    must lie about 1.61 apart, and each group closely together.

    Parameters
    ----------
    raw : polars.DataFrame or Cells
        The rows; of many, some are looked at.
    columns : sequence of Column
        What the columns hold.
    places : sequence of str
        The headers that may tell.

    Returns
    -------
    str
        For people; "" where nothing is found.
    """
    by_field = {column.field: column for column in columns if column.role == "field"}
    if not {"mileage_km", "year"} <= by_field.keys():
        return ""
    judged = [by_field[name] for name in ("mileage_km", "year", "make", "fuel") if name in by_field]
    places = [place for place in places if place in raw.columns]
    step = max(1, raw.height // _LOOKED_AT)
    headers = dict.fromkeys([*(column.header for column in judged), *places])
    some = pl.DataFrame({name: raw[name].gather_every(step) for name in headers if name in raw.columns})
    rest = _log_rest(interpret_frame(some, judged).select(column.field for column in judged))
    for place in places:
        cells = some[place] if place == "_source" else some[place].str.to_lowercase()
        groups = pl.DataFrame({"place": cells, "rest": rest}).drop_nulls().group_by("place")
        medians = groups.agg(pl.len(), pl.col("rest").median()).filter(pl.col("len") >= _FEWEST).sort("rest", "place")
        found = _apart(medians["rest"].to_list())
        if found:
            low, high = medians["place"][found[0] - 1], medians["place"][found[0]]
            where = "the file" if place == "_source" else f'"{place}"'
            return (
                f"for cars of one age and make the mileages where {where} is {high} are {math.exp(found[1]):.2f} times "
                f"those where it is {low}: some may be in kilometres and others in miles"
            )
    return ""


def _log_rest(rows: pl.DataFrame) -> pl.Series:
    """Return how far each mileage is from the usual one of its age, its make and its fuel, in logs."""
    rest = pl.when(pl.col("mileage_km") > _SMALL).then(pl.col("mileage_km").log())
    age = (pl.col("year").max() - pl.col("year")).clip(0, _OLDEST)
    rows = rows.with_columns(rest=rest, age=age)
    for name in ("age", "make", "fuel"):
        if name in rows.columns:
            rows = rows.with_columns(pl.col("rest") - pl.col("rest").median().over(name))
    return rows["rest"]


def _apart(medians: Sequence[float]) -> tuple[int, float] | None:
    """Return where sorted medians fall into two close groups as far apart as miles and kilometres, and how far."""
    for at in range(1, len(medians)):
        low, high = medians[:at], medians[at:]
        gap = sum(high) / len(high) - sum(low) / len(low)
        close = max(low[-1] - low[0], high[-1] - high[0]) < _CLOSE and high[0] - low[-1] > _CLOSE
        if close and math.log(_MILE_LIKE[0]) < gap < math.log(_MILE_LIKE[1]):
            return at, gap
    return None
