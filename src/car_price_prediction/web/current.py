"""The model that answers now, with what is derived from it once and used by every request."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, Protocol

from flask import g

from car_price_prediction.domain.errors import InvalidListingError
from car_price_prediction.domain.listing import Listing
from car_price_prediction.domain.quote import Quote
from car_price_prediction.domain.text import category_key
from car_price_prediction.pricing.appraisal import Appraisal, Wanted, appraise
from car_price_prediction.pricing.fields import FieldInfo
from car_price_prediction.pricing.holder import HolderState
from car_price_prediction.pricing.valuer import Valuer

from .asked import PRICE_ALONE
from .kept import Keep
from .observer import Observer
from .problems import body_of
from .reading import ListingReader
from .schemas import ONE_OF_EACH


class Holder(Protocol):
    """What the web needs of `pricing.holder.ModelHolder`."""

    def valuer(self) -> Valuer:
        """Return the valuer that answers, or raise `NoModelError`."""

    def state(self) -> HolderState:
        """Return what is held."""


class Current:
    """One model version, ready to answer requests.

    Parameters
    ----------
    valuer : Valuer
    keep : callable, optional
        Gets each car that is priced, with its quote.
    """

    def __init__(self, valuer: Valuer, keep: Keep | None = None) -> None:
        self.valuer, self._keep = valuer, keep
        self.reader = ListingReader(valuer.fields, valuer.manifest.columns)

    def price(self, sent: object, wanted: Wanted = PRICE_ALONE) -> dict[str, Any]:
        """Return the quote of one car, as it was sent, and what is wanted besides, as plain values.

        Raises
        ------
        InvalidListingError
            With everything that is wrong.
        """
        listing = self.reader.read(sent)
        found = self.valuer.quote(listing) if wanted is PRICE_ALONE else appraise(self.valuer, listing, wanted)
        answer = self._answer(sent, found)
        if self._keep is not None:
            self._keep("price", listing, self._as_told(sent, found if isinstance(found, Quote) else found.quote))
        return answer

    def price_many(self, sent: Sequence[object], *, strict: bool = False) -> list[dict[str, Any]]:
        """Return a result for each car, in order: its quote, or its problem."""
        read = [self._read(one) for one in sent]
        good = [one for one in read if not isinstance(one, InvalidListingError)]
        priced = self.valuer.quote_many(good, strict=strict)
        if self._keep is not None:
            of_good = [
                one for one, listing in zip(sent, read, strict=True) if not isinstance(listing, InvalidListingError)
            ]
            for one, listing, quote in zip(of_good, good, priced, strict=True):
                if isinstance(quote, Quote):
                    self._keep("batch", listing, self._as_told(one, quote))
        quotes = iter(priced)
        found = [one if isinstance(one, InvalidListingError) else next(quotes) for one in read]
        return [self._result(one, quote) for one, quote in zip(sent, found, strict=True)]

    def _read(self, sent: object) -> Listing | InvalidListingError:
        try:
            return self.reader.read(sent)
        except InvalidListingError as error:
            return error

    def _result(self, sent: object, quote: Quote | InvalidListingError) -> dict[str, Any]:
        return {"problem": body_of(quote)} if isinstance(quote, InvalidListingError) else self._answer(sent, quote)

    def _answer(self, sent: Any, quote: Quote | Appraisal) -> dict[str, Any]:
        answer = quote.as_dict()
        if not self.reader.unused.isdisjoint(sent):
            more = self.reader.warnings(sent)
            answer["warnings"] += [{"field": w.field, "code": w.code, "message": w.message} for w in more]
        return answer

    def _as_told(self, sent: Any, quote: Quote) -> Quote:
        """Return a quote with what is warned of in its answer besides."""
        if self.reader.unused.isdisjoint(sent):
            return quote
        return replace(quote, warnings=(*quote.warnings, *self.reader.warnings(sent)))

    def models_of(self, make: str) -> Sequence[str]:
        """Return the models of a make, the most frequent first; none where the make is not known."""
        return self._models.get(category_key(str(self.reader.word("make", make) or "")), ())

    @cached_property
    def _models(self) -> dict[str, Sequence[str]]:
        return {category_key(make): models for make, models in self.valuer.models_by_make.items()}

    @cached_property
    def features(self) -> dict[str, Any]:
        """What a car may be described by, as plain values."""
        manifest = self.valuer.manifest
        return {
            "model_version": manifest.version,
            "mileage_unit": manifest.market.mileage_unit,
            "needed": [list(group) for group in ONE_OF_EACH],
            "fields": [_plain(info) for info in self.valuer.fields],
            "models_by_make": {make: list(models) for make, models in self.valuer.models_by_make.items()},
        }


class Desk:
    """Gives the current model to requests.

    Parameters
    ----------
    holder : Holder
    observer : Observer, optional
        Hears of every quote.
    make : callable, optional
        Makes a model version ready to answer.
    """

    def __init__(
        self, holder: Holder, observer: Observer | None = None, make: Callable[[Valuer], Current] = Current
    ) -> None:
        self.holder, self.observer, self._make = holder, observer or Observer(), make
        self._current: Current | None = None

    def current(self) -> Current:
        """Return the model that answers now, and note it in ``flask.g`` as the one that answers this request.

        Raises
        ------
        NoModelError
            Where there is none.
        """
        found = self.latest()
        g.model_version = found.valuer.manifest.version
        return found

    def latest(self) -> Current:
        """Return the model that answers now, outside of Flask's requests too.

        Raises
        ------
        NoModelError
        """
        valuer, found = self.holder.valuer(), self._current
        if found is None or found.valuer is not valuer:
            # Two threads may both make one; either will do.
            found = self._current = self._make(valuer)
        return found


def _plain(info: FieldInfo) -> dict[str, Any]:
    return {
        "name": info.name,
        "label": info.label,
        "type": info.kind,
        "unit": info.unit,
        "aliases": list(info.aliases),
        "low": info.low,
        "high": info.high,
        "plausible_low": info.plausible_low if math.isfinite(info.plausible_low) else None,
        "plausible_high": info.plausible_high if math.isfinite(info.plausible_high) else None,
        "known": list(info.known),
        "typical": info.typical,
        "importance": info.importance,
    }
