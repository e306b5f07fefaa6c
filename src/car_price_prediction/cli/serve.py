"""`car-price serve`: the API and the page."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option("--host", metavar="ADDRESS", help="Address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.  [default: 5000]")
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that answer requests.  [default: 1]")
@click.option("--artifacts", type=click.Path(path_type=Path), help="Folder of the packages.  [default: artifacts]")
def serve(host: str | None, port: int | None, workers: int | None, artifacts: Path | None) -> None:
    """Serve the API and the page until Ctrl-C or SIGTERM.

    A model that is published while it runs answers within a second; without any, it says so and waits for one.
    Options outweigh the CAR_PRICE_… variables. Logs go to standard output and to running_logs.log in the
    folder CAR_PRICE_LOGS, a JSON object a line.
    """
    from car_price_prediction.bootstrap import settings_from_environment
    from car_price_prediction.bootstrap_serve import serve_web
    from car_price_prediction.domain.errors import LocalRunError
    from car_price_prediction.local.ports import why_not_free

    given = {"host": host, "port": port, "workers": workers, "artifacts": artifacts}
    settings = settings_from_environment()
    settings = settings.model_copy(update={name: value for name, value in given.items() if value is not None})
    reason = why_not_free(settings.host, settings.port)
    if reason:
        raise LocalRunError(
            f"cannot listen on {settings.host}, port {settings.port}: {reason}",
            hint="stop it, or choose another: --port or CAR_PRICE_PORT",
        )
    serve_web(settings)
