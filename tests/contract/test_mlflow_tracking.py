"""Tracking against a real MLflow server, started with the command that `car-price run` uses."""

import os
import socket
import time

import pytest

from car_price_prediction.domain.errors import TrackingError
from car_price_prediction.local.child import Child
from car_price_prediction.local.plan import MLFLOW_ENVIRON, Plan, commands_of
from car_price_prediction.local.ports import free_port
from car_price_prediction.local.probe import ask
from car_price_prediction.settings import Settings
from car_price_prediction.training.track import RunRecord, Tracked, track

NAMES = {"experiment": "car-price-prediction", "registered_model": "car-price"}


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mlflow")
    port = free_port()
    plan = Plan(Settings(mlflow_data=folder, mlflow_port=port))
    (folder / "artifacts").mkdir()
    child = Child("MLflow", commands_of(plan).mlflow, environ={**os.environ, **MLFLOW_ENVIRON}, log=folder / "log")
    try:
        deadline = time.monotonic() + 90
        while ask("127.0.0.1", port, "/health").code != 200:
            assert child.exit_code is None, child.last_line()
            assert time.monotonic() < deadline, child.last_line()
            time.sleep(0.1)
        yield plan.mlflow_url
    finally:
        child.stop(grace_s=10)


@pytest.fixture(scope="module")
def record(tmp_path_factory) -> RunRecord:
    package = tmp_path_factory.mktemp("models") / "20260101-000000-abcdef"
    package.mkdir()
    (package / "manifest.json").write_text("{}")
    (package / "card.md").write_text("# A card")
    return RunRecord(
        version=package.name,
        package=package,
        params={"seed": 1, "currency": "USD"},
        metrics={"mdape": 16.5, "r2_log": 0.68},
        tags={"data_fingerprint": "f00d", "sample": "false"},
        candidates=[{"name": "linear", "mdape": 25.0}, {"name": "lightgbm", "mdape": 16.5, "served": "yes"}],
        input_example={"make": "Toyota", "year": 2015.0, "mileage_km": 90_000},
        output_example={"price": 9_000.0, "currency": "USD", "comparables": 12, "warnings": []},
    )


@pytest.fixture(scope="module")
def tracked(server, record) -> Tracked:
    before = dict(os.environ)
    tracked = track(record, tracking_uri=server, **NAMES)
    assert dict(os.environ) == before
    return tracked


@pytest.fixture(scope="module")
def client(server):
    import mlflow

    return mlflow.MlflowClient(server, server)


def test_the_run_holds_params_metrics_and_tags(client, tracked, record):
    run = client.get_run(tracked.run_id)
    assert run.info.status == "FINISHED"
    assert run.info.run_name == record.version
    assert run.data.params == {"seed": "1", "currency": "USD"}
    assert run.data.metrics == record.metrics
    assert run.data.tags["data_fingerprint"] == "f00d"
    assert tracked.url.endswith(f"/runs/{tracked.run_id}")


def test_the_run_holds_the_whole_package(client, tracked):
    found = {file.path for file in client.list_artifacts(tracked.run_id, "package")}
    assert found == {"package/manifest.json", "package/card.md"}


def test_each_candidate_is_a_run_within_the_run(client, tracked):
    experiment = client.get_experiment_by_name(NAMES["experiment"]).experiment_id
    runs = client.search_runs([experiment], f"tags.mlflow.parentRunId = '{tracked.run_id}'")
    assert {run.info.run_name: run.data.metrics for run in runs} == {
        "linear": {"mdape": 25.0},
        "lightgbm": {"mdape": 16.5},
    }


def test_the_version_is_the_challenger_and_names_its_package_and_data(client, tracked, record):
    version = client.get_model_version_by_alias(NAMES["registered_model"], "challenger")
    assert version.version == tracked.registered_version
    assert version.run_id == tracked.run_id
    assert version.tags["package_version"] == record.version
    assert version.tags["data_fingerprint"] == "f00d"


def test_the_version_carries_signature_and_input_example(server, client, tracked, tmp_path, monkeypatch):
    import mlflow

    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    monkeypatch.setenv("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    model = mlflow.models.get_model_info(f"models:/{NAMES['registered_model']}/{tracked.registered_version}")
    assert model.signature.inputs.input_names() == ["make", "year", "mileage_km"]
    assert model.signature.inputs.required_input_names() == []
    assert model.signature.outputs.input_names() == ["price", "currency", "comparables", "warnings"]
    assert model.saved_input_example_info is not None


def test_tracking_again_moves_the_alias(server, client, tracked, record):
    again = track(record, tracking_uri=server, **NAMES)
    assert int(again.registered_version) == int(tracked.registered_version) + 1
    version = client.get_model_version_by_alias(NAMES["registered_model"], "challenger")
    assert version.version == again.registered_version


def test_nothing_is_printed(server, record, tracked, capfd):
    track(record, tracking_uri=server, **NAMES)
    assert capfd.readouterr() == ("", "")


def test_a_name_that_the_server_refuses_is_an_error_with_a_hint(server, record):
    with pytest.raises(TrackingError, match="refused") as found:
        track(record, tracking_uri=server, experiment="x", registered_model="a/b:c")
    assert "published all the same" in found.value.hint


def test_a_server_that_is_not_there_is_an_error_within_seconds(record):
    since = time.monotonic()
    with pytest.raises(TrackingError, match="does not answer"):
        track(record, tracking_uri=f"http://127.0.0.1:{free_port()}", **NAMES)
    assert time.monotonic() - since < 1


def test_a_server_that_never_answers_is_an_error_within_seconds(record):
    since = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(TrackingError, match="does not answer"):
            track(record, tracking_uri=uri, **NAMES)
    assert time.monotonic() - since < 6


@pytest.mark.parametrize("uri", ["http://", "http://nowhere.invalid:5001", "https://[::"])
def test_an_address_that_is_none_is_an_error(record, uri):
    with pytest.raises(TrackingError):
        track(record, tracking_uri=uri, **NAMES)
