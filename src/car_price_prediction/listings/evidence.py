"""What the values of a column look like, measured on a sample of its rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from .cells import Rows
from .dates import date_year, has_time
from .names import make_named, starts_with_make
from .numbers import ParsedNumber, is_missing, parse_number
from .wordlists import lookup
from .words import WORD_FIELDS, canonical_word, count_word, yes_no

SAMPLE_ROWS = 3_000
_TOKEN = re.compile(r"\d[\d.,]*\d")
_CODE = re.compile(
    r"(?:https?://|www\.)\S+|[0-9a-f]{8}-[0-9a-f-]{27}|[A-HJ-NPR-Z0-9]{17}|[\w.+-]+@[\w-]+\.\w+", re.IGNORECASE
)
_MANGLED = re.compile(r"\d{1,2}-[A-Za-z]{3}|[A-Za-z]{3}-\d{2}")


@dataclass(slots=True)
class Profile:
    """Shares are of the sampled cells that hold something; numbers are as written, units apart."""

    header: str
    rows: int = 0
    present: float = 0.0
    distinct: int = 0
    unique: float = 0.0
    top: float = 0.0
    number: float = 0.0
    bare: float = 0.0
    integer: float = 0.0
    year: float = 0.0
    date: float = 0.0
    time: float = 0.0
    make: float = 0.0
    named: float = 0.0
    yes_no: float = 0.0
    counted: float = 0.0
    code: float = 0.0
    mangled: float = 0.0
    length: float = 0.0
    sequential: bool = False
    decimal: Literal[".", ","] = "."
    low: float = 0.0
    median: float = 0.0
    high: float = 0.0
    words: dict[str, float] = field(default_factory=dict)
    units: Counter[str] = field(default_factory=Counter)
    currencies: Counter[str] = field(default_factory=Counter)
    flags: Counter[str] = field(default_factory=Counter)
    scaled: float = 0.0
    unread: float = 0.0
    texts: tuple[tuple[str, int], ...] = ()

    def unit(self, *names: str) -> float:
        """Return the share of the cells that carry one of these units."""
        total = sum(count for _, count in self.texts)
        return sum(self.units[name] for name in names) / total if total else 0.0


def sample_of(raw: Rows) -> pl.DataFrame:
    """Return at most `SAMPLE_ROWS` rows, spread evenly."""
    step = max(1, raw.height // SAMPLE_ROWS)
    return raw.gather_every(step).head(SAMPLE_ROWS)


def profile_of(column: pl.Series, sample: pl.Series) -> Profile:
    """Measure one column.

    Parameters
    ----------
    column, sample : polars.Series of String
        All its cells, for what must be counted; and the sampled ones, which are read.

    Examples
    --------
    >>> cells = pl.Series("m", ["12,500 km", "8,000 km", "-"])
    >>> found = profile_of(cells, cells)
    >>> found.number, found.unit("km"), found.median
    (1.0, 1.0, 8000.0)
    """
    counts = sample.drop_nulls().value_counts()
    pairs = [(str(text), int(count)) for text, count in counts.iter_rows() if not is_missing(str(text))]
    found = Profile(column.name, rows=column.len(), texts=tuple(sorted(pairs)))
    present = sum(count for _, count in pairs)
    held = column.len() - column.null_count()
    found.distinct = column.drop_nulls().n_unique()
    found.unique = found.distinct / held if held else 0.0
    found.present = present / max(1, sample.len())
    if present:
        found.top = max(count for _, count in pairs) / present
        _measure_texts(found, present)
        found.decimal = decimal_mark(text for text, _ in pairs)
        _measure_numbers(found, present)
        found.sequential = found.unique > 0.999 and found.integer > 0.999 and _climbs(column)
    return found


def decimal_mark(texts: Iterable[str]) -> Literal[".", ","]:
    """Tell the decimal mark of a column from all of its values.

    Examples
    --------
    >>> decimal_mark(["1.500", "950", "12.900"]), decimal_mark(["1.6", "2.0"]), decimal_mark(["1,6"])
    (',', '.', ',')
    """
    votes: Counter[str] = Counter()
    grouped_dots = 0
    longest, plain = 0, False
    for text in texts:
        for token in _TOKEN.findall(text):
            mark = "," if f"{token},-" in text else _vote(token)
            votes[mark] += 1
            if mark == "grouped .":
                grouped_dots += 1
                longest = max(longest, len(token.split(".")[0]))
            plain = plain or (mark == "none" and len(token) == 3)
    if votes["."] or votes[","]:
        return "," if votes[","] > votes["."] else "."
    return "," if grouped_dots and (longest > 1 or plain) else "."


def _vote(token: str) -> str:
    marks = [c for c in token if c in ".,"]
    if not marks:
        return "none"
    if len(set(marks)) == 2:
        return marks[-1] if marks.count(marks[-1]) == 1 else "none"
    other = "," if marks[0] == "." else "."
    if len(marks) > 1:
        return other if len(token.rsplit(marks[0], 1)[1]) == 3 else "none"
    whole, part = token.split(marks[0])
    if len(part) == 3 and len(whole) <= 3 and not whole.startswith("0"):
        return f"grouped {marks[0]}"
    return marks[0]


def _measure_texts(found: Profile, present: int) -> None:
    sums: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for text, count in found.texts:
        sums["length"] += count * len(text)
        sums["code"] += count * bool(_CODE.fullmatch(text))
        sums["mangled"] += count * bool(_MANGLED.fullmatch(text))
        sums["date"] += count * (len(text) <= 40 and date_year(text) is not None)
        sums["time"] += count * (len(text) <= 40 and has_time(text))
        if len(text) > 80:
            continue
        sums["make"] += count * (make_named(text) is not None)
        sums["named"] += count * starts_with_make(text)
        sums["yes_no"] += count * (yes_no(text) is not None)
        sums["counted"] += count * (count_word(text) is not None)
        for name in WORD_FIELDS:
            words[name] += count * (canonical_word(name, text) is not None)
    for name in ("length", "code", "mangled", "date", "time", "make", "named", "yes_no", "counted"):
        setattr(found, name, sums[name] / present)
    found.words = {name: words[name] / present for name in WORD_FIELDS}


def _measure_numbers(found: Profile, present: int) -> None:
    parsed = [(parse_number(text, decimal=found.decimal), count) for text, count in found.texts if len(text) <= 60]
    numbers = [(number, count) for number, count in parsed if number and _is_clean(number)]
    total = sum(count for _, count in numbers)
    found.unread = sum(count for number, count in parsed if number and not _is_clean(number)) / present
    found.number = total / present
    for number, count in numbers:
        found.units[number.unit] += count if number.unit else 0
        found.currencies[number.currency] += count if number.currency else 0
        for flag in number.flags:
            found.flags[flag] += count
    found.units, found.currencies = +found.units, +found.currencies
    found.scaled = sum(count for number, count in numbers if number.scaled) / present
    bare = [(number.value, count) for number, count in numbers if not (number.unit or number.currency or number.scaled)]
    found.bare = sum(count for _, count in bare) / present
    found.integer = sum(count for value, count in bare if value == int(value)) / present
    found.year = sum(count for value, count in bare if 1900 <= value <= 2050 and value == int(value)) / present
    values = sorted((number.value, count) for number, count in numbers)
    found.low, found.median, found.high = (_quantile(values, total, share) for share in (0.05, 0.5, 0.95))


def _is_clean(number: ParsedNumber) -> bool:
    """Tell a number, perhaps with a unit and a flag, from a text with a number in it."""
    words = [word for word in number.rest.split() if word not in lookup("values", "flags")]
    return bool(number.unit) or sum(map(len, words)) <= 3


def _quantile(values: Sequence[tuple[float, int]], total: int, share: float) -> float:
    reached = 0
    for value, count in values:
        reached += count
        if reached >= share * total:
            return value
    return 0.0


def _climbs(column: pl.Series) -> bool:
    numbers = column.cast(pl.Float64, strict=False).drop_nulls()
    if numbers.len() < 5:
        return False
    steps = numbers.diff().drop_nulls()
    return bool((steps > 0).all()) and float(steps.median() or 0.0) <= 5  # type: ignore[arg-type]
