"""Tracking against a real MLflow server, started with the command that `car-price run` uses."""

import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from car_price_prediction.domain.errors import TrackingError
from car_price_prediction.local.ports import free_port
from car_price_prediction.pricing.valuer import Valuer
from car_price_prediction.training import track as track_module
from car_price_prediction.training.mlflow_quiet import check_reachable
from car_price_prediction.training.track import RunRecord, Tracked, track
from support.model import small_package

NAMES = {"experiment": "car-price-prediction", "registered_model": "car-price"}


@pytest.fixture(scope="module")
def server(mlflow_server) -> str:
    return str(mlflow_server)


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Path:
    return small_package(tmp_path_factory.mktemp("artifacts")).folder


@pytest.fixture(scope="module")
def record(package) -> RunRecord:
    car = {"make": "Toyota", "model": "Corolla", "year": 2015.0, "mileage_km": 90_000.0}
    return RunRecord(
        version=package.name,
        package=package,
        params={"seed": 1, "currency": "USD"},
        metrics={"mdape": 16.5, "r2_log": 0.68},
        tags={"data_fingerprint": "f00d", "sample_market": "false"},
        candidates=[{"name": "linear", "mdape": 25.0, "not_served": ""}, {"name": "lightgbm", "mdape": 16.5}],
        input_example=car,
        output_example=Valuer.load(package).quote(car).as_dict(),
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


def test_the_run_holds_the_whole_package(client, tracked, package):
    found = {Path(file.path).name for file in client.list_artifacts(tracked.run_id, "package")}
    assert found == {file.name for file in package.iterdir()}


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


CARS = [
    {"make": "Toyota", "model": "Corolla", "year": 2015, "mileage_km": 90_000},
    {"make": "Unheard", "year": 2012.0},
    {"model": "Corolla"},
]


@pytest.fixture
def registered(server, tracked, monkeypatch) -> str:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    monkeypatch.setenv("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    return f"models:/{NAMES['registered_model']}/{tracked.registered_version}"


def test_the_version_carries_signature_and_input_example(registered):
    import mlflow

    model = mlflow.models.get_model_info(registered)
    assert model.signature.inputs.input_names() == ["make", "model", "year", "mileage_km"]
    assert model.signature.inputs.required_input_names() == []
    assert model.signature.outputs.input_names()[:4] == ["price", "low", "high", "currency"]
    assert model.saved_input_example_info is not None


def test_the_registered_model_prices_rows_as_the_package_does(registered, package):
    import mlflow
    import pandas as pd

    answers = mlflow.pyfunc.load_model(registered).predict(pd.DataFrame(CARS)).to_dict("records")
    quotes = Valuer.load(package).quote_many([{**CARS[0], "year": 2015.0}, CARS[1]])
    assert [answer["price"] for answer in answers[:2]] == [quote.price for quote in quotes]
    assert [answer["low"] for answer in answers[:2]] == [quote.low for quote in quotes]
    assert "Unheard" in answers[1]["warnings"]


def test_a_row_that_cannot_be_priced_has_the_reason_and_the_others_their_price(registered):
    import mlflow
    import pandas as pd

    answers = mlflow.pyfunc.load_model(registered).predict(pd.DataFrame(CARS))
    assert answers["price"].isna().tolist() == [False, False, True]
    assert "year" in answers["warnings"][2]


def test_the_registered_model_takes_whole_numbers_and_fractions(registered):
    import mlflow
    import pandas as pd

    model = mlflow.pyfunc.load_model(registered)
    whole, fraction = (model.predict(pd.DataFrame([{**CARS[0], "year": year}])) for year in (2015, 2015.0))
    assert whole["price"].tolist() == fraction["price"].tolist()


def test_the_registered_model_brings_its_own_code(registered, tmp_path):
    """Where this program is not installed, the code that went with the model is what runs."""
    code = f"""
import mlflow, pandas, sys
model = mlflow.pyfunc.load_model({registered!r})
price = model.predict(pandas.DataFrame([{CARS[0]!r}]))["price"][0]
import car_price_prediction
print(price > 0, car_price_prediction.__file__)
"""
    hidden = f"import sys; sys.path = [p for p in sys.path if not p.endswith('src')]\n{code}"
    command = [sys.executable, "-P", "-c", hidden]
    shown = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert shown.stdout.startswith("True "), shown.stderr
    assert str(Path(track_module.__file__).parents[1]) not in shown.stdout


def test_a_later_package_is_the_challenger_and_the_same_one_is_registered_once(server, client, tracked, record):
    assert track(record, tracking_uri=server, **NAMES) == tracked
    later = track(replace(record, version="20990101T000000.000Z-00000000"), tracking_uri=server, **NAMES)
    assert int(later.registered_version) == int(tracked.registered_version) + 1
    for again in (record, replace(record, version="20200101T000000.000Z-00000000")):
        track(again, tracking_uri=server, **NAMES)
    version = client.get_model_version_by_alias(NAMES["registered_model"], "challenger")
    assert version.version == later.registered_version


def test_what_broke_off_before_its_alias_is_registered_anew_and_whole(server, client, record, monkeypatch):
    names = {**NAMES, "registered_model": "broken-off"}

    def fails(*_: str) -> None:
        raise ConnectionError("MLflow went away")

    with monkeypatch.context() as patched:
        patched.setattr("mlflow.MlflowClient.set_registered_model_alias", fails)
        with pytest.raises(TrackingError, match="went away"):
            track(record, tracking_uri=server, **names)
    tracked = track(record, tracking_uri=server, **names)
    version = client.get_model_version_by_alias("broken-off", "challenger")
    assert version.version == tracked.registered_version == "2"
    assert version.tags["package_version"] == record.version
    assert version.tags["data_fingerprint"] == "f00d"


def test_nothing_is_printed(server, record, tracked, capfd):
    track(replace(record, version="20200101T000000.000Z-00000001"), tracking_uri=server, **NAMES)
    assert capfd.readouterr() == ("", "")


def test_a_name_that_the_server_refuses_is_an_error_with_a_hint(server, record):
    with pytest.raises(TrackingError, match="refused") as found:
        track(record, tracking_uri=server, experiment="x", registered_model="a/b:c")
    assert "published all the same" in found.value.hint


def test_a_server_that_is_not_there_is_an_error(record):
    with pytest.raises(TrackingError, match="does not answer"):
        track(record, tracking_uri=f"http://127.0.0.1:{free_port()}", **NAMES)


def test_a_server_that_never_answers_is_an_error(record):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(TrackingError, match="does not answer"):
            track(record, tracking_uri=uri, **NAMES)


@pytest.mark.parametrize("uri", ["http://", "http://nowhere.invalid:5001", "https://[::"])
def test_an_address_that_is_none_is_an_error(record, uri):
    with pytest.raises(TrackingError):
        track(record, tracking_uri=uri, **NAMES)


def test_a_password_in_the_address_is_told_to_nobody() -> None:
    with pytest.raises(TrackingError) as caught:
        check_reachable("http://ann:secret@127.0.0.1:9")
    assert "http://127.0.0.1:9 does not answer" in caught.value.message
    assert "secret" not in caught.value.message
