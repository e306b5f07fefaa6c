"""Turns a file's bytes into UTF-8 with line feeds, block by block, whatever encoding it is in."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .encoding import UTF8, Encoding, byte_encoding, wide_encoding
from .mojibake import Mojibake

STRAY = "car_price_stray_bytes"
HIGH = bytes(range(0x80, 0x100))
END_OF_FILE = b"\x1a"  # as DOS programs write it


@dataclass(slots=True)
class Decoder:
    """Decodes blocks of bytes; the encoding is settled by the first block that holds anything beyond ASCII."""

    encoding: Encoding | None = None
    mojibake: Mojibake = field(default_factory=Mojibake)
    zeros: int = 0
    stray: int = 0
    _incremental: codecs.IncrementalDecoder | None = None
    _started: bool = False
    _held: bytes = b""
    _cut: bytes = b""

    def blocks(self, data: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the text of the blocks as UTF-8, with line feeds for line ends; no character is cut in two."""
        waiting: bytes | None = None
        for block in data:
            if waiting is not None:
                yield self._text(waiting, last=False)
            waiting = block
        yield self._text(waiting or b"", last=True)

    def notes(self) -> list[str]:
        """Return what was noticed."""
        found = [f"read as {(self.encoding or UTF8).name}"]
        if self.stray:
            found.append(f"{self.stray} characters were not UTF-8 and were read as cp1252")
        if self.zeros:
            found.append(f"{self.zeros} zero bytes left out")
        return found + self.mojibake.notes()

    def _text(self, data: bytes, *, last: bool) -> bytes:
        data = self._line_feeds(self._decode(data, last=last), last=last)
        if last:
            data = data.rstrip(END_OF_FILE)
        if b"\x00" in data:
            self.zeros += data.count(b"\x00")
            data = data.replace(b"\x00", b"")
        return data if data.isascii() else self.mojibake.repair(data)

    def _decode(self, data: bytes, *, last: bool) -> bytes:
        if not self._started:
            self._started = True
            self.encoding = wide_encoding(data)
            if self.encoding:
                data = data[self.encoding.mark :]
        if self.encoding is None:
            data, self._cut = self._cut + data, b""
            if not last:
                # A character that the block cuts in two says nothing of the encoding.
                whole = len(data[:-3]) + len(data[-3:].rstrip(HIGH))
                data, self._cut = data[:whole], data[whole:]
            if data.isascii():
                return data
            self.encoding = byte_encoding(data)
            data, self._cut = data + self._cut, b""
        if self._incremental is None:
            _register()
            self._incremental = codecs.getincrementaldecoder(self.encoding.codec)(errors=STRAY)
        text = self._incremental.decode(data, last)
        if "\udcff" in text:
            self.stray += text.count("\udcff")
            text = text.replace("\udcff", "")
        return text.encode("utf-8", errors="replace")

    def _line_feeds(self, data: bytes, *, last: bool) -> bytes:
        data = self._held + data
        self._held = b""
        if b"\r" not in data:
            return data
        if data.endswith(b"\r") and not last:
            data, self._held = data[:-1], b"\r"
        data = data.replace(b"\r\n", b"\n")
        if b"\r" not in data:
            return data
        if b"\n" not in data:
            # A Macintosh file of old.
            return data.replace(b"\r", b"\n")
        return re.sub(rb"\r+\n", b"\n", data).replace(b"\r", b" ")


def _register() -> None:
    codecs.register_error(STRAY, _read_stray)


def _read_stray(error: UnicodeError) -> tuple[str, int]:
    """Read a byte that is not of the file's encoding as cp1252, with a mark to count it by."""
    assert isinstance(error, UnicodeDecodeError)
    wrong = error.object[error.start : error.end]
    if error.encoding.startswith("utf-16") or error.encoding.startswith("utf-32"):
        return "\ufffd", error.end
    return wrong.decode("cp1252", errors="replace") + "\udcff", error.end
