"""`car-price keys`: who may call the API."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from car_price_prediction.bootstrap import settings_from_environment
from car_price_prediction.bootstrap_web import key_file

if TYPE_CHECKING:
    from car_price_prediction.web.key_file import Key, KeyFile, KeyScope

ARTIFACTS = click.option(
    "--artifacts", type=click.Path(path_type=Path), help="Folder of the packages and keys.  [default: artifacts]"
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print for machines.")


def _name(_: click.Context, __: click.Parameter, value: str) -> str:
    from car_price_prediction.web.key_file import NAME

    if not re.fullmatch(NAME, value):
        raise click.BadParameter("up to 63 letters, digits, dots, dashes and underscores, a letter or digit first")
    return value


NAME_OF_KEY = click.argument("name", callback=_name)


@click.group()
def keys() -> None:
    """Make, list, rotate and remove API keys. With the first one, the API asks for a key.

    Only hashes are kept, in keys.json of the artifacts folder; a running API takes a change up within a second.
    """


@keys.command()
@NAME_OF_KEY
@click.option(
    "--scope", type=click.Choice(["price", "metrics", "admin"]), default="price", show_default=True,
    help="What it opens: prices and pages, the metrics alone, or everything.",
)  # fmt: skip
@ARTIFACTS
@AS_JSON
def add(name: str, scope: KeyScope, artifacts: Path | None, as_json: bool) -> None:
    """Make the key NAME and print it, this once.

    A client sends it with each request: `Authorization: Bearer KEY`, or `X-API-Key: KEY`.
    """
    _tell(name, _file(artifacts).add(name, scope), as_json=as_json)


@keys.command("list")
@ARTIFACTS
@AS_JSON
def list_(artifacts: Path | None, as_json: bool) -> None:
    """List the keys: name, id, scope, since when and until when."""
    file = _file(artifacts)
    now = datetime.now(UTC)
    found = [key for key in file.read() if not key.expired(now)]
    if as_json:
        _print({"keys": [key.model_dump(mode="json", exclude={"sha256"}) for key in found]})
    elif found:
        click.echo("\n".join(_line(key) for key in found))
    else:
        click.echo("no key: nobody is asked for one (but where CAR_PRICE_REQUIRE_KEY is set)")


@keys.command()
@NAME_OF_KEY
@click.option(
    "--overlap", type=click.FloatRange(0, 8760), default=24, show_default=True, metavar="HOURS",
    help="How long the old key is valid beside the new one.",
)  # fmt: skip
@ARTIFACTS
@AS_JSON
def rotate(name: str, overlap: float, artifacts: Path | None, as_json: bool) -> None:
    """Make the key NAME anew and print it, this once; the old one goes on for a while."""
    _tell(name, _file(artifacts).rotate(name, timedelta(hours=overlap)), as_json=as_json)


@keys.command()
@NAME_OF_KEY
@click.option("--last", is_flag=True, help="Remove it even where it is the last: nobody is asked for a key then.")
@ARTIFACTS
def remove(name: str, last: bool, artifacts: Path | None) -> None:
    """Remove the key NAME: it opens nothing any more, within a second."""
    _file(artifacts).remove(name, last=last)
    click.echo(f"removed {name}")


def _file(artifacts: Path | None) -> KeyFile:
    settings = settings_from_environment()
    return key_file(settings.model_copy(update={"artifacts": artifacts}) if artifacts else settings)


def _tell(name: str, token: str, *, as_json: bool) -> None:
    if as_json:
        _print({"name": name, "key": token})
        return
    click.echo(token)
    click.echo(f"note: this is the only time that the key {name} is shown", err=True)


def _line(key: Key) -> str:
    until = f", until {key.expires_at:%Y-%m-%d %H:%M} UTC" if key.expires_at else ""
    return f"{key.name:20}  {key.id}  {key.scope:7}  since {key.created_at:%Y-%m-%d}{until}"


def _print(value: dict[str, Any]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=1))
