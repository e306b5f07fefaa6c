"""Errors that are for people: a stable code, what is wrong and where, and what to do about it.

No error here knows of HTTP or of exit codes; the web and the command line each map a code to
their own shape.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing that is wrong with one field of one listing.

    Attributes
    ----------
    field : str
        The field as its sender named it, or ``""`` for the whole listing.
    code : str
        Stable and machine readable, such as ``"out_of_range"``.
    message : str
        What is wrong, in one sentence.
    hint : str
        What to do about it, or ``""``.
    """

    field: str
    code: str
    message: str
    hint: str = ""

    def as_dict(self) -> dict[str, str]:
        """Return the problem as plain values, without an empty hint."""
        return {key: value for key, value in asdict(self).items() if value or key != "hint"}


class CarPriceError(Exception):
    """The base of every error that is shown to people.

    Parameters
    ----------
    message : str
        What is wrong, and where.
    hint : str, optional
        What to do about it.

    Examples
    --------
    >>> raise ListingsError("cars.csv has no price column", hint="name it with --column price=HEADER")
    Traceback (most recent call last):
    ...
    car_price_prediction.domain.errors.ListingsError: cars.csv has no price column
    """

    code = "error"

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class SettingsError(CarPriceError):
    """A setting is missing or cannot be used."""

    code = "bad_setting"


class ListingsError(CarPriceError):
    """A listings file cannot be read, understood or used."""

    code = "bad_listings"


class NotEnoughListingsError(ListingsError):
    """Too few usable listings are left to train on."""

    code = "not_enough_listings"


class PackageError(CarPriceError):
    """A model package is missing, damaged or of another format."""

    code = "bad_package"


class NoModelError(CarPriceError):
    """There is no model to price with yet."""

    code = "no_model"


class KeysError(CarPriceError):
    """The API keys cannot be read, or changed as asked."""

    code = "bad_keys"


class ValuationsError(CarPriceError):
    """The database of the kept valuations does not answer, or is not one of ours."""

    code = "valuations_unavailable"


class TrackingError(CarPriceError):
    """MLflow could not be reached or refused."""

    code = "tracking_failed"


class RegistryError(CarPriceError):
    """MLflow's registry refused, or holds something else than was looked for."""

    code = "registry_failed"


class RegistryUnreachableError(RegistryError):
    """MLflow's registry does not answer now."""

    code = "registry_unreachable"


class PromotionRefusedError(CarPriceError):
    """A version may not become the champion."""

    code = "promotion_refused"


class RetrainingError(CarPriceError):
    """A retraining cannot begin."""

    code = "cannot_retrain"


class LocalRunError(CarPriceError):
    """The service cannot start, or go on, on this machine."""

    code = "cannot_run"


class InvalidListingError(CarPriceError):
    """A listing that cannot be priced as it was sent; holds every problem at once.

    Parameters
    ----------
    problems : sequence of FieldProblem
        At least one.
    """

    code = "invalid_listing"

    def __init__(self, problems: list[FieldProblem]) -> None:
        super().__init__("; ".join(f"{p.field}: {p.message}" if p.field else p.message for p in problems))
        self.problems = problems


class AbstainedError(InvalidListingError):
    """A car that is too unlike the training listings for a price that is to be relied upon; holds every reason."""

    code = "abstained"
