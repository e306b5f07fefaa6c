"""Words as they are compared, and addresses as they are shown."""

from __future__ import annotations

import unicodedata


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
    >>> shown("https://ann:secret@mlflow.example:5000/x")
    'https://mlflow.example:5000/x'
    """
    scheme, slashes, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return scheme + slashes + host.rpartition("@")[2] + slash + path
