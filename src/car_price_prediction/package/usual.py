"""What a car usually has where nobody said: the values of such cars, looked up from the most alike to all of them.

Trees that never met an absent value send it down a way that was never learnt: an unsaid engine would be priced as an
arbitrary one. A usual value in its place gives the price of a usual car of that model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from car_price_prediction.domain.listing import Listing, Value

from .keys import JOINT, key_of

BANDS = {"mileage_km": 20_000.0}
"""Numbers that are alike rather than equal: their keys are those of bands so wide."""
FIRST = ("year", "fuel")
"""Filled before all others, whose usual values hang on them."""


class Table(BaseModel):
    """The usual values of cars that agree in some fields.

    Attributes
    ----------
    by : tuple of str
        The fields; none stands for all cars.
    rows : dict of str to tuple
        Joined key of these fields -> a value for each of `Usual.fields`, None where it is not known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: tuple[str, ...]
    rows: dict[str, tuple[Value, ...]]


class Usual(BaseModel):
    """Fills what a listing leaves out.

    Attributes
    ----------
    fields : tuple of str
        What is filled.
    tables : tuple of Table
        The first that knows a value tells it.
    often_silent : tuple of str
        Those of the fields that many listings leave out. The trees know what that says, so they are filled only where
        more than `most_silent` of them are absent: more than listings leave out.
    most_silent : int
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fields: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    often_silent: tuple[str, ...] = ()
    most_silent: int = 0

    def filled(self, listing: Listing, absent: Sequence[str] | None = None) -> Listing:
        """Return a listing with usual values where it has none: in the fields that `absent` names, where that is known.

        Examples
        --------
        >>> engines = Table(by=("model",), rows={"a3": (1.6,)})
        >>> Usual(fields=("engine_l",), tables=(engines,)).filled({"model": "A3", "year": 2015.0})
        {'model': 'A3', 'year': 2015.0, 'engine_l': 1.6}
        """
        absent = self.absent(listing) if absent is None else absent
        if not absent:
            return listing
        found = dict(listing)
        for names in self.rounds(absent):
            found.update(self._told(found, names))
        return found

    def absent(self, listing: Listing) -> list[str]:
        """Return the fields of a listing for which usual values stand in."""
        absent = [name for name in self.fields if listing.get(name) is None]
        if absent and sum(listing.get(name) is None for name in self.often_silent) <= self.most_silent:
            absent = [name for name in absent if name not in self.often_silent]
        return absent

    @staticmethod
    def rounds(absent: Sequence[str]) -> list[list[str]]:
        """Return in which rounds absent fields are filled, each knowing what those before it found."""
        rounds = [[name] for name in FIRST if name in absent]
        return [*rounds, [name for name in absent if name not in FIRST]]

    def _told(self, listing: Listing, names: Sequence[str]) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for key, rows in self._lookups:
            if len(found) == len(names):
                break
            if row := rows.get(key(listing)):
                for name in names:
                    if name not in found and (value := row[self._position[name]]) is not None:
                        found[name] = value
        return found

    @cached_property
    def _position(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(self.fields)}

    @cached_property
    def _lookups(self) -> list[tuple[Callable[[Listing], str], dict[str, tuple[Value, ...]]]]:
        return [(_keyer(table.by), table.rows) for table in self.tables]


def band_key(name: str, value: Value) -> str:
    """Return the key of a value in a table.

    Examples
    --------
    >>> band_key("mileage_km", 51_000.0), band_key("fuel", "Diesel")
    ('2', 'diesel')
    """
    if name in BANDS and value is not None and not isinstance(value, str):
        return f"{value // BANDS[name]:.0f}"
    return key_of(value)


def _keyer(by: tuple[str, ...]) -> Callable[[Listing], str]:
    return lambda listing: JOINT.join([band_key(name, listing.get(name)) for name in by])
