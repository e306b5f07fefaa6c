"""Fields found without a word of help: by how a column moves with the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import polars as pl

from car_price_prediction.domain.columns import Column

from .assign import Assignment, Candidate
from .headers import is_generic
from .interpret import interpret_frame

_NAMELESS, _NAMED = 0.6, 0.4
_CORRELATION = 0.25
_FEWEST = 8


def by_relations(
    sample: pl.DataFrame, candidates: Mapping[str, Candidate], found: Mapping[str, Assignment], wanted: Collection[str]
) -> dict[str, Assignment]:
    """Find the price, the mileage and the model that no header names.

    Prices rise with the year and mileages fall; a model belongs to one make. Where the file has a header row that
    says nothing of the kind the result is doubtful, so that people are asked.
    """
    # A "type" that holds no body word may well be the model.
    kept = {c.header for f, c in found.items() if f != "body" or candidates[c.header].profile.words["body"] > 0.05}
    free = {name: c for name, c in candidates.items() if name not in kept}
    new: dict[str, Assignment] = {}
    if "year" in found and {"price", "mileage_km"} & set(wanted) - set(found):
        new |= _by_year(sample, free, found, wanted)
    free = {name: c for name, c in free.items() if name not in {claim.header for claim in new.values()}}
    if "make" in found and "model" not in found:
        new |= _by_make(sample, free, found["make"].header)
    if "engine_l" not in found:
        new |= _engine(free)
    return new


def _engine(free: Mapping[str, Candidate]) -> dict[str, Assignment]:
    for name, candidate in free.items():
        profile = candidate.profile
        sized = profile.low >= 0.6 and profile.high <= 8 and 1 <= profile.median <= 5 and profile.bare > 0.9
        if is_generic(name) and sized and profile.integer < 0.8 and profile.distinct <= 80:
            return {
                "engine_l": Assignment("engine_l", name, _NAMELESS, "by its values alone: sizes of engines in litres")
            }
    return {}


def _by_year(
    sample: pl.DataFrame, free: Mapping[str, Candidate], found: Mapping[str, Assignment], wanted: Collection[str]
) -> dict[str, Assignment]:
    year = Column(found["year"].header, "field", "year", "number")
    numbers = [
        Column(name, "extra", name, "number", decimal=c.profile.decimal)
        for name, c in free.items()
        if _silent(c) and c.profile.number > 0.8 and c.profile.median >= 100 and c.profile.distinct >= _FEWEST
        and not c.profile.sequential and c.profile.year < 0.9
    ]  # fmt: skip
    values = interpret_frame(sample, [year, *numbers])
    ranks = {column.field: _rank(values, "year", column.field) for column in numbers}
    new = {}
    for field, sign, said in (("mileage_km", -1, "falls"), ("price", 1, "rises")):
        if field in found or field not in wanted or not ranks:
            continue
        best = max(ranks, key=lambda name: sign * ranks[name])
        if sign * ranks[best] > _CORRELATION:
            why = f"by its values alone: it {said} with the year (rank correlation {ranks[best]:.2f})"
            new[field] = Assignment(field, best, _NAMELESS if is_generic(best) else _NAMED, why)
            ranks.pop(best)
    return new


def _by_make(sample: pl.DataFrame, free: Mapping[str, Candidate], make: str) -> dict[str, Assignment]:
    fits = []
    for name, candidate in free.items():
        profile, best = candidate.profile, candidate.words.best
        told = best is not None and best.score > 0.9 and not (best.role == "field" and best.name == "body")
        if (
            told
            or profile.number > 0.6
            or profile.date > 0.5
            or profile.length > 60
            or max(profile.words.values()) > 0.1
        ):
            continue
        values = sample.select(make=pl.col(make), model=pl.col(name)).drop_nulls()
        kinds = values.group_by("model").agg(pl.len(), pl.col("make").n_unique().alias("makes"))
        repeated = kinds.filter(pl.col("len") > 1)
        rows, own = int(repeated["len"].sum()), int(repeated.filter(pl.col("makes") == 1)["len"].sum())
        if kinds.height > values["make"].n_unique() and rows >= 0.3 * values.height and own > 0.9 * rows:
            fits.append((kinds.height, name))
    if not fits:
        return {}
    name = min(fits)[1]
    return {"model": Assignment("model", name, 0.6, "by its values alone: each belongs to one make")}


def _rank(values: pl.DataFrame, one: str, other: str) -> float:
    pairs = values.select(one, other).drop_nulls()
    if pairs.height < _FEWEST:
        return 0.0
    found = pairs.select(pl.corr(one, other, method="spearman")).item()
    return 0.0 if found is None or found != found else float(found)  # noqa: PLR0124


def _silent(candidate: Candidate) -> bool:
    return candidate.words.best is None or candidate.words.best.score < 0.75
