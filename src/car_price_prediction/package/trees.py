"""Boosted trees in one flat array, evaluated by a few compiled lines: see `_trees.c`, and docs/decisions.

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

from .tree_text import Forest, UnsupportedError, read_forest

__all__ = ["FlatTrees", "Matrix", "UnsupportedError", "compiled"]

Matrix = npt.NDArray[np.float64]

LIBRARY = Path(__file__).with_name("_trees.so")
BLOCK_TREES = 64
"""So many trees fit into the processor's cache, and are walked for all rows before the next."""


class _Trees(ctypes.Structure):
    _fields_ = (
        ("nodes", ctypes.c_void_p),
        ("leaves", ctypes.c_void_p),
        ("sets", ctypes.c_void_p),
        ("node_of", ctypes.c_void_p),
        ("leaf_of", ctypes.c_void_p),
        ("width", ctypes.c_uint32),
    )


@dataclass(frozen=True, slots=True)
class _Library:
    one: Any
    add: Any


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
        self._one, self._add = library.one, library.add
        self._forest: Forest = read_forest(text)
        self.trees, self.width = self._forest.trees, self._forest.width
        forest = self._forest
        arrays = (forest.nodes, forest.leaves, forest.sets, forest.node_of, forest.leaf_of)
        self._struct = _Trees(*(array.ctypes.data for array in arrays), self.width)
        self._address = ctypes.addressof(self._struct)
        self._row = ctypes.c_double * self.width

    def predict_one(self, values: list[float]) -> float:
        """Return the raw score of one row."""
        if len(values) != self.width:
            raise ValueError(f"expected a row of size {self.width}, got one of size {len(values)}")
        score: float = self._one(self._address, self._row(*values), self.trees)
        return score

    def predict(self, matrix: Matrix, *, threads: int = 1) -> Matrix:
        """Return the raw scores of many rows."""
        matrix = np.ascontiguousarray(matrix, dtype=np.float64)
        if matrix.ndim != 2 or matrix.shape[1] != self.width:
            raise ValueError(f"expected a matrix of {self.width} columns, got one of shape {matrix.shape}")
        scores = np.zeros(len(matrix))
        count = min(threads or os.cpu_count() or 1, max(len(matrix), 1))
        if count == 1:
            self._walk(matrix, scores)
        else:
            parts = zip(np.array_split(matrix, count), np.array_split(scores, count), strict=True)
            with ThreadPoolExecutor(count) as pool:
                list(pool.map(lambda part: self._walk(*part), parts))
        return scores

    def predict_few(self, matrix: Matrix) -> Matrix:
        """Return the raw scores of a few rows; as `predict`."""
        return self.predict(matrix)

    def prepare(self) -> None:
        """Do nothing: all is made."""

    def _walk(self, matrix: Matrix, scores: Matrix) -> None:
        rows, out = matrix.ctypes.data, scores.ctypes.data
        for first in range(0, self.trees, BLOCK_TREES):
            self._add(self._address, rows, len(matrix), first, min(first + BLOCK_TREES, self.trees), out)


@cache
def compiled() -> _Library | None:
    """Return the compiled lines, or None where no compiler was there when this was installed."""
    try:
        # One row takes less time than to let go of the interpreter's lock and to get it back; many rows let go of it.
        held, free = ctypes.PyDLL(str(LIBRARY)), ctypes.CDLL(str(LIBRARY))
    except OSError:
        return None
    one, add, at, number = held.car_price_one, free.car_price_add, ctypes.c_void_p, ctypes.c_uint32
    one.argtypes, one.restype = (at, at, number), ctypes.c_double
    add.argtypes, add.restype = (at, at, ctypes.c_int64, number, number, at), None
    return _Library(one, add)
