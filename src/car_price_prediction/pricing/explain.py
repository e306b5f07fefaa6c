"""Why this car costs what it does: in money, line by line, from a typical car of its market to this one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from car_price_prediction.domain.listing import Listing, Value, field_named
from car_price_prediction.package.booster import Booster
from car_price_prediction.package.contents import Contents
from car_price_prediction.package.keys import key_of

from .shapley import shapley_values
from .words import NAMES, NOT_GIVEN, said

Encode = Callable[[Listing], list[float]]

MOST_LINES = 8
REST = "Everything else"
ASSUMED = " (assumed)"
MOST_WEIGHED = 12
"""So many groups of fields, or fewer for a large model, are tried for how far they move the price; the model cares
little for any further one."""
TREES_WALKED = 60_000
"""Coalitions are asked for up to about so many trees evaluated: milliseconds."""
TOGETHER = {
    "Model": ("make", "model", "trim"),
    "Engine": ("engine_l", "power_kw", "cylinders"),
    "Body": ("body", "doors", "seats"),
}
"""Exchanged as one: half of such a group from one car and half from another describes a car that nobody built."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a breakdown.

    Attributes
    ----------
    label : str
        What the line is about, for people.
    text : str
        Both cars' values: "2015 rather than 2018"; empty for the sum of the rest.
    fields : tuple of str
        The canonical fields; empty for the sum of the rest.
    amount : float
        In money, with two decimals.
    """

    label: str
    text: str
    fields: tuple[str, ...]
    amount: float


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The way from a typical car's price to this car's.

    Attributes
    ----------
    typical_car : mapping
        Its fields.
    typical_price : float
    lines : tuple of Line
        The largest first, the sum of the rest last. `typical_price` and all amounts add up to `price`, to the cent.
    price : float
    """

    typical_car: Listing
    typical_price: float
    lines: tuple[Line, ...]
    price: float

    def as_dict(self) -> dict[str, Any]:
        """Return the breakdown as plain values."""
        return {
            "typical_car": {name: value for name, value in self.typical_car.items() if value is not None},
            "typical_price": self.typical_price,
            "lines": [asdict(line) for line in self.lines],
            "price": self.price,
        }


