"""Numbers as people write them: any thousands mark, units, currencies, ranges, multipliers, flags."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from .marks import After, read_after, read_before, unit_word
from .wordlists import fold, lookup, table, tidy

_NUMBER = re.compile(
    r"(?:\d{1,3}(?: \d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,'’_٬٫]\d+)*|(?<![\w.,])[.,]\d+)(?:e[+-]?\d{1,3}(?![a-z\d]))?"  # noqa: RUF001
)
_RANGE = re.compile(r"\s*(?:-|–|—|~|\bto\b|\bbis\b|\bдо\b|\ba\b|/)\s*(?=[^\s\w]{0,3}\d)")  # noqa: RUF001
_MANGLED = re.compile(r"(?:(\d{1,2})[-./]([^\W\d_]{3,9})|([^\W\d_]{3,9})[-./](\d{1,2}))\.?")
_NO_CENTS = re.compile(r"[.,]\s?[-–—](?!\d)")  # noqa: RUF001
# "12.7@ 2,700(kgm@ rpm)": the units stand behind the numbers, in their order.
_UNITS_AT_END = re.compile(r"@[^(@]*\(\s*([^@()]+?)\s*@[^@()]*\)")
_GROUPED = re.compile(r"\d{1,3}(?:(?:\.\d{3})+|(?:,\d{2,3})*,\d{3})")


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


def parse_number(text: str, *, decimal: str = ".") -> ParsedNumber | None:  # noqa: PLR0911
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
    before = read_before(text[: found.start()])
    no_cents = _NO_CENTS.match(text, found.end())
    value = to_float(found[0], "," if no_cents and no_cents[0][0] == "," else decimal)
    if before is None or value is None:
        return None
    after, rest = read_after(text[(no_cents or found).end() :])
    value = _times(value, after.multiplier)
    second = _second_of_range(rest, decimal)
    if second is not None:
        high, rest, more = second
        value = value if after.multiplier > 1 or after.unit else _times(value, more.multiplier)
        if high < value:
            return None
        value, after = (
            (value + high) / 2,
            After(1.0, after.unit or more.unit, after.currency or more.currency, scaled=more.scaled or after.scaled),
        )
    if re.match(r"[-/.:]\d", rest) or not math.isfinite(value):
        return None
    bound = before.bound or (">=" if after.plus else "")
    at_end = _UNITS_AT_END.fullmatch(rest)
    words, unit = fold(rest), after.unit or before.unit or (unit_word(at_end[1]) if at_end else "")
    # "$ 227,537 MXN": the sign is many countries', the code is one's.
    currency = after.currency if before.currency == "USD" and after.currency else before.currency or after.currency
    return ParsedNumber(before.sign * value, unit, _flags(words), currency, bound, words, after.scaled)


def numbers_in(text: str, decimal: str = ".") -> list[ParsedNumber]:
    """Return every number of a text that carries a unit.

    Examples
    --------
    >>> [(number.value, number.unit) for number in numbers_in("300.0HP 3.7L V6 Cylinder Engine")]
    [(300.0, 'hp'), (3.7, 'l'), (6.0, 'cyl')]
    """
    text = _plain(text)
    found = []
    for match in _NUMBER.finditer(text):
        value = to_float(match[0], decimal)
        after, _ = read_after(text[match.end() :].removeprefix("-"))
        if value is not None and after.unit and math.isfinite(value):
            found.append(ParsedNumber(_times(value, after.multiplier), after.unit, scaled=after.scaled))
    return found


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


def _times(value: float, power_of_ten: float) -> float:
    """Multiply without the error of binary fractions: 36.8 lakh are 3,680,000."""
    written = repr(value)
    if power_of_ten == 1 or not written.replace(".", "").isdigit():
        return value * power_of_ten
    return float(f"{written}e{round(math.log10(power_of_ten))}")


def _second_of_range(rest: str, decimal: str) -> tuple[float, str, After] | None:
    """Read the upper end of a range off the front of a text: its value, the text after it, its unit."""
    mark = _RANGE.match(rest)
    if not mark:
        return None
    found = _NUMBER.search(rest, mark.end())
    value = to_float(found[0], decimal) if found else None
    if found is None or value is None or ("/" in mark[0] and value > 9):
        return None
    after, rest = read_after(rest[found.end() :])
    return _times(value, after.multiplier), rest, after


def _flags(words: str) -> tuple[str, ...]:
    if not words:
        return ()
    known = lookup("values", "flags")
    return tuple(dict.fromkeys(known[word] for word in words.split() if word in known))
