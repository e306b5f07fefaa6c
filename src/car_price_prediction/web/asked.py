"""The query of a pricing call: what is wanted besides the price, held strictly against what is allowed."""

from __future__ import annotations

from collections.abc import Mapping

from car_price_prediction.pricing.appraisal import Wanted
from car_price_prediction.pricing.comparables import MOST
from car_price_prediction.pricing.what_if import FIELDS

from .query import Parameter, flag, number, read_query, some_of

PRICE_ALONE = Wanted()
STRICT = flag("Refuse (422, `abstained`) a car that is too little known, instead of warning.")
FOR_MANY: Mapping[str, Parameter] = {"strict": STRICT}
FOR_ONE: Mapping[str, Parameter] = {
    "explain": flag("Add `breakdown`: the way from a typical car's price to this one's, in money."),
    "comparables": number("Add `nearest`: so many of the listings nearest to the car.", MOST),
    "what_if": some_of("Add `what_if`: price and range along these fields, separated by commas.", FIELDS),
    "strict": STRICT,
}


def wanted_in(query: str, allowed: Mapping[str, Parameter]) -> Wanted:
    """Read a query string.

    Parameters
    ----------
    query : str
        As it stands in the address, after the question mark.
    allowed : mapping of str to Parameter
        `FOR_ONE` or `FOR_MANY`.

    Raises
    ------
    RequestProblem
        Naming every parameter that is unknown, sent twice or of a value that is not allowed.

    Examples
    --------
    >>> wanted_in("explain=1&what_if=year,mileage_km", FOR_ONE)
    Wanted(explain=True, comparables=0, what_if=('year', 'mileage_km'), strict=False)
    >>> wanted_in("explain=maybe", FOR_ONE)
    Traceback (most recent call last):
    ...
    car_price_prediction.web.problems.RequestProblem: explain: "maybe" is not allowed
    """
    return Wanted(**read_query(query, allowed)) if query else PRICE_ALONE
