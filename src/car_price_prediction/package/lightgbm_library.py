"""Trees evaluated by LightGBM's own library: any model that it can read, slower than `trees`.

The C interface is called directly: the Python package around it imports scipy, which the serving image does not
hold, and takes ten times longer for a single row.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from collections import deque
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np

from car_price_prediction.domain.errors import PackageError

from .trees import Matrix

FLOAT64 = 1
NORMAL_PREDICTION = 0
ALL_TREES = -1
BLOCK_TREES = 64
"""So many trees of 127 leaves take some 300 kB."""


class LightGBMEngine:
    """A trained model.

    Parameters
    ----------
    model : Path or bytes
        A file in LightGBM's text format, or its content.

    Raises
    ------
    PackageError
        Where the file is not such a model, or LightGBM's library cannot be loaded.

    Notes
    -----
    Safe to use from several threads at once: each call takes a row buffer of its own from a pool. Not safe across
    ``fork``: load it in the process that uses it.
    """

    def __init__(self, model: Path | bytes) -> None:
        self._library = _library()
        self._handle = ctypes.c_void_p()
        trees = ctypes.c_int()
        read, text = "LGBM_BoosterCreateFromModelfile", model if isinstance(model, bytes) else os.fsencode(model)
        if isinstance(model, bytes):
            read = "LGBM_BoosterLoadModelFromString"
        self._call(read, text, ctypes.byref(trees), ctypes.byref(self._handle))
        self.trees = trees.value
        width = ctypes.c_int()
        self._call("LGBM_BoosterGetNumFeature", self._handle, ctypes.byref(width))
        self.width = width.value
        self._rows: deque[_Row] = deque()

    def predict_one(self, values: list[float]) -> float:
        """Return the raw score of one row.

        Parameters
        ----------
        values : list of float, of length `width`
            NaN where a value is missing.
        """
        try:
            row = self._rows.pop()
        except IndexError:
            row = _Row(self._library, self._handle, self.width)
        row.buffer[:] = values  # type: ignore[assignment]  # ctypes converts floats, its stubs do not say so
        if row.evaluate(row.config, row.input, row.length, row.output):
            raise PackageError(f"LightGBM: {self._library.LGBM_GetLastError().decode()}")
        score = row.score.value
        self._rows.append(row)
        return score

    def predict(self, matrix: Matrix, *, threads: int = 1) -> Matrix:
        """Return the raw scores of many rows.

        Parameters
        ----------
        matrix : ndarray of shape (n, width)
        threads : int
            One in a server, where other requests use the other cores; 0 takes every core.

        Returns
        -------
        ndarray of shape (n,)
        """
        matrix = np.ascontiguousarray(matrix, dtype=np.float64)
        if matrix.ndim != 2 or matrix.shape[1] != self.width:
            raise ValueError(f"expected a matrix of {self.width} columns, got one of shape {matrix.shape}")
        scores = np.empty(len(matrix))
        if len(matrix):
            self._call(
                "LGBM_BoosterPredictForMat",
                self._handle,
                matrix.ctypes.data_as(ctypes.c_void_p),
                FLOAT64,
                ctypes.c_int32(matrix.shape[0]),
                ctypes.c_int32(matrix.shape[1]),
                1,  # row major
                NORMAL_PREDICTION,
                0,
                ALL_TREES,
                f"num_threads={threads}".encode(),
                ctypes.byref(ctypes.c_int64()),
                scores.ctypes.data_as(ctypes.c_void_p),
            )
        return scores

    def predict_few(self, matrix: Matrix) -> Matrix:
        """Return the raw scores of a few rows, several times faster than `predict` and equal but for rounding.

        LightGBM walks every tree for one row after the other, and a large model is fetched from memory anew for each.
        Here a block of trees, which fits into the processor's cache, is walked for all rows before the next. The first
        call makes the blocks, which take the model's memory once more.

        Parameters
        ----------
        matrix : ndarray of shape (n, width)
        """
        total = np.zeros(len(matrix))
        for block in self._blocks:
            total += block.predict(matrix)
        return total

    def prepare(self) -> None:
        """Make the blocks that the first call of `predict_few` would wait for."""
        _ = self._blocks

    @cached_property
    def _blocks(self) -> list[LightGBMEngine]:
        # Boosters of their own: LightGBM keeps in the booster which of its trees are walked, for all threads alike.
        return [LightGBMEngine(self._text(first, BLOCK_TREES)) for first in range(0, self.trees, BLOCK_TREES)]

    def _text(self, first: int, trees: int) -> bytes:
        size = ctypes.c_int64()
        buffer = ctypes.create_string_buffer(1)
        for _ in range(2):  # the first time only tells the size
            self._call(
                "LGBM_BoosterSaveModelToString",
                self._handle,
                first,
                trees,
                0,  # importance by splits, which nobody reads here
                ctypes.c_int64(len(buffer)),
                ctypes.byref(size),
                buffer,
            )
            if size.value > len(buffer):
                buffer = ctypes.create_string_buffer(size.value)
        return buffer.value

    def close(self) -> None:
        """Free the model; it must not be in use."""
        self._rows.clear()
        if self._handle.value:
            self._library.LGBM_BoosterFree(self._handle)
            self._handle = ctypes.c_void_p()

    def __del__(self) -> None:
        if getattr(self, "_handle", None):
            self.close()

    def _call(self, name: str, *arguments: Any) -> None:
        if getattr(self._library, name)(*arguments):
            raise PackageError(f"LightGBM: {self._library.LGBM_GetLastError().decode()}")


class _Row:
    """What one single-row call needs, made once and used by one thread at a time."""

    __slots__ = ("_library", "buffer", "config", "evaluate", "input", "length", "output", "score")

    def __init__(self, library: ctypes.CDLL, handle: ctypes.c_void_p, width: int) -> None:
        self._library = library
        self.buffer = (ctypes.c_double * width)()
        self.score = ctypes.c_double()
        self.config = ctypes.c_void_p()
        self.evaluate = library.LGBM_BoosterPredictForMatSingleRowFast
        self.input = ctypes.cast(self.buffer, ctypes.c_void_p)
        self.length = ctypes.byref(ctypes.c_int64())
        self.output = ctypes.byref(self.score)
        if library.LGBM_BoosterPredictForMatSingleRowFastInit(
            handle,
            NORMAL_PREDICTION,
            0,
            ALL_TREES,
            FLOAT64,
            ctypes.c_int32(width),
            b"num_threads=1",
            ctypes.byref(self.config),
        ):
            raise PackageError(f"LightGBM: {library.LGBM_GetLastError().decode()}")

    def __del__(self) -> None:
        if getattr(self, "config", None):
            self._library.LGBM_FastConfigFree(self.config)


@cache
def _library() -> ctypes.CDLL:
    spec = importlib.util.find_spec("lightgbm")
    if spec is None or spec.origin is None:
        raise PackageError("LightGBM is not installed", hint="pip install lightgbm")
    suffix = {"darwin": "dylib", "win32": "dll"}.get(sys.platform, "so")
    path = Path(spec.origin).parent / "lib" / f"lib_lightgbm.{suffix}"
    try:
        library = ctypes.CDLL(str(path))
    except OSError as error:
        raise PackageError(
            f"LightGBM's library does not load: {error}",
            hint="it needs OpenMP: install libgomp1 (Debian), libgomp (Fedora) or libomp (Homebrew)",
        ) from None
    library.LGBM_GetLastError.restype = ctypes.c_char_p
    return library
