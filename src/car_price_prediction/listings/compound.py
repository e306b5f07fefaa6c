"""Columns that hold more than one field: names such as "Maruti Swift Dzire VDI", and what shares out a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from car_price_prediction.domain.columns import Column

from .assign import Assignment, Candidate
from .cells import Rows
from .dates import year_in
from .names import model_and_trim, trim_of_title

_MOSTLY = 0.5


def names_in_titles(found: Mapping[str, Assignment], candidates: Mapping[str, Candidate]) -> list[Column]:
    """Return the columns for make, model and trim that are taken out of names and titles.

    They replace what `found` has for these fields under the same header.
    """
    make, model = found.get("make"), found.get("model")
    title = _title(found, candidates)
    if make is not None and candidates[make.header].profile.make < 0.3 <= candidates[make.header].profile.named:
        title, make = make.header, None
    if make is None and model is not None and candidates[model.header].profile.named > _MOSTLY:
        title, model = model.header, None
    if make is None and title is not None and candidates[title].profile.named > _MOSTLY:
        wanted = [("make", "make")] + ([("model", "model")] if model is None or model.header == title else [])
        wanted += [] if "trim" in found else [("trim", "trim")]
        return [_part(title, field, derive, candidates[title].profile.named) for field, derive in wanted]
    if model is not None and candidates[model.header].profile.named > _MOSTLY:
        return _of_model(candidates[model.header], found)
    if model is not None and title is None and "trim" not in found and _is_wordy(candidates[model.header]):
        return _of_model(candidates[model.header], found)
    if title is None:
        return []
    if model is None:
        return _of_model(candidates[title], found)
    texts = candidates[title].profile.texts
    worth_it = sum(trim_of_title(text) is not None for text, _ in texts) >= 0.2 * len(texts)
    return (
        [_part(title, "trim", "trim:title", candidates[title].profile.named)]
        if worth_it and "trim" not in found
        else []
    )


def year_in_title(
    columns: Sequence[Column], found: Mapping[str, Assignment], candidates: Mapping[str, Candidate]
) -> list[Column]:
    """Return the year's column where no other has it and most titles name one."""
    title = next((column.header for column in columns), None) or _title(found, candidates)
    if title is None:
        return []
    texts = candidates[title].profile.texts
    named = sum(count for text, count in texts if year_in(text)) / max(1, sum(count for _, count in texts))
    if named < 0.6:
        return []
    why = f"the year that the title names ({named:.0%})"
    return [Column(title, "field", "year", "number", derive="date", confidence=round(0.9 * named, 2), why=why)]


def _is_wordy(model: Candidate) -> bool:
    """Tell a column of whole model names ("Corolla 2.0 XEi 16V") from one of models."""
    texts = model.profile.texts
    words = sum(len(text.split()) * count for text, count in texts) / max(1, sum(count for _, count in texts))
    return words >= 2.5 and len(texts) > 1.5 * len({model_and_trim(text)[0] for text, _ in texts})


def _title(found: Mapping[str, Assignment], candidates: Mapping[str, Candidate]) -> str | None:
    """Return the header of the column that names or advertises the car, or None."""
    taken = {claim.header for claim in found.values()}
    titles = []
    for candidate in candidates.values():
        best, profile = candidate.words.best, candidate.profile
        if candidate.header in taken or profile.code > 0.2 or profile.number > _MOSTLY or profile.length > 120:
            continue
        is_title = best is not None and best.role == "title" and best.score > 0.75 and profile.yes_no < _MOSTLY
        if is_title or (profile.named > _MOSTLY and not (best and best.role in ("text", "id") and best.score > 0.9)):
            titles.append((profile.named, candidate.header))
    return max(titles)[1] if titles else None


def _of_model(candidate: Candidate, found: Mapping[str, Assignment]) -> list[Column]:
    header, profile = candidate.header, candidate.profile
    columns = [_part(header, "model", "model:model", profile.named)]
    trims = sum(model_and_trim(text)[1] is not None for text, _ in profile.texts)
    if "trim" in found or trims < 0.2 * len(profile.texts):
        return columns
    return [*columns, _part(header, "trim", "trim:model", profile.named)]


def _part(header: str, field: str, derive: str, share: float) -> Column:
    what = {"make": "the known make in front", "model": "the model after the make", "trim": "what follows the model"}
    why = f"{what[field]} ({share:.0%} begin with a known make)" if share > _MOSTLY else what[field]
    return Column(header, "field", field, "category", derive=derive, confidence=round(0.7 + 0.3 * share, 2), why=why)


def model_and_finer(
    found: Mapping[str, Assignment], candidates: Mapping[str, Candidate], raw: Rows
) -> dict[str, Assignment]:
    """Sort out two columns that both name the model: the coarser is the model, the finer the trim."""
    model = found.get("model")
    if model is None:
        return {}
    alike = [c.header for c in candidates.values() if max(c.words.score("model"), c.words.score("series")) > 0.85]
    other = next((header for header in alike if header != model.header), None)
    if other is None or any(claim.header == other for field, claim in found.items() if field != "trim"):
        return {}
    for coarse, fine in ((model.header, other), (other, model.header)):
        if _determines(raw, fine, coarse):
            said = f'"{coarse}" is the same wherever "{fine}" is'
            return {
                "model": Assignment("model", coarse, 0.85, f"the coarser of two model columns: {said}"),
                "trim": Assignment("trim", fine, 0.8, f"the finer of two model columns: {said}"),
            }
    return {}


def _determines(raw: Rows, fine: str, coarse: str) -> bool:
    pairs = pl.DataFrame({"fine": raw[fine], "coarse": raw[coarse]}).drop_nulls()
    if pairs["coarse"].n_unique() >= pairs["fine"].n_unique():
        return False
    kinds = pairs.group_by("fine").agg(pl.len(), pl.col("coarse").n_unique().alias("kinds"))
    rows = int(kinds["len"].sum())
    return rows > 0 and int(kinds.filter(pl.col("kinds") == 1)["len"].sum()) >= 0.9 * rows
