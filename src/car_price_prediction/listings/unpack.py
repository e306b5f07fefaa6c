"""Opens files, compressed ones and archives alike, as bounded streams of bytes."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from car_price_prediction.domain.errors import ListingsError

from .sources import is_listing_name
from .streams import BLOCK, ERRORS, Budget, SmallReads, Stream, read_block

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FREE_BYTES = 64 << 20
MAX_RATIO = 100
MAX_BYTES = 16 << 30
"""Limits on decompression: a file may grow to 64 MB, beyond that to 100 times its size, and never beyond 16 GB."""

TAR_MARK = slice(257, 262)
MAX_MEMBERS = 10_000
MAX_DEPTH = 3


def open_parts(
    path: Path, name: str, tick: Callable[[int], None], *, found: bool = False, most_bytes: int = MAX_BYTES
) -> Iterator[Stream]:
    """Yield the parts of a file: one, or those of an archive.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    name : str
        Its name for people.
    tick : callable
        Told how many bytes of the file have been read, after every block.
    found : bool
        Whether the file was found in a folder rather than named.
    most_bytes : int
        Beyond its own size a file never grows to more.
    """
    size = path.stat().st_size
    budget = Budget(name, max(size, min(most_bytes, max(FREE_BYTES, size * MAX_RATIO))))
    with path.open("rb") as raw:
        yield from _open(raw, name, budget, lambda: tick(min(size, raw.tell())), depth=0, found=found)


def _open(
    file: IO[bytes], name: str, budget: Budget, tick: Callable[[], None], *, depth: int, found: bool
) -> Iterator[Stream]:
    start = read_block(file, TAR_MARK.stop, name)
    opened = _decompressor(start)
    if depth > MAX_DEPTH:
        raise ListingsError(f"{name} is packed more than {MAX_DEPTH} times over")
    if opened:
        file.seek(0)
        inner = opened(file)
        yield from _open(inner, _without_suffix(name), budget, tick, depth=depth + 1, found=found)
        return
    if start.startswith(b"PK\x03\x04"):
        seekable = _seekable(file, start, name)
        archive = _archive(seekable, name, budget)
        if archive:
            yield from _members(archive, name, budget, tick, depth)
            return
        file, start = seekable, b""
    if start[TAR_MARK] == b"ustar":
        file.seek(0)
        yield from _tar_members(file, name, budget, tick, depth)
        return
    head = start + read_block(file, BLOCK, name)
    yield Stream(name, head, found, budget, file, tick)


def _decompressor(start: bytes) -> Callable[[IO[bytes]], IO[bytes]] | None:
    if start.startswith(b"\x1f\x8b"):
        return lambda file: gzip.GzipFile(fileobj=file, mode="rb")  # type: ignore[return-value]
    if start.startswith(b"BZh"):
        return bz2.BZ2File
    if start.startswith(b"\xfd7zXZ\x00"):
        return lzma.LZMAFile
    if start.startswith(b"\x28\xb5\x2f\xfd"):
        return zstd.ZstdFile  # type: ignore[return-value]
    return None


def _seekable(file: IO[bytes], start: bytes, name: str) -> IO[bytes]:
    """Return the file such that it can be read from its end, as archives are: a compressed one in memory."""
    if type(file) is io.BufferedReader:
        file.seek(0)
        return file
    pieces, size = [start], 0
    while block := read_block(file, BLOCK, name):
        pieces.append(block)
        size += len(block)
        if size > FREE_BYTES:
            raise ListingsError(f"{name} is too large for an archive within an archive")
    return io.BytesIO(b"".join(pieces))


def _archive(file: IO[bytes], name: str, budget: Budget) -> zipfile.ZipFile | None:
    """Return the archive; None where the file is a workbook, which is an archive too, or no archive at all."""
    try:
        archive = zipfile.ZipFile(file)
    except ERRORS as error:
        raise ListingsError(f"{name} is a damaged archive: {error}", hint="copy or download it again") from None
    names = set(archive.namelist())
    if "[Content_Types].xml" in names or "mimetype" in names:
        _check_sizes(archive.infolist(), budget)
        file.seek(0)
        return None
    return archive


def _check_sizes(infos: Iterable[zipfile.ZipInfo], budget: Budget) -> None:
    """Refuse by what the archive says of itself, before anything is unpacked."""
    Budget(budget.name, budget.allowed).spend(sum(info.file_size for info in infos))


def _members(
    archive: zipfile.ZipFile, name: str, budget: Budget, tick: Callable[[], None], depth: int
) -> Iterator[Stream]:
    infos = [info for info in archive.infolist() if not info.is_dir()]
    wanted = [info for info in infos if is_listing_name(PurePosixPath(info.filename).name)]
    wanted = [info for info in wanted if not info.filename.startswith("__MACOSX/")]
    if not wanted:
        raise ListingsError(f"{name} holds no listings files", hint="they end in .csv, .parquet, .xlsx …")
    if len(wanted) > MAX_MEMBERS:
        raise ListingsError(f"{name} holds {len(wanted)} files, more than {MAX_MEMBERS}")
    _check_sizes(wanted, budget)
    for info in wanted:
        member = PurePosixPath(info.filename).name
        try:
            file = archive.open(info)
        except ERRORS as error:
            raise ListingsError(f"{member} in {name} cannot be opened: {error}") from None
        with file:
            yield from _open(file, member, budget, tick, depth=depth + 1, found=len(wanted) > 1)


def _tar_members(file: IO[bytes], name: str, budget: Budget, tick: Callable[[], None], depth: int) -> Iterator[Stream]:
    """Yield the files of a tar archive; nothing is ever written by the names in it."""
    try:
        archive = tarfile.open(fileobj=SmallReads(file), mode="r:")  # noqa: SIM115
        wanted = _listed(archive, name, budget)
    except ERRORS as error:
        raise ListingsError(f"{name} is a damaged archive: {error}", hint="copy or download it again") from None
    if not wanted:
        raise ListingsError(f"{name} holds no listings files", hint="they end in .csv, .parquet, .xlsx …")
    for info in wanted:
        member = archive.extractfile(info)
        if member:
            path = PurePosixPath(info.name)
            yield from _open(member, path.name, budget, tick, depth=depth + 1, found=len(wanted) > 1)


def _listed(archive: tarfile.TarFile, name: str, budget: Budget) -> list[tarfile.TarInfo]:
    """Return the members to read; refused by what they say of their size, before any is passed over."""
    size, wanted = Budget(budget.name, budget.allowed), []
    for number, info in enumerate(archive):
        size.spend(info.size)
        if number >= MAX_MEMBERS:
            raise ListingsError(f"{name} holds more than {MAX_MEMBERS} files")
        member = PurePosixPath(info.name).name
        if info.isfile() and is_listing_name(member) and not member.startswith("._"):
            wanted.append(info)
    return wanted


def _without_suffix(name: str) -> str:
    path = PurePosixPath(name)
    return path.stem if path.suffix.lower() in {".gz", ".bz2", ".xz", ".zst"} else name
