"""How two spellings of one word are made equal, in training and in pricing alike."""

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
