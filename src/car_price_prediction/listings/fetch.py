"""Fetches a file over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


def is_address(path: str) -> bool:
    """Tell whether a path is an address to fetch."""
    return path.lower().startswith(("http://", "https://"))


def fetch(address: str, folder: Path, progress: Callable[[str, int, int], None] | None = None) -> Path:
    raise NotImplementedError
