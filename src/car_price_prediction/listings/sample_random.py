"""Random numbers that depend on the seed, a name and the row alone: the same however the rows are cut into chunks."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

WORDS_PER_STEP = 4
"""64-bit words that Philox makes for one step of its counter."""


@dataclass(frozen=True, slots=True)
class Draws:
    """The random numbers of the rows from `start` to `stop`, by name.

    Attributes
    ----------
    seed : int
        Of the whole market.
    start, stop : int
        Row numbers, from 0; `stop` is not included.

    Examples
    --------
    >>> whole, part = Draws(7, 0, 10).uniform("colour"), Draws(7, 6, 10).uniform("colour")
    >>> bool((whole[6:] == part).all())
    True
    """

    seed: int
    start: int
    stop: int

    def uniform(self, name: str) -> Floats:
        """Return a number from 0 (included) to 1 for each row."""
        key = hashlib.blake2b(f"{self.seed}:{name}".encode(), digest_size=16).digest()
        bits = np.random.Philox(key=int.from_bytes(key, "big"))
        skipped_steps, offset = divmod(self.start, WORDS_PER_STEP)
        bits.advance(skipped_steps)
        return np.random.Generator(bits).random(offset + self.stop - self.start)[offset:]

    def normal(self, name: str) -> Floats:
        """Return a standard normal number for each row (Box and Muller, 1958)."""
        radius = np.sqrt(-2.0 * np.log1p(-self.uniform(f"{name}:radius")))
        return np.asarray(radius * np.cos(2.0 * np.pi * self.uniform(f"{name}:angle")))

    def happens(self, name: str, probability: Floats | float) -> Bools:
        """Return for each row whether an event of that probability happens."""
        return self.uniform(name) < probability

    def choice(self, name: str, weights: Floats) -> Ints:
        """Return for each row the index of one of the weights, drawn in their proportion."""
        edges = np.cumsum(weights)
        return np.searchsorted(edges / edges[-1], self.uniform(name), side="right").astype(np.int64)
