"""Streams of bytes that are bounded, so that no small file grows beyond measure."""

from __future__ import annotations

import io
import lzma
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from car_price_prediction.domain.errors import ListingsError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

BLOCK = 4 << 20
ERRORS = (zlib.error, tarfile.TarError, lzma.LZMAError, zstd.ZstdError, zipfile.BadZipFile, EOFError, OSError,
          NotImplementedError, RuntimeError, ValueError)  # fmt: skip


@dataclass(slots=True)
class Budget:
    """How many bytes may still come out of a file, all its parts together."""

    name: str
    allowed: int
    spent: int = 0

    def spend(self, size: int) -> None:
        """Count bytes.

        Raises
        ------
        ListingsError
            Where they are more than allowed.

        Examples
        --------
        >>> Budget("cars.csv.gz", 64 << 20).spend(65 << 20)
        Traceback (most recent call last):
        ...
        car_price_prediction.domain.errors.ListingsError: cars.csv.gz grows beyond 64 MB when it is decompressed
        """
        self.spent += size
        if self.spent > self.allowed:
            raise ListingsError(
                f"{self.name} grows beyond {self.allowed >> 20} MB when it is decompressed",
                hint="decompress it yourself if you trust it",
            )


@dataclass(slots=True)
class Stream:
    """The bytes of one part: the first block at hand, the others as they are asked for."""

    name: str
    head: bytes
    found: bool
    budget: Budget
    _file: IO[bytes]
    _tick: Callable[[], None]

    def blocks(self) -> Iterator[bytes]:
        """Yield the bytes, the head first.

        Raises
        ------
        ListingsError
            Where the compressed data is damaged, or too large once it is decompressed.
        """
        block = self.head
        while block:
            self.budget.spend(len(block))
            yield block
            self._tick()
            block = read_block(self._file, BLOCK, self.name)

    def everything(self, limit: int) -> bytes:
        """Return all bytes, for formats that cannot be read as a stream."""
        pieces, size = [], 0
        for block in self.blocks():
            size += len(block)
            if size > limit:
                raise ListingsError(f"{self.name} is larger than {limit >> 20} MB, too large for its format")
            pieces.append(block)
        return b"".join(pieces)

    def on_disk(self, new_file: Callable[[], Path]) -> Path:
        """Return a file with all bytes, for formats that are read here and there: the file itself, or a new one."""
        if type(self._file) is io.BufferedReader:
            return Path(self._file.name)
        path = new_file()
        with path.open("wb") as target:
            for block in self.blocks():
                target.write(block)
        return path


class SmallReads(io.BufferedIOBase):
    """A file as `tarfile` asks for it, which reads a long name or an extended header at once, however large it is."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def seekable(self) -> bool:
        """Tell that it can be read here and there."""
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        """Read up to so many bytes, which must be few."""
        if size is None or not 0 <= size <= BLOCK:
            raise tarfile.ReadError(f"a header in it is larger than {BLOCK >> 20} MB")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go to a place."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the place."""
        return self._file.tell()


def read_block(file: IO[bytes], size: int, name: str) -> bytes:
    """Read up to so many bytes; fewer only at the end."""
    pieces, missing = [], size
    try:
        while missing and (piece := file.read(missing)):
            pieces.append(piece)
            missing -= len(piece)
    except ERRORS as error:
        reason = f"{error}".split("\n", 1)[0] or type(error).__name__
        raise ListingsError(
            f"{name} cannot be read to its end: {reason}",
            hint="it may be cut short or damaged: copy or download it again",
        ) from None
    return b"".join(pieces)
