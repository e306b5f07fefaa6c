"""What was made current, one JSON object a line, and the way back through it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

Line: TypeAlias = "dict[str, str | None]"
"""``when``, ``who``, ``from``, ``to`` and ``why``."""


def read_history(path: Path) -> list[Line]:
    """Return the lines of a history, oldest first; one that was cut short is left out."""
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    return [found for line in lines if (found := _record(line)) is not None]


def way_back(history: Iterable[Line]) -> list[str]:
    """Return the versions that one can go back to, the current one last.

    To return to a version is to leave what came after it: the way back never leads there again.

    Examples
    --------
    >>> way_back([{"to": "1"}, {"to": "2"}, {"to": "3"}, {"to": "2"}])
    ['1', '2']
    """
    way: list[str] = []
    for line in history:
        version = line.get("to")
        if version in way:
            del way[way.index(version) + 1 :]
        elif version:
            way.append(version)
    return way


def _record(line: str) -> Line | None:
    """Return one line, or None where it was cut short, by a full disk or a power cut."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
