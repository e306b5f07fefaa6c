"""Several boosters as one: their trees one after another, each leaf scaled by its booster's weight.

A weighted mean of sums of trees is a sum of trees. Whoever evaluates it needs one file and one call, and knows of no
blend.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

TREE = re.compile(r"^Tree=\d+\n", re.MULTILINE)
END = "end of trees"
UNREAD = ("split_gain=", "leaf_weight=", "internal_value=", "internal_weight=")
"""Nothing that evaluates trees reads these; they are half of the file."""


def merged_text(parts: Sequence[tuple[float, str]]) -> str:
    """Return the weighted sum of boosters as one booster.

    Parameters
    ----------
    parts : sequence of (weight, text)
        Boosters in LightGBM's text format, on the same features, with raw scores as their answers.

    Raises
    ------
    ValueError
        Where the boosters read different features.
    """
    heads = [_head(text) for _, text in parts]
    if len({_features(head) for head in heads}) > 1:
        raise ValueError("boosters that read different features cannot be one")
    bodies = [tree for weight, text in parts for tree in _trees(text, weight)]
    trees = [f"Tree={number}\n{body}" for number, body in enumerate(bodies)]
    sizes = " ".join(str(len(tree.encode())) for tree in trees)
    head = re.sub(r"^tree_sizes=.*$", f"tree_sizes={sizes}", heads[0], flags=re.MULTILINE)
    return head + "".join(trees) + END + "\n"


def _head(text: str) -> str:
    found = TREE.search(text)
    return text[: found.start()] if found else text[: text.index(END)]


def _features(head: str) -> str:
    return next(line for line in head.splitlines() if line.startswith("feature_names="))


def _trees(text: str, weight: float) -> list[str]:
    bodies = TREE.split(text[: text.index(END)])[1:]
    return [_scaled(body, weight) for body in bodies]


def _scaled(body: str, weight: float) -> str:
    lines = (line for line in body.split("\n") if not line.startswith(UNREAD))
    return "\n".join(_scaled_line(line, weight) for line in lines)


def _scaled_line(line: str, weight: float) -> str:
    if not line.startswith("leaf_value="):
        return line
    values = np.array(line.removeprefix("leaf_value=").split(), dtype=np.float64) * weight
    return "leaf_value=" + " ".join(map(repr, values.tolist()))
