"""Which column is which field: the header proposes, the values decide."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from car_price_prediction.domain.listing import FIELDS

from .evidence import Profile
from .fit import fit
from .headers import HeaderWords
from .words import WORD_FIELDS

DOUBTFUL = 0.5
"""Below this confidence a needed column is asked for and any other is not used as a field."""

_CONTRADICTED = 0.2
_BY_VALUES = ("year", "make", "price", "mileage_km", "engine_l", "power_kw", *(f for f in WORD_FIELDS if f != "seller"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A column of the file: its header read and its values measured."""

    header: str
    words: HeaderWords
    profile: Profile


@dataclass(frozen=True, slots=True)
class Assignment:
    """A column found to be a field."""

    field: str
    header: str
    confidence: float
    why: str


def assign(candidates: Mapping[str, Candidate], overrides: Mapping[str, str]) -> dict[str, Assignment]:
    """Give each field at most one column and each column at most one field, the surest first.

    Parameters
    ----------
    candidates : mapping of str to Candidate
        Header -> column.
    overrides : mapping of str to str
        Field -> header, as told by the operator: taken as it is.

    Returns
    -------
    dict of str to Assignment
        By field; also those that are doubtful.
    """
    found = {field: Assignment(field, header, 1.0, "named by --column") for field, header in overrides.items()}
    # Of two that fit alike, the one with fewer values says more: a province before its towns.
    claims = sorted(
        _claims(candidates), key=lambda c: (-round(c.confidence, 2), _spread(candidates[c.header], c.field))
    )
    taken = set(overrides.values())
    for claim in claims:
        if claim.field not in found and claim.header not in taken:
            found[claim.field] = claim
            taken.add(claim.header)
    return found


def claims_for(field: str, candidates: Mapping[str, Candidate]) -> list[Assignment]:
    """Return every column that might be a field, the surest first."""
    claims = (_claim(field, candidate) for candidate in candidates.values())
    return sorted((claim for claim in claims if claim), key=lambda claim: -claim.confidence)


def _spread(candidate: Candidate, field: str) -> int:
    return candidate.profile.distinct if field == "region" else 0


def _claims(candidates: Mapping[str, Candidate]) -> list[Assignment]:
    every = [_claim(field.name, candidate) for candidate in candidates.values() for field in FIELDS]
    return [claim for claim in every if claim]


def _claim(field: str, candidate: Candidate) -> Assignment | None:
    worth = fit(field, candidate.profile)
    if worth < _CONTRADICTED:
        return None
    best, said = candidate.words.best, candidate.words.score(field)
    if best and best.score - said > 0.15:
        said = 0.0
    if said:
        phrase = next(match.phrase for match in candidate.words.matches if match.name == field)
        return Assignment(field, candidate.header, said * (0.6 + 0.4 * worth), f'header "{phrase}"{_agree(worth)}')
    if worth >= 0.85 and field in _BY_VALUES and _may_be_overruled(field, candidate, worth):
        return Assignment(field, candidate.header, 0.75 * worth, f"by its values alone: {_looks(field)}")
    return None


def _may_be_overruled(field: str, candidate: Candidate, worth: float) -> bool:
    """Tell whether a header says nothing, or something that its values contradict: the values outweigh it."""
    best = candidate.words.best
    if best is None or best.score < 0.75:
        return True
    if best.role == "title":
        return field == "make"
    if best.role == "field":
        loose = best.name in ("region", "trim") and worth > 0.95
        return loose or fit(best.name, candidate.profile) < _CONTRADICTED
    return best.role in ("id", "unknown_when_priced", "text") and field in WORD_FIELDS and worth > 0.95


def _agree(worth: float) -> str:
    if worth >= 0.85:
        return ", and its values fit"
    return "" if worth >= 0.5 else ", though its values look unusual for it"


def _looks(field: str) -> str:
    if field in WORD_FIELDS:
        return f"words for {field}"
    return {"year": "years", "make": "known makes", "price": "a currency", "mileage_km": "distances"}.get(
        field, "units"
    )
