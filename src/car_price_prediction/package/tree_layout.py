"""A checked model -> the arrays that `_trees.c` walks: small nodes, thresholds as ranks, categories as bits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .tree_text import CATEGORICAL, Array, Forest, UnsupportedError

NODE = np.dtype([("slot", np.uint16), ("by", np.uint16), ("step", np.int16, 2)])
READING = np.dtype([("feature", np.uint32), ("how", np.uint32), ("first", np.uint32), ("count", np.uint32)])
"""Both as `_trees.c` has them."""
RIGHT, LEFT = 0, 1
"""The places of a node's children."""
HOW_NUMBER = 14
"""The bits of a node's kind by which numbers differ: where missing goes, and what is missing."""
MOST_RANKS, MOST_SLOTS, MOST_BITS = 65_535, 16_384, 65_536
MOST_BYTES = 128 * 2**20
"""Larger tables of bits than that are left to LightGBM's library."""
NODES_AT_ONCE = 1_024
"""Their sets are unpacked together; more would take memory that the server does not need again."""


@dataclass(frozen=True, slots=True)
class Readings:
    """How a row is read, a slot for each question that nodes ask of it.

    Attributes
    ----------
    table : ndarray of READING, shape (slots,)
    thresholds : ndarray of float64
        Of all slots for numbers, ascending within each.
    bits_of : ndarray of uint32
        Of all slots for categories: the byte where each category's bits begin.
    bits : ndarray of uint8
    """

    table: Array
    thresholds: Array
    bits_of: Array
    bits: Array


def lay_out(forest: Forest) -> tuple[Array, Readings]:
    """Return the nodes, each tree's in the order in which they are walked, and how a row is read for them.

    Raises
    ------
    UnsupportedError
        Where there are more thresholds, or larger sets of categories, than the nodes can name.
    """
    nodes = np.zeros(len(forest.feature), NODE)
    readings = _Slots(forest, nodes).readings()
    places = _places(forest)
    root = np.repeat(forest.node_of[:-1], np.diff(forest.node_of))
    for side, child in ((LEFT, forest.left), (RIGHT, forest.right)):
        steps = places[(root + child) * (child >= 0)] - places
        nodes["step"][:, side] = np.where(child >= 0, steps, child + 1)
    laid = np.empty_like(nodes)
    laid[places] = nodes
    return laid, readings


class _Slots:
    """Gives each node its slot, and what it compares the answer with."""

    def __init__(self, forest: Forest, nodes: Array) -> None:
        self.forest, self.nodes = forest, nodes
        self.table: list[tuple[int, int, int, int]] = []
        self.thresholds: list[Array] = [np.zeros(0)]
        self.bits_of: list[Array] = [np.zeros(0, np.uint32)]
        self.bits: list[Array] = [np.zeros(MOST_BITS // 8, np.uint8)]  # what no set knows has no bit

    def readings(self) -> Readings:
        category = (self.forest.kind & CATEGORICAL).astype(bool)
        how = np.where(category, CATEGORICAL, self.forest.kind & HOW_NUMBER)
        asked = self.forest.feature << 8 | how
        # `np.unique` of this would bring numpy.ma, a megabyte that nothing else needs.
        for question in np.flatnonzero(np.bincount(asked)).tolist():
            at, feature = np.flatnonzero(asked == question), question >> 8
            if question & CATEGORICAL:
                for first in range(0, len(at), MOST_BITS):
                    self._add_categories(feature, at[first : first + MOST_BITS])
            else:
                self._add_numbers(feature, question & HOW_NUMBER, at)
        if len(self.table) > MOST_SLOTS:
            raise UnsupportedError("too many questions")
        joined = (np.concatenate(part) for part in (self.thresholds, self.bits_of, self.bits))
        return Readings(np.array(self.table, READING), *joined)

    def _add_numbers(self, feature: int, how: int, at: Array) -> None:
        thresholds, ranks = np.unique(self.forest.threshold[at], return_inverse=True)
        if len(thresholds) >= MOST_RANKS:
            raise UnsupportedError("too many thresholds")
        self.nodes["slot"][at], self.nodes["by"][at] = len(self.table), ranks
        self.table.append((feature, how, sum(map(len, self.thresholds)), len(thresholds)))
        self.thresholds.append(thresholds)

    def _add_categories(self, feature: int, at: Array) -> None:
        forest, start, wide = self.forest, sum(map(len, self.bits)), (len(at) + 7) // 8
        own = np.searchsorted(np.flatnonzero(forest.kind & CATEGORICAL), at)
        first, end = forest.set_first[own], forest.set_end[own]
        known = int((end - first).max()) * 32
        if start + known * wide > MOST_BYTES:
            raise UnsupportedError("sets of categories too large")
        table = np.zeros((known, wide), np.uint8)
        for some in range(0, len(at), NODES_AT_ONCE):
            node, code = _members(forest.words, first[some : some + NODES_AT_ONCE], end[some : some + NODES_AT_ONCE])
            np.bitwise_or.at(table, (code, (some + node) >> 3), (1 << (some + node & 7)).astype(np.uint8))
        self.nodes["slot"][at], self.nodes["by"][at] = len(self.table), np.arange(len(at))
        self.table.append((feature, CATEGORICAL, sum(map(len, self.bits_of)), known))
        self.bits_of.append((start + np.arange(known) * wide).astype(np.uint32))
        self.bits.append(table.ravel())


def _members(words: Array, first: Array, end: Array) -> tuple[Array, Array]:
    """Return pairs of a set and a category in it."""
    count = end - first
    owner, within = np.repeat(np.arange(len(count)), count), _within(count)
    bits = np.unpackbits(words[first[owner] + within].view(np.uint8), bitorder="little").reshape(-1, 32)
    word, bit = np.nonzero(bits)
    return owner[word], within[word] * 32 + bit


def _places(forest: Forest) -> Array:
    """Return where each node goes: right after its parent where it has more nodes below it than the other child."""
    root = np.repeat(forest.node_of[:-1], np.diff(forest.node_of))
    left, right = (np.where(child >= 0, root + child, -1) for child in (forest.left, forest.right))
    levels = [forest.node_of[:-1][np.diff(forest.node_of) > 0]]
    while len(levels[-1]):
        below = np.concatenate([left[levels[-1]], right[levels[-1]]])
        levels.append(below[below >= 0])
    size = np.zeros(len(root) + 1, np.int64)  # the last: what a leaf has below it, at -1
    for level in reversed(levels):
        size[level] = 1 + size[left[level]] + size[right[level]]
    places = np.zeros(len(root) + 1, np.int64)
    places[levels[0]] = levels[0]
    for level in levels:
        heavy_left = size[left[level]] >= size[right[level]]
        heavy = np.where(heavy_left, left[level], right[level])
        light = np.where(heavy_left, right[level], left[level])
        places[heavy], places[light] = places[level] + 1, places[level] + 1 + size[heavy]
    return places[:-1]


def _within(counts: Array) -> Array:
    """Return 0, 1, … for each count, one after another."""
    within: Array = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return within
