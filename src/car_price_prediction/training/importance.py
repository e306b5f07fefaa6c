"""How much each field moves the price, as a table and a picture."""

from __future__ import annotations

import csv
import io
import json
import warnings
from collections.abc import Mapping
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from car_price_prediction.domain.listing import field_named
from car_price_prediction.package.contents import IMPORTANCE
from car_price_prediction.package.encoder import Encoder

from .evaluate import Vector

SHOWN = 20


def field_importance(encoder: Encoder, gains: Vector) -> dict[str, float]:
    """Return each field's share of the gain, the largest first.

    A joined feature's gain is shared out evenly among its fields, that of the hedonic regression by what each adds.
    What is no field of the car, such as when it was listed, has no share.

    Parameters
    ----------
    encoder : Encoder
    gains : ndarray of shape (features,)
    """
    total: dict[str, float] = {name: 0.0 for name in encoder.fields if not name.startswith("_")}
    for feature, gain in zip(encoder.features, gains.tolist(), strict=True):
        shares = feature.hedonic.shares if feature.hedonic else dict.fromkeys(feature.fields, 1 / len(feature.fields))
        for name in total.keys() & shares.keys():
            total[name] += gain * shares[name]
    whole = sum(total.values()) or 1.0
    return {name: total[name] / whole for name in sorted(total, key=lambda name: -total[name])}


def write_importance(folder: Path, importance: Mapping[str, float]) -> None:
    """Write ``feature_importance.csv``, ``.json`` and ``.png`` into a folder."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("field", "importance"))
    rows.writerows((name, f"{share:.6f}") for name, share in importance.items())
    (folder / f"{IMPORTANCE}.csv").write_text(text.getvalue(), encoding="utf-8")
    (folder / f"{IMPORTANCE}.json").write_text(json.dumps(dict(importance), indent=1), encoding="utf-8")
    _draw(folder / f"{IMPORTANCE}.png", dict(list(importance.items())[:SHOWN]))


def _draw(path: Path, importance: dict[str, float]) -> None:
    figure = Figure(figsize=(7, 0.6 + 0.32 * len(importance)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.barh(range(len(importance)), [100 * share for share in importance.values()], color="#2563eb")
    # The labels come from files: dollar signs in them are no formulas, and two may be the same.
    axes.set_yticks(range(len(importance)), [field_named(name).label for name in importance], parse_math=False)
    axes.invert_yaxis()
    axes.set_xlabel("share of the gain, %")
    axes.spines[["top", "right"]].set_visible(False)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(path, dpi=120)
