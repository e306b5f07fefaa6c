"""The API keys: their file can be read, and somebody can call where a key is asked for."""

from __future__ import annotations

from car_price_prediction.domain.errors import KeysError
from car_price_prediction.web.key_file import KEYS_FILE, KeyFile

from .context import Context
from .finding import Finding, failed, ok

MAKE_ONE = "`car-price keys add NAME` makes one"


def usable(context: Context) -> Finding:
    """Look whether the keys can be read, and there is one where one is asked for."""
    try:
        keys = KeyFile(context.settings.artifacts / KEYS_FILE).read()
    except KeysError as error:
        return failed(error.message, error.hint)
    valid = {key.name for key in keys if not key.expired(context.now)}
    if valid:
        return ok(f"{len(valid)} in force: calls need one")
    if keys or context.settings.require_key:
        return failed("calls need a key, and none is valid", MAKE_ONE)
    return ok("there is none: nobody is asked for one")
