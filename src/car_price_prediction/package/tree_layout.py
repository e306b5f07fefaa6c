"""A checked model -> the arrays that `_trees.c` reads: its questions, and what each answer to them rules out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .tree_rulings import ALL, rulings_of, starts, within
from .tree_text import CATEGORICAL, Array, Forest, UnsupportedError

QUESTION = np.dtype([(name, np.uint32) for name in ("feature", "how", "first", "count", "upto", "vector")])
"""As `_trees.c` has it."""
HOW_NUMBER = 14
"""The bits of a node's kind by which numbers differ: where missing goes, and what is missing."""
READY = 16
"""What each category of a question comes to is kept ready."""
MOST_WORDS, MOST_RULINGS = 65_536, 2**26
READY_BYTES = 2**20
"""So much for what all questions about numbers have ready, or as much as the rulings themselves take where that is
more; and a quarter of it for each question about few categories."""
FEWEST = 64
"""Rulings that are not worth a vector."""
AT_ONCE = 2**18
"""Rulings, or sets of categories, that are looked at together; more would take memory that nobody needs again."""
WORD_AND_BITS = 12
"""Bytes of a ruling."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What `_trees.c` reads, in its order.

    Attributes
    ----------
    arrays : tuple of ndarray
    counts : tuple of int
    """

    arrays: tuple[Array, ...]
    counts: tuple[int, ...]


def lay_out(forest: Forest) -> Layout:
    """Return the arrays.

    Raises
    ------
    UnsupportedError
        Where the trees have more leaves, or categories are known to more nodes, than is sensible to hold so.
    """
    questions = _Questions(forest)
    questions.add_all()
    rulings = questions.rulings
    table = np.array(questions.table, QUESTION)
    arrays = (
        *(table, _joined(questions.thresholds, np.float64), _joined(questions.upto, np.uint32)),
        *(_joined(questions.word, np.uint32), _joined(questions.stays, np.uint64)),
        np.array(questions.vectors, np.uint64).reshape(-1, rulings.words),
        *(rulings.leaves, forest.leaf_of.astype(np.uint32), rulings.word_of.astype(np.uint32)),
    )
    return Layout(arrays, (forest.trees, forest.width, len(table), rulings.words, questions.block))


