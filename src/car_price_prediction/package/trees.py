"""Boosted trees in flat arrays, evaluated by a few compiled lines: see `_trees.c`, and docs/decisions.

Equal to LightGBM's library to the last bit; a test holds them to that.
"""

from __future__ import annotations

import ctypes
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .tree_layout import lay_out
from .tree_text import UnsupportedError, read_forest

__all__ = ["FlatTrees", "Matrix", "UnsupportedError", "compiled"]

Matrix = npt.NDArray[np.float64]

LIBRARY = Path(__file__).with_name("_trees.so")
LAYOUT = 3
"""Of the arrays, as `_trees.c` has it; grows with each change of them."""


class _Trees(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("questions", "thresholds", "upto", "word", "stays", "vectors")),
        *((name, ctypes.c_void_p) for name in ("leaves", "leaf_of", "word_of")),
        *((name, ctypes.c_uint32) for name in ("trees", "width", "asked", "words", "block")),
    )


@dataclass(frozen=True, slots=True)
class _Library:
    one: Any
    scores: Any


class FlatTrees:
    """A model's trees.

    Parameters
    ----------
    text : bytes
        In LightGBM's text format.

    Raises
    ------
    UnsupportedError
        Where nothing was compiled here, or the model has what these lines do not know: LightGBM's library does.
    """

    def __init__(self, text: bytes) -> None:
        library = compiled()
        if library is None:
            raise UnsupportedError("the compiled evaluation of trees is not installed")
        self._one, self._scores = library.one, library.scores
        forest = read_forest(text)
        self.trees, self.width = forest.trees, forest.width
        layout = lay_out(forest)
        self._arrays = layout.arrays
        self._struct = _Trees(*(array.ctypes.data for array in self._arrays), *layout.counts)
        self._address = ctypes.addressof(self._struct)
        self._row = ctypes.c_double * self.width

    def predict_one(self, values: list[float]) -> float:
        """Return the raw score of one row."""
        if len(values) != self.width:
            raise ValueError(f"expected a row of size {self.width}, got one of size {len(values)}")
        score: float = self._one(self._address, self._row(*values))
        if score != score:  # noqa: PLR0124 - what is not a number is not equal to itself
            raise MemoryError("no memory to evaluate the trees")
        return score

    def predict(self, matrix: Matrix, *, threads: int = 1) -> Matrix:
        """Return the raw scores of many rows."""
        matrix = np.ascontiguousarray(matrix, dtype=np.float64)
        if matrix.ndim != 2 or matrix.shape[1] != self.width:
            raise ValueError(f"expected a matrix of {self.width} columns, got one of shape {matrix.shape}")
        scores = np.empty(len(matrix))
        count = min(threads or os.cpu_count() or 1, max(len(matrix), 1))
        if count == 1:
            self._score(matrix, scores)
        else:
            parts = zip(np.array_split(matrix, count), np.array_split(scores, count), strict=True)
            with ThreadPoolExecutor(count) as pool:
                list(pool.map(lambda part: self._score(*part), parts))
        return scores

    def predict_few(self, matrix: Matrix) -> Matrix:
        """Return the raw scores of a few rows; as `predict`."""
        return self.predict(matrix)

    def prepare(self) -> None:
        """Do nothing: all is made."""

    def _score(self, matrix: Matrix, scores: Matrix) -> None:
        if not self._scores(self._address, matrix.ctypes.data, len(matrix), scores.ctypes.data):
            raise MemoryError("no memory to evaluate the trees")


@cache
def compiled() -> _Library | None:
    """Return the compiled lines, or None where no compiler was there when this was installed."""
    try:
        # One row takes less time than to let go of the interpreter's lock and to get it back; many rows let go of it.
        held, free = ctypes.PyDLL(str(LIBRARY)), ctypes.CDLL(str(LIBRARY))
        layout = held.car_price_layout()
    except (OSError, AttributeError):
        return None
    if layout != LAYOUT:  # compiled from other lines than these
        return None
    one, scores, at = held.car_price_one, free.car_price_scores, ctypes.c_void_p
    one.argtypes, one.restype = (at, at), ctypes.c_double
    scores.argtypes, scores.restype = (at, at, ctypes.c_int64, at), ctypes.c_int
    return _Library(one, scores)
