"""What one run on this machine is to do, and the commands of its children."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from car_price_prediction.settings import Settings

SAMPLE_ROWS = 20_000
SAMPLE_SEED = 1
OURS = (sys.executable, "-m", "car_price_prediction.cli.main")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run.

    Attributes
    ----------
    settings : Settings
        Where MLflow's address is set, that server is used and none is started.
    data : tuple of str
        Listings files; empty for the sample market.
    currency, mileage_unit : str or None
        As the user told them.
    serves : bool
        Whether servers are started, too; else only a model is trained, where there is none.
    """

    settings: Settings
    data: tuple[str, ...] = ()
    currency: str | None = None
    mileage_unit: Literal["km", "mi"] | None = None
    serves: bool = True

    @property
    def own_mlflow(self) -> bool:
        """Whether an MLflow server is started."""
        return self.serves and self.settings.mlflow_tracking_uri is None

    @property
    def mlflow_url(self) -> str:
        """The address of the MLflow server that training logs to."""
        return self.settings.mlflow_tracking_uri or f"http://127.0.0.1:{self.settings.mlflow_port}"

    @property
    def sample_file(self) -> Path:
        """Where the sample market's listings are written."""
        return self.settings.artifacts / "data" / "sample.csv"

    @property
    def running_settings(self) -> Settings:
        """The settings of the children: they know of the MLflow server that is started for them."""
        if not self.serves:
            return self.settings
        return self.settings.model_copy(update={"mlflow_tracking_uri": self.mlflow_url})


@dataclass(frozen=True, slots=True)
class Commands:
    """The commands of a run's children."""

    serve: tuple[str, ...]
    mlflow: tuple[str, ...]
    sample: tuple[str, ...]
    train: tuple[str, ...]


def plan_of(
    settings: Settings,
    data: tuple[str, ...],
    currency: str | None,
    mileage_unit: Literal["km", "mi"] | None,
    *,
    serves: bool,
) -> Plan:
    """Return a plan of what was asked for, with the settings for what was not.

    Examples
    --------
    >>> plan_of(Settings(data="cars.csv", currency="EUR"), (), "USD", None, serves=True).data
    ('cars.csv',)
    """
    return Plan(
        settings,
        data or ((settings.data,) if settings.data else ()),
        currency or settings.currency,
        mileage_unit or settings.mileage_unit,
        serves,
    )


def commands_of(plan: Plan) -> Commands:
    """Return the commands that a plan comes to.

    Examples
    --------
    >>> commands_of(Plan(Settings(), data=("cars.csv",), currency="USD")).train[3:]
    ('train', 'cars.csv', '--artifacts', 'artifacts', '--currency', 'USD', '--promote', '--force', '--why', ...)
    """
    sample = str(plan.sample_file)
    return Commands(
        serve=(*OURS, "serve"),
        mlflow=_mlflow_command(plan.settings),
        sample=(*OURS, "sample", sample, "--rows", str(SAMPLE_ROWS), "--seed", str(SAMPLE_SEED)),
        train=_train_command(plan),
    )


def _train_command(plan: Plan) -> tuple[str, ...]:
    files = plan.data or (str(plan.sample_file),)
    currency = ("--currency", plan.currency) if plan.currency else ()
    mileage_unit = ("--mileage-unit", plan.mileage_unit) if plan.mileage_unit else ()
    # Who asks for a file here wants its prices, whatever the gate thinks of them.
    promoted = ("--promote", "--force", "--why", "`car-price run` was asked for these listings")
    # Nobody sells by the sample market's prices: what counts there is how soon the first one comes.
    budget = () if plan.data else ("--budget", "quick")
    options = (*currency, *mileage_unit, *budget, *promoted)
    return (*OURS, "train", *files, "--artifacts", str(plan.settings.artifacts), *options)


def _mlflow_command(settings: Settings) -> tuple[str, ...]:
    """One worker, SQLite, artifacts on this disk, reached from this machine only."""
    data = settings.mlflow_data.absolute()
    return (
        *(sys.executable, "-m", "mlflow", "server"),
        *("--backend-store-uri", f"sqlite:///{data / 'mlflow.db'}"),
        *("--artifacts-destination", str(data / "artifacts")),
        *("--host", "127.0.0.1", "--port", str(settings.mlflow_port)),
        *("--workers", "1"),
    )


# Without the job runner the server needs 385 MB in place of 890 MB; nothing here uses it.
MLFLOW_ENVIRON = {
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
}
