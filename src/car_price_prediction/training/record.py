"""What MLflow is told of a version: all of it stands in the package, so that it can be told later as well."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from car_price_prediction.domain.errors import PackageError
from car_price_prediction.package.contents import COMPARISON, read_contents
from car_price_prediction.package.manifest import Manifest
from car_price_prediction.package.store import Package
from car_price_prediction.pricing.valuer import Valuer

from .track import RunRecord


def record_of(package: Package, valuer: Valuer | None = None) -> RunRecord:
    """Return what a training run leaves behind in MLflow.

    Parameters
    ----------
    package : Package
    valuer : Valuer, optional
        Of the package, where there is one already.

    Raises
    ------
    PackageError
        Where the package is damaged.
    """
    manifest, table = package.manifest, _comparison(package)
    valuer = valuer or Valuer(read_contents(package))
    return RunRecord(
        version=manifest.version,
        package=package.folder,
        params=_params(manifest, table.get("seed")),
        metrics=manifest.metrics,
        tags={
            "data_fingerprint": manifest.data.fingerprint,
            "sample_market": str(manifest.market.sample).lower(),
            "currency": manifest.market.currency or "",
            "market": manifest.market.name,
            "trained_at": manifest.created_at.isoformat(timespec="seconds"),
        },
        candidates=[
            {"name": row["name"], "not_served": row["not_served"], **row["metrics"]} for row in table["candidates"]
        ],
        input_example=dict(valuer.typical),
        output_example=valuer.probe().as_dict(),
    )


def _comparison(package: Package) -> Any:
    try:
        return json.loads((package.folder / COMPARISON).read_bytes())
    except (OSError, ValueError) as error:
        raise PackageError(f"{COMPARISON} of {package.manifest.version} cannot be read: {error}") from None


def _params(manifest: Manifest, seed: int | None) -> Mapping[str, str | int | float]:
    params: dict[str, str | int | float] = {
        "candidate": manifest.served.candidate,
        "trees": manifest.served.trees,
        "members": json.dumps(manifest.served.members),
        "monotone": str(manifest.served.monotone).lower(),
        "budget": manifest.served.budget,
        "features": ",".join(manifest.served.features),
        "coverage": manifest.coverage,
        "rows_used": manifest.data.rows_used,
        "rows_rejected": manifest.data.rows_rejected,
    }
    # Packages of older programs do not tell it.
    return params if seed is None else params | {"seed": seed}
