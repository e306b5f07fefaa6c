"""What a candidate model is: something that learns log prices from a matrix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from car_price_prediction.package.booster import Matrix

from .evaluate import Vector

Block: TypeAlias = tuple[Matrix, Vector]
"""Some rows as a model reads them, and what it is to learn of each."""


class Fitted(Protocol):
    """A trained candidate."""

    def predict(self, matrix: Matrix) -> Vector:
        """Return the log price of each row."""


class Packaged(Fitted, Protocol):
    """A trained candidate that the serving half can evaluate."""

    def text(self) -> str:
        """Return it in LightGBM's text format."""

    def gains(self) -> Vector:
        """Return by how much each feature lowered the training error."""

    @property
    def trees(self) -> int:
        """How many trees it has."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a candidate learns from.

    Attributes
    ----------
    matrix : ndarray of shape (n, features)
    log_price : ndarray of shape (n,)
    categorical : list of int
        The positions of the columns that hold codes.
    seed : int
    monotone : tuple of int
        For each column 1 where more is never cheaper, -1 where more is never dearer, 0 where all is allowed.
    boost : callable or None
        Where the rows lie on several machines: from LightGBM's settings and a number of trees to a booster. The matrix
        and the log prices are empty then.
    """

    matrix: Matrix
    log_price: Vector
    categorical: list[int]
    seed: int
    monotone: tuple[int, ...] = ()
    boost: Callable[[dict[str, Any], int], Any] | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One kind of model.

    Attributes
    ----------
    name : str
    fit : callable
        From a task to a fitted model; to a `Packaged` one where it can be served.
    not_served : str
        Why it is compared but never served, or ``""``: see docs/decisions.
    """

    name: str
    fit: Callable[[Task], Fitted]
    not_served: str = ""
