"""The model card: what the model was trained on, how good it is, and what it must not be used for."""

from __future__ import annotations

from collections.abc import Sequence

from car_price_prediction.evaluation.measured import TITLES, Evaluation, Group
from car_price_prediction.evaluation.report import CandidateLine, Report, weak_groups
from car_price_prediction.package.manifest import Manifest
from car_price_prediction.package.market_level import MarketLevel

WEAK = 10


def card_of(manifest: Manifest, report: Report, level: MarketLevel | None = None) -> str:
    """Return the model card as Markdown.

    Parameters
    ----------
    manifest : Manifest
    report : Report
        What training measured.
    level : MarketLevel, optional
        How the level of asking prices moved while the listings were made.
    """
    measured = (_how_good(report), _ranges(report), _weak(report), _compared(report))
    return "\n".join(part for part in (_head(manifest, report, level), *measured, _limits()) if part)


def _head(manifest: Manifest, report: Report, level: MarketLevel | None) -> str:
    market, data = manifest.market, manifest.data
    sample = "\n> Trained on the built-in **sample market**: made-up listings. Not for real valuations.\n"
    files = ", ".join(cell(source.name) for source in data.sources)
    return f"""# Model card: {cell(market.name)}
{sample if market.sample else ""}
| | |
|---|---|
| Version | {manifest.version} |
| Trained at | {manifest.created_at:%Y-%m-%d %H:%M} UTC |
| Listings | {data.rows_used:,} used, {data.rows_rejected:,} of {data.rows_read:,} set aside |
| Listed | {_span(report.main)} |{_as_of(level)}
| Data fingerprint | {data.fingerprint} |
| Files | {files} |
| Currency | {market.currency or "(currency not told)"} |
| Model | {manifest.served.candidate}, {manifest.served.trees} trees |

It estimates **asking prices**, not sale prices, of cars like those in the files above.
"""


def _as_of(level: MarketLevel | None) -> str:
    if level is None or not level.moved:
        return ""
    return f"\n| Prices as of | {level.as_of}: {level.sentence} |"


def _how_good(report: Report) -> str:
    splits = [report.main, *(report.splits[name] for name in ("time",) if name in report.splits)]
    money = report.currency or "(currency not told)"
    lines = (
        ("Listings", [f"{s.overall.count:,}" for s in splits]),
        ("Median error (MdAPE)", [f"{s.overall.mdape:.1%}" for s in splits]),
        (f"Mean error (MAE), {money}", [f"{s.overall.mae:,.0f}" for s in splits]),
        ("Bias (median signed error)", [f"{round(s.overall.bias, 3) + 0.0:+.1%}" for s in splits]),
        ("Within 10% of the asking price", [f"{s.overall.within_10:.0%}" for s in splits]),
        ("Within 20% of the asking price", [f"{s.overall.within_20:.0%}" for s in splits]),
        ("R2 of price", [f"{s.overall.r2:.3f}" for s in splits]),
        ("R2 of log price", [f"{s.overall.r2_log:.3f}" for s in splits]),
        (
            f"Asking prices inside the range (promised: {report.promised:.0%})",
            [f"{s.overall.coverage:.1%}" for s in splits],
        ),
        ("Width of the range over the price, median", [f"{s.overall.width:.2f}" for s in splits]),
    )
    heads = ["cars not seen", *(["later listings"] if len(splits) > 1 else [])]
    rows = "\n".join(f"| {name} | {' | '.join(values)} |" for name, values in lines)
    return f"""## How good it is

Measured on listings that the model did not see; the copies of a re-posted listing stay on one side.
{_by_time(report)}

| Measure | {" | ".join(heads)} |
|---|{"---|" * len(heads)}
{rows}
"""


def _by_time(report: Report) -> str:
    split = report.time_split
    if split is None:
        return f"There is no split by time: {report.no_time_split}."
    return (
        f"Later listings: those made from {split.cut} on, priced by a model of the {split.trained:,} made before. "
        f"Mixed with the earlier ones, their median error is {split.folds_mdape:.1%}."
    )


def _ranges(report: Report) -> str:
    deciles = report.main.groups["price_decile"]
    worst, best = (pick(deciles, key=lambda group: group.coverage) for pick in (min, max))
    return f"""## Ranges by predicted price

In tenths of the listings by predicted price, the ranges held least often from {_decile(worst)},
and most often from {_decile(best)}.
"""


def _decile(group: Group) -> str:
    return f"{group.label} ({group.coverage:.1%} of {group.count:,})"


def _weak(report: Report) -> str:
    found = weak_groups(report.main, report.promised)
    if not found:
        return "## Known weak groups\n\nNo group of 50 listings or more is clearly worse than the others.\n"
    rows = "\n".join(
        f"| {TITLES[weak.table]}: {cell(weak.group.label)} | {weak.group.count:,} | {weak.why} |"
        for weak in found[:WEAK]
    )
    more = f"\n\nand {len(found) - WEAK} more: see evaluation.html." if len(found) > WEAK else ""
    return f"## Known weak groups\n\n| Group | Listings | What is worse |\n|---|---|---|\n{rows}{more}\n"


def _compared(report: Report) -> str:
    return f"""## What it was compared with, on the same listings

| Candidate | MdAPE | MAE | R2 of log | |
|---|---|---|---|---|
{_rows(report.candidates)}
"""


def _rows(candidates: Sequence[CandidateLine]) -> str:
    return "\n".join(
        f"| {row.name} | {row.mdape:.2%} | {row.mae:,.0f} | {row.r2_log:.3f} "
        f"| {'served' if row.served else row.not_served and 'not served: ' + row.not_served} |"
        for row in candidates
    )


def _limits() -> str:
    return """## Meant for

- A first figure, with its range, for a car of this market: for a dealer, a buyer or an editor who can look at the car.
- Many cars at once: a stock list, a feed of advertisements, a check of asking prices.

## Not meant for

- Sale prices, trade-in values, insurance sums, taxes or loans: nobody's payment is in the data.
- Another country, another currency or another kind of vehicle than the files hold.
- Deciding about a person, or alone about a car: the range says how far a price may be off.

## Limits

- A make or model that the listings did not hold is priced from its other features, with a warning and a wider range.
- Equipment, damage and history count only as far as the listings' columns tell them.
- Prices move: train again when the market does; `car-price evaluate FILE` tells on later listings how far it has.
"""


def _span(evaluation: Evaluation) -> str:
    if evaluation.listed is None:
        return "the files do not tell when"
    first, last = evaluation.listed
    return f"{first} to {last}"


def cell(text: str) -> str:
    r"""Return a text of a file as it may stand in a Markdown table.

    Examples
    --------
    >>> cell("a|b <i>c")
    'a\\|b \\<i>c'
    """
    return "".join(f"\\{letter}" if letter in "\\|<*_`[" else letter for letter in " ".join(text.split()))
