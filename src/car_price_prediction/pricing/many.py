"""Some hundred or thousand cars at once: what is true of a column is found out once, not for each car."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from car_price_prediction.domain.ids import new_ids
from car_price_prediction.domain.listing import ASKING_PRICE, Field, Listing, Value
from car_price_prediction.domain.quote import Quote, QuoteWarning
from car_price_prediction.domain.rules import plausible_range
from car_price_prediction.package.booster import Matrix
from car_price_prediction.package.contents import Contents
from car_price_prediction.package.facts import FieldFacts
from car_price_prediction.package.rows import Columns, Memo, RowsEncoder, columns_of, numbers_of

from .doubts import Doubter, confidence_of

PLAIN = frozenset({float, int, type(None)})
QuoteOf: TypeAlias = Callable[[Listing, float, float, Sequence[str]], Quote]
Warnings = dict[int, list[QuoteWarning]]


class ManyQuotes:
    """Prices many cars with one model package. Several threads may use it at once.

    Parameters
    ----------
    contents : Contents
    doubter : Doubter
    one : callable
        From a listing, its log price, its spread and what `Usual.absent` says to its quote, for those whose asking
        price is to be rated.
    """

    def __init__(
        self, contents: Contents, doubter: Doubter, one: Callable[[Listing, float, float, Sequence[str]], Quote]
    ) -> None:
        self._contents, self._doubter, self._one = contents, doubter, one
        self._encoder = RowsEncoder(contents.encoder)
        fields = contents.facts.fields
        self._names = tuple(dict.fromkeys((*(f.name for f in fields), *self._encoder.fields, "make", "model", "year")))
        self._warnings = {facts.name: Memo(_warning_of(doubter, facts)) for facts in fields}
        self._familiarity = Memo(lambda car: doubter.familiarity({"make": car[0], "model": car[1]}))
        self._comparables = Memo(
            lambda car: contents.facts.comparables({"make": car[0], "model": car[1], "year": car[2]})
        )

    def quotes(self, listings: Sequence[Listing]) -> list[Quote]:
        """Price cars that may be priced, in their order."""
        if not listings:
            return []
        columns, usual = columns_of(listings, self._names), self._contents.encoder.usual
        absent = {i: names for i, listing in enumerate(listings) if (names := usual.absent(listing))}
        whole = columns
        if absent:
            filled = [usual.filled(car) if i in absent else car for i, car in enumerate(listings)]
            whole = columns_of(filled, self._encoder.fields)
        matrix = self._encoder.encode(whole, len(listings))
        log_price = self._contents.booster.predict(matrix)
        spread = self._contents.spread.predict(matrix)
        found = self._assemble(columns, log_price, self._widened(spread, absent))
        for i, listing in enumerate(listings):
            if listing.get(ASKING_PRICE) is not None:
                found[i] = self._one(listing, float(log_price[i]), float(spread[i]), absent.get(i, ()))
        return found

    def _assemble(self, columns: Columns, log_price: Matrix, spread: Matrix) -> list[Quote]:
        height = len(log_price)
        make_model = list(zip(columns["make"], columns["model"], strict=True))
        counts = self._comparables.all(list(zip(columns["make"], columns["model"], columns["year"], strict=True)))
        below, above = self._widths(self._familiarity.all(make_model), log_price, spread)
        ends = (np.exp(log_price), np.exp(log_price + below), np.exp(log_price + above))
        warnings, names = self._doubts(columns), new_ids(height)
        version, market = self._contents.manifest.version, self._contents.manifest.market
        coverage = self._contents.calibration.coverage
        return [
            Quote(
                round(price, 2),
                round(low, 2),
                round(high, 2),
                market.currency,
                coverage,
                confidence_of(price, low, high, counts[i]),
                counts[i],
                tuple(warnings[i]) if i in warnings else (),
                version,
                names[i],
            )
            for i, (price, low, high) in enumerate(zip(*(end.tolist() for end in ends), strict=True))
        ]

    def _widened(self, spread: Matrix, absent: Mapping[int, Sequence[str]]) -> Matrix:
        wider = spread.copy()
        for i, names in absent.items():
            wider[i] = self._contents.calibration.widened(float(spread[i]), names)
        return wider

    def _widths(self, familiarity: list[str], log_price: Matrix, spread: Matrix) -> tuple[Matrix, Matrix]:
        calibration = self._contents.calibration
        scale, (below, above) = np.maximum(spread, calibration.smallest_spread), calibration.steps.at_all(log_price)
        low, high = np.array([calibration.quantiles[name] for name in familiarity]).T  # type: ignore[index]
        return low * (scale * below), high * (scale * above)

    def _doubts(self, columns: Columns) -> Warnings:
        """Return the warnings of each car that has any, in the order of the fields."""
        found: Warnings = {}
        for facts in self._contents.facts.fields:
            memo, column = self._warnings[facts.name], columns[facts.name]
            told: Iterable[tuple[int, QuoteWarning | None]]
            if facts.kind == "number" and facts.low is not None and facts.high is not None:
                numbers = numbers_of(column)
                # Ordinary numbers are different each time, and get no warning.
                places = np.flatnonzero(~((numbers >= facts.low) & (numbers <= facts.high))).tolist()
                told = zip(places, [memo[column[i]] for i in places], strict=True)
            else:
                answers = memo.all(column)
                told = enumerate(answers) if any(answers) else ()
            for i, warning in told:
                if warning is not None:
                    found.setdefault(i, []).append(warning)
        return found


def suspects(listings: Sequence[Listing], numbers: Sequence[tuple[str, Field]]) -> set[int]:
    """Return which listings must be looked at closely, for they may be refused.

    Parameters
    ----------
    listings : sequence of Listing
    numbers : sequence of (str, Field)
        The number fields.

    Examples
    --------
    >>> from car_price_prediction.domain.listing import BY_NAME
    >>> cars = [{"make": "Audi", "year": 2015.0}, {"make": "Audi", "year": 3000.0}, {"make": "Audi"}]
    >>> sorted(suspects(cars, [("year", BY_NAME["year"])]))
    [1, 2]
    """
    columns = columns_of(listings, tuple({"make", "model", "year", "mileage_km", *(name for name, _ in numbers)}))
    found = {i for i, pair in enumerate(zip(columns["make"], columns["model"], strict=True)) if pair == (None, None)}
    found |= {
        i for i, pair in enumerate(zip(columns["year"], columns["mileage_km"], strict=True)) if pair == (None, None)
    }
    for name, field in numbers:
        column = columns[name]
        if not PLAIN.issuperset(map(type, column)):
            return set(range(len(listings)))
        values, (low, high) = numbers_of(column), plausible_range(field)
        odd = np.flatnonzero(~((values >= low) & (values <= high) & np.isfinite(values))).tolist()
        found |= {i for i in odd if column[i] is not None}
    return found


def _warning_of(doubter: Doubter, facts: FieldFacts) -> Callable[[Value], QuoteWarning | None]:
    return lambda value: doubter.warning(facts, value)
