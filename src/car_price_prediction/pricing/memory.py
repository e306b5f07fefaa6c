"""Memory that this process was given and does not need any more."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache


def give_back() -> None:
    """Give freed memory back to the system.

    To read a model takes several times the memory that it keeps, and the C library holds on to what lies below
    anything that is still in use. Only glibc can be told; elsewhere nothing happens.

    Examples
    --------
    >>> large = [bytes(1_000) for _ in range(10_000)]
    >>> del large
    >>> give_back()
    """
    if trim := _malloc_trim():
        trim(0)


@cache
def _malloc_trim() -> Callable[[int], object] | None:
    try:
        found: Callable[[int], object] = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError, TypeError):
        return None
    return found
