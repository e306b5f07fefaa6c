"""Reads the bodies of requests before anybody works on them: a slow client keeps no thread, a large body no memory."""

from __future__ import annotations

import asyncio
import contextlib
import io
import time
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, Protocol, cast

from granian.rsgi import ProtocolClosed, ProtocolError  # type: ignore[attr-defined]  # imported there so

from .drain import DRAINED_BYTES

IN_MEMORY_BYTES = 65_536
"""A larger body goes to a temporary file without a name."""
SLOWEST = 50_000
"""Bytes a second: for each so many that have arrived, a body may take a second more."""
SWEEP_S = 0.05
TURNS = 3
"""After so many turns of the loop, whoever could have gone on with a body that is here has."""


class Arriving(Protocol):
    """The part of RSGI's protocol that gives the body."""

    async def __call__(self) -> bytes:
        """Return the whole body."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Give it in pieces."""


class SlowBodyError(Exception):
    """A body did not arrive in time."""


class BrokenBodyError(Exception):
    """A body ended before it was complete."""


class _Reading:
    __slots__ = ("late", "received", "slow", "started", "task")

    def __init__(self) -> None:
        self.started, self.received, self.slow, self.late = time.monotonic(), 0, False, False
        task = asyncio.current_task()
        assert task is not None, "the server gives each request a task"
        self.task = task


class BodyReader:
    """Reads bodies, each within a time of its own.

    Parameters
    ----------
    timeout_s : float
        A body that has not arrived by then is given up; a large one may take longer, see `SLOWEST`.
    folder : Path, optional
        Where large bodies wait; among the system's temporary files, which may be memory, where not given.

    Attributes
    ----------
    slow : int
        How many bodies are being waited for that did not come with their request.
    """

    def __init__(self, timeout_s: float, folder: Path | None = None) -> None:
        self.slow = 0
        self._folder = folder
        self._timeout_s = timeout_s
        self._reading: set[_Reading] = set()

    async def read(self, proto: Arriving, length: int | None, limit: int) -> BinaryIO:
        """Return a body, or as much of it as shows that it is larger than the limit.

        Raises
        ------
        SlowBodyError, BrokenBodyError
        """
        reading = _Reading()
        self._reading.add(reading)
        try:
            if length is not None and length <= IN_MEMORY_BYTES and length <= limit:
                return io.BytesIO(await proto())
            return await self._collect(proto, reading, 0 if length is not None and length > limit else limit)
        except asyncio.CancelledError:
            if reading.late:
                raise SlowBodyError from None
            raise
        except (ProtocolClosed, ProtocolError) as error:
            raise BrokenBodyError from error
        finally:
            self._reading.discard(reading)
            self.slow -= reading.slow

    async def sweep(self) -> None:
        """Note which bodies are slow, and give up those that are late; for ever."""
        while True:
            await asyncio.sleep(SWEEP_S)
            older = [reading for reading in self._reading if time.monotonic() - reading.started > SWEEP_S]
            for _ in range(TURNS):
                await asyncio.sleep(0)
            for reading in self._reading.intersection(older):
                if not reading.slow:
                    reading.slow = True
                    self.slow += 1
                allowed_s = self._timeout_s + reading.received / SLOWEST
                if time.monotonic() - reading.started > allowed_s and not reading.late:
                    reading.late = True
                    reading.task.cancel()

    async def _collect(self, proto: Arriving, reading: _Reading, limit: int) -> BinaryIO:
        folder = str(self._folder) if self._folder else None
        with contextlib.ExitStack() as given_up:
            file = cast("Any", given_up.enter_context(SpooledTemporaryFile(IN_MEMORY_BYTES, dir=folder)))
            kept = 0
            async for piece in proto:
                reading.received += len(piece)
                room = limit + 1 - kept
                if room > 0:
                    file.write(piece[:room])
                    kept += min(len(piece), room)
                if reading.received - kept > DRAINED_BYTES:
                    break
            file.seek(0)
            given_up.pop_all()  # whoever reads it closes it
        return cast("BinaryIO", file)
