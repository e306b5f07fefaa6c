"""Text that somebody decoded with the wrong encoding before it got here ("MÃ¼nchen"): noticed, named and repaired.

Only what reads as UTF-8 once the wrong decoding is undone is repaired; that does not happen by chance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

LOST = "\ufffd"


def _image(codec: str, first: int, last: int) -> str:
    """Return the characters that bytes turn into when they are read with the codec (and, unread ones, as latin-1)."""
    found = set()
    for byte in range(first, last + 1):
        found.add(bytes([byte]).decode(codec, errors="replace"))
        if byte < 0xA0:
            found.add(chr(byte))
    return "".join(sorted(found - {LOST}))


def _pattern(codec: str, two: tuple[int, int], three: tuple[int, int] | None, least: int) -> re.Pattern[str]:
    tail = f"[{re.escape(_image(codec, 0x80, 0xBF))}]"
    forms = [f"[{re.escape(_image(codec, *two))}]{tail}"]
    if three:
        forms.append(f"[{re.escape(_image(codec, *three))}]{tail}{tail}")
    return re.compile(f"(?:{'|'.join(forms)}){{{least},}}")


# A Cyrillic text may hold one such pair by chance ("Сё"), so of those it takes two in a row.
PATTERNS = {
    "cp1252": _pattern("cp1252", (0xC2, 0xDF), (0xE0, 0xEF), 1),
    "cp1250": _pattern("cp1250", (0xC2, 0xDF), (0xE0, 0xEF), 1),
    "cp1251": _pattern("cp1251", (0xD0, 0xD1), None, 2),
}
LIKELY = re.compile(
    r"[\u00a0-\u024f\u0370-\u04ff\u0530-\u06ff\u0e00-\u0e7f\u10a0-\u10ff\u2010-\u20bf\u3000-\u9fff\uac00-\ud7af]+"
)


RUN = re.compile(rb"[\x80-\xff]+")
LOST_BYTES = LOST.encode()


@dataclass(slots=True)
class Mojibake:
    """Counts and repairs wrongly decoded text."""

    repaired: dict[str, int] = field(default_factory=dict)
    examples: dict[str, tuple[str, str]] = field(default_factory=dict)
    lost: int = 0

    def repair(self, data: bytes) -> bytes:
        """Return UTF-8 text with what was wrongly decoded put right.

        Examples
        --------
        >>> Mojibake().repair("MÃ¼nchen, KrakÃ³w, Citroën".encode()).decode()
        'München, Kraków, Citroën'
        """
        self.lost += data.count(LOST_BYTES)
        pieces, done = [], 0
        for start in _suspects(data):
            if start < done:
                continue
            run = RUN.match(data, start)
            assert run
            wrong = run[0].decode()
            right = self._right(wrong)
            if right != wrong:
                pieces += [data[done:start], right.encode()]
                done = run.end()
        return b"".join([*pieces, data[done:]]) if pieces else data

    def notes(self) -> list[str]:
        """Return what was noticed."""
        found = []
        for codec, times in self.repaired.items():
            wrong, right = self.examples[codec]
            found.append(f'mojibake: {times} places were UTF-8 read as {codec} ("{wrong}" for "{right}"): repaired')
        if self.lost:
            found.append(f"mojibake: {self.lost} characters were lost before this file was written (\ufffd)")
        return found

    def _right(self, text: str) -> str:
        for codec, pattern in PATTERNS.items():
            for wrong in dict.fromkeys(pattern.findall(text)):
                right = _undone(wrong, codec)
                if right:
                    self.repaired[codec] = self.repaired.get(codec, 0) + 1
                    self.examples.setdefault(codec, (wrong, right))
                    text = text.replace(wrong, right)
        return text


def _undone(wrong: str, codec: str) -> str | None:
    try:
        right = b"".join(_byte_of(c, codec) for c in wrong).decode("utf-8")
    except (UnicodeError, ValueError):
        return None
    return right if LIKELY.fullmatch(right) else None


def _suspects(data: bytes) -> list[int]:
    """Find where wrongly decoded text may begin, at the speed of memory; few other places look like it.

    A character that UTF-8's first bytes turn into (Ã, Ä, Ð …) comes before one that its further bytes turn into:
    symbols and a few letters, hardly ever what follows such a letter in a word.
    """
    view = np.frombuffer(data + b"\0\0\0", dtype=np.uint8)
    a, b, c, d = view[:-3], view[1:-2], view[2:-1], view[3:]
    starts = np.flatnonzero((a >= 0xC3) & (c >= 0xC2) & (a <= 0xD0))
    a, b, c, d = a[starts], b[starts], c[starts], d[starts]
    latin = (a <= 0xC5) & np.isin(c, np.frombuffer(b"\xc2\xc4\xc5\xc6\xcb\xe2", dtype=np.uint8))
    symbol = (c == 0xC2) | (c == 0xD2) | (c == 0xE2) | ((c == 0xD0) & (d < 0x90)) | ((c == 0xD1) & (d >= 0x90))
    cyrillic = (a == 0xD0) & ((b == 0xA0) | (b == 0xA1)) & symbol
    found: list[int] = starts[latin | cyrillic].tolist()
    return found


def _byte_of(character: str, codec: str) -> bytes:
    return bytes([ord(character)]) if "\x80" <= character < "\xa0" else character.encode(codec)
