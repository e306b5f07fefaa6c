"""A model measured on files that came after it: read as its own, cleaned as its own, priced as it serves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import polars as pl

from car_price_prediction.batch.columns import columns_of
from car_price_prediction.domain.errors import ListingsError
from car_price_prediction.listings.cells import Rows
from car_price_prediction.listings.columns import Understanding
from car_price_prediction.listings.duplicates import groups_and_copies
from car_price_prediction.listings.load import load_listings
from car_price_prediction.listings.loaded import Loaded, LoadOptions
from car_price_prediction.listings.pieces import GROUP_ROWS
from car_price_prediction.listings.save import FILES
from car_price_prediction.package.manifest import Manifest
from car_price_prediction.pricing.table import quote_table
from car_price_prediction.pricing.valuer import Valuer

from .evaluation import evaluate
from .measured import Evaluation, Figures
from .report import Report, Split

Progress = Callable[[str, int, int], None]


def evaluate_files(
    valuer: Valuer, files: Sequence[str], options: LoadOptions, *, artifacts: Path, progress: Progress | None = None
) -> Report:
    """Measure a model on files with asking prices.

    Parameters
    ----------
    valuer : Valuer
    files : sequence of str
        As `load_listings` takes them.
    options : LoadOptions
        Where they tell columns, a unit or a profile, the files are understood by them and not by the training file.
    artifacts : Path
        The folder of the packages; the listings that the model was trained on are looked for in it.
    progress : callable, optional
        Told what runs now.

    Raises
    ------
    ListingsError
        Where a file cannot be read or understood, has no usable listing, or is in another currency than the model.
    """
    options = replace(options, currency=model_currency(valuer, options))
    understood_by = None if options.profile else partial(_understood, valuer)
    loaded = load_listings(files, options, progress, fewest=1, understood_by=understood_by)
    if progress:
        progress("pricing", 0, 1)
    seen = seen_in_training(valuer, loaded.listings, artifacts)
    splits: dict[Split, Evaluation] = {"file": _measured(valuer, loaded.listings)}
    if seen is not None and 0 < seen.sum() < len(seen):
        splits["file_new"] = _measured(valuer, loaded.listings.filter(~seen))
    return _report(valuer, loaded, splits, None if seen is None else int(seen.sum()))


def seen_in_training(valuer: Valuer, listings: pl.DataFrame, artifacts: Path) -> pl.Series | None:
    """Tell which listings the model was trained on, as themselves or re-posted.

    Returns
    -------
    Series of bool or None
        None where the training listings are not kept any more.
    """
    kept = artifacts / "data" / valuer.manifest.data.fingerprint / FILES[0]
    if not kept.is_file():
        return None
    training = pl.scan_parquet(kept)
    known = training.collect_schema()
    fields = [
        name for name in listings.columns if not name.startswith("_") and listings.schema[name] == known.get(name)
    ]
    before = training.select(fields).collect()
    both = pl.concat([before, listings.select(fields)])
    # A group is named by its first row, and the training listings stand first.
    groups = groups_and_copies(both.drop("price"), both["price"])["_group"].tail(listings.height)
    return groups < before.height


def model_currency(valuer: Valuer, options: LoadOptions) -> str | None:
    """Return the currency that a file's prices are taken to be in.

    Raises
    ------
    ListingsError
        Where a person told another one than the model's.
    """
    own = valuer.manifest.market.currency
    if options.currency and own and options.currency != own:
        raise ListingsError(
            f"the model's prices are in {own}, not in {options.currency}",
            hint="take a model that was trained in the file's currency: --version names one",
        )
    return own or options.currency


def _understood(valuer: Valuer, raw: Rows, options: LoadOptions) -> Understanding:
    told = options.mileage_unit
    columns, notes = columns_of(valuer, raw, need_price=True, overrides=options.columns, mileage_unit=told)
    return Understanding(tuple(columns), options.currency, valuer.manifest.market.mileage_unit, notes)


def _measured(valuer: Valuer, listings: pl.DataFrame) -> Evaluation:
    quotes = pl.concat([quote_table(valuer, rows) for rows in listings.iter_slices(GROUP_ROWS)])
    predicted, low, high = (quotes[name].to_numpy() for name in ("price", "low", "high"))
    price = listings["price"].to_numpy()
    return evaluate(price, predicted, low, high, listings, promised=valuer.manifest.coverage)


def _report(valuer: Valuer, loaded: Loaded, splits: dict[Split, Evaluation], seen: int | None) -> Report:
    manifest = valuer.manifest
    return Report(
        version=manifest.version,
        made_at=datetime.now(UTC),
        market=manifest.market.name,
        sample=manifest.market.sample,
        currency=manifest.market.currency,
        promised=manifest.coverage,
        files=tuple(source.name for source in loaded.sources),
        rows_read=loaded.rows_read,
        set_aside=loaded.set_aside(),
        splits=splits,
        trained=_at_training(manifest),
        seen=seen,
        warnings=tuple(_warnings(valuer, loaded, seen)),
        notes=loaded.notes,
    )


def _at_training(manifest: Manifest) -> Figures | None:
    known = set(Figures.model_fields) <= {"count", *manifest.metrics}
    return Figures.model_validate({"count": manifest.data.rows_used, **manifest.metrics}) if known else None


def _warnings(valuer: Valuer, loaded: Loaded, seen: int | None) -> Iterator[str]:
    data, count = valuer.manifest.data, loaded.listings.height
    trained = {source.sha256 for source in data.sources}
    for source in loaded.sources:
        if source.sha256 in trained:
            yield f"{source.name} is a file that the model was trained on: these figures flatter it"
    if seen:
        yield f"the model was trained on {seen:,} of these {count:,} listings: figures that count them flatter it"
    if seen is None:
        yield (
            "the listings that the model was trained on are not kept any more: "
            "whether some of them are in the file cannot be told"
        )
