"""The whole way in: files -> clean listings, rejected rows, and what was understood of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from typing import TypeVar

import polars as pl

from car_price_prediction import __version__
from car_price_prediction.domain.errors import NotEnoughListingsError
from car_price_prediction.package.manifest import Source

from .cells import Rows
from .clean import Cleaned, clean
from .columns import Understanding, understand
from .interpret import interpret_frame
from .listed import with_listed
from .loaded import Loaded, LoadOptions
from .names import make_named
from .profile import apply_profile, read_profile
from .read import RawTable, read_listings
from .reasons import checked_keep, sentence_of
from .sample import is_sample_market
from .save import save_data
from .wording import rows

__all__ = ["LoadOptions", "Loaded", "fingerprint_of", "load_listings", "save_data"]

FEWEST = 50
"""Usable listings below which nothing can be learnt."""
RULES = 4
"""Raised whenever the same file and options would come out differently: it is part of the fingerprint."""
EXAMPLES = 3

Progress = Callable[[str, int, int], None]
Outcome = TypeVar("Outcome")


def load_listings(
    paths: Sequence[str],
    options: LoadOptions,
    progress: Progress | None = None,
    *,
    fewest: int = FEWEST,
    understood_by: Callable[[Rows, LoadOptions], Understanding] | None = None,
) -> Loaded:
    """Read, understand and clean listings.

    Parameters
    ----------
    paths : sequence of str
        Files, globs, addresses; see `read_listings`.
    options : LoadOptions
    progress : callable, optional
        Called with what runs now, the step and the steps.
    fewest : int
        Usable listings below which the files are refused.
    understood_by : callable, optional
        Tells what the columns hold, from the rows as they were read; by their looks where not given.

    Raises
    ------
    ListingsError
        Where the files cannot be read or understood.
    NotEnoughListingsError
        Where fewer than `fewest` rows can be used.
    """
    checked_keep(options.keep)
    raw = read_listings(paths, progress=progress)
    understanding = _step(
        progress, "understanding the columns", lambda: (understood_by or _understood)(raw.cells, options)
    )
    cleaned = _cleaned(raw.cells, understanding, options.keep, progress)
    loaded = Loaded(
        listings=with_listed(cleaned.listings, raw.cells, understanding.columns).cast({pl.Categorical: pl.String}),
        rejected=_all_rejected(cleaned, raw),
        understanding=understanding,
        sources=raw.sources,
        fingerprint=fingerprint_of(raw.sources, options),
        rows_read=raw.cells.height + raw.bad_rows.height,
        notes=(*raw.notes, *understanding.notes, *_unknown_makes(cleaned.listings)),
        taken_out=cleaned.taken_out,
        examples=_examples(raw.cells),
        sample=is_sample_market(raw.cells),
    )
    _check_enough(loaded, fewest)
    return loaded


def _cleaned(raw: Rows, understanding: Understanding, keep: frozenset[str], progress: Progress | None) -> Cleaned:
    """Interpret and clean; what is only needed for that is gone when this returns."""
    rows = _step(progress, "reading the values", lambda: interpret_frame(raw, understanding.columns, compact=True))
    return _step(progress, "cleaning", lambda: clean(raw, rows, understanding, keep=keep))


def _step(progress: Progress | None, name: str, work: Callable[[], Outcome]) -> Outcome:
    if progress:
        progress(name, 0, 1)
    outcome = work()
    if progress:
        progress(name, 1, 1)
    return outcome


def fingerprint_of(sources: Sequence[Source], options: LoadOptions) -> str:
    """Return a name for the outcome: equal for equal files and options, wherever the files lie.

    Examples
    --------
    >>> one = Source(name="a.csv", bytes=3, sha256="ab")
    >>> fingerprint_of([one], LoadOptions()) == fingerprint_of([one], LoadOptions(currency="EUR"))
    False
    """
    profile = options.profile and hashlib.sha256(options.profile.read_bytes()).hexdigest()
    facts = [
        __version__,
        RULES,
        [(source.name, source.sha256) for source in sources],
        options.currency,
        options.mileage_unit,
        sorted(options.columns.items()),
        sorted(options.keep),
        profile,
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def _understood(raw: Rows, options: LoadOptions) -> Understanding:
    if options.profile is not None:
        return apply_profile(read_profile(options.profile), raw, options)
    return understand(
        raw, overrides=options.columns, currency=options.currency, mileage_unit=options.mileage_unit, need_price=True
    )


def _all_rejected(cleaned: Cleaned, raw: RawTable) -> pl.DataFrame:
    if raw.bad_rows.is_empty():
        return cleaned.rejected
    bad = raw.bad_rows.rename({"text": "_text"})
    return pl.concat([cleaned.rejected, bad], how="diagonal_relaxed")


def _examples(raw: Rows) -> dict[str, tuple[str, ...]]:
    head = raw.head(1000)
    headers = [name for name in raw.columns if name not in ("_source", "_row")]
    return {name: tuple(head[name].drop_nulls().unique(maintain_order=True).head(EXAMPLES)) for name in headers}


def _unknown_makes(listings: pl.DataFrame) -> list[str]:
    """Say which makes no table knows: another spelling of one, perhaps, or another alphabet."""
    if "make" not in listings.columns:
        return []
    counts = listings["make"].drop_nulls().value_counts().sort("count", "make", descending=[True, False]).rows()
    unknown = [f'"{make}" ({rows(count, "listing")})' for make, count in counts if make_named(make) is None]
    more = f" and {len(unknown) - EXAMPLES} more" if len(unknown) > EXAMPLES else ""
    return [f"makes that are not known stay as they are: {', '.join(unknown[:EXAMPLES])}{more}"] if unknown else []


def _check_enough(loaded: Loaded, fewest: int) -> None:
    usable = loaded.listings.height
    if usable >= fewest:
        return
    counts = loaded.rejected["_reason"].value_counts(sort=True).rows()
    why = "".join(
        f"; {count} {'row' if count == 1 else 'rows'}: {sentence_of(code)} ({code})" for code, count in counts
    )
    raise NotEnoughListingsError(
        f"{usable} usable listings of {loaded.rows_read} rows, at least {fewest} are needed{why}",
        hint="more listings are needed"
        if not counts
        else "see docs/listings.md for the reasons; --keep puts rows back",
    )
