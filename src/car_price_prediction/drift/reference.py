"""The reference of a version: its package's own, or made anew of its training listings where they are still kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from car_price_prediction.domain.errors import PackageError
from car_price_prediction.listings.save import FILES
from car_price_prediction.package.held_out import HELD_OUT, read_held_out
from car_price_prediction.package.reference import REFERENCE, Reference, read_reference
from car_price_prediction.pricing.valuer import Valuer

from .build import reference_of

MADE_ANEW = "version {} was trained before references were kept: this one is made anew of its training listings"


@dataclass(frozen=True, slots=True)
class Found:
    """A reference, and what is to be said about where it comes from."""

    reference: Reference
    notes: tuple[str, ...] = ()


def reference_for(valuer: Valuer, artifacts: Path) -> Found:
    """Return what cars are compared with for a model.

    Parameters
    ----------
    valuer : Valuer
    artifacts : Path
        The folder of the packages.

    Raises
    ------
    PackageError
        Where its package has none and its training listings are gone, or either cannot be read.
    """
    version = valuer.manifest.version
    folder = artifacts / "models" / version
    if REFERENCE in valuer.manifest.files:
        return Found(read_reference(folder))
    kept = artifacts / "data" / valuer.manifest.data.fingerprint / FILES[0]
    if not kept.is_file():
        raise PackageError(
            f"version {version} was trained before references were kept, and its training listings are gone:"
            " there is nothing to compare cars with",
            hint="train again",
        )
    return Found(_made_anew(valuer, folder, kept), (MADE_ANEW.format(version),))


def _made_anew(valuer: Valuer, folder: Path, kept: Path) -> Reference:
    try:
        listings = pl.read_parquet(kept)
    except (OSError, PolarsError) as error:
        raise PackageError(f"{kept} cannot be read: {error}") from None
    fields = [facts.name for facts in valuer.contents.facts.fields if facts.name in listings]
    foretold = read_held_out(folder)["predicted"] if HELD_OUT in valuer.manifest.files else None
    # The rows of both are the same listings, unless somebody put others there.
    same = foretold is not None and len(foretold) == listings.height
    return reference_of(listings, fields, foretold.to_numpy() if foretold is not None and same else None)
