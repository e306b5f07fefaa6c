"""`car-price price` and `car-price predict`: one car, and a file of cars."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from car_price_prediction.domain.columns import Column, Role
from car_price_prediction.domain.listing import ASKING_PRICE, BY_NAME, Field, Value, field_named

from .extras import need_ray
from .options import ENGINE

if TYPE_CHECKING:
    from car_price_prediction.batch.files import PricedFile
    from car_price_prediction.domain.quote import QuoteWarning
    from car_price_prediction.pricing.appraisal import Appraisal, Wanted
    from car_price_prediction.pricing.valuer import Valuer

ARTIFACTS = click.option(
    "--artifacts", type=click.Path(path_type=Path), help="Folder of the packages.  [default: artifacts]"
)
MILEAGE = "mileage_km"


def _field_options(command: Any) -> Any:
    for field in reversed([f for f in BY_NAME.values() if f.name != "price"]):
        unit = f" ({field.unit})" if field.unit and field.unit != "year" else ""
        option = click.option(f"--{field.name.replace('_', '-')}", metavar="VALUE", help=f"{field.label}{unit}.")
        command = option(command)
    return command


@click.command()
@_field_options
@click.option("--mileage", metavar="VALUE", help='Mileage in the unit of the training data, or with one: "80,000 mi".')
@click.option("--set", "extra", multiple=True, metavar="FIELD=VALUE", help="Any further field of the training data.")
@click.option(
    "--asking-price",
    type=click.FloatRange(min=0, min_open=True),
    metavar="AMOUNT",
    help="Rate what is asked for the car.",
)
@click.option("--explain", is_flag=True, help="Tell why: in money, from a typical car to this one.")
@click.option("--comparables", type=click.IntRange(0), default=0, metavar="N", help="List the N nearest listings.")
@click.option("--what-if", multiple=True, metavar="FIELD", help="Tell the price along mileage_km or year.")
@click.option("--strict", is_flag=True, help="Refuse a car that is too little known, instead of warning.")
@ARTIFACTS
@click.option("--json", "as_json", is_flag=True, help="Print the quote as JSON.")
def price(
    artifacts: Path | None,
    mileage: str | None,
    extra: tuple[str, ...],
    asking_price: float | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Price one car with the current model: at least --make or --model, and --year or a mileage.

    Example: car-price price --make Volkswagen --model Golf --year 2015 --mileage 120000
    """
    from car_price_prediction.pricing.appraisal import appraise

    wanted = _wanted(**{name: options.pop(name) for name in ("explain", "comparables", "what_if", "strict")})
    valuer = _current_valuer(artifacts)
    listing = _listing(valuer, options, mileage, extra)
    found = appraise(valuer, {**listing, ASKING_PRICE: asking_price}, wanted)
    quote = replace(found.quote, warnings=(*found.quote.warnings, *_not_used(valuer, listing)))
    found = replace(found, quote=quote)
    click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=1) if as_json else _text(valuer, found))


@click.command()
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option("--deal", is_flag=True, help="Add deal and deal_percent: a grade for the file's own prices.")
@ENGINE
@ARTIFACTS
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def predict(source: str, target: str, deal: bool, engine: str, artifacts: Path | None, as_json: bool) -> None:
    """Price every car of the file IN; OUT gets its rows in its order, with price, low, high, confidence, warnings.

    IN is as in `car-price check`; OUT is .csv, .tsv, .jsonl or .parquet by its name, `-` is CSV on standard output.
    A row that lacks something gets a price all the same, and the warnings say what it lacks.
    In CSV and TSV, a cell that a spreadsheet would take for a formula gets a ' before it.

    With --engine ray, IN is a Parquet file, a folder of them or a pattern such as "cars/**/*.parquet", which every node
    of the cluster sees under the same path; the rows of OUT are the same.
    """
    outcome = (
        _priced_by_ray(artifacts, source, target, deal) if engine == "ray" else _priced(artifacts, source, target, deal)
    )
    summary = {"rows": outcome.rows, "priced": outcome.priced, "out": target, "notes": list(outcome.notes)}
    if as_json:
        click.echo(json.dumps(summary, ensure_ascii=False, indent=1), err=target == "-")
        return
    for note in outcome.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(f"{outcome.priced:,} of {outcome.rows:,} rows priced: {target}", err=target == "-")


