"""The files of a package by name, and the package read into memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from car_price_prediction.domain.errors import PackageError

from .booster import Booster
from .calibration import Calibration
from .comparables import ComparableCars, open_comparables
from .encoder import Encoder
from .facts import Facts
from .manifest import Manifest
from .store import Package

BOOSTER = "booster.txt"
SPREAD = "spread.txt"
ENCODER = "encoder.json"
CALIBRATION = "calibration.json"
FACTS = "facts.json"
CARD = "card.md"
COMPARISON = "model_comparison.json"
EVALUATION = "evaluation.json"
EVALUATION_PAGE = "evaluation.html"
IMPORTANCE = "feature_importance"


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything that pricing needs, in memory."""

    manifest: Manifest
    encoder: Encoder
    calibration: Calibration
    facts: Facts
    booster: Booster
    spread: Booster
    comparables: ComparableCars


def read_contents(package: Package) -> Contents:
    """Read a verified package.

    Raises
    ------
    PackageError
        Where a file is missing or not what its name says.
    """
    folder = package.folder
    try:
        encoder = Encoder.model_validate_json((folder / ENCODER).read_bytes())
        calibration = Calibration.model_validate_json((folder / CALIBRATION).read_bytes())
        facts = Facts.model_validate_json((folder / FACTS).read_bytes())
    except OSError as error:
        raise PackageError(f"{error.filename} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        raise PackageError(f"{error.title} of {folder.name} is not valid: {error.errors()[0]['msg']}") from None
    booster, spread = _boosters(folder, len(encoder.features))
    return Contents(package.manifest, encoder, calibration, facts, booster, spread, open_comparables(folder))


def _boosters(folder: Path, width: int) -> tuple[Booster, Booster]:
    booster, spread = Booster(folder / BOOSTER), Booster(folder / SPREAD)
    for name, found in ((BOOSTER, booster.width), (SPREAD, spread.width)):
        if found != width:
            raise PackageError(f"{name} of {folder.name} reads {found} features, its encoder gives {width}")
    return booster, spread
