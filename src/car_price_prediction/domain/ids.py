"""Names that nobody can guess, for valuations and requests."""

from __future__ import annotations

import os
import secrets
import time

RANDOM_BYTES = 8
AT_ONCE = 512

_left: list[str] = []


def new_id() -> str:
    """Return 24 hexadecimal digits that were never returned before: about when in seconds, and 16 that are random.

    Many are drawn at once: each draw lets go of the interpreter's lock, and a thread that does so thousands of times a
    second keeps every other thread, such as one that loads a model, from ever getting hold of it.

    Examples
    --------
    >>> len(new_id()), new_id() == new_id()
    (24, False)
    """
    while True:
        try:
            return _left.pop()  # one thread alone gets it
        except IndexError:
            _left.extend(new_ids(AT_ONCE))


def new_ids(count: int) -> list[str]:
    """Return so many of them.

    Those of one time are beside each other in a database's index, which is then read and written in one place: with ids
    that are random all through, each row of a large table costs a page of its own.

    Examples
    --------
    >>> len(set(new_ids(3)))
    3
    """
    digits, width, now = secrets.token_bytes(count * RANDOM_BYTES).hex(), 2 * RANDOM_BYTES, f"{int(time.time()):08x}"
    return [now + digits[at : at + width] for at in range(0, count * width, width)]


# A child process would return what its parent returns.
os.register_at_fork(after_in_child=_left.clear)
