"""What the training listings were like, field by field, counted in few cells: what later cars are compared with.

A file of its own beside what prices: a package from before there were any has none, and prices all the same.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from car_price_prediction.domain.errors import PackageError
from car_price_prediction.domain.listing import Kind

REFERENCE = "reference.json"
FORMAT = 1
"""Rises where an older program would misread the file; what is only added does not raise it."""


class _Part(BaseModel):
    # Keys that a newer program added are passed over.
    model_config = ConfigDict(frozen=True, extra="ignore")


class Curve(_Part):
    """A number by another one, in steps.

    Attributes
    ----------
    starts : tuple of float
        Where a step begins, ascending; the first one also holds for all below it.
    values : tuple of float
    """

    starts: tuple[float, ...]
    values: tuple[float, ...]


class FieldReference(_Part):
    """How one field was distributed."""

    name: str
    kind: Kind
    label: str
    unit: str
    counts: tuple[int, ...] = Field(description="Cars in each cell; the last one of words holds all others.")
    labels: tuple[str, ...] = Field(description="What each cell holds, for people.")
    missing: int = Field(ge=0, description="Cars that do not tell the field.")
    edges: tuple[float, ...] = Field(default=(), description="Between the cells of a number, each in the cell below.")
    quantiles: tuple[float, ...] = Field(default=(), description="A tenth, half and nine tenths of it lie below these.")
    keys: tuple[str, ...] = Field(default=(), description="The words of the cells.")
    vocabulary: tuple[str, ...] | None = Field(
        default=None, description="Every word that training saw; null where there are too many."
    )
    words: int = Field(default=0, description="Cars that tell one, of all listings.")
    once: int = Field(default=0, description="Words of which there was one car.")

    @property
    def told(self) -> int:
        """The cars that were counted and tell the field."""
        return sum(self.counts)


class Reference(_Part):
    """How every field of the training listings was distributed, and what they cost."""

    format: int = FORMAT
    cars: int = Field(description="Training listings, re-posts counted once.")
    fields: tuple[FieldReference, ...]
    usual_km: Curve | None = Field(default=None, description="Half of the cars of a year were driven less than this.")


def read_reference(folder: Path) -> Reference:
    """Read a package's ``reference.json``.

    Raises
    ------
    PackageError
        Where the package has none, as before there were any, or it cannot be read.
    """
    try:
        found = Reference.model_validate_json((folder / REFERENCE).read_bytes())
    except FileNotFoundError:
        raise PackageError(f"version {folder.name} keeps no {REFERENCE}", hint="train it again") from None
    except OSError as error:
        raise PackageError(f"{error.filename} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        raise PackageError(f"{REFERENCE} of {folder.name} is not valid: {error.errors()[0]['msg']}") from None
    if found.format != FORMAT:
        raise PackageError(
            f"{REFERENCE} of {folder.name} is of format {found.format}, this program reads {FORMAT}",
            hint="use the program that trained it, or train again",
        )
    return found
