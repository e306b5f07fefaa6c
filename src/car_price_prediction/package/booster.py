"""A trained model: gradient boosted trees in LightGBM's text format, evaluated by whatever is fastest here."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Protocol

from .lightgbm_library import LightGBMEngine
from .trees import FlatTrees, Matrix, UnsupportedError

__all__ = ["Booster", "Matrix"]

log = logging.getLogger(__name__)


class Engine(Protocol):
    """What evaluates trees."""

    trees: int
    width: int

    def predict_one(self, values: list[float]) -> float:
        """Return the raw score of one row."""

    def predict(self, matrix: Matrix, *, threads: int = 1) -> Matrix:
        """Return the raw scores of many rows."""

    def predict_few(self, matrix: Matrix) -> Matrix:
        """Return the raw scores of a few rows, as fast as can be."""

    def prepare(self) -> None:
        """Make what the first call of `predict_few` would wait for."""


class Booster:
    """A trained model.

    Parameters
    ----------
    model : Path or bytes
        A file in LightGBM's text format, or its content.

    Attributes
    ----------
    trees, width : int
        How many trees it has, and how many numbers a row.
    predict_one : callable
        From a list of `width` numbers, NaN where a value is missing, to the raw score.

    Raises
    ------
    PackageError
        Where the file is not such a model, or nothing here can evaluate it.

    Notes
    -----
    Safe to use from several threads at once. Not safe across ``fork``: load it in the process that uses it.
    """

    def __init__(self, model: Path | bytes) -> None:
        self._engine = engine_of(model)
        self.trees, self.width = self._engine.trees, self._engine.width
        self.predict_one = self._engine.predict_one

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
        return self._engine.predict(matrix, threads=threads)

    def predict_few(self, matrix: Matrix) -> Matrix:
        """Return the raw scores of a few rows, as fast as can be; equal to those of `predict` but for rounding."""
        return self._engine.predict_few(matrix)

    def prepare(self) -> None:
        """Make what the first call of `predict_few` would wait for."""
        self._engine.prepare()


def engine_of(model: Path | bytes) -> Engine:
    """Return the fastest engine that can evaluate a model: the flat trees, else LightGBM's library."""
    try:
        return FlatTrees(model if isinstance(model, bytes) else model.read_bytes())
    except (UnsupportedError, OSError) as error:
        log.debug("LightGBM's library evaluates this model: %s", error)
    return LightGBMEngine(model)
