"""What becomes of the columns that are no canonical field: extra features, or left out with the reason."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

from car_price_prediction.domain.columns import Column, Role
from car_price_prediction.domain.listing import BY_NAME

from .assign import Candidate
from .evidence import Profile
from .fit import is_economy
from .headers import header_words

_FEW_ROWS = 20
_REASONS: dict[str, tuple[Role, str]] = {
    "id": ("id", "names the listing, not the car"),
    "text": ("untrusted", "free text, which is not read"),
    "unknown_when_priced": ("unknown_when_priced", "of the advertisement: not known when a car is priced"),
    "leak": ("leak", "made from the price, or gives it away"),
    "currency": ("constant", "names the currency"),
}
_SURE = {"leak": 0.7}


def constant(candidate: Candidate) -> Column | None:
    """Return the column left out as constant where it never changes, else None."""
    profile = candidate.profile
    if not profile.texts:
        return left(candidate, "constant", "every cell is empty")
    if profile.rows < _FEW_ROWS:
        return None
    if profile.distinct <= 1 and profile.present > 0.99:
        return left(candidate, "constant", f'every cell is "{profile.texts[0][0][:40]}"')
    if profile.top >= 0.999 and profile.present > 0.99 and profile.rows >= 500:
        most = max(profile.texts, key=lambda pair: pair[1])[0]
        return left(candidate, "constant", f'all but a few cells are "{most[:40]}"')
    return None


def left_out(candidate: Candidate) -> Column | None:
    """Return the column left out for what its header or its values say it is, else None."""
    best, profile = candidate.words.best, candidate.profile
    if best and best.role in _REASONS and best.score >= _SURE.get(best.role, 0.8):
        role, why = _REASONS[best.role]
        return left(candidate, role, f'header "{best.phrase}": {why}', best.score)
    if best and best.role == "field" and best.name == "price" and best.score > 0.75 and profile.number > 0.5:
        return left(candidate, "leak", "a second price of the same car", best.score)
    return _by_values(candidate)


def _by_values(candidate: Candidate) -> Column | None:
    best, profile = candidate.words.best, candidate.profile
    if profile.code > 0.5:
        return left(candidate, "id", "addresses or codes: they name the listing, not the car")
    if profile.sequential and profile.rows >= 5 and (best is None or best.role not in ("field", "extra")):
        return left(candidate, "id", "counts the rows")
    if best is None and profile.rows >= 200 and profile.unique > 0.97 and profile.integer > 0.97:
        return left(candidate, "id", "a different number in every row")
    if profile.date + profile.time > 0.7 and not (best and best.name == "year"):
        return left(candidate, "unknown_when_priced", "dates that nothing ties to the car", 0.7)
    return None


def as_extra(candidate: Candidate, taken: Container[str]) -> Column:
    """Return the column as a further feature, or left out where its values teach nothing."""
    name = _name(candidate, taken)
    doubt = _distrust(candidate) if name else "it has no name"
    if doubt:
        return left(candidate, "untrusted", doubt)
    profile, why = candidate.profile, "a further feature"
    column = Column(candidate.header, "extra", name, "category", confidence=0.8, why=why)
    if profile.date > 0.7:
        return replace(column, kind="number", derive="date", confidence=0.7, why="the year of a date")
    if _is_number(profile) or (name == "torque_nm" and profile.number + profile.unread > 0.8):
        return replace(column, kind="number", decimal=profile.decimal)
    if profile.yes_no >= 0.95:
        return replace(column, derive="yes_no", why="yes or no")
    return replace(column, confidence=0.7)


def _distrust(candidate: Candidate) -> str:
    """Return why a column's values cannot be used, or ""."""
    profile, best = candidate.profile, candidate.words.best
    if profile.present < 0.005 and profile.rows >= 200:
        return "nearly every cell is empty"
    if profile.date > 0.7 or _is_number(profile):
        return ""
    known = BY_NAME.get(best.name) if best and best.score > 0.85 else None
    if known and known.kind == "number" and profile.number > 0.1:
        return f"{known.label.lower()} by its header, but only {profile.number:.0%} of its cells are numbers"
    if profile.length > 80 or (profile.rows >= 20 and profile.unique > (0.5 if profile.rows >= 100 else 0.95)):
        return f"free text: {profile.unique:.0%} of the cells differ"
    return ""


def region(candidate: Candidate) -> Column:
    """Return a column of postal codes as the region: its first digits, where there are many codes."""
    profile = candidate.profile
    if profile.distinct > 200 and profile.length <= 10:
        why = "the first two figures of the postal code"
        return Column(candidate.header, "field", "region", "category", derive="prefix:2", confidence=0.8, why=why)
    return Column(candidate.header, "field", "region", "category", confidence=0.8, why="the postal code")


def _name(candidate: Candidate, taken: Container[str]) -> str:
    best, profile = candidate.words.best, candidate.profile
    slug = header_words(candidate.header).replace(" ", "_")
    name = best.name if best and best.role == "extra" and best.score >= 0.75 else slug
    name = "fuel_economy" if is_economy(profile) else name
    if name in BY_NAME:
        name = f"{name}_2"
    while name and name in taken:
        name = slug if name != slug and slug not in BY_NAME and slug not in taken else f"{name}_2"
    return name


def left(candidate: Candidate, role: Role, why: str, confidence: float = 0.9) -> Column:
    """Return the column left out."""
    kind = "number" if _is_number(candidate.profile) else "category"
    return Column(candidate.header, role, "", kind, confidence=round(confidence, 2), why=why)  # type: ignore[arg-type]


def _is_number(profile: Profile) -> bool:
    return profile.number >= 0.95
