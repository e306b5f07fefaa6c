"""`car-price supervise` and `car-price health`: the API under watch, and whether it is well."""

from __future__ import annotations

import click

from car_price_prediction.local.probe import ask
from car_price_prediction.local.supervise import wake_supervisors


@click.command()
@click.option("--follow", is_flag=True, help="Follow MLflow's champion beside it, as `car-price models sync --follow`.")
def supervise(follow: bool) -> None:
    """Serve the API and the page, and exit 1 when it fails three checks in a row, to be started anew.

    For containers and service managers, which restart what exits. Every CAR_PRICE_HEALTH_INTERVAL_S seconds
    `GET /info/status` is asked; that there is no model yet is no failure. SIGTERM and Ctrl-C stop it in order.

    With --follow, one container is a whole replica that shares no disk: its models come from MLFLOW_TRACKING_URI.
    """
    from car_price_prediction.bootstrap import settings_from_environment
    from car_price_prediction.bootstrap_serve import supervise_web

    supervise_web(settings_from_environment(), follow=follow)


@click.command()
@click.option("--port", envvar="CAR_PRICE_PORT", type=click.IntRange(1, 65535), default=5000, show_default=True)
def health(port: int) -> int:
    """Say whether the API on this machine is well: exit 0 if it prices, 1 if not.

    What a container's health check runs; it also lets a `car-price supervise` go on that a signal stopped.
    """
    wake_supervisors()
    state = ask("127.0.0.1", port, "/info/status")
    if state.code == 200:
        click.echo("well")
        return 0
    click.echo(state.reason or (f"it answers {state.code}" if state.code else f"nobody answers on port {port}"))
    return 1
