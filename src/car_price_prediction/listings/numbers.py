"""Numbers as people write them: any thousands mark, units, currencies, ranges, multipliers, flags."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from .wordlists import fold, lookup, split_words, table, tidy

_NUMBER = re.compile(
    r"(?:\d{1,3}(?: \d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,'’_٬٫]\d+)*|[.,]\d+)(?:e[+-]?\d{1,3}(?![a-z\d]))?"  # noqa: RUF001
)
_RANGE = re.compile(r"\s*(?:-|–|—|~|\bto\b|\bbis\b|\bдо\b|\ba\b|/)\s*(?=[^\s\w]{0,3}\d)")  # noqa: RUF001
_MANGLED = re.compile(r"(?:(\d{1,2})[-./]([^\W\d_]{3,9})|([^\W\d_]{3,9})[-./](\d{1,2}))\.?")
_NO_CENTS = (",-", ",–", ",—")  # noqa: RUF001
_GROUPED = re.compile(r"\d{1,3}(?:(?:\.\d{3})+|(?:,\d{2,3})*,\d{3})")
_BEFORE = {
    "ca",
    "circa",
    "approx",
    "approximately",
    "about",
    "around",
    "rund",
    "environ",
    "aprox",
    "около",
    "约",
    "v",
    "w",
}
_BEFORE |= {"i", "l", "r", "h", "inline", "flat", "price", "only", "just", "usd", "от", "from", "ab", "desde", "mrp"}
_MORE = re.compile(
    r"(?:>|≥|>=|over|above|more than|mehr als|plus de|mas de|más de|oltre|powyżej|свыше|более|от|from|ab)$"
)
_LESS = re.compile(r"(?:<|≤|<=|under|below|less than|up to|bis|moins de|menos de|poniżej|до|менее|unter)$")


@dataclass(frozen=True, slots=True)
class ParsedNumber:
    """A number found in a text.

    Attributes
    ----------
    value : float
        With multipliers such as "k" and "lakh" applied, in the text's own unit; the middle of a range.
    unit : str
        The unit found in the text, such as ``"km"``, or ``""``.
    flags : tuple of str
        Words such as ``"turbo"`` that stand beside it.
    currency : str
        ISO 4217 code of a currency found in the text, or ``""``.
    bound : {"", ">", ">=", "<"}
        Whether the text says more than, at least, or less than the value.
    rest : str
        What could not be read, folded.
    scaled : bool
        Whether a multiplier stood in the text.
    """

    value: float
    unit: str = ""
    flags: tuple[str, ...] = ()
    currency: str = ""
    bound: str = ""
    rest: str = ""
    scaled: bool = False


@dataclass(slots=True)
class _After:
    multiplier: float = 1.0
    unit: str = ""
    currency: str = ""
    plus: bool = False
    scaled: bool = False


@cache
def missing_words() -> frozenset[str]:
    """Return the words that stand for a missing value, tidy and without case."""
    return frozenset(tidy(word).casefold() for word in table("values")["missing"])


def is_missing(text: str) -> bool:
    """Tell whether a text stands for no value.

    Examples
    --------
    >>> is_missing("N/A"), is_missing("Bilmiyorum"), is_missing("no")
    (True, True, False)
    """
    return tidy(text).casefold() in missing_words()


@cache
def _suffixes() -> Mapping[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for kind in ("units", "multipliers", "currencies"):
        for key, words in table("values")[kind].items():
            for word in split_words(words):
                found.setdefault(tidy(word).casefold(), (kind, key))
    return found


@cache
def _longest_suffix() -> int:
    return max(map(len, _suffixes()))


def parse_number(text: str, *, decimal: str = ".") -> ParsedNumber | None:
    """Read the number of a text, or return None where there is none or it is something else.

    Parameters
    ----------
    text : str
        Such as ``"€ 12.500,-"``, ``"186005 km"``, ``"2.0 Turbo"``, ``"200 000 - 249 999"`` or ``"3.5 lakh"``.
    decimal : {".", ","}
        The decimal mark of the column; decides only what one text alone leaves open ("1.500").

    Examples
    --------
    >>> parse_number("186005 km").value, parse_number("186005 km").unit
    (186005.0, 'km')
    >>> parse_number("2.0 Turbo").flags
    ('turbo',)
    >>> parse_number("1.500", decimal=",").value, parse_number("1.500").value
    (1500.0, 1.5)
    >>> parse_number("04-May").value
    4.5
    >>> parse_number("03/2015") is None
    True
    """
    text = _plain(text)
    if text in missing_words():
        return None
    mangled = _MANGLED.fullmatch(text)
    if mangled and fold(mangled[2] or mangled[3]) in lookup("values", "months"):
        return _middle_of_dates(mangled)
    found = _NUMBER.search(text)
    if not found:
        return None
    before = _read_before(text[: found.start()])
    value = to_float(found[0], "," if text.startswith(_NO_CENTS, found.end()) else decimal)
    if before is None or value is None:
        return None
    sign, bound, currency = before
    after, rest = _read_after(text[found.end() :])
    value *= after.multiplier
    second = _second_of_range(rest, decimal)
    if second is not None:
        high, rest, more = second
        value = value if after.multiplier > 1 or after.unit else value * more.multiplier
        if high < value:
            return None
        value, after = (
            (value + high) / 2,
            _After(1.0, after.unit or more.unit, after.currency or more.currency, scaled=more.scaled or after.scaled),
        )
    if re.match(r"[-/.:]\d", rest) or not math.isfinite(value):
        return None
    if after.plus and not bound:
        bound = ">="
    words = fold(rest)
    return ParsedNumber(sign * value, after.unit, _flags(words), currency or after.currency, bound, words, after.scaled)


def to_float(token: str, decimal: str) -> float | None:
    """Turn digits with marks into a number, or None where the marks make no sense ("12.03.2015").

    Examples
    --------
    >>> to_float("1.234.567,5", "."), to_float("12,34,567", "."), to_float("12,5", ".")
    (1234567.5, 1234567.0, 12.5)
    """
    token = token.replace(" ", "").replace("'", "").replace("’", "").replace("_", "")  # noqa: RUF001
    mantissa, e, exponent = token.partition("e")
    marks = [c for c in mantissa if c in ".,"]
    if len(set(marks)) == 2:
        last = marks[-1]
        if marks.count(last) > 1:
            return None
        other = "," if last == "." else "."
        mantissa = mantissa.replace(other, "").replace(last, ".")
    elif len(marks) > 1:
        if not _GROUPED.fullmatch(mantissa):
            return None
        mantissa = mantissa.replace(marks[0], "")
    elif marks:
        whole, _, part = mantissa.partition(marks[0])
        grouped = marks[0] != decimal and len(part) == 3 and len(whole) in (1, 2, 3) and whole[0] != "0"
        mantissa = whole + part if grouped else f"{whole or '0'}.{part}"
    return float(f"{mantissa}{e}{exponent}")


def _plain(text: str) -> str:
    text = tidy(text).casefold()
    if not text.isascii():
        text = text.replace("٫", ".").replace("٬", ",").replace("−", "-").replace("،", ",")  # noqa: RUF001
        text = "".join(str(unicodedata.digit(c)) if c.isdecimal() and not c.isascii() else c for c in text)
    return text


def _middle_of_dates(mangled: re.Match[str]) -> ParsedNumber | None:
    """Undo a spreadsheet that took the range "4-5" for the fourth of May."""
    number, month = int(mangled[1] or mangled[4]), int(lookup("values", "months")[fold(mangled[2] or mangled[3])])
    return ParsedNumber((number + month) / 2) if 1 <= number <= 12 else None


def _read_before(text: str) -> tuple[int, str, str] | None:
    """Read what stands before a number: its sign, a bound, a currency; None where it is something else."""
    text = text.strip()
    if not text:
        return 1, "", ""
    sign, bound, currency = 1, "", ""
    if text.endswith(("-", "+")):
        sign, text = (-1 if text[-1] == "-" else 1), text[:-1].rstrip()
    if _MORE.search(text):
        bound = ">=" if text.endswith(("=", "≥", "от", "from", "ab")) else ">"
        text = _MORE.sub("", text).rstrip()
    elif _LESS.search(text):
        bound, text = "<", _LESS.sub("", text).rstrip()
    for word in text.replace("~", " ").replace(":", " ").replace("=", " ").split():
        kind, key = _suffixes().get(word, ("", ""))
        if kind == "currencies":
            currency = key
        elif word.strip(".,") not in _BEFORE and _suffixes().get(text.replace(" ", ""), ("",))[0] != "currencies":
            return None
    whole = _suffixes().get(text.replace(" ", ""), ("", ""))
    return sign, bound, whole[1] if whole[0] == "currencies" else currency


def _read_after(text: str) -> tuple[_After, str]:
    """Read multipliers, units and currencies off the front of a text, longest first."""
    after = _After()
    while True:
        text = text.lstrip(" ")
        if text[:1] == "+" and not after.plus:
            after.plus, text = True, text[1:]
            continue
        kind, key, size = _longest_word(text)
        if not size or (kind == "units" and after.unit) or (kind == "multipliers" and after.unit):
            return after, text
        if kind == "multipliers":
            after.multiplier, after.scaled = after.multiplier * float(key), True
        elif kind == "units":
            after.unit = key
        else:
            after.currency = key
        text = text[size:]


def _longest_word(text: str) -> tuple[str, str, int]:
    if not text:
        return "", "", 0
    words = _suffixes()
    for size in range(min(len(text), _longest_suffix()), 0, -1):
        found = words.get(text[:size])
        if found and not _cuts_a_word(text, size):
            return found[0], found[1], size
    return "", "", 0


def _cuts_a_word(text: str, size: int) -> bool:
    last, following = text[size - 1], text[size : size + 1]
    if not following or ord(last) >= 0x2E80:  # ideographs need no blank between words
        return False
    return last.isalnum() and following.isalnum()


def _second_of_range(rest: str, decimal: str) -> tuple[float, str, _After] | None:
    """Read the upper end of a range off the front of a text: its value, the text after it, its unit."""
    mark = _RANGE.match(rest)
    if not mark:
        return None
    found = _NUMBER.search(rest, mark.end())
    value = to_float(found[0], decimal) if found else None
    if found is None or value is None or ("/" in mark[0] and value > 9):
        return None
    after, rest = _read_after(rest[found.end() :])
    return value * after.multiplier, rest, after


def _flags(words: str) -> tuple[str, ...]:
    if not words:
        return ()
    known = lookup("values", "flags")
    return tuple(dict.fromkeys(known[word] for word in words.split() if word in known))