class Explainer:
    """Makes breakdowns for one model.

    Parameters
    ----------
    contents : Contents
    """

    def __init__(self, contents: Contents) -> None:
        self._booster, self._encode = contents.booster, contents.encoder.row_encoder()
        self._usual = contents.encoder.usual
        self._mileage_unit = contents.manifest.market.mileage_unit
        self.typical: Listing = contents.facts.typical_car
        self._typical_price = round(math.exp(self._booster.predict_one(self._encode(self.typical))), 2)
        weight = {facts.name: facts.importance for facts in contents.facts.fields}
        self._coalitions = TREES_WALKED // max(self._booster.trees, 1)
        self._weighed = max(MOST_LINES, min(MOST_WEIGHED, self._coalitions // 2 - 1))
        self._groups = sorted(_groups(weight), key=lambda names: -sum(weight[name] for name in names))

    def prepare(self) -> None:
        """Make what the first breakdown would wait for."""
        self._booster.prepare()

    def breakdown(self, listing: Listing, price: float) -> Breakdown:
        """Return the breakdown of one car's price.

        Parameters
        ----------
        listing : Listing
        price : float
            That of its quote, with two decimals.

        Notes
        -----
        The game: a coalition of fields is priced as the typical car with these fields of this one. Its values are log
        prices, in which fields add up rather than multiply; the logarithmic mean of both prices makes money of them.

        References
        ----------
        Ang (2005), "The LMDI approach to decomposition analysis", Energy Policy 33: the logarithmic mean weight, which
        leaves no residual.
        """
        told, listing = listing, self._usual.filled(listing)
        groups = [names for names in self._groups if _differs(names, listing, self.typical)]
        if rest := tuple(name for names in groups[self._weighed :] for name in names):
            groups[self._weighed :] = [rest]
        game = _Game(self._booster, self._encode, self.typical, [{n: listing.get(n) for n in g} for g in groups])
        players = game.players(MOST_LINES, self._weighed)
        coalitions = self._coalitions - max(game.asked - 2 * len(players), 0)  # less those tried in vain
        shares = shapley_values(len(players), lambda asked: game.values_of(players, asked), coalitions=coalitions)
        cents = _in_cents(shares, self._typical_price, price)
        lines = [
            self._line([groups[i] for i in player], listing, told, c) for player, c in zip(players, cents, strict=True)
        ]
        lines.sort(key=lambda line: (line.label == REST, -abs(line.amount)))
        return Breakdown(self.typical, self._typical_price, tuple(line for line in lines if line.amount), price)

    def _line(self, groups: Sequence[tuple[str, ...]], listing: Listing, told: Listing, cents: int) -> Line:
        if len(groups) > 1 or groups[0] not in self._groups:
            return Line(REST, "", (), cents / 100)
        return Line(_label(groups[0]), self._text(groups[0], listing, told), groups[0], cents / 100)

    def _text(self, names: Sequence[str], listing: Listing, told: Listing) -> str:
        if names[0] not in NAMES:
            names = [name for name in names if _differs((name,), listing, self.typical)]
        this, typical = (said(names, car, self._mileage_unit) for car in (listing, self.typical))
        assumed = this != NOT_GIVEN and all(told.get(name) is None for name in names)
        return f"{this}{ASSUMED if assumed else ''} rather than {typical}"


class _Game:
    """Prices of the typical car with some groups of this car's fields; a coalition is a number with a bit a group."""

    def __init__(self, booster: Booster, encode: Encode, typical: Listing, own: Sequence[Mapping[str, Value]]) -> None:
        self._booster, self._encode, self._typical, self._own = booster, encode, typical, own
        self._known: dict[int, float] = {}

    @property
    def asked(self) -> int:
        """How many coalitions were priced so far."""
        return len(self._known)

    def players(self, most: int, weighed: int) -> list[tuple[int, ...]]:
        """Return the groups that play, as positions; beyond `most`, those that move the price least play as one.

        Those from position `weighed` on are among them in any case.
        """
        count = len(self._own)
        if count <= most:
            return [(i,) for i in range(count)]
        everyone, singles = 2**count - 1, [1 << i for i in range(count)]
        none, all_in, *found = self.values([0, everyone, *singles, *(everyone - one for one in singles)])
        moved = [abs(found[i] - none) + abs(all_in - found[count + i]) for i in range(count)]
        order = sorted(range(count), key=lambda i: (i >= weighed, -moved[i]))
        return [*((i,) for i in order[: most - 1]), tuple(order[most - 1 :])]

    def values_of(self, players: Sequence[tuple[int, ...]], asked: Sequence[int]) -> list[float]:
        """Return the log prices of coalitions of players."""
        masks = [sum(1 << i for i in player) for player in players]
        return self.values([sum(mask for p, mask in enumerate(masks) if one >> p & 1) for one in asked])

    def values(self, asked: Sequence[int]) -> list[float]:
        """Return the log prices of coalitions of groups."""
        if new := [one for one in asked if one not in self._known]:
            rows = np.array([self._encode(self._hybrid(one)) for one in new], dtype=np.float64)
            self._known.update(zip(new, self._booster.predict_few(rows).tolist(), strict=True))
        return [self._known[one] for one in asked]

    def _hybrid(self, coalition: int) -> Listing:
        hybrid = dict(self._typical)
        for i, values in enumerate(self._own):
            if coalition >> i & 1:
                hybrid.update(values)
        return hybrid


def _groups(fields: Iterable[str]) -> list[tuple[str, ...]]:
    left = dict.fromkeys(fields)
    found = [tuple(name for name in names if name in left) for names in TOGETHER.values()]
    for names in found:
        for name in names:
            del left[name]
    return [names for names in found if names] + [(name,) for name in left]


def _differs(names: Sequence[str], one: Listing, other: Listing) -> bool:
    return any(key_of(one.get(name)) != key_of(other.get(name)) for name in names)


def _label(names: Sequence[str]) -> str:
    if len(names) == 1:
        return field_named(names[0]).label
    return next(label for label, group in TOGETHER.items() if names[0] in group)


def _in_cents(shares: Sequence[float], start: float, end: float) -> list[int]:
    """Return shares of a log price's change as whole cents that add up to the price's change."""
    change, total = sum(shares), round(end * 100) - round(start * 100)
    # Where the prices are nearly one, whole cents tell nothing of the slope between them.
    mean = total / change if abs(change) > 1e-3 else math.sqrt(start * end) * 100
    cents = [round(mean * share) for share in shares]
    if cents:
        largest = max(range(len(cents)), key=lambda i: abs(cents[i]))
        cents[largest] += total - sum(cents)
    return cents
