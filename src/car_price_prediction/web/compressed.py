"""Answers for browsers, compressed: pages as they are made, static files once."""

from __future__ import annotations

import gzip

from flask import Response, request

SMALLEST = 600
"""Below so many bytes an answer fits into one packet either way."""
KINDS = ("text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/json")
LEVEL, LEVEL_ONCE = 5, 9

_files: dict[str, bytes] = {}
"""Static files, compressed, by their tags; there are as many as the package has."""


def compress(response: Response) -> Response:
    """Return an answer compressed with gzip, where the client reads that and it is worth it.

    For pages and static files alone: what programs are answered is small, and every microsecond counts there.
    """
    if response.mimetype not in KINDS or response.status_code in (204, 206, 304):
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] or "Content-Encoding" in response.headers:
        return response
    tag, weak = response.get_etag()
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) < SMALLEST:
        return response
    response.set_data(_once(tag, body) if tag and not weak else gzip.compress(body, LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    if tag:
        response.set_etag(tag, weak=True)  # the same content in other bytes
    return response


def _once(tag: str, body: bytes) -> bytes:
    found = _files.get(tag)
    if found is None:
        # Two threads may both do it; either will do.
        found = _files[tag] = gzip.compress(body, LEVEL_ONCE, mtime=0)
    return found