class _Questions:
    """Groups what the nodes rule out by what they ask."""

    def __init__(self, forest: Forest) -> None:
        self.forest, self.rulings = forest, rulings_of(forest)
        count, vector = len(self.rulings.word), self.rulings.words * ALL.nbytes
        if self.rulings.words > MOST_WORDS or count > MOST_RULINGS:
            raise UnsupportedError("too many leaves")
        self.ready_bytes = max(READY_BYTES, count * WORD_AND_BITS)
        self.block = max(FEWEST, -(-count * vector // self.ready_bytes))
        self.table: list[tuple[int, ...]] = []
        self.thresholds: list[Array] = []
        self.upto: list[Array] = []
        self.word: list[Array] = []
        self.stays: list[Array] = []
        self.vectors: list[Array] = []

    def add_all(self) -> None:
        kind = self.forest.kind
        how = np.where(kind & CATEGORICAL, CATEGORICAL, kind & HOW_NUMBER)
        asked = self.forest.feature << 8 | how
        asks = asked[self.rulings.node]
        for question in _distinct(asked).tolist():
            feature, how_asked, own = question >> 8, question & 0xFF, np.flatnonzero(asks == question)
            if how_asked & CATEGORICAL:
                self._add_category(feature, own, np.flatnonzero(asked == question))
            else:
                self._add_number(feature, how_asked, own)

    def _add_number(self, feature: int, how: int, own: Array) -> None:
        thresholds, rank = np.unique(self.forest.threshold[self.rulings.node[own]], return_inverse=True)
        order = np.argsort(rank, kind="stable")
        own, rank = own[order], rank[order]
        self._note(feature, how, len(thresholds), np.searchsorted(rank, np.arange(len(thresholds) + 1)))
        self.thresholds.append(thresholds)
        word, stays = self.rulings.word[own], self.rulings.stays[own]
        vector = np.full(self.rulings.words, ALL)
        for first in range(0, len(own) - self.block + 1, self.block):
            np.bitwise_and.at(vector, word[first : first + self.block], stays[first : first + self.block])
            self.vectors.append(vector.copy())
        self._keep(word, stays)

    def _add_category(self, feature: int, own: Array, nodes: Array) -> None:
        all_say_no = np.full(self.rulings.words, ALL)
        np.bitwise_and.at(all_say_no, self.rulings.word[own], self.rulings.stays[own])
        code, word, stays = self._instead(own, nodes)
        known = int(code.max(initial=-1)) + 1
        upto = np.searchsorted(code, np.arange(known + 1))
        if (known + 1) * all_say_no.nbytes > self.ready_bytes // 4:
            self._note(feature, CATEGORICAL, known, upto)
            self.vectors.append(all_say_no)
            self._keep(word, stays)
            return
        self._note(feature, CATEGORICAL | READY, known, upto[:0])
        for first, end in zip(upto[:-1].tolist(), upto[1:].tolist(), strict=True):
            vector = all_say_no.copy()
            vector[word[first:end]] = stays[first:end]
            self.vectors.append(vector)
        self.vectors.append(all_say_no)

    def _instead(self, own: Array, nodes: Array) -> tuple[Array, Array, Array]:
        """Return, by category, the words in which some node knows it, and which of their leaves stay then."""
        rulings, words = self.rulings, self.rulings.words
        sets = _Sets(self.forest, nodes)
        node, code = sets.members()
        asking = rulings.node[own]
        first = np.searchsorted(asking, node)
        count = np.searchsorted(asking, node, "right") - first
        if count.sum() > MOST_RULINGS:
            raise UnsupportedError("sets of categories too large")
        found = _distinct(np.repeat(code, count) * words + rulings.word[own[np.repeat(first, count) + within(count)]])
        code, word = found // words, found % words
        # All rulings on such a word hold again, but those of nodes that the category satisfies.
        by_word = own[np.argsort(rulings.word[own], kind="stable")]
        first = np.searchsorted(rulings.word[by_word], word)
        count = np.searchsorted(rulings.word[by_word], word, "right") - first
        stays = np.empty(len(found), np.uint64)
        for some in _runs(count):
            of = by_word[np.repeat(first[some], count[some]) + within(count[some])]
            satisfied = sets.hold(rulings.node[of], np.repeat(code[some], count[some]))
            kept = np.where(satisfied, ALL, rulings.stays[of])
            stays[some] = np.bitwise_and.reduceat(kept, starts(count[some])[:-1])
        return code, word, stays

    def _note(self, feature: int, how: int, count: int, upto: Array) -> None:
        first, bounds = (sum(map(len, parts)) for parts in (self.thresholds, self.upto))
        self.table.append((feature, how, first, count, bounds, len(self.vectors)))
        self.upto.append(upto + sum(map(len, self.word)))

    def _keep(self, word: Array, stays: Array) -> None:
        self.word.append(word)
        self.stays.append(stays)


class _Sets:
    """The sets of categories of some nodes."""

    def __init__(self, forest: Forest, nodes: Array) -> None:
        self._words, self._nodes = forest.words, nodes
        self._first, self._end = np.zeros((2, len(forest.feature)), np.int64)
        own = np.searchsorted(np.flatnonzero(forest.kind & CATEGORICAL), nodes)
        self._first[nodes], self._end[nodes] = forest.set_first[own], forest.set_end[own]

    def members(self) -> tuple[Array, Array]:
        """Return pairs of a node and a category of its set."""
        count = self._end[self._nodes] - self._first[self._nodes]
        node, nth = np.repeat(self._nodes, count), within(count)
        found = []
        for some in range(0, len(node), AT_ONCE):
            part = slice(some, some + AT_ONCE)
            words = self._words[self._first[node[part]] + nth[part]]
            word, bit = np.nonzero(np.unpackbits(words.view(np.uint8), bitorder="little").reshape(-1, 32))
            found.append((node[part][word], nth[part][word] * 32 + bit))
        return _joined([node for node, _ in found], np.int64), _joined([code for _, code in found], np.int64)

    def hold(self, node: Array, code: Array) -> Array:
        """Return for pairs of a node and a category whether its set has it."""
        at = self._first[node] + (code >> 5)
        there = at < self._end[node]
        bit = self._words[np.where(there, at, 0)] >> (code & 31).astype(np.uint32) & 1
        found: Array = there & (bit != 0)
        return found


def _runs(counts: Array) -> list[slice]:
    """Return slices of counts that add up to about `AT_ONCE` each."""
    bounds = np.searchsorted(np.cumsum(counts), np.arange(AT_ONCE, counts.sum() + AT_ONCE, AT_ONCE), "left") + 1
    ends = _distinct(np.minimum(bounds, len(counts))).tolist()
    return [slice(first, end) for first, end in zip([0, *ends], ends, strict=False) if first < end]


def _distinct(values: Array) -> Array:
    """Return each value once, ascending. `np.unique` would bring numpy.ma, a megabyte that nothing else needs."""
    ordered = np.sort(values)
    found: Array = ordered[np.diff(ordered, prepend=ordered[:1] - 1) != 0]
    return found


def _joined(parts: list[Array], dtype: type) -> Array:
    return np.ascontiguousarray(np.concatenate(parts) if parts else np.zeros(0), dtype)
