"""The training listings as a table that is searched for cars like one: three arrays, mapped into memory, and an index.

Listings of one make and model lie together, so that a search reads a small part, and worker processes share the pages.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from car_price_prediction.domain.errors import PackageError
from car_price_prediction.domain.listing import Value

INDEX = "comparables.json"
NUMBERS = "comparables_numbers.npy"
WORDS = "comparables_words.npy"
PRICES = "comparables_prices.npy"


class NumberColumn(BaseModel):
    """A row of the numbers' array: one field of every listing, NaN where it is not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    worth: float = Field(ge=0, description="How far one unit moves the logarithm of the price, on average.")
    gap: float = Field(ge=0, description="By how much two listings differ that differ, on average.")


class WordColumn(BaseModel):
    """A row of the words' array: one field of every listing as the position of its word, `unknown` where there is none.

    A word is found by its key (`package.encoder.key_of`) and shown as it was spelt.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    worth: float = Field(ge=0, description="How far another word moves the logarithm of the price, on average.")
    words: dict[str, str] = Field(description="Key -> spelling, in the order of the codes.")

    @property
    def unknown(self) -> int:
        """The code of listings that lack the field."""
        return len(self.words)


class ComparablesIndex(BaseModel):
    """What the arrays hold, and where the listings of a make, and of a make and model, begin and end."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    numbers: tuple[NumberColumn, ...]
    words: tuple[WordColumn, ...]
    makes: dict[str, tuple[int, int]] = Field(description="Key of the make -> first row, and the one after the last.")
    models: dict[str, tuple[int, int]] = Field(description="The same for the joined key of make and model.")


@dataclass(frozen=True)
class ComparableCars:
    """The searched listings.

    Attributes
    ----------
    index : ComparablesIndex
    numbers : ndarray of shape (number fields, n), float32
    words : ndarray of shape (word fields, n), unsigned
    prices : ndarray of shape (n,), float64
    """

    index: ComparablesIndex
    numbers: npt.NDArray[np.float32]
    words: npt.NDArray[Any]
    prices: npt.NDArray[np.float64]

    def __len__(self) -> int:
        """Return how many listings there are."""
        return len(self.prices)

    def prepare(self) -> None:
        """Make the look-ups that the first search would wait for."""
        _ = self.codes, self._spellings

    @cached_property
    def codes(self) -> tuple[dict[str, int], ...]:
        """For each word column, key -> code."""
        return tuple({key: code for code, key in enumerate(column.words)} for column in self.index.words)

    @cached_property
    def _spellings(self) -> tuple[tuple[str | None, ...], ...]:
        return tuple((*column.words.values(), None) for column in self.index.words)

    def listing(self, row: int) -> dict[str, Value]:
        """Return the known fields of one listing."""
        found: dict[str, Value] = {}
        for column, shown, code in zip(self.index.words, self._spellings, self.words[:, row].tolist(), strict=True):
            if shown[code] is not None:
                found[column.name] = shown[code]
        for number, value in zip(self.index.numbers, self.numbers[:, row].tolist(), strict=True):
            if not math.isnan(value):
                found[number.name] = float(f"{value:.7g}")  # what single precision holds
        return found


def write_comparables(folder: Path, cars: ComparableCars) -> None:
    """Write the table's files into a package."""
    for name, array in ((NUMBERS, cars.numbers), (WORDS, cars.words), (PRICES, cars.prices)):
        np.save(folder / name, array, allow_pickle=False)
    (folder / INDEX).write_text(cars.index.model_dump_json(), encoding="utf-8")


def open_comparables(folder: Path) -> ComparableCars:
    """Map the table of a package into memory.

    Raises
    ------
    PackageError
        Where a file is missing or does not fit the others.
    """
    try:
        index = ComparablesIndex.model_validate_json((folder / INDEX).read_bytes())
        # As plain arrays over the mapped pages: every operation on a `memmap` costs its bookkeeping.
        numbers, words, prices = (
            np.asarray(np.load(folder / name, mmap_mode="r", allow_pickle=False)) for name in (NUMBERS, WORDS, PRICES)
        )
    except (OSError, ValueError, ValidationError) as error:
        raise PackageError(f"the comparable listings of {folder.name} cannot be read: {error}") from None
    shapes = (len(index.numbers), len(prices)), (len(index.words), len(prices))
    if (numbers.shape, words.shape) != shapes:
        raise PackageError(f"the comparable listings of {folder.name} do not fit their index")
    return ComparableCars(index, numbers, words, prices)
