"""LightGBM's text format -> arrays, with everything in it checked that an evaluation would stumble over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

CATEGORICAL = 1
"""A bit of a node's kind in LightGBM's text: it asks for a category."""
BOTH_MISSING = 12
"""A missing type that LightGBM does not have."""
MOST_LEAVES, MOST_FEATURES = 32_768, 4_096
ONE_SCORE = {b"num_class": b"1", b"num_tree_per_iteration": b"1"}
PER_TREE = (b"num_leaves", b"num_cat", b"is_linear")


class UnsupportedError(ValueError):
    """A model that the flat evaluation does not know, or no model at all."""


@dataclass(frozen=True, slots=True)
class Forest:
    """All trees of a model, checked.

    Attributes
    ----------
    trees, width : int
    feature, kind : ndarray of int64
        Of each node: the feature that it asks for, and LightGBM's bits of how.
    threshold : ndarray of float64
        A number up to this goes left.
    left, right : ndarray of int64
        Nodes of the same tree, counted from its root, each after its one parent; or ~leaf where negative.
    node_of, leaf_of : ndarray of int64
        Where each tree's nodes and leaves begin; one more at the end.
    leaves : ndarray of float64
    words : ndarray of uint32
        The sets of categories that go left, a bit each.
    set_first, set_end : ndarray of int64
        Of each node that asks for a category: its words.
    """

    trees: int
    width: int
    feature: Array
    kind: Array
    threshold: Array
    left: Array
    right: Array
    node_of: Array
    leaf_of: Array
    leaves: Array
    words: Array
    set_first: Array
    set_end: Array


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
    threshold = _column(trees, b"threshold", count, np.float64)
    if np.isnan(threshold).any():
        raise UnsupportedError("splits that are not known")
    left, right = (_column(trees, key, count, np.int64) for key in (b"left_child", b"right_child"))
    _check_children(left, right, nodes_in, node_of)
    words, first, end = _sets(trees, kind, threshold, nodes_in, cats_in)
    leaves = _column(trees, b"leaf_value", int(leaf_of[-1]), np.float64)
    if not np.isfinite(leaves).all():
        raise UnsupportedError("leaves that are no numbers")
    return Forest(len(trees), width, feature, kind, threshold, left, right, node_of, leaf_of, leaves, words, first, end)


def _check_children(left: Array, right: Array, nodes_in: Array, node_of: Array) -> None:
    """Refuse what is no tree: each node but the root has one parent, before it, so that every walk ends."""
    tree = np.repeat(np.arange(len(nodes_in)), nodes_in)
    root, most = node_of[tree], nodes_in[tree]
    parents = np.zeros(len(tree), np.int64)
    for found in (left, right):
        if not np.where(found >= 0, (found > np.arange(len(tree)) - root) & (found < most), ~found <= most).all():
            raise UnsupportedError("trees that are none")
        parents += np.bincount((found + root)[found >= 0], minlength=len(tree))
    parents[node_of[:-1][nodes_in > 0]] += 1
    if (parents != 1).any():
        raise UnsupportedError("trees that are none")


def _sets(
    trees: list[dict[bytes, bytes]], kind: Array, threshold: Array, nodes_in: Array, cats_in: Array
) -> tuple[Array, Array, Array]:
    """Return the words of all sets of categories, and which of them belong to each node that has a set."""
    some = [tree for tree, cats in zip(trees, cats_in.tolist(), strict=True) if cats]
    bounds_in = np.where(cats_in > 0, cats_in + 1, 0)
    bounds_of = _starts(bounds_in)
    bounds = _column(some, b"cat_boundaries", bounds_of[-1], np.int64)
    words_in = np.zeros(len(trees), np.int64)
    words_in[cats_in > 0] = bounds[bounds_of[1:][cats_in > 0] - 1]
    words_of = _starts(words_in)
    words = _column(some, b"cat_threshold", words_of[-1], np.uint32)
    at = np.flatnonzero(kind & CATEGORICAL)
    tree, cat = np.repeat(np.arange(len(trees)), nodes_in)[at], threshold[at].astype(np.int64)
    if (cat < 0).any() or (cat >= cats_in[tree]).any() or (np.diff(bounds) < 0)[bounds[1:] != 0].any():
        raise UnsupportedError("sets of categories that are none")
    first, end = (bounds[bounds_of[tree] + cat + i] for i in (0, 1))
    if (first < 0).any() or (end < first).any() or (end > words_in[tree]).any():
        raise UnsupportedError("sets of categories that are none")
    return words, words_of[tree] + first, words_of[tree] + end


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
