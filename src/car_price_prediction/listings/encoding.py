"""Which encoding a text file is in, told from its bytes alone."""

from __future__ import annotations

import codecs
import contextlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .alphabets import ALPHABETS, WHOLE_WORDS

BOMS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8 with a byte order mark"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
SAMPLE_BYTES = 1 << 20
LONGEST_WORD = 32
NEARLY = 0.1
UTF8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
HIGH_BYTE = re.compile(rb"[\x80-\xff]")
HIGH_RUN = re.compile(rb"[\x80-\xff]+")
# The signs in daily use; rare ones lie beyond them.
BIG5_RUN = re.compile(rb"(?:[\xa1-\xc6][\x40-\x7e\xa1-\xfe])+")
SHIFT_JIS_RUN = re.compile(rb"(?:[\x81-\x98][\x40-\x7e\x80-\xfc])+")
WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding: the codec's name, its name for people, and how many bytes of mark come first."""

    codec: str
    name: str
    mark: int = 0


UTF8 = Encoding("utf-8", "UTF-8")


def wide_encoding(head: bytes) -> Encoding | None:
    """Return the encoding that a byte order mark or UTF-16's zero bytes give away, or None.

    Examples
    --------
    >>> wide_encoding("make;price".encode("utf-16-le")).codec
    'utf-16-le'
    """
    for mark, codec, name in BOMS:
        if head.startswith(mark):
            return Encoding(codec, name, len(mark))
    sample = head[:4096]
    half = len(sample) // 2
    if half >= 2:
        even, odd = sample[0 : 2 * half : 2].count(0), sample[1 : 2 * half : 2].count(0)
        if odd > 0.4 * half and even < 0.1 * half:
            return Encoding("utf-16-le", "UTF-16")
        if even > 0.4 * half and odd < 0.1 * half:
            return Encoding("utf-16-be", "UTF-16")
    return None


def byte_encoding(data: bytes) -> Encoding:
    """Return the encoding of text that is not UTF-16 or UTF-32; the data must hold a byte beyond ASCII.

    Examples
    --------
    >>> byte_encoding("Škoda;červená;šedá".encode("cp1250")).codec
    'cp1250'
    >>> byte_encoding("Coupé;weiß".encode("latin-1")).name
    'latin-1'
    """
    first = HIGH_BYTE.search(data)
    start = first.start() if first else 0
    sample = data[max(0, start - 1000) : start + SAMPLE_BYTES]
    if _utf8_share(sample) >= 0.9:
        return UTF8
    asian = _asian_encoding(sample)
    if asian:
        return asian
    # A lone byte (a euro sign, a dash) is a letter in some encoding or other, and tells nothing.
    words = Counter(word[:LONGEST_WORD] for word in WORD.findall(sample) if len(word) > 1)
    if not words:
        return Encoding("latin-1", "latin-1") if not re.search(rb"[\x80-\x9f]", data) else Encoding("cp1252", "cp1252")
    scores = {codec: _score(words, codec) for codec in ALPHABETS}
    best = max(scores, key=lambda codec: scores[codec])
    if best in WHOLE_WORDS:
        # One alphabet's small letters are another's capitals: which letters are common decides.
        rivals = [codec for codec in WHOLE_WORDS if scores[codec] > scores[best] - NEARLY]
        best = max(rivals, key=lambda codec: scores[codec] + _commonness(words, codec) / 2)
    if best == "cp1252" and not re.search(rb"[\x80-\x9f]", data):
        return Encoding("latin-1", "latin-1")
    return Encoding(best, best)


def _utf8_share(sample: bytes) -> float:
    with contextlib.suppress(UnicodeDecodeError):
        codecs.utf_8_decode(sample, "strict", False)  # the sample may cut its last character
        return 1.0
    inside = sum(len(found) for found in UTF8_CHARACTER.findall(sample))
    high = len(HIGH_BYTE.findall(sample))
    return inside / max(1, high)


def _asian_encoding(sample: bytes) -> Encoding | None:
    """Chinese, Korean and Japanese write two bytes a character, so their runs of high bytes are even and long."""
    runs = HIGH_RUN.findall(sample)
    high = sum(map(len, runs))
    pairs = [run[i : i + 2] for run in runs if len(run) % 2 == 0 for i in range(0, len(run), 2)]
    if high < 8:
        return None
    if _reads_as(sample, SHIFT_JIS_RUN, "cp932", high):
        return Encoding("cp932", "Shift JIS")
    if 2 * len(pairs) < 0.95 * high:
        return Encoding("big5", "Big5") if _is_big5(sample, high) else None
    return _of_high_pairs(pairs, sample)


