"""What a WSGI application is given of a request, made from what Granian's RSGI interface gives."""

from __future__ import annotations

import io
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Protocol


class Headers(Protocol):
    """A request's headers."""

    def items(self) -> list[tuple[str, str]]:
        """Return names in lower case, and values."""

    def get(self, key: str) -> str | None:
        """Return the value of a header, by its name in lower case."""


class Scope(Protocol):
    """A request without its body, as RSGI has it."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str

    @property
    def headers(self) -> Headers:
        """The headers."""


class File:
    """A file that is answered with; its system reads it, not this program, where it has a path.

    Parameters
    ----------
    file : binary file
    block_bytes : int
        How much is read at once otherwise.
    """

    def __init__(self, file: BinaryIO, block_bytes: int = 65_536) -> None:
        self._file, self._block_bytes = file, block_bytes
        name = getattr(file, "name", None)
        self.path = Path(name) if isinstance(name, str) else None
        self.close = file.close

    def __iter__(self) -> File:
        return self

    def __next__(self) -> bytes:
        if block := self._file.read(self._block_bytes):
            return block
        raise StopIteration


BASE = {
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "Granian",
    "wsgi.errors": sys.stderr,
    "wsgi.file_wrapper": File,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}


OWN_KEYS = frozenset(BASE) | {
    "PATH_INFO",
    "QUERY_STRING",
    "REMOTE_ADDR",
    "REQUEST_METHOD",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "wsgi.input",
    "wsgi.url_scheme",
}
"""The keys that no header makes."""


def environ_of(scope: Scope) -> dict[str, Any]:
    """Return the WSGI environment of a request, with an empty body; whoever reads the body puts it there."""
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = BASE | {
        "PATH_INFO": scope.path if scope.path.isascii() else scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "REMOTE_ADDR": _host(scope.client),
        "REQUEST_METHOD": scope.method,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": "HTTP/" + scope.http_version,
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": scope.scheme,
    }
    for name, value in scope.headers.items():
        key = _key(name)
        if key in environ and key != "CONTENT_LENGTH":
            environ[key] += ("; " if name == "cookie" else ",") + value
        elif key:
            environ[key] = value
    return environ


@lru_cache(1_024)
def _key(name: str) -> str:
    """Return the key of a header; none for one that could pass for another, such as ``x_forwarded_for``."""
    if "_" in name or len(name) > 100:
        return ""
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_" + key


def _host(address: str) -> str:
    """Return an address without its port.

    Examples
    --------
    >>> _host("127.0.0.1:5000"), _host("[::1]:5000")
    ('127.0.0.1', '::1')
    """
    return address.rpartition(":")[0].strip("[]")