def _priced(artifacts: Path | None, source: str, target: str, deal: bool) -> PricedFile:
    from car_price_prediction.batch.files import price_file

    from .reading import reading

    valuer = _current_valuer(artifacts)
    with reading() as progress:
        return price_file(valuer, source, target, progress, deal=deal)


def _priced_by_ray(artifacts: Path | None, source: str, target: str, deal: bool) -> PricedFile:
    need_ray()
    from car_price_prediction.bootstrap import current_package, settings_from_environment
    from car_price_prediction.scale.batches import price_partitions
    from car_price_prediction.scale.cluster import cluster

    from .reading import reading

    package = current_package(artifacts or settings_from_environment().artifacts)
    with cluster(), reading() as progress:
        return price_partitions(package, source, target, progress, deal=deal)


def _current_valuer(artifacts: Path | None) -> Valuer:
    from car_price_prediction.bootstrap import current_valuer, settings_from_environment

    return current_valuer(artifacts or settings_from_environment().artifacts)


def _wanted(explain: bool, comparables: int, what_if: tuple[str, ...], strict: bool) -> Wanted:
    from car_price_prediction.pricing.appraisal import Wanted
    from car_price_prediction.pricing.comparables import MOST
    from car_price_prediction.pricing.what_if import FIELDS

    fields = tuple(dict.fromkeys(name.replace("-", "_") for text in what_if for name in text.split(",")))
    if unknown := [name for name in fields if name not in FIELDS]:
        raise click.UsageError(f'--what-if "{", ".join(unknown)}": expected {" or ".join(FIELDS)}')
    if comparables > MOST:
        raise click.UsageError(f"--comparables {comparables}: at most {MOST}")
    return Wanted(explain, comparables, fields, strict)


def _listing(
    valuer: Valuer, given: dict[str, str | None], mileage: str | None, extra: tuple[str, ...]
) -> dict[str, Value]:
    kinds = {info.name: info.kind for info in valuer.fields}
    texts = {name: text for name, text in given.items() if text is not None}
    if mileage is not None and MILEAGE in texts:
        raise click.UsageError("--mileage and --mileage-km are the same field: give one")
    for item in extra:
        name, equals, text = item.partition("=")
        if not equals or name not in kinds:
            raise click.UsageError(f'--set "{item}": expected FIELD=VALUE, FIELD one of {", ".join(kinds)}')
        texts[name] = text
    values = {name: _value(field_named(name, kinds.get(name, "category")), text) for name, text in texts.items()}
    if mileage is not None:
        values[MILEAGE] = _value(BY_NAME[MILEAGE], mileage, valuer.manifest.market.mileage_unit)
    return values


def _not_used(valuer: Valuer, listing: dict[str, Value]) -> list[QuoteWarning]:
    """Warn of each field that was given and is not used, as the API does."""
    from car_price_prediction.domain.quote import QuoteWarning

    used = {info.name for info in valuer.fields}
    return [
        QuoteWarning(name, "not_used", f"{field_named(name).label} is not used by this model")
        for name, value in listing.items()
        if name not in used and value is not None
    ]


def _value(field: Field, text: str, unit: str = "") -> Value:
    from car_price_prediction.listings.units import parse_field

    role: Role = "field" if field.name in BY_NAME else "extra"
    value = parse_field(text, Column(field.name, role, field.name, field.kind, unit or field.unit))
    if value is None and text.strip():
        raise click.UsageError(f'--{field.name.replace("_", "-")} "{text}": not a {field.kind}')
    return value


def _text(valuer: Valuer, appraisal: Appraisal) -> str:
    from .appraisal_text import appraisal_lines

    market, quote = valuer.manifest.market, appraisal.quote
    currency = f" {quote.currency}" if quote.currency else ""
    lines = [
        f"{quote.price:,.0f}{currency}",
        f"  {quote.coverage:.0%} range {quote.low:,.0f} to {quote.high:,.0f}{currency}",
        f"  confidence {quote.confidence}, {quote.comparables} comparable listings",
        f"  asking price in {market.name}, model {quote.model_version}",
    ]
    if market.sample:
        lines.append("  the sample market is made up: not for real valuations")
    lines += [f"  warning: {warning.message}" for warning in quote.warnings]
    return "\n".join([*lines, *appraisal_lines(appraisal, market.mileage_unit, currency)])
