"""Reads bodies of JSON: bounded in size and in depth, and parsed once."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import chain
from typing import Any

import orjson
from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from .drain import drain
from .problems import RequestProblem

JSON = "application/json"
MAX_DEPTH = 32
"""Lists and objects within each other; a car in a batch is the second."""
WITHIN = frozenset({list, dict})


def read_json(limit: int, look_closer: Callable[[object], object] | None = None, *, depth: int = MAX_DEPTH) -> Any:
    """Return the request's body, parsed.

    Parameters
    ----------
    limit : int
        Most bytes.
    look_closer : callable, optional
        Gets a body that is JSON but for numbers such as NaN, and raises what names their fields.
    depth : int
        Most lists and objects within each other.

    Raises
    ------
    RequestProblem
        Where it is not JSON, not said to be, or too deep.
    RequestEntityTooLarge
    """
    body = _read_body(limit)
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if "depth" in error.msg:
            raise _too_deep(depth) from None
        if look_closer is not None:
            _look_closer(body, look_closer)
        raise RequestProblem(
            400, "not_json", f"the body is not JSON: {error}" if body else "the body is empty"
        ) from None
    # So few brackets cannot be deeper, and most bodies have fewer.
    if body.count(b"[") + body.count(b"{") > depth and is_deeper(found, depth):
        raise _too_deep(depth)
    return found


def is_deeper(value: object, depth: int) -> bool:
    """Whether lists and objects lie deeper within each other.

    Examples
    --------
    >>> is_deeper([{"year": 2015}], 2), is_deeper([{"year": [2015]}], 2)
    (False, True)
    """
    level: list[Any] = [value]
    while WITHIN.intersection(map(type, level)):
        if not depth:
            return True
        depth -= 1
        inner = (one.values() if type(one) is dict else one for one in level if type(one) in WITHIN)
        level = list(chain.from_iterable(inner))
    return False


def _too_deep(depth: int) -> RequestProblem:
    detail = f"at most {depth:,} lists and objects may lie within each other"
    return RequestProblem(400, "too_deep", detail, hint="a car is one object, a batch a list of them")


def _read_body(limit: int) -> bytes:
    environ = request.environ
    if environ.get("CONTENT_TYPE") != JSON and request.mimetype != JSON:
        sent = f'"{request.mimetype[:60]}"' if request.mimetype else "nothing"
        detail = f"the body must be JSON; its Content-Type says {sent}"
        raise RequestProblem(415, "wrong_content_type", detail, hint=f"Content-Type: {JSON}")
    if environ.get("HTTP_CONTENT_ENCODING", "identity") != "identity":
        raise RequestProblem(415, "wrong_content_type", "compressed bodies are not read", hint="send it as it is")
    stream = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH") or ""
    size = int(length) if length.isdecimal() else None  # a chunked body does not tell
    body: bytes = b"" if size is not None and size > limit else stream.read(limit + 1 if size is None else size)
    if max(size or 0, len(body)) > limit:
        drain(stream)
        raise RequestEntityTooLarge
    return body


def _look_closer(body: bytes, look: Callable[[object], object]) -> None:
    """Let numbers that JSON does not know, such as NaN, be refused by the names of their fields."""
    try:
        loose = json.loads(body, parse_int=float)
    except (ValueError, RecursionError):
        return
    if isinstance(loose, dict):
        look(loose)
