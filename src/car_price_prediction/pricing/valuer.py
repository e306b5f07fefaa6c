"""A listing in, a quote out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from car_price_prediction.domain.errors import AbstainedError, FieldProblem, InvalidListingError, PackageError
from car_price_prediction.domain.ids import new_id
from car_price_prediction.domain.listing import ASKING, ASKING_PRICE, Listing, field_named
from car_price_prediction.domain.quote import Quote
from car_price_prediction.domain.rules import needed_problems, number_problem, plausible_range
from car_price_prediction.package.contents import Contents, read_contents
from car_price_prediction.package.store import ModelStore

from .abstention import too_little_known
from .doubts import confidence_of, doubter_of
from .explain import Explainer
from .fields import FieldInfo, fields_of
from .many import ManyQuotes, suspects
from .rating import deal_of
from .thresholds import thresholds


class Valuer:
    """Prices cars with one model package.

    Parameters
    ----------
    contents : Contents
        A package in memory.

    Notes
    -----
    Safe to use from several threads at once.
    """

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self.manifest = contents.manifest
        self.fields: tuple[FieldInfo, ...] = fields_of(contents)
        self.models_by_make: Mapping[str, Sequence[str]] = contents.facts.models_by_make
        self._encode = contents.encoder.whole_row_encoder()
        self.doubter = doubter_of(contents)
        self._many = ManyQuotes(contents, self.doubter, self._quote)
        self._numbers = [
            (info.name, field_named(info.name, info.kind)) for info in self.fields if info.kind == "number"
        ] + [(ASKING_PRICE, ASKING)]
        # No range shrinks while the service runs; what lies beyond one is looked at again with today's.
        self._ordinary = [(name, field, *plausible_range(field)) for name, field in self._numbers]

    @classmethod
    def load(cls, folder: Path) -> Valuer:
        """Read and verify the package in a folder.

        Raises
        ------
        PackageError
            Where it is missing, damaged or of another format.
        """
        store = ModelStore(folder.parent.parent)
        store.models = folder.parent
        return cls(read_contents(store.load(folder.name)))

    def quote(self, listing: Listing, *, strict: bool = False) -> Quote:
        """Price one car; where its `ASKING_PRICE` is told too, rate that.

        Parameters
        ----------
        listing : Listing
        strict : bool
            Refuse a car that is too little known, instead of warning.

        Raises
        ------
        InvalidListingError
            With every problem, where a needed field is absent or a number is not plausible.
        AbstainedError
            With every reason, where a car is refused for being too little known.
        """
        self._check(listing)
        if strict:
            self._insist(listing)
        contents = self.contents
        absent = contents.encoder.usual.absent(listing)
        row = self._encode(contents.encoder.usual.filled(listing, absent))
        return self._quote(listing, contents.booster.predict_one(row), contents.spread.predict_one(row), absent)

    def quote_many(self, listings: Sequence[Listing], *, strict: bool = False) -> list[Quote | InvalidListingError]:
        """Price many cars, as `quote` does; the answers stand in the order of the listings.

        Returns
        -------
        list of Quote or InvalidListingError
            A car that cannot be priced has its problems in its place.
        """
        answers: list[Quote | InvalidListingError | None] = [None] * len(listings)
        for i in range(len(listings)) if strict else suspects(listings, self._numbers):
            answers[i] = self._refusal(listings[i], strict)
        good = [i for i, answer in enumerate(answers) if answer is None]
        for i, quote in zip(good, self._many.quotes([listings[i] for i in good]), strict=True):
            answers[i] = quote
        return [answer for answer in answers if answer is not None]

    @property
    def typical(self) -> Listing:
        """A typical car: a listing of the market, with the median or most frequent word where it lacks a field."""
        car = self.contents.facts.typical_car
        return {info.name: info.typical if car.get(info.name) is None else car[info.name] for info in self.fields}

    @cached_property
    def explainer(self) -> Explainer:
        """What makes the breakdowns of this model's prices."""
        return Explainer(self.contents)

    def prepare(self) -> None:
        """Make what the first breakdown and the first search would wait for; nothing where it is there already."""
        self.explainer.prepare()
        self.contents.comparables.prepare()

    def probe(self) -> Quote:
        """Price a typical car of the training data.

        Raises
        ------
        PackageError
            Where it gets no usable price: such a package cannot serve.
        """
        quote = self.quote(self.typical)
        if not 0 < quote.low <= quote.price <= quote.high < math.inf:
            raise PackageError(
                f"version {self.manifest.version} prices a typical car {quote.low} <= {quote.price} <= {quote.high}"
            )
        return quote

    def card(self) -> dict[str, Any]:
        """Return the model card as plain values, with the thresholds that the answers follow."""
        return self.manifest.model_dump(mode="json", exclude={"files", "columns"}) | {"thresholds": thresholds()}

    def _check(self, listing: Listing) -> None:
        problems = needed_problems(listing)
        for name, field, low, high in self._ordinary:
            value = listing.get(name)
            if value is None or (type(value) is float and low <= value <= high):
                continue
            if isinstance(value, str):
                problems.append(FieldProblem(name, "not_a_number", "must be a number"))
            elif problem := number_problem(field, value):
                problems.append(problem)
        if problems:
            raise InvalidListingError(problems)

    def _insist(self, listing: Listing) -> None:
        if reasons := too_little_known(self.doubter, listing, self.contents.facts.comparables(listing)):
            raise AbstainedError(reasons)

    def _refusal(self, listing: Listing, strict: bool) -> InvalidListingError | None:
        try:
            self._check(listing)
            if strict:
                self._insist(listing)
        except InvalidListingError as error:
            return error
        return None

    def _quote(self, listing: Listing, log_price: float, spread: float, absent: Sequence[str]) -> Quote:
        calibration, familiarity = self.contents.calibration, self.doubter.familiarity(listing)
        spread = calibration.widened(spread, absent)
        price, low, high = calibration.range_of(log_price, spread, familiarity)
        comparables = self.contents.facts.comparables(listing)
        asking, deal = listing.get(ASKING_PRICE), None
        if isinstance(asking, (int, float)):
            doubts = too_little_known(self.doubter, listing, comparables)
            deal = deal_of(asking, log_price, spread, calibration, doubts)
        return Quote(
            price=round(price, 2),
            low=round(low, 2),
            high=round(high, 2),
            currency=self.manifest.market.currency,
            coverage=calibration.coverage,
            confidence=confidence_of(price, low, high, comparables),
            comparables=comparables,
            warnings=self.doubter.warnings(listing),
            model_version=self.manifest.version,
            valuation_id=new_id(),
            deal=deal,
        )
