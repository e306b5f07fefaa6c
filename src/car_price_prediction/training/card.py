"""The model card: what the model was trained on, how good it is, and what it must not be used for."""

from __future__ import annotations

from collections.abc import Sequence

from car_price_prediction.package.manifest import Manifest

from .compare import Comparison


def card_of(manifest: Manifest, table: Sequence[Comparison]) -> str:
    """Return the model card as Markdown.

    Parameters
    ----------
    manifest : Manifest
    table : sequence of Comparison
        The best candidate first.
    """
    market, data, metrics = manifest.market, manifest.data, manifest.metrics
    currency = market.currency or "(currency not told)"
    sample = "\n> Trained on the built-in **sample market**: made-up listings. Not for real valuations.\n"
    return f"""# Model card: {market.name}
{sample if market.sample else ""}
| | |
|---|---|
| Version | {manifest.version} |
| Trained at | {manifest.created_at:%Y-%m-%d %H:%M} UTC |
| Listings | {data.rows_used:,} used, {data.rows_rejected:,} of {data.rows_read:,} set aside |
| Data fingerprint | {data.fingerprint} |
| Files | {", ".join(source.name for source in data.sources)} |
| Currency | {currency} |
| Model | {manifest.served.candidate}, {manifest.served.trees} trees |

It estimates **asking prices**, not sale prices, of cars like those in the files above.

## How good it is

Measured on listings that the model did not see; the copies of a re-posted listing stay on one side.

| Measure | Value |
|---|---|
| Median error (MdAPE) | {metrics["mdape"]:.1%} |
| Mean error (MAE) | {metrics["mae"]:,.0f} {currency} |
| Within 10% of the asking price | {metrics["within_10"]:.0%} |
| Within 20% of the asking price | {metrics["within_20"]:.0%} |
| R2 of price, of log price | {metrics["r2"]:.3f}, {metrics["r2_log"]:.3f} |
| Asking prices inside the range | {metrics["coverage"]:.1%} (promised: {manifest.coverage:.0%}) |
| Width of the range over the price, median | {metrics["width"]:.2f} |

## What it was compared with, on the same listings

| Candidate | MdAPE | MAE | R2 of log | |
|---|---|---|---|---|
{_rows(table, manifest.served.candidate)}

## Limits

- A make or model that the listings did not hold is priced from its other features, with a warning and a wider range.
- Equipment, damage and history count only as far as the listings' columns tell them.
- Prices move: train again when the market does.
"""


def _rows(table: Sequence[Comparison], served: str) -> str:
    return "\n".join(
        f"| {row.name} | {row.metrics['mdape']:.2%} | {row.metrics['mae']:,.0f} | {row.metrics['r2_log']:.3f} "
        f"| {'served' if row.name == served else row.not_served and 'not served: ' + row.not_served} |"
        for row in table
    )
