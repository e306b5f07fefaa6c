"""Words as they are compared, and addresses as they are shown."""

from __future__ import annotations

import re
import unicodedata

LOGIN = re.compile(r"^((?:[^:/@]*://)?+)(?:[^/]*@|[^/:@]*:(?![0-9]+(?:/|$)).*@)")
"""A user and password, a slash in it included, which it should not have."""


def category_key(text: str) -> str:
    """Return the form of a category under which it is looked up.

    Compatibility forms are folded (NFKC), case is ignored, runs of white space and outer blanks vanish.

    Examples
    --------
    >>> category_key("  Mercedes\u00a0 BENZ ")
    'mercedes benz'
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def shown(address: str) -> str:
    """Return an address without the user and password that it may hold.

    Examples
    --------
    >>> shown("https://ann:secret@mlflow.example:5000/x"), shown("https://ann:se/cret@mlflow.example")
    ('https://mlflow.example:5000/x', 'https://mlflow.example')
    >>> shown("https://mlflow.example:5000/x@y")
    'https://mlflow.example:5000/x@y'
    """
    return LOGIN.sub(r"\1", address, count=1)
