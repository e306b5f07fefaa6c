"""How well the values of a column fit a field: what is possible, what is usual, what gives it away."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .evidence import Profile
from .words import WORD_FIELDS

IMPOSSIBLE, UNUSUAL, POSSIBLE, USUAL, SURE = 0.0, 0.3, 0.6, 0.8, 0.97
_DISTANCES = ("km", "mi")
_ECONOMY = ("kmpl", "km/kg", "km/kwh", "mpg", "l/100km")
_FOREIGN = ("kmpl", "km/kg", "mpg", "l/100km", "nm", "kgm", "g/km", "percent", "speed", "kg", "kwh", "rpm")


def fit(field: str, found: Profile) -> float:
    """Return from 0 (impossible) to 1 (nothing else looks like it) how well values fit a field.

    About 0.5 says that nothing speaks against it.
    """
    if not found.texts:
        return IMPOSSIBLE
    if field in WORD_FIELDS:
        return _fit_words(field, found)
    return _FITS.get(field, _fit_text)(found)


def _fit_words(field: str, found: Profile) -> float:
    if found.yes_no > 0.8:  # "automatic transmission: no" is a flag
        return IMPOSSIBLE
    share = found.words[field]
    if share >= 0.1:
        return 0.35 + 0.62 * share
    strongest = max(found.words.values())
    if strongest > 0.6 or found.make > 0.6 or found.bare > 0.9 or found.date > 0.5 or found.length > 40:
        return IMPOSSIBLE
    return UNUSUAL if found.unique < 0.5 or found.rows < 100 else IMPOSSIBLE


def _fit_year(found: Profile) -> float:
    if found.time > 0.3:
        return 0.1
    if found.year > 0.8 and found.distinct > 1:
        return SURE
    if found.year > 0.8:
        return POSSIBLE
    if found.date > 0.7:
        return USUAL
    return UNUSUAL if found.year + found.date > 0.4 else IMPOSSIBLE


def _fit_mileage(found: Profile) -> float:
    if found.number < 0.6 or found.unit(*_FOREIGN) > 0.1 or found.year > 0.9 or found.date > 0.5:
        return IMPOSSIBLE
    if found.currencies.total() and not found.unit(*_DISTANCES):
        return IMPOSSIBLE
    if found.unit(*_DISTANCES) > 0.3:
        return SURE if found.median >= 1_000 else POSSIBLE
    if found.unit("l", "cm3", "ps", "hp", "kw") > 0.2:
        return IMPOSSIBLE
    return POSSIBLE if found.median >= 1_000 else UNUSUAL + 0.1


def _fit_price(found: Profile) -> float:
    if found.number < 0.5 or found.date > 0.5 or found.unit(*_FOREIGN, *_DISTANCES, "cm3", "hp", "kw") > 0.2:
        return IMPOSSIBLE
    if found.year > 0.95 or found.distinct < 2:
        return IMPOSSIBLE
    if found.currencies and found.currencies.total() > 0:
        return SURE
    return POSSIBLE


def _fit_engine(found: Profile) -> float:
    if found.number < 0.6 or found.unit(*_FOREIGN, *_DISTANCES) > 0.3 or found.year > 0.97 or found.date > 0.5:
        return IMPOSSIBLE
    if found.unit("l", "cm3") > 0.3:
        return SURE
    if 0.5 <= found.median <= 9 and found.bare > 0.3:
        return USUAL if found.integer < 0.9 else POSSIBLE
    return POSSIBLE + 0.1 if 400 <= found.median <= 9_000 else UNUSUAL - 0.2


def _fit_power(found: Profile) -> float:
    if found.number < 0.6 or found.unit("nm", "kgm", "kmpl", "l", "cm3", "mpg") > 0.3 or found.date > 0.5:
        return IMPOSSIBLE
    if found.unit("ps", "hp", "kw") > 0.3:
        return SURE
    return POSSIBLE if 15 <= found.median <= 1_500 else UNUSUAL - 0.2


def _count(low: float, high: float, unit: str) -> Callable[[Profile], float]:
    def fits(found: Profile) -> float:
        if found.unit(unit) > 0.3:
            return USUAL
        if max(found.number, found.counted) < 0.5 or found.year > 0.5:
            return IMPOSSIBLE
        if found.counted > 0.5 and unit == "owners":
            return USUAL
        return POSSIBLE if low <= found.median <= high else 0.1

    return fits


def _fit_make(found: Profile) -> float:
    if found.number > 0.5 or found.date > 0.5 or max(found.words.values()) > 0.6 or found.code > 0.5:
        return IMPOSSIBLE
    if found.make > 0.3:
        return 0.6 + 0.37 * found.make
    if found.named > 0.4:
        return POSSIBLE
    return UNUSUAL if found.unique < 0.5 or found.rows < 200 else IMPOSSIBLE


def _fit_model(found: Profile) -> float:
    if found.year > 0.6 or found.date > 0.5 or found.code > 0.5 or max(found.words.values()) > 0.6:
        return IMPOSSIBLE
    if found.unit("km", "mi", "l", "cm3", "hp", "ps") > 0.5 or found.make > 0.9 or found.length > 120:
        return IMPOSSIBLE
    return 0.55


def _fit_text(found: Profile) -> float:
    if found.date > 0.5 or found.code > 0.5 or found.length > 120 or found.number > 0.97:
        return 0.1
    if max(found.words.values()) > 0.9:
        return 0.1
    return 0.5


_FITS: Mapping[str, Callable[[Profile], float]] = {
    "year": _fit_year,
    "mileage_km": _fit_mileage,
    "price": _fit_price,
    "engine_l": _fit_engine,
    "power_kw": _fit_power,
    "doors": _count(1.5, 6, "doors"),
    "seats": _count(1.5, 12, "seats"),
    "owners": _count(0, 10, "owners"),
    "cylinders": _count(2, 12, "cyl"),
    "make": _fit_make,
    "model": _fit_model,
}


def is_economy(found: Profile) -> bool:
    """Tell whether a column holds fuel economy: the units say so."""
    return found.unit(*_ECONOMY) > 0.3
