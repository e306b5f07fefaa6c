"""The API keys that are in force: read again when their file changes, looked up in a few microseconds."""

from __future__ import annotations

import hmac
import logging
import time
from base64 import b64decode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from car_price_prediction.domain.errors import KeysError

from .key_file import PREFIX, Key, KeyFile, digest

log = logging.getLogger(__name__)

POLL_S = 1.0
"""How long a key may still open after it was removed, in seconds."""
LONGEST = 200
"""More characters than a key has; a longer one is not hashed."""
NOBODY = digest("nobody")


class Keyring:
    """Says whose key was sent.

    What cannot be read opens nothing: with a damaged file the keys that were read last stay in force, and where none
    were read every call is refused. A file that vanishes while the service runs changes nothing either.

    Parameters
    ----------
    file : KeyFile
    required : bool, optional
        Whether calls are refused even while there is no key.
    poll_s : float, optional
        How often the file is looked at, in seconds.
    """

    def __init__(self, file: KeyFile, *, required: bool = False, poll_s: float = POLL_S) -> None:
        self._file, self._required, self._poll_s = file, required, poll_s
        self._keys: dict[str, Key] = {}
        self._closed = required
        self._seen: tuple[int, int, int] | None = None
        self._look_at = 0.0

    def asks(self) -> bool:
        """Whether a key is needed at all; looks at the file now and then."""
        now = time.monotonic()
        if now >= self._look_at:
            self._look_at = now + self._poll_s
            self._refresh()
        return self._closed

    def holder_of(self, token: str) -> Key | None:
        """Return the key that a client sent, or None where it opens nothing."""
        prefix, _, rest = token.partition("_")
        identity, _, secret = rest.partition("_")
        if prefix != PREFIX or len(token) > LONGEST:
            return None
        key = self._keys.get(identity)
        # An unknown id takes as long as a wrong secret.
        same = hmac.compare_digest(digest(secret), key.sha256 if key else NOBODY)
        return key if key and same and not key.expired(datetime.now(UTC)) else None

    def _refresh(self) -> None:
        try:
            found = self._file.path.stat()
            stamp = (found.st_mtime_ns, found.st_ino, found.st_size)
        except OSError:
            stamp = None
        if stamp == self._seen:
            return
        self._seen = stamp
        if stamp is None:
            log.warning("%s is gone: the keys that were read last stay in force", self._file.path)
            return
        try:
            keys = self._file.read()
        except KeysError as error:
            self._closed = True
            log.warning("%s", error.message)
            return
        self._keys = {key.id: key for key in keys}
        self._closed = self._required or bool(keys)
        log.info("API keys read", extra={"data": {"keys": sorted({key.name for key in keys})}})


def token_in(environ: Mapping[str, Any]) -> str | None:
    """Return the key that a request carries: ``X-API-Key``, a Bearer token, or the password of a browser's prompt.

    Examples
    --------
    >>> token_in({"HTTP_AUTHORIZATION": "Bearer carprice_1"}), token_in({"HTTP_X_API_KEY": "carprice_2"})
    ('carprice_1', 'carprice_2')
    >>> token_in({"HTTP_AUTHORIZATION": "Basic YW5uOmNhcnByaWNlXzM="}), token_in({})
    ('carprice_3', None)
    """
    if "HTTP_X_API_KEY" in environ:
        return str(environ["HTTP_X_API_KEY"]).strip()
    scheme, _, value = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return b64decode(value, validate=True).decode().partition(":")[2].strip()
        except ValueError:
            return ""
    return None
