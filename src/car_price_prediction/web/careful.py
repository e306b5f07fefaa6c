"""The slow way to read a car: told by the training file's headers, or with something wrong, all of which is found."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from car_price_prediction.domain.columns import Column
from car_price_prediction.domain.errors import FieldProblem
from car_price_prediction.domain.listing import ASKING_PRICE, Value, field_named
from car_price_prediction.domain.rules import needed_problems, number_problem
from car_price_prediction.domain.text import category_key
from car_price_prediction.listings.numbers import is_missing
from car_price_prediction.listings.units import parse_field

from .schemas import LONGEST

if TYPE_CHECKING:
    from .reading import ListingReader

MOST_UNKNOWN = 20
"""Unknown fields that are named one by one; a body may hold a hundred thousand."""
SHOWN = 60
"""Characters shown of a name or value that somebody sent."""

_SAID = {
    "string_type": ("wrong_type", "must be text, not {kind}", 'write it in quotes: "{value}"'),
    "string_unicode": ("wrong_type", "must be text in UTF-8", ""),
    "string_too_short": ("empty", "must not be empty", "leave the field out where it is not known"),
    "string_too_long": ("too_long", f"must have at most {LONGEST} characters", ""),
    "float_type": ("wrong_type", "must be a number, not {kind}", "write it without quotes, unit and thousands mark"),
    "finite_number": ("not_finite", "must be a finite number", ""),
}


class CarefulReading:
    """One car being read.

    Attributes
    ----------
    listing : dict of str to Value
        What could be read.
    problems : list of FieldProblem
        What could not, in the order in which it was sent.
    """

    def __init__(self, reader: ListingReader) -> None:
        self.listing: dict[str, Value] = {}
        self.problems: list[FieldProblem] = []
        self._reader = reader
        self._sent_as: dict[str, str] = {}
        self._unknown = 0

    def read(self, sent: dict[str, Any]) -> None:
        """Read every field, then hold what was read against the rules."""
        wrong = self._wrong_types({key: value for key, value in sent.items() if key in self._reader.kinds})
        for key, value in sent.items():
            if key in wrong:
                self._claim(key, key)
                self.problems.append(wrong[key])
            elif key in self._reader.kinds:
                self._put(key, key, self._canonical(key, value))
            elif columns := self._reader.headers.get(category_key(key[:LONGEST])):
                self._read_header(key, value, columns)
            else:
                self._refuse_unknown(key)
        self._hold_against_rules()

    def _wrong_types(self, sent: dict[str, Any]) -> dict[str, FieldProblem]:
        try:
            self._reader.validate(sent)
        except ValidationError as error:
            return {str(found["loc"][0]): _type_problem(found) for found in error.errors(include_url=False)}
        return {}

    def _canonical(self, name: str, value: Any) -> Value:
        if value is None:
            return None
        return self._reader.word(name, value) if self._reader.kinds[name] == "category" else float(value)

    def _read_header(self, key: str, value: Any, columns: Sequence[Column]) -> None:
        if isinstance(value, (list, dict)):
            problem = FieldProblem(key, "wrong_type", f"must be text or a number, not {_kind_of(value)}")
        elif isinstance(value, str) and len(value) > LONGEST:
            problem = FieldProblem(key, "too_long", f"must have at most {LONGEST} characters")
        else:
            self._read_cell(key, value, columns)
            return
        self.problems.append(problem)
        for column in columns:
            self._sent_as.setdefault(column.field, key)

    def _read_cell(self, key: str, value: Any, columns: Sequence[Column]) -> None:
        for column in columns:
            read = parse_field(value, column)
            self._put(column.field, key, read)
            if read is None and not column.derive and _says_something(value) and self._claim(column.field, key):
                what = "a number" if column.kind == "number" else "text"
                self.problems.append(FieldProblem(key, "unreadable", f'"{_short(value)}" cannot be read as {what}'))

    def _put(self, field: str, key: str, value: Value) -> None:
        if value is not None and self._claim(field, key):
            self.listing[field] = value

    def _claim(self, field: str, key: str) -> bool:
        other = self._sent_as.setdefault(field, key)
        if other == key:
            return True
        self.problems.append(
            FieldProblem(key, "sent_twice", f'the same field is sent as "{other}" too', "send it once")
        )
        return False

    def _refuse_unknown(self, key: str) -> None:
        self._unknown += 1
        if self._unknown > MOST_UNKNOWN:
            if self._unknown == MOST_UNKNOWN + 1:
                self.problems.append(FieldProblem("", "unknown_field", "and there are more unknown fields"))
            return
        left_out = self._reader.left_out.get(category_key(key[:LONGEST]))
        if left_out:
            column = left_out[0]
            why = (
                f'the price is what is asked for, "{ASKING_PRICE}" what is rated'
                if column.field == "price"
                else column.why or "it tells no price"
            )
            problem = FieldProblem(_short(key), "unknown_field", "is not used to price a car", f"leave it out: {why}")
        else:
            problem = FieldProblem(_short(key), "unknown_field", "is not a field", self._suggestion(key))
        self.problems.append(problem)

    def _suggestion(self, key: str) -> str:
        headers = {folded.replace(" ", "_"): columns[0].header for folded, columns in self._reader.headers.items()}
        names = headers | {name: name for name in self._reader.kinds}
        found = get_close_matches(category_key(key[:SHOWN]).replace(" ", "_"), names, n=1)
        return f'did you mean "{names[found[0]]}"?' if found else "GET /info/features lists the fields"

    def _hold_against_rules(self) -> None:
        found = needed_problems({**dict.fromkeys(self._sent_as, ""), **self.listing})
        for name, value in self.listing.items():
            if self._reader.kinds.get(name) == "number" and isinstance(value, float):
                problem = number_problem(field_named(name, "number"), value, self._sent_as[name])
                found += [problem] if problem else []
        self.problems += found


def _type_problem(found: Any) -> FieldProblem:
    code, message, hint = _SAID.get(found["type"], ("invalid", found["msg"], ""))
    value, kind = found["input"], _kind_of(found["input"])
    if code == "wrong_type" and not isinstance(value, (str, int, float)):
        hint = ""
    return FieldProblem(str(found["loc"][0]), code, message.format(kind=kind), hint.format(value=_short(value)))


def _kind_of(value: Any) -> str:
    names = {bool: "true or false", str: "text", list: "a list", dict: "an object"}
    return names.get(type(value), "a number")


def _says_something(value: Any) -> bool:
    return not (value is None or (isinstance(value, str) and is_missing(value)))


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
