"""What the pictures of an evaluation show, counted: small however many listings there are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from pydantic import Field

from .metrics import Vector
from .part import Part

SIDE = 40
"""Prices are counted on a square of so many by so many cells, of equal size in logs."""
TAILS = 0.002
"""So much of the prices at either end is counted in the outermost cells."""
LARGEST_ERROR, ERROR_STEP = 1.0, 0.05
BANDS = 10


class Cells(Part):
    """How many listings have which asking and which predicted price."""

    edges: tuple[float, ...] = Field(description="Of the cells, in money, along both sides.")
    counts: tuple[tuple[int, int, int], ...] = Field(description="Asked, predicted (numbers of cells) and listings.")


class Errors(Part):
    """How many listings have which signed error, as a fraction of the asking price; the ends hold what lies beyond."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]


class ErrorBand(Part):
    """The signed errors at one level of predicted price: a tenth, half and nine tenths lie below these."""

    predicted: float
    low: float
    median: float
    high: float


class Pictures(Part):
    """Everything that is drawn."""

    prices: Cells
    errors: Errors
    bands: tuple[ErrorBand, ...]


def pictures_of(price: Vector, predicted: Vector) -> Pictures:
    """Count what the pictures show.

    Examples
    --------
    >>> found = pictures_of(np.array([100.0, 200.0]), np.array([110.0, 200.0]))
    >>> sum(found.errors.counts), found.prices.counts
    (2, ((0, 5, 1), (39, 39, 1)))
    """
    error = predicted / price - 1
    return Pictures(prices=_cells(price, predicted), errors=_errors(error), bands=_bands(predicted, error))


def _cells(price: Vector, predicted: Vector) -> Cells:
    logs = np.log(np.concatenate([price, predicted]))
    low, high = np.quantile(logs, [TAILS, 1 - TAILS])
    edges = np.linspace(low, max(high, low + 0.01), SIDE + 1)

    def place(values: Vector) -> npt.NDArray[np.int64]:
        found: npt.NDArray[np.int64] = np.clip(np.searchsorted(edges, np.log(values), "right") - 1, 0, SIDE - 1)
        return found

    counts = np.bincount(place(price) * SIDE + place(predicted), minlength=SIDE**2)
    filled = np.flatnonzero(counts)
    numbers = (filled // SIDE, filled % SIDE, counts[filled])
    return Cells(edges=tuple(np.exp(edges).tolist()), counts=tuple(zip(*(n.tolist() for n in numbers), strict=True)))


def _errors(error: Vector) -> Errors:
    edges = np.round(np.arange(-LARGEST_ERROR, LARGEST_ERROR + ERROR_STEP / 2, ERROR_STEP), 3)
    inside = np.clip(error, -LARGEST_ERROR, LARGEST_ERROR - 1e-9)
    return Errors(edges=tuple(edges.tolist()), counts=tuple(np.histogram(inside, edges)[0].tolist()))


def _bands(predicted: Vector, error: Vector) -> tuple[ErrorBand, ...]:
    parts = np.array_split(np.argsort(predicted, kind="stable"), min(BANDS, len(predicted)))
    return tuple(_band(predicted[part], error[part]) for part in parts)


def _band(predicted: Vector, error: Vector) -> ErrorBand:
    low, median, high = np.quantile(error, [0.1, 0.5, 0.9]).tolist()
    return ErrorBand(predicted=float(np.median(predicted)), low=low, median=median, high=high)
