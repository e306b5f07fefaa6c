"""A training run in MLflow: parameters, metrics, candidates, the package, and a registered model version."""

from __future__ import annotations

import importlib.metadata
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import car_price_prediction
from car_price_prediction.domain.text import shown

from .mlflow_quiet import check_reachable, quiet_mlflow

ALIAS = "challenger"
MODEL_CODE = Path(__file__).with_name("mlflow_model.py")
CODE = ("domain", "package", "pricing")
"""What of this program goes into the registered model, so that it loads where this program is not installed."""
REQUIREMENTS = ("lightgbm", "numpy", "pandas", "pydantic")


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What one training run leaves behind.

    Attributes
    ----------
    version : str
        Of the model package.
    package : Path
        Its folder, logged whole under ``package/``.
    params, metrics, tags : mapping
        Of the run; the tags go to the registered version as well.
    candidates : sequence of mapping
        One per compared candidate, with its ``name``; each becomes a nested run: numbers are metrics, words params.
    input_example, output_example : mapping
        A listing in canonical fields, and its quote as plain values.
    """

    version: str
    package: Path
    params: Mapping[str, str | int | float]
    metrics: Mapping[str, float]
    tags: Mapping[str, str]
    candidates: Sequence[Mapping[str, float | str]]
    input_example: Mapping[str, object]
    output_example: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Tracked:
    """Where a run can be found.

    Attributes
    ----------
    run_id : str
        In MLflow.
    registered_version : str
        The number that MLflow's registry gave.
    url : str
        The run's page.
    """

    run_id: str
    registered_version: str
    url: str


def track(record: RunRecord, *, tracking_uri: str, experiment: str, registered_model: str) -> Tracked:
    """Log a run and register its model, with the alias ``challenger`` where no newer version has it.

    A version that is registered already stays as it is.

    Parameters
    ----------
    record : RunRecord
        What to log.
    tracking_uri : str
        Of the MLflow server.
    experiment, registered_model : str
        Made where they are not there yet.

    Raises
    ------
    TrackingError
        Within seconds where the server does not answer, and where it refuses.
    """
    check_reachable(tracking_uri)
    with quiet_mlflow(tracking_uri):
        return _track(record, tracking_uri, experiment, registered_model)


def _track(record: RunRecord, tracking_uri: str, experiment: str, registered_model: str) -> Tracked:
    import mlflow

    there = _registered_before(record, registered_model)
    if there is not None:
        run = mlflow.get_run(there.run_id).info
        return Tracked(run.run_id, str(there.version), _url(tracking_uri, run.experiment_id, run.run_id))
    experiment_id = mlflow.set_experiment(experiment).experiment_id
    with mlflow.start_run(experiment_id=experiment_id, run_name=record.version) as run:
        run_id = str(run.info.run_id)
        mlflow.set_tags({"package_version": record.version, **record.tags})
        mlflow.log_params(dict(record.params))
        mlflow.log_metrics(dict(record.metrics))
        for candidate in record.candidates:
            _log_candidate(candidate, experiment_id)
        mlflow.log_artifacts(str(record.package), "package")
        version = _register(record, registered_model)
    return Tracked(run_id, version, _url(tracking_uri, experiment_id, run_id))


def _url(tracking_uri: str, experiment_id: str, run_id: str) -> str:
    return f"{shown(tracking_uri).rstrip('/')}/#/experiments/{experiment_id}/runs/{run_id}"


def _registered_before(record: RunRecord, model: str) -> Any:
    """Return the version that this package is registered as, or None."""
    import mlflow

    condition = f"name = '{model}' and tags.package_version = '{record.version}'"
    found = mlflow.MlflowClient().search_model_versions(condition)
    return max(found, key=lambda version: int(version.version), default=None)


def _log_candidate(candidate: Mapping[str, float | str], experiment_id: str) -> None:
    import mlflow

    words = {name: value for name, value in candidate.items() if isinstance(value, str) and value}
    numbers = {name: float(value) for name, value in candidate.items() if not isinstance(value, str)}
    with mlflow.start_run(experiment_id=experiment_id, run_name=words.get("name"), nested=True):
        mlflow.log_params(words)
        mlflow.log_metrics(numbers)


def _register(record: RunRecord, registered_model: str) -> str:
    import mlflow

    example = _plain(record.input_example)
    with _model_code() as code:
        logged = mlflow.pyfunc.log_model(
            name="model",
            python_model=str(MODEL_CODE),
            artifacts={"package": str(record.package)},
            code_paths=[str(code)],
            pip_requirements=[f"{name}=={importlib.metadata.version(name)}" for name in REQUIREMENTS],
            signature=_signature(example, _plain(record.output_example)),
            input_example={name: [value] for name, value in example.items()},
            registered_model_name=registered_model,
        )
    version = str(logged.registered_model_version)
    client = mlflow.MlflowClient()
    for name, value in record.tags.items():
        client.set_model_version_tag(registered_model, version, name, value)
    if _is_newest(record.version, registered_model):
        client.set_registered_model_alias(registered_model, ALIAS, version)
    # Last, for by this it counts as registered: what broke off before is registered anew.
    client.set_model_version_tag(registered_model, version, "package_version", record.version)
    return version


def _is_newest(version: str, model: str) -> bool:
    """Return whether no package that was trained later is the challenger; versions order by time."""
    import mlflow
    from mlflow.exceptions import MlflowException

    try:
        holder = mlflow.MlflowClient().get_model_version_by_alias(model, ALIAS)
    except MlflowException:
        return True  # nobody has it
    return str(holder.tags.get("package_version", "")) <= version


def _signature(example: Mapping[str, Any], answer: Mapping[str, Any]) -> Any:
    from mlflow.models import ModelSignature
    from mlflow.types.schema import AnyType, ColSpec, DataType, Schema

    # MLflow refuses whole numbers where it was told "double", and most years and mileages are whole numbers.
    inputs = [
        ColSpec(DataType.string if isinstance(value, str) else AnyType(), name, required=False)
        for name, value in example.items()
    ]
    kinds = {float: DataType.double, int: DataType.long}
    outputs = [ColSpec(kinds.get(type(value), DataType.string), name, required=False) for name, value in answer.items()]
    return ModelSignature(inputs=Schema(inputs), outputs=Schema(outputs))


def _plain(example: Mapping[str, object]) -> dict[str, Any]:
    return {
        name: value if isinstance(value, str | float) or value is None else json.dumps(value)
        for name, value in example.items()
    }


@contextmanager
def _model_code() -> Iterator[Path]:
    """Give a copy of the part of this program that pricing needs."""
    source = Path(car_price_prediction.__file__).parent
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / source.name
        target.mkdir()
        shutil.copy(source / "__init__.py", target)
        for name in CODE:
            shutil.copytree(source / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        yield target
