from pathlib import Path

from car_price_prediction.local.plan import Plan, commands_of
from car_price_prediction.settings import Settings
from car_price_prediction.variables import read_settings

ASKED_FOR = ("--promote", "--force", "--why", "`car-price run` was asked for these listings")


def test_without_data_the_sample_market_is_made_and_trained_on():
    commands = commands_of(Plan(Settings(artifacts=Path("there"))))
    assert commands.sample[3:] == ("sample", "there/data/sample.csv", "--rows", "20000", "--seed", "1")
    assert commands.train[3:] == (
        "train",
        "there/data/sample.csv",
        "--artifacts",
        "there",
        "--budget",
        "quick",
        *ASKED_FOR,
    )


def test_what_the_user_told_reaches_training():
    plan = Plan(Settings(), ("a.csv", "b.csv"), "GBP", "mi")
    told = ("train", "a.csv", "b.csv", "--artifacts", "artifacts", "--currency", "GBP", "--mileage-unit", "mi")
    assert commands_of(plan).train[3:] == (*told, *ASKED_FOR)


def test_mlflow_listens_to_this_machine_alone_with_one_worker():
    command = " ".join(commands_of(Plan(Settings(mlflow_port=5009))).mlflow)
    assert "--host 127.0.0.1 --port 5009 --workers 1" in command


def test_children_learn_of_the_mlflow_server_that_is_started():
    assert Plan(Settings(mlflow_port=5009)).running_settings.mlflow_tracking_uri == "http://127.0.0.1:5009"


def test_an_mlflow_server_of_the_users_own_is_used_and_none_started():
    plan = Plan(read_settings({"MLFLOW_TRACKING_URI": "http://mlflow.example"}))
    assert not plan.own_mlflow
    assert plan.running_settings.mlflow_tracking_uri == "http://mlflow.example"
