"""Text that somebody decoded with the wrong encoding before it got here ("MÃ¼nchen"): noticed, named and repaired.

Only what reads as UTF-8 once the wrong decoding is undone is repaired; that does not happen by chance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

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
LIKELY = re.compile(r"[\u00a0-\u024f\u0370-\u04ff\u0530-\u06ff\u0e00-\u0e7f\u10a0-\u10ff\u2010-\u20bf\u3000-\u9fff\uac00-\ud7af]+")


@dataclass(slots=True)
class Mojibake:
    """Counts and repairs wrongly decoded text."""

    repaired: dict[str, int] = field(default_factory=dict)
    examples: dict[str, tuple[str, str]] = field(default_factory=dict)
    lost: int = 0

    def repair(self, text: str) -> str:
        """Return the text with what was wrongly decoded put right.

        Examples
        --------
        >>> Mojibake().repair("MÃ¼nchen, KrakÃ³w, Citroën")
        'München, Kraków, Citroën'
        """
        self.lost += text.count(LOST)
        for codec, pattern in PATTERNS.items():
            if pattern.search(text):
                text = pattern.sub(lambda found, codec=codec: self._undo(found[0], codec), text)  # type: ignore[misc]
        return text

    def notes(self) -> list[str]:
        """Return what was noticed."""
        found = []
        for codec, times in self.repaired.items():
            wrong, right = self.examples[codec]
            found.append(f'mojibake: {times} places were UTF-8 read as {codec} ("{wrong}" for "{right}"): repaired')
        if self.lost:
            found.append(f"mojibake: {self.lost} characters were lost before this file was written (\ufffd)")
        return found

    def _undo(self, wrong: str, codec: str) -> str:
        try:
            right = b"".join(_byte_of(c, codec) for c in wrong).decode("utf-8")
        except (UnicodeError, ValueError):
            return wrong
        if not LIKELY.fullmatch(right):
            return wrong
        self.repaired[codec] = self.repaired.get(codec, 0) + 1
        self.examples.setdefault(codec, (wrong, right))
        return right


def _byte_of(character: str, codec: str) -> bytes:
    return bytes([ord(character)]) if "\x80" <= character < "\xa0" else character.encode(codec)
