"""LightGBM's text format -> flat arrays, with everything in it checked that an evaluation would stumble over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

CATEGORICAL, DEFAULT_LEFT = 1, 2
LEFT = 1
"""The place of a node's left child."""
SLOT_OF_MISSING = np.array([1, 2, 0])
"""Where `_trees.c` has the numbers for nodes to which nothing is missing, zero is, and NaN is."""
BOTH_MISSING = 12
"""A missing type that LightGBM does not have."""
MOST_LEAVES, MOST_FEATURES = 32_768, 4_096
NODE = np.dtype([("by", np.float64), ("child", np.int16, 2), ("slot", np.uint16), ("kind", np.uint16)])
"""As `_trees.c` has it."""
ONE_SCORE = {b"num_class": b"1", b"num_tree_per_iteration": b"1"}
PER_TREE = (b"num_leaves", b"num_cat", b"is_linear")


class UnsupportedError(ValueError):
    """A model that the flat evaluation does not know, or no model at all."""


@dataclass(frozen=True, slots=True)
class Forest:
    """All trees of a model.

    Attributes
    ----------
    trees, width : int
    nodes : ndarray of NODE
    leaves : ndarray of float64
    sets : ndarray of uint32
        A bit for each category, in words.
    node_of, leaf_of : ndarray of uint32
        Where each tree's nodes and leaves begin; `node_of` has one more at its end.
    """

    trees: int
    width: int
    nodes: Array
    leaves: Array
    sets: Array
    node_of: Array
    leaf_of: Array


def read_forest(text: bytes) -> Forest:
    """Read a model.

    Raises
    ------
    UnsupportedError
    """
    try:
        head, *trees = text.split(b"\nend of trees", 1)[0].split(b"\nTree=")
        about = _fields(head)
        if any(about.get(name) != value for name, value in ONE_SCORE.items()) or b"average_output" in head:
            raise UnsupportedError("not a sum of trees with one score")
        forest = _forest([_fields(tree) for tree in trees], int(about[b"max_feature_idx"]) + 1)
    except (KeyError, ValueError, IndexError, OverflowError, DeprecationWarning) as error:
        raise UnsupportedError(f"not a model that is known: {error}") from None
    if len(about.get(b"tree_sizes", b"").split()) != forest.trees:
        raise UnsupportedError("some trees are missing")
    return forest


def _forest(trees: list[dict[bytes, bytes]], width: int) -> Forest:
    leaves_in, cats_in, linear = (np.array([int(tree[name]) for tree in trees], np.int64) for name in PER_TREE)
    if linear.any() or (leaves_in < 1).any() or (leaves_in > MOST_LEAVES).any() or not 0 < width <= MOST_FEATURES:
        raise UnsupportedError("linear or very large trees")
    nodes_in = leaves_in - 1
    node_of, leaf_of = _starts(nodes_in), _starts(leaves_in)
    count = int(node_of[-1])
    feature, kind = (_column(trees, key, count, np.int64) for key in (b"split_feature", b"decision_type"))
    if ((feature < 0) | (feature >= width) | (kind < 0) | (kind & BOTH_MISSING == BOTH_MISSING)).any():
        raise UnsupportedError("splits that are not known")
    nodes = np.zeros(count, NODE)
    nodes["slot"] = feature + width * SLOT_OF_MISSING[kind >> 2 & 3]
    nodes["kind"] = kind & (CATEGORICAL | DEFAULT_LEFT)
    for side, key in ((LEFT, b"left_child"), (1 - LEFT, b"right_child")):
        nodes["child"][:, side] = _children(_column(trees, key, count, np.int64), nodes_in, node_of)
    nodes["by"] = _column(trees, b"threshold", count, np.float64)
    sets = _sets(trees, nodes, nodes_in, cats_in)
    leaves = _column(trees, b"leaf_value", int(leaf_of[-1]), np.float64)
    return Forest(len(trees), width, nodes, leaves, sets, node_of.astype(np.uint32), leaf_of.astype(np.uint32))


def _children(found: Array, nodes_in: Array, node_of: Array) -> Array:
    """Return the children; a node comes after its parent, so that every walk ends."""
    own = np.arange(len(found)) - np.repeat(node_of[:-1], nodes_in)
    most = np.repeat(nodes_in, nodes_in)
    if not np.where(found >= 0, (found > own) & (found < most), ~found <= most).all():
        raise UnsupportedError("trees that are none")
    return found


def _sets(trees: list[dict[bytes, bytes]], nodes: Array, nodes_in: Array, cats_in: Array) -> Array:
    """Return the words of all sets of categories, and note in the nodes which are theirs."""
    some = [tree for tree, cats in zip(trees, cats_in.tolist(), strict=True) if cats]
    bounds_in = np.where(cats_in > 0, cats_in + 1, 0)
    bounds_of = _starts(bounds_in)
    bounds = _column(some, b"cat_boundaries", bounds_of[-1], np.int64)
    words_in = np.zeros(len(trees), np.int64)
    words_in[cats_in > 0] = bounds[bounds_of[1:][cats_in > 0] - 1]
    words_of = _starts(words_in)
    sets = _column(some, b"cat_threshold", words_of[-1], np.uint32)
    at = np.flatnonzero(nodes["kind"] & CATEGORICAL)
    tree, cat = np.repeat(np.arange(len(trees)), nodes_in)[at], nodes["by"][at].astype(np.int64)
    if (cat < 0).any() or (cat >= cats_in[tree]).any() or (np.diff(bounds) < 0)[bounds[1:] != 0].any():
        raise UnsupportedError("sets of categories that are none")
    first, end = (bounds[bounds_of[tree] + cat + i] for i in (0, 1))
    if (first < 0).any() or (end < first).any() or (end > words_in[tree]).any():
        raise UnsupportedError("sets of categories that are none")
    nodes["by"][at] = np.stack([words_of[tree] + first, end - first], axis=1).astype(np.uint32).view(np.float64)[:, 0]
    return np.append(sets, np.uint32(0))  # where no node has a set, one word is read all the same


def _column(trees: list[dict[bytes, bytes]], key: bytes, count: int, dtype: Any) -> Array:
    # numpy's `fromstring` lets go of the interpreter's lock at each number, and takes minutes beside a busy thread.
    words = b" ".join([tree[key] for tree in trees]).split()
    found = np.array(list(map(float if dtype is np.float64 else int, words)), dtype)
    if len(found) != count:
        raise UnsupportedError(f"{count} values of {key.decode()} expected, {len(found)} found")
    return found


def _starts(counts: Array) -> Array:
    return np.concatenate([[0], np.cumsum(counts)])


def _fields(lines: bytes) -> dict[bytes, bytes]:
    return dict(line.split(b"=", 1) for line in lines.splitlines() if b"=" in line)
