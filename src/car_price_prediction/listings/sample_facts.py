"""The public facts that the sample market is made of: makes, models, engines, trims, list prices, as tables of numbers.

The tables stand in `facts/`; `docs/sample-market.md` says where they come from and what their columns mean.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeAlias

import numpy as np

from .sample_random import Floats, Ints

Row: TypeAlias = "Mapping[str, str]"

REFERENCE_YEAR = 2026
"""The newest year of registration, and the year of the list prices."""
REFERENCE_DATE = 2026.5
"""The day on which every listing of the sample market is advertised: mid-2026."""

_ENGINE = re.compile(r"(?P<litres>\d+\.\d)?(?P<fuel>[a-z])(?P<kw>\d+)(?:/(?P<cylinders>\d+))?")
_CYLINDERS_UP_TO = ((0.7, 3), (1.25, 3), (2.8, 4), (3.9, 6), (99.0, 8))


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine: `fuel` is the code of `facts/fuels.csv`; an electric one has no litres and no cylinders."""

    litres: float
    fuel: str
    power_kw: float
    cylinders: float


@dataclass(frozen=True, slots=True)
class Words:
    """The values of one category, how often they are met and what they do to the price."""

    values: tuple[str, ...]
    shares: Floats
    factors: Floats


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything known about the market before a single listing is drawn.

    Attributes
    ----------
    makes, models, segments, trims, bodies, fuels, words, ages : sequence or mapping of rows
        The tables as they stand in the files.
    engines : mapping of str to list of (first year, last year, engines)
        By family.
    """

    makes: Mapping[str, Row]
    models: Sequence[Row]
    segments: Mapping[str, Row]
    bodies: Mapping[str, Row]
    fuels: Mapping[str, Row]
    engines: Mapping[str, list[tuple[int, int, tuple[Engine, ...]]]]
    trims: Mapping[str, Words]
    words: Mapping[str, Words]
    age_years: Floats
    age_loss_years: Floats
    age_listed: Floats

    def engines_of(self, family: str, year: int) -> tuple[Engine, ...]:
        """Return the engines that a family of models was built with in a year.

        Raises
        ------
        LookupError
            The tables name none.

        Examples
        --------
        >>> load_facts().engines_of("kaefer", 1970)[0]
        Engine(litres=1.2, fuel='p', power_kw=25.0, cylinders=4.0)
        """
        for first, last, engines in self.engines[family]:
            if first <= year <= last:
                return engines
        raise LookupError(f"facts/engines.csv has no {family} engine for {year}")


@cache
def load_facts() -> Facts:
    """Read the tables of facts; they are kept for the next call.

    Examples
    --------
    >>> len(load_facts().makes), len(load_facts().models)
    (33, 305)
    """
    ages = _table("ages")
    return Facts(
        makes=_by("make", _table("makes")),
        models=_table("models"),
        segments=_by("segment", _table("segments")),
        bodies=_by("body", _table("bodies")),
        fuels=_by("code", _table("fuels")),
        engines=_engine_families(_table("engines")),
        trims=_words(_table("trims"), "trims", "trim"),
        words=_words(_table("words"), "field", "value"),
        age_years=numbers(ages, "age"),
        age_loss_years=numbers(ages, "loss_years"),
        age_listed=numbers(ages, "listed"),
    )


def numbers(rows: Sequence[Row], column: str) -> Floats:
    """Return one column of a table as numbers."""
    return np.array([float(row[column]) for row in rows])


def integers(rows: Sequence[Row], column: str) -> Ints:
    """Return one column of a table as whole numbers."""
    return np.array([int(row[column]) for row in rows], dtype=np.int64)


def parse_engine(text: str) -> Engine:
    """Read an engine as the tables write it: litres, fuel, kW and, where not the usual ones, cylinders.

    Examples
    --------
    >>> parse_engine("2.5d110/6")
    Engine(litres=2.5, fuel='d', power_kw=110.0, cylinders=6.0)
    >>> parse_engine("e150")
    Engine(litres=nan, fuel='e', power_kw=150.0, cylinders=nan)
    >>> parse_engine("V8")
    Traceback (most recent call last):
    ...
    ValueError: 'V8' is not an engine
    """
    match = _ENGINE.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not an engine")
    litres = float(match["litres"] or "nan")
    usual = next((count for up_to, count in _CYLINDERS_UP_TO if litres <= up_to), float("nan"))
    return Engine(litres, match["fuel"], float(match["kw"]), float(match["cylinders"] or usual))


def _table(name: str) -> list[dict[str, str]]:
    text = files(__package__).joinpath("facts", f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _by(column: str, rows: list[dict[str, str]]) -> dict[str, Row]:
    return {row[column]: row for row in rows}


def _engine_families(rows: list[dict[str, str]]) -> dict[str, list[tuple[int, int, tuple[Engine, ...]]]]:
    families: dict[str, list[tuple[int, int, tuple[Engine, ...]]]] = {}
    for row in rows:
        engines = tuple(parse_engine(text) for text in row["engines"].split())
        families.setdefault(row["family"], []).append((int(row["first_year"]), int(row["last_year"]), engines))
    return families


def _words(rows: list[dict[str, str]], group: str, value: str) -> dict[str, Words]:
    grouped: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        grouped.setdefault(row[group], []).append(row)
    return {
        name: Words(tuple(row[value] for row in members), numbers(members, "share"), numbers(members, "price_factor"))
        for name, members in grouped.items()
    }
