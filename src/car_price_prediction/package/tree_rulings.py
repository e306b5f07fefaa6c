"""A checked model -> what each of its nodes rules out where a row does not satisfy it, as bits of the trees' leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .tree_text import Array, Forest

WORD = 64
"""Leaves in a word. A tree has as many words as its leaves need."""
ALL = np.uint64(2**WORD - 1)


@dataclass(frozen=True, slots=True)
class Rulings:
    """What a model's nodes rule out, a word at a time.

    Attributes
    ----------
    node : ndarray of int64
        Ascending; a node has as many rulings as there are words with leaves on its left.
    word : ndarray of int64
        Counted through all trees.
    stays : ndarray of uint64
        The leaves of that word that are not ruled out.
    word_of : ndarray of int64
        The first word of each tree; one more at the end.
    leaves : ndarray of float64
        Each tree's from left to right.
    """

    node: Array
    word: Array
    stays: Array
    word_of: Array
    leaves: Array

    @property
    def words(self) -> int:
        """How many words all trees have."""
        return int(self.word_of[-1])


def rulings_of(forest: Forest) -> Rulings:
    """Return what the nodes of a model rule out."""
    first, count, leaves = _on_the_left(forest)
    end = first + count
    word_of = starts((np.diff(forest.leaf_of) + WORD - 1) // WORD)
    touched = (end - 1) // WORD - first // WORD + 1
    node, nth = np.repeat(np.arange(len(first)), touched), within(touched)
    word = first[node] // WORD + nth
    low = np.maximum(first[node] - WORD * word, 0)
    high = np.minimum(end[node] - WORD * word, WORD)
    span = (high - low).astype(np.uint64)
    ruled_out = np.where(span == WORD, ALL, (np.uint64(1) << span % np.uint64(WORD)) - np.uint64(1))
    tree = np.repeat(word_of[:-1], np.diff(forest.node_of))
    return Rulings(node, tree[node] + word, ~(ruled_out << low.astype(np.uint64)), word_of, leaves)


def starts(counts: Array) -> Array:
    """Return where each of several runs begins, and where the last ends."""
    return np.concatenate([[0], np.cumsum(counts)])


def within(counts: Array) -> Array:
    """Return 0, 1, … for each count, one after another."""
    found: Array = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return found


def _on_the_left(forest: Forest) -> tuple[Array, Array, Array]:
    """Return of each node the first leaf below it and how many lie on its left; and the leaves in that order."""
    nodes_in = np.diff(forest.node_of)
    root, leaf_of = np.repeat(forest.node_of[:-1], nodes_in), np.repeat(forest.leaf_of[:-1], nodes_in)
    left, right = (np.where(child >= 0, root + child, -1) for child in (forest.left, forest.right))
    levels = list(_levels(forest, left, right))
    below = np.ones(len(root) + 1, np.int64)  # the last: a leaf, at -1
    for level in reversed(levels):
        below[level] = below[left[level]] + below[right[level]]
    first, place = np.zeros(len(root) + 1, np.int64), np.zeros(len(forest.leaves), np.int64)
    for level in levels:
        middle = first[level] + below[left[level]]
        for child, own, begins in ((left, forest.left, first[level]), (right, forest.right, middle)):
            inner = child[level] >= 0
            first[child[level][inner]] = begins[inner]
            place[leaf_of[level][~inner] + ~own[level][~inner]] = begins[~inner]
    leaves = np.empty_like(forest.leaves)
    leaves[np.repeat(forest.leaf_of[:-1], np.diff(forest.leaf_of)) + place] = forest.leaves
    return first[:-1], below[left], leaves


def _levels(forest: Forest, left: Array, right: Array) -> Iterator[Array]:
    """Yield the roots, the nodes below them, and so on."""
    level = forest.node_of[:-1][np.diff(forest.node_of) > 0]
    while len(level):
        yield level
        level = np.concatenate([left[level], right[level]])
        level = level[level >= 0]
