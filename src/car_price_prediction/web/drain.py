"""What is still being sent when the answer is known already."""

from __future__ import annotations

from typing import Any

DRAINED_BYTES, CHUNK_BYTES = 32_000_000, 65_536


def drain(stream: Any) -> None:
    """Read what is still being sent, within reason: many clients listen only after they have sent all.

    Examples
    --------
    >>> import io
    >>> drain(body := io.BytesIO(b"never wanted"))
    >>> body.read()
    b''
    """
    left = DRAINED_BYTES
    while left > 0 and (chunk := stream.read(CHUNK_BYTES)):
        left -= len(chunk)
