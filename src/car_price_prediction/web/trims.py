"""The trims of a model, as the listings have them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from car_price_prediction.domain.listing import Value
from car_price_prediction.package.comparables import ComparableCars
from car_price_prediction.package.keys import joined_key

TRIM = "trim"


def trims_of(cars: ComparableCars, make: Value, model: Value) -> Sequence[str]:
    """Return the trims of a make's model, the most frequent first; none where it is not known.

    Parameters
    ----------
    cars : ComparableCars
        The training listings.
    make, model : str or None
        As training reads them.
    """
    key = joined_key([make, model])
    place = next((i for i, column in enumerate(cars.index.words) if column.name == TRIM), None)
    if place is None or key not in cars.index.models:
        return ()
    first, end = cars.index.models[key]
    codes, counts = np.unique(cars.words[place, first:end], return_counts=True)
    spellings = tuple(cars.index.words[place].words.values())
    ranked = sorted(zip(counts.tolist(), codes.tolist(), strict=True), reverse=True)
    return [spellings[code] for _, code in ranked if code < len(spellings)]
