"""The page's form: a box for each field of the model, and the car that somebody typed into them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from car_price_prediction.domain.columns import Column, Role
from car_price_prediction.domain.listing import ASKING, ASKING_PRICE, BY_NAME, Listing, Value, field_named
from car_price_prediction.domain.rules import needed_problems, number_problem, plausible_range
from car_price_prediction.listings.units import parse_field, parse_number
from car_price_prediction.pricing.fields import FieldInfo

from .current import Current
from .language import Language
from .schemas import ONE_OF_EACH
from .trims import trims_of
from .words import MILEAGE, Words

MAIN = ("make", "model", "trim", "year", MILEAGE)
"""Always shown; the rest is folded away."""
ASKED = {"make": "problem.make", "year": "problem.when"}
MOST_IN_A_LIST = 30
"""Words that are offered in a closed list; where there are more, typing finds them."""
MOST_OFFERED = 300
LONGEST, SHOWN = 200, 40

_MARKS = re.compile("[.,'\u2019\u00a0\u202f ]")
_GROUPED = re.compile(rf"\d{{1,3}}(?:{_MARKS.pattern}\d{{3}})+")
"""Whole thousands: a dot in a mileage is a thousands mark, wherever the reader comes from."""


@dataclass(frozen=True, slots=True)
class Box:
    """One field of the form.

    Attributes
    ----------
    key : str
        Its name in the address: ``mileage`` is in the market's unit, all others are canonical.
    field : str
        The canonical field.
    label, unit, hint : str
        For people, in their language.
    kind : {"text", "list", "number"}
        ``text`` suggests `choices` while one types, ``list`` offers nothing else.
    choices : tuple of str
    main : bool
        Whether it is always shown.
    value, problem : str
        What was typed, and what is wrong with it.
    """

    key: str
    field: str
    label: str
    unit: str
    hint: str
    kind: str
    choices: tuple[str, ...]
    main: bool
    value: str = ""
    problem: str = ""


def read_form(current: Current, typed: Mapping[str, str], language: Language) -> tuple[list[Box], Listing, bool]:
    """Read what was typed.

    Parameters
    ----------
    current : Current
    typed : mapping of str to str
        By the keys of the boxes; others are passed over.
    language : Language
        Of the boxes and their problems.

    Returns
    -------
    tuple of list of Box, Listing and bool
        The boxes as typed, with their problems; the car; and whether anything was sent at all.
    """
    return _Form(current, typed, language).read()


class _Form:
    """One reading of the form."""

    def __init__(self, current: Current, typed: Mapping[str, str], language: Language) -> None:
        market = current.valuer.manifest.market
        self.current, self.language, self.currency = current, language, market.currency
        self.words = Words(language, market.mileage_unit)
        self.typed = {key: text.strip()[:LONGEST] for key, text in typed.items()}
        self.infos = needed_first(current.valuer.fields)

    def read(self) -> tuple[list[Box], Listing, bool]:
        """Return the boxes, the car, and whether anything was sent."""
        listing: dict[str, Value] = {}
        problems: dict[str, str] = {}
        for info in self.infos:
            if text := self._text(info):
                listing[info.name], problem = self._value(info, text)
                problems |= {info.name: problem} if problem else {}
        sent = any(_key(info.name) in self.typed for info in self.infos)
        if sent:
            problems = self._needed(dict.fromkeys(problems, ""), listing) | problems
        boxes = [self._box(info, problems.get(info.name, "")) for info in self.infos]
        asked, asking = self._asking()
        if asking is not None:
            listing[ASKING_PRICE] = asking
        return [*boxes, asked], listing, sent

    def _text(self, info: FieldInfo) -> str:
        return self.typed.get(_key(info.name), "")

    def _value(self, info: FieldInfo, text: str) -> tuple[Value, str]:
        """Return the value in the canonical unit, and what is wrong with it."""
        if info.kind == "category":
            return self.current.reader.word(info.name, text), ""
        role: Role = "field" if info.name in BY_NAME else "extra"
        unit = self.words.mileage_unit if info.name == MILEAGE else info.unit
        if info.name == MILEAGE and _GROUPED.fullmatch(text):
            text = _MARKS.sub("", text)
        value, parsed = parse_field(text, Column(info.name, role, info.name, "number", unit)), parse_number(text)
        if not isinstance(value, float) or (parsed and parsed.rest):
            return None, self.language("problem.year" if info.name == "year" else "problem.number", text=text[:SHOWN])
        return value, self._implausible(info, value)

    def _implausible(self, info: FieldInfo, value: float) -> str:
        field = field_named(info.name, "number")
        if number_problem(field, value) is None:
            return ""
        low, high = plausible_range(field)
        if self.words.factor(info.name) != 1.0:
            high = round(high / self.words.factor(info.name), -3) * self.words.factor(info.name)
        shown, least, most = (self.words.value(info.name, one) for one in (value, low, high))
        return self.language("problem.range", value=shown, low=least, high=most)

    def _needed(self, wrong: Listing, listing: dict[str, Value]) -> dict[str, str]:
        """Return the problems of needed fields that were not told, at a box that the form has."""
        names = [info.name for info in self.infos]
        problems = {}
        for problem in needed_problems({**wrong, **{k: v for k, v in listing.items() if v is not None}}):
            group = next(group for group in ONE_OF_EACH if problem.field in group)
            box = next((name for name in group if name in names), None)
            if box:
                problems[box] = self.language(ASKED[problem.field])
            else:
                # Every listing had the same, so the model asks for neither, and reads neither.
                listing[problem.field] = "" if problem.field == "make" else 0.0
        return problems

    def _box(self, info: FieldInfo, problem: str) -> Box:
        choices = choices_of(self.current, info, self.typed)
        closed = len(choices) <= MOST_IN_A_LIST and info.name not in MAIN
        return Box(
            key=_key(info.name),
            field=info.name,
            label=self.language.field(info.name, info.label),
            unit=self.words.unit(info.name) if info.name in BY_NAME else info.unit,
            hint=self._hint(info),
            kind="number" if info.kind == "number" else "list" if closed and choices else "text",
            choices=choices,
            main=info.name in MAIN,
            value=self._text(info),
            problem=problem,
        )

    def _hint(self, info: FieldInfo) -> str:
        if info.kind != "number" or info.low is None or info.high is None:
            return ""
        factor, plain = self.words.factor(info.name), info.name == "year"
        low, high = (self.language.number(end / factor, plain=plain) for end in (info.low, info.high))
        return self.language("form.hint", low=low, high=high)

    def _asking(self) -> tuple[Box, float | None]:
        """Return the box of what is asked for the car, and the amount."""
        text = self.typed.get(ASKING_PRICE, "")
        plain = _MARKS.sub("", text) if _GROUPED.fullmatch(text) else text
        value = parse_field(plain, Column(ASKING_PRICE, "field", "price", "number"))
        amount, problem = value if isinstance(value, float) else None, ""
        if text and amount is None:
            problem = self.language("problem.amount", text=text[:SHOWN])
        elif amount is not None and number_problem(ASKING, amount):
            amount, problem = None, self.language("problem.asking")
        label, hint = self.language.field(ASKING_PRICE, ASKING.label), self.language("form.hint_asking")
        unit = self.currency or ""
        return Box(ASKING_PRICE, ASKING_PRICE, label, unit, hint, "number", (), True, text, problem), amount


def choices_of(current: Current, info: FieldInfo, typed: Mapping[str, str]) -> tuple[str, ...]:
    """Return the words that are offered for a field: the models of the make, the trims of the model."""
    found: Sequence[str] = ()
    if info.name == "model":
        found = current.models_of(typed.get("make", ""))
    elif info.name == "trim":
        make, model = (current.reader.word(name, typed.get(name, "")) for name in ("make", "model"))
        found = trims_of(current.valuer.contents.comparables, make, model)
    return tuple(sorted((found or info.known)[:MOST_OFFERED], key=str.casefold))


def needed_first(fields: tuple[FieldInfo, ...]) -> list[FieldInfo]:
    """Return the fields in the order in which people are asked for them."""
    return sorted(fields, key=lambda info: MAIN.index(info.name) if info.name in MAIN else len(MAIN))


def _key(name: str) -> str:
    return "mileage" if name == MILEAGE else name
