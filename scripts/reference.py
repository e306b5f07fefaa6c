"""Writes the pages that are made from the program: run by `make docs-cli`, compared by tests/unit/test_docs.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
from api_reference import api_page

from car_price_prediction.cli.main import cli
from car_price_prediction.settings import Settings
from car_price_prediction.variables import variable_of

ROOT = Path(__file__).parents[1]
WIDTH = 100
CLI_HEAD = """# Command line

Made by `make docs-cli` from each command's `--help`.

Exit codes: 0 done, 1 a problem (said in one line, with a hint), 2 usage. Where a command has `--json`, it prints for
machines, errors included."""
SETTINGS_HEAD = """# Settings

Made by `make docs-cli` from the program. Every setting is an environment variable; each can also be read from a file,
named by the variable with `_FILE` added (`CAR_PRICE_PORT_FILE=/run/secrets/port`). An empty value counts as not set.
A variable that starts with `CAR_PRICE_` and is not in this table is refused, and all problems are told at once.
Options of a command outweigh variables. `make run` and Docker Compose read `.env` where there is one: `.env.example`
shows every line.

| variable | default | what it is |
|---|---|---|"""

COMPOSE_HEAD = """
## Docker Compose

`docker compose` reads these variables, from the environment or from `.env`. Within the containers, addresses, ports and
folders are fixed: here `CAR_PRICE_HOST` and `CAR_PRICE_PORT` are where the API is published.

| variable | default | what it is |
|---|---|---|"""
COMPOSE: dict[str, tuple[str, str]] = {
    "CAR_PRICE_WORKERS": ("2", "As above, but two for the container's two cores; 1 with `docker-compose.scale.yml`."),
    "IMAGE_TAG": ("latest", "Tag of the two images of this project."),
    "PYTHON_IMAGE": ("python:3.11-slim", "Image that they are built on; by digest, if you like."),
    "MLFLOW_TAG": ("v3.17.2", "Tag of MLflow's image."),
    "MLFLOW_BIND": ("127.0.0.1", "Address that MLflow is published on. It asks nobody for a password."),
    "MLFLOW_ALLOWED_HOSTS": (
        "localhost:5000",
        "Further names that MLflow answers to, separated by commas, with their ports.",
    ),
    "DATA": ("", "Listings that the first model is trained on, as a path below `data/`: `DATA=data/cars.csv`."),
    "DATA_FOLDER": ("./data", "Folder that is `data/` in the container."),
    "CURRENCY": ("", "Currency of their prices, such as EUR."),
    "MILEAGE_UNIT": ("", "Unit of their mileages, km or mi."),
    "REPLICAS": ("3", "With `docker-compose.scale.yml`: replicas of the API, one to ten."),
    "REPLICA_PORTS": ("5000-5002", "With that file: ports of the replicas on this machine; as many as replicas."),
    "BALANCER_PORT": ("8000", "With that file: port of the load balancer, on the address `CAR_PRICE_HOST`."),
    "BALANCER_STATISTICS_PORT": ("8404", "With that file: its statistics and metrics, for this machine alone."),
    "BALANCER_THREADS": ("1", "With that file: threads of the load balancer, and the processors that it may take."),
    "TLS_CERTIFICATE": (
        "",
        "With that file: a PEM file with certificate and key, readable for user 99; the load balancer speaks TLS then.",
    ),
    "HAPROXY_TAG": ("3.2", "With that file: tag of the load balancer's image, 2.6 or newer, not `alpine`."),
    "RETRAIN_FOLDER": ("./data", "With the profile `retrain`: folder whose new listings files are trained on."),
    "RETRAIN_SCHEDULE": ("0 4 * * *", "When it looks for them: minute, hour, day, month, weekday, as in cron."),
    "RETRAIN_TIMEZONE": ("UTC", "Whose clock counts, such as Europe/Berlin."),
    "RETRAIN_OPTIONS": ("", "Further options of `car-price retrain`, such as `--currency EUR --newest 12`."),
    "METRICS_KEY_FILE": (
        "./deploy/monitoring/no-key",
        "With the profile `monitoring`: a file that holds an API key of scope `metrics`, where calls need one.",
    ),
    "PROMETHEUS_TAG": ("v3.5.0", "With that profile: tag of the Prometheus image."),
    "PROMETHEUS_PORT": ("9090", "Port of this machine that Prometheus is published on."),
    "PROMETHEUS_KEEP": ("30d", "How long it keeps what it scraped."),
    "GRAFANA_TAG": ("12.1.1", "Tag of the Grafana image."),
    "GRAFANA_PORT": ("3000", "Port of this machine that Grafana is published on."),
    "POSTGRES_TAG": ("17-alpine", "With `deploy/docker-compose.postgres.yml`: tag of the Postgres image."),
    "POSTGRES_PASSWORD": ("", "With that file: the password of MLflow's database; letters and digits."),
    "S3_BUCKET": ("", "With that file: the bucket of MLflow's files, and below its keys."),
    "AWS_ACCESS_KEY_ID": ("", "See above."),
    "AWS_SECRET_ACCESS_KEY": ("", "See above."),
    "MLFLOW_S3_ENDPOINT_URL": ("", "With that file: address of the object store, where it is not Amazon's."),
}
"""What docker-compose.yml reads besides settings, or with another default than theirs: default, and what it is."""


def pages() -> dict[Path, str]:
    """Return what each generated file should hold."""
    return {
        ROOT / "docs" / "api-reference.md": api_page(),
        ROOT / "docs" / "cli.md": cli_page(),
        ROOT / "docs" / "settings.md": settings_page(),
        ROOT / ".env.example": env_example(),
    }


def cli_page() -> str:
    """Return the command-line reference, from each command's own help."""
    parts = [CLI_HEAD]
    parts += [f"## {path}\n\n```text\n{text}\n```" for path, text in _helps(cli, "car-price", None)]
    return "\n\n".join(parts) + "\n"


def _helps(command: click.Command, name: str, parent: click.Context | None) -> Iterator[tuple[str, str]]:
    settings = {**command.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH, "color": False}
    context = click.Context(command, parent, name, **settings)
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            if found:
                yield from _helps(found, inner, context)


def settings_page() -> str:
    """Return the table of the settings."""
    rows = [
        f"| `{variable_of(name)}` | {_default(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    compose = [f"| `{name}` | {_default(default or None)} | {text} |" for name, (default, text) in COMPOSE.items()]
    return "\n".join([SETTINGS_HEAD, *rows, COMPOSE_HEAD, *compose]) + "\n"


def env_example() -> str:
    """Return an environment file with every setting at its default."""
    lines = ["# Every setting with its default; see docs/settings.md. Copy to .env and uncomment what you change."]
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else _written(field.default)
        lines += ["", f"# {field.description}", f"#{variable_of(name)}={default}"]
    lines += ["", "# What follows is for Docker Compose alone."]
    for name, (default, text) in COMPOSE.items():
        if name not in map(variable_of, Settings.model_fields):
            lines += ["", f"# {text}", f"#{name}={default}"]
    return "\n".join(lines) + "\n"


def _default(value: object) -> str:
    return "not set" if value is None else f"`{_written(value)}`"


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        click.echo(f"wrote {path.relative_to(ROOT)}")