def _of_high_pairs(pairs: Sequence[bytes], sample: bytes) -> Encoding | None:
    if sum(1 for pair in pairs if pair[0] in {0xA4, 0xA5}) > 0.1 * len(pairs) and _decodes(sample, "euc_jp"):
        return Encoding("euc_jp", "EUC-JP")
    common = sum(1 for pair in pairs if 0xB0 <= pair[0] <= 0xD7 and pair[1] >= 0xA1)
    marks = sum(1 for pair in pairs if 0xA1 <= pair[0] <= 0xA3)
    if common + marks < 0.75 * len(pairs):
        return None
    if all(pair[0] <= 0xC8 for pair in pairs) and _decodes(sample, "cp949"):
        return Encoding("cp949", "EUC-KR")
    return Encoding("gb18030", "GB 18030")


def _is_big5(sample: bytes, high: int) -> bool:
    """Traditional Chinese: the usual signs, many with an ASCII byte for their second."""
    pairs = [run[i : i + 2] for run in BIG5_RUN.findall(sample) for i in range(0, len(run), 2)]
    half_ascii = sum(pair[1] < 0x80 for pair in pairs)
    return half_ascii > 0.15 * len(pairs) and _reads_as(sample, BIG5_RUN, "big5", high)


def _reads_as(sample: bytes, usual: re.Pattern[bytes], codec: str, high: int) -> bool:
    """Tell whether nearly all high bytes are of the usual signs, and these form words with no Latin letters at them."""
    runs = list(usual.finditer(sample))
    inside = sum(byte >= 0x80 for run in runs for byte in run[0])
    in_words = sum(len(run[0]) for run in runs if len(run[0]) > 2)
    latin = sum(
        sample[max(0, run.start() - 1) : run.start()].isalpha() or sample[run.end() : run.end() + 1].isalpha()
        for run in runs
    )
    return (
        inside > 0.9 * high
        and in_words > 0.6 * sum(len(run[0]) for run in runs)
        and latin < 0.3 * len(runs)
        and _decodes(sample, codec)
    )


def _decodes(sample: bytes, codec: str) -> bool:
    try:
        codecs.getincrementaldecoder(codec)().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _score(words: Counter[bytes], codec: str) -> float:
    """How well the words read as text of one language: 1.5 for perfectly, less for every odd character."""
    letters: Counter[str] = Counter()
    odd, total = 0.0, 0
    whole_words = codec in WHOLE_WORDS
    for word, times in words.most_common(5_000):
        text = word.decode(codec, errors="replace")
        high = [c for c in text if c > "\x7f"]
        letters.update(dict.fromkeys(high, 0))
        for c in high:
            letters[c] += times
        total += times * len(high)
        odd += times * _oddities(text, whole_words=whole_words)
    known = [sum(n for c, n in letters.items() if c.lower() in alphabet) for alphabet in ALPHABETS[codec]]
    together = sum(n for c, n in letters.items() if any(c.lower() in alphabet for alphabet in ALPHABETS[codec]))
    return (max(known) + together / 2 - odd) / max(1, total)


def _commonness(words: Counter[bytes], codec: str) -> float:
    """Return the share of letters that are common ones in the encoding's languages."""
    common = sum(
        times for word, times in words.items() for c in word.decode(codec, "replace").lower() if c in WHOLE_WORDS[codec]
    )
    return common / sum(times * len(word) for word, times in words.items())


def _oddities(text: str, *, whole_words: bool) -> float:
    odd = 0.0
    for before, c in zip(" " + text, text, strict=False):
        if c == "\ufffd" or (c > "\x7f" and not c.isalpha() and before.isalpha()):
            odd += 1
        elif c.isupper() and before.islower():
            odd += 0.5
        elif whole_words and c.isalpha() and before.isalpha() and (c > "\x7f") != (before > "\x7f"):
            odd += 1
    if not whole_words:
        odd += sum(len(run) for run in re.findall(r"[^\W\d_a-zA-Z]{3,}", text))
    return odd
