"""Why a row is set aside or a value is not believed: every reason code with its sentence, in one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from car_price_prediction.domain.errors import ListingsError


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason to set a row aside.

    Attributes
    ----------
    code : str
        Stable and machine readable.
    sentence : str
        For people.
    keepable : bool
        Whether ``--keep`` can put such rows back; a row without a price has nothing to teach.
    """

    code: str
    sentence: str
    keepable: bool = True


#: In the order in which they are looked for: a row gets the first that holds.
REASONS: tuple[Reason, ...] = (
    Reason("unreadable", "the row's cells do not fit the columns", keepable=False),
    Reason("repeated_header", "the headers again, as files that were joined have them", keepable=False),
    Reason("test_ad", "a test advertisement"),
    Reason("wanted_ad", "somebody looks for a car instead of offering one"),
    Reason("price_missing", "no price, or none that can be read", keepable=False),
    Reason("price_zero", "the price is zero or less", keepable=False),
    Reason("name_missing", "neither make nor model is told", keepable=False),
    Reason("age_missing", "neither year nor mileage is told", keepable=False),
    Reason("year_in_future", "the year lies in the future"),
    Reason("year_too_early", "the year lies before the first car"),
    Reason("duplicate", "the same listing stands in an earlier row"),
    Reason("price_placeholder", "the price is a filled-in pattern such as 1111111 or 123456"),
    Reason("price_token", "the price is a token such as 1 or 100, far below anything this market asks"),
    Reason("price_too_low", "the price is far below what cars of this make, model and age cost"),
    Reason("price_too_high", "the price is far above what cars of this make, model and age cost"),
)

BY_CODE: Mapping[str, Reason] = {reason.code: reason for reason in REASONS}


def sentence_of(code: str) -> str:
    """Return the sentence of a reason code; a code of the reader's own is its own sentence.

    Examples
    --------
    >>> sentence_of("duplicate")
    'the same listing stands in an earlier row'
    >>> sentence_of("too_many_cells")
    'too many cells'
    """
    reason = BY_CODE.get(code)
    return reason.sentence if reason else code.replace("_", " ")


def checked_keep(codes: Iterable[str]) -> frozenset[str]:
    """Return the reason codes to keep, once each of them is known and can be kept.

    Raises
    ------
    ListingsError
        Naming every code that is unknown, or whose rows cannot be put back.

    Examples
    --------
    >>> sorted(checked_keep(["duplicate"]))
    ['duplicate']
    >>> checked_keep(["dup", "price_zero"])
    Traceback (most recent call last):
    ...
    car_price_prediction.domain.errors.ListingsError: there is no reason "dup"; rows with "price_zero" cannot be kept...
    """
    wanted, problems = frozenset(codes), []
    for code in sorted(wanted):
        if code not in BY_CODE:
            problems.append(f'there is no reason "{code}"')
        elif not BY_CODE[code].keepable:
            problems.append(f'rows with "{code}" cannot be kept: {BY_CODE[code].sentence}')
    if problems:
        keepable = ", ".join(reason.code for reason in REASONS if reason.keepable)
        raise ListingsError("; ".join(problems), hint=f"--keep takes: {keepable}")
    return wanted
