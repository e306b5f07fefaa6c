"""The manifest of a model package: what it is, what it was made of, and the hash of every file in it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.errors import PackageError

FORMAT = 3
"""The package format that this program writes and reads."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Market(_Part):
    """The market that the prices are of."""

    name: str
    sample: bool = Field(description="True where the listings are the built-in sample market's.")
    currency: str | None
    mileage_unit: Literal["km", "mi"]


class Source(_Part):
    """One file that the listings came from."""

    name: str
    bytes: int
    sha256: str


class Data(_Part):
    """The listings that the model was trained on."""

    fingerprint: str
    sources: tuple[Source, ...]
    rows_read: int
    rows_used: int
    rows_rejected: int


class Served(_Part):
    """The model that answers."""

    engine: Literal["lightgbm"]
    candidate: str
    members: dict[str, float] = Field(description="What is blended in it, by weight.")
    monotone: bool = Field(description="Whether its prices never rise with mileage, nor with age below 25 years.")
    budget: Literal["quick", "standard", "thorough"]
    features: tuple[str, ...]
    trees: int


class Manifest(_Part):
    """Everything about a package that is not the model itself."""

    format: int
    version: str
    created_at: datetime
    program: str
    libraries: dict[str, str]
    market: Market
    data: Data
    served: Served
    coverage: float
    metrics: dict[str, float]
    columns: tuple[Column, ...]
    files: dict[str, str] = Field(description="File name -> sha256, of every other file of the package.")

    def as_json(self) -> str:
        """Return the manifest as indented JSON."""
        return self.model_dump_json(indent=1)


def read_manifest(text: str | bytes) -> Manifest:
    """Read a manifest.

    Raises
    ------
    PackageError
        Where it is not a manifest, or of a format that this program does not read.

    Examples
    --------
    >>> read_manifest('{"format": 99}')
    Traceback (most recent call last):
    ...
    car_price_prediction.domain.errors.PackageError: the package is of format 99, this program reads format 3
    """
    try:
        found: Any = json.loads(text)
    except ValueError as error:
        raise PackageError(f"manifest.json is not JSON: {error}") from None
    number = found.get("format") if isinstance(found, dict) else None
    if number != FORMAT:
        raise PackageError(
            f"the package is of format {number}, this program reads format {FORMAT}",
            hint="train again with this program, or install the program that made the package",
        )
    try:
        return Manifest.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise PackageError(f"manifest.json is not valid at {where}: {first['msg']}") from None
