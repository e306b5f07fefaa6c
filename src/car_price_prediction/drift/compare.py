"""Later cars against the reference of a package: field by field, with a verdict that chance seldom gives."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
import polars as pl

from car_price_prediction.package.reference import FieldReference, Reference

from .cells import keys_of, number_counts, tally, word_counts
from .chances import index_by_chance, larger_share, more_unseen, same_shares, stability_index
from .derived import FIELDS, PRICES, Vector, numbers_of, with_derived
from .report import QUANTILES, Cell, DriftReport, FieldDrift, Verdict, gravest

A_WEEK = 0.005
"""How often a week may find something where nothing moved, all fields and looks together: half of what is promised."""
LEVEL = A_WEEK / 7
"""Of a look a day."""
WEEK_S = 7 * 86_400.0
FEWEST = 100
"""A field that fewer cars tell, now or in training, is not judged."""
TESTS = 2
"""Of each field: numbers are larger or smaller, or spread otherwise; words come as often, or are new."""
FLOOR, FLOOR_ABOVE, FLOOR_UNSEEN = 0.01, 0.025, 0.01
"""What a test finds counts where what it looks at differs by so much: excess index, how often larger, new words."""
FAR = 0.25
"""From this excess on a field is far from what the model learnt."""
SILENT = 0.1
MOST_SHOWN = 5
SHOWN_NEW = 0.005
"""A new word is named where this share of the cars tells it: not what a single one says."""
NEW, NOT_SEEN = " (new)", "(never seen)"
SURE = 2.0
"""What moved is shown where its share moved by so many standard errors."""


def level_of(every_s: float) -> float:
    """Return the level of looks that are so far apart: the more looks a week, the surer each must be.

    Parameters
    ----------
    every_s : float
        0 where somebody looks by hand: as often as once a day.

    Examples
    --------
    >>> round(level_of(86_400.0), 5), level_of(30 * 86_400.0)
    (0.00071, 0.005)
    """
    return A_WEEK * min(every_s / WEEK_S, 1.0) if every_s else LEVEL


class _Test(NamedTuple):
    """What one test says, and whether what it looks at differs by as much as matters."""

    p: float
    matters: bool


@dataclass(frozen=True, slots=True)
class _Found:
    """What was counted of one field, before all tests are corrected for each other."""

    field: FieldDrift
    tests: tuple[_Test, ...] = ()


def compare(reference: Reference, listings: pl.DataFrame, *, level: float = LEVEL) -> DriftReport:
    """Compare cars with the training listings of a model.

    A field moved where a test says so at `level`, corrected (Bonferroni) for the tests of all fields, and where the
    difference is of a size that matters. On unchanged cars, a look a day finds something in fewer than one week in a
    hundred.

    Parameters
    ----------
    reference : Reference
        See `package.reference.read_reference`.
    listings : DataFrame
        Canonical fields as columns; ``price`` is what is asked, and ``quote``, where it is there, what the model says.
        One that is absent counts as not told. Of rows with the same ``_group``, re-posts of one car, the first counts.
    level : float

    Examples
    --------
    >>> from car_price_prediction.drift.build import reference_of
    >>> cars = pl.DataFrame({"make": ["Audi", "BMW"] * 600})
    >>> report = compare(reference_of(cars, ["make"]), pl.DataFrame({"make": ["Audi", "Kia"] * 300}))
    >>> report.worst.name, report.worst.verdict, [cell.label for cell in report.worst.moved]
    ('make', 'far', ['BMW', 'Kia (new)'])
    """
    if "_group" in listings:
        listings = listings.unique("_group", keep="first", maintain_order=True)
    table = with_derived(listings, reference.usual_km)
    unseen = pl.repeat(value=False, n=table.height, eager=True)
    found = []
    for field in reference.fields:
        one, new = _field(field, table)
        found.append(one)
        unseen |= new
    tests = TESTS * sum(one.field.judged for one in found)
    fields = tuple(_judged(one, tests, level) for one in found)
    return DriftReport(
        made_at=datetime.now(UTC),
        cars=table.height,
        reference_cars=reference.cars,
        level=level,
        unseen=float(unseen.mean() or 0.0),  # type: ignore[arg-type]
        verdict=gravest(fields),
        fields=fields,
    )


def _judged(found: _Found, tests: int, level: float) -> FieldDrift:
    field = found.field
    if not found.tests:
        return field
    p = min(min(test.p for test in found.tests) * tests, 1.0)
    sure = any(test.matters and test.p * tests < level for test in found.tests)
    verdict = field.verdict
    if sure:
        verdict = "far" if field.excess >= FAR else "moved"
    return field.model_copy(update={"verdict": verdict, "p": p, "moved": field.moved if sure else ()})


def _untested(reference: FieldReference, cars: int, told: int) -> Verdict:
    """Return the verdict of a field without a test: whether it is told as often as it was."""
    then = reference.told + reference.missing
    if min(cars, then) < FEWEST:
        return "too few"
    # Most cars are sent without an asking price; what is derived is told where the fields are that it comes from.
    told_otherwise = abs(told / cars - reference.told / then) >= SILENT and reference.name not in (*PRICES, *FIELDS)
    if told_otherwise:
        return "silent"
    return "steady" if min(told, reference.told) >= FEWEST else "too few"


def _field(reference: FieldReference, table: pl.DataFrame) -> tuple[_Found, pl.Series]:
    nothing_new = pl.repeat(value=False, n=table.height, eager=True)
    if reference.kind == "number":
        return _number(reference, numbers_of(table, reference.name)), nothing_new
    column = table[reference.name] if reference.name in table else pl.repeat(None, table.height, eager=True)
    keys = keys_of(column)
    new = nothing_new
    if reference.vocabulary is not None:
        new = keys.is_not_null() & ~keys.is_in(list(reference.vocabulary))
    return _words(reference, tally(keys), column.filter(new), table.height), new


def _number(reference: FieldReference, values: Vector) -> _Found:
    told = values[np.isfinite(values)]
    counts = number_counts(told, reference.edges)
    drift = _counted(reference, counts, len(values))
    if not drift.judged:
        return _Found(drift)
    above, p_above = larger_share(reference.counts, counts)
    quantiles = tuple(np.quantile(told, QUANTILES).round(6).tolist())
    drift = drift.model_copy(
        update={"above": above, "quantiles": quantiles, "quantiles_before": reference.quantiles},
    )
    order = _Test(p_above, abs(above - 0.5) >= FLOOR_ABOVE)
    return _Found(drift, (order, _Test(same_shares(reference.counts, counts), drift.excess >= FLOOR)))


def _words(reference: FieldReference, keys: Counter[str], new: pl.Series, cars: int) -> _Found:
    counts = word_counts(keys, reference.keys)
    told = sum(counts)
    expected, p_unseen = more_unseen(reference.once, reference.words, len(new), told)
    drift = _counted(reference, counts, cars, _Unseen(len(new), expected, _named(new, told)))
    if not drift.judged:
        return _Found(drift)
    shares = _Test(same_shares(reference.counts, counts), drift.excess >= FLOOR)
    if reference.vocabulary is None:
        return _Found(drift, (shares,))
    share = len(new) / told
    drift = drift.model_copy(update={"unseen": share, "unseen_before": expected})
    return _Found(drift, (shares, _Test(p_unseen, share - expected >= FLOOR_UNSEEN)))


@dataclass(frozen=True, slots=True)
class _Unseen:
    """Words that training never saw: how many cars tell one, the share that was to be, and the frequent ones."""

    count: int = 0
    expected: float = 0.0
    named: tuple[Cell, ...] = ()


def _named(new: pl.Series, told: int) -> tuple[Cell, ...]:
    counts = new.rename("word").value_counts().sort(["count", "word"], descending=[True, False]).head(MOST_SHOWN)
    return tuple(
        Cell(label=f"{str(word)[:60]}{NEW}", before=0.0, now=count / told)
        for word, count in counts.iter_rows()
        if count >= max(3, SHOWN_NEW * told)
    )


def _counted(reference: FieldReference, now: tuple[int, ...], cars: int, unseen: _Unseen | None = None) -> FieldDrift:
    """Return what can be said of a field without a test."""
    told, before = sum(now), [float(count) for count in reference.counts]
    then, labels = reference.told, list(reference.labels)
    later = list(now)
    if unseen is not None and reference.vocabulary is not None:
        # Words that were never seen have a cell of their own, taken out of that of the others.
        moved = min(unseen.expected * then, before[-1])
        before, later = [*before[:-1], before[-1] - moved, moved], [*later[:-1], later[-1] - unseen.count, unseen.count]
        labels.append(NOT_SEEN)
    enough = min(told, then) >= FEWEST
    psi = stability_index(before, later) if enough else 0.0
    cells = tuple(
        Cell(label=label, before=b / max(then, 1), now=n / max(told, 1))
        for label, b, n in zip(labels, before, later, strict=True)
    )
    return FieldDrift(
        name=reference.name,
        label=reference.label,
        kind=reference.kind,
        unit=reference.unit,
        verdict=_untested(reference, cars, told),
        judged=enough,
        told=told,
        missing_before=reference.missing / max(then + reference.missing, 1),
        missing=(cars - told) / max(cars, 1),
        psi=psi,
        excess=max(psi - index_by_chance(len(before), then, told), 0.0) if enough else 0.0,
        p=1.0,
        cells=cells,
        moved=_most_moved(cells, unseen, then, told) if enough else (),
    )


def _most_moved(cells: tuple[Cell, ...], unseen: _Unseen | None, then: int, told: int) -> tuple[Cell, ...]:
    named = unseen.named if unseen else ()
    shown = [cell for cell in cells if not (named and cell.label == NOT_SEEN)]
    sure = [cell for cell in (*named, *shown) if _step(cell) > SURE * _error(cell, then, told)]
    return tuple(sorted(sure, key=_step, reverse=True)[:MOST_SHOWN])


def _step(cell: Cell) -> float:
    return abs(cell.now - cell.before)


def _error(cell: Cell, then: int, told: int) -> float:
    share = (cell.before * then + cell.now * told) / (then + told)
    return float(np.sqrt(share * (1 - share) * (1 / then + 1 / told)))
