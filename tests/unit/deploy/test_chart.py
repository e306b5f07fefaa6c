"""What the Helm chart says, without Helm; `make charts` renders it."""

import json
import re
import tomllib
from pathlib import Path

import jsonschema
import pytest
import yaml

from car_price_prediction.settings import Settings
from car_price_prediction.variables import variable_of

ROOT = Path(__file__).parents[3]
CHART = ROOT / "deploy" / "helm" / "car-price-prediction"
TEXTS = {path.name: path.read_text() for path in (CHART / "templates").iterdir()}


@pytest.fixture
def values():
    return yaml.safe_load((CHART / "values.yaml").read_text())


@pytest.fixture
def schema():
    return json.loads((CHART / "values.schema.json").read_text())


def test_the_chart_is_as_old_as_the_program():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert (chart["version"], chart["appVersion"]) == (version, version)


def test_its_values_miss_an_address_of_mlflow_and_nothing_else(values, schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    problems = list(jsonschema.Draft202012Validator(schema).iter_errors(values))
    assert [list(problem.path) for problem in problems] == [["mlflow"]]
    values["mlflow"]["trackingUri"] = "http://mlflow:5000"
    jsonschema.validate(values, schema)


def test_every_value_is_in_the_schema_and_every_one_that_templates_use_exists(values, schema):
    assert set(values) == set(schema["properties"]) - {"global"}
    used = set(re.findall(r"\.Values((?:\.[a-zA-Z]+)+)", "\n".join(TEXTS.values())))
    for path in used:
        found = values
        for name in path.strip(".").split("."):
            assert name in found, path
            found = found[name]


def test_variables_are_settings(values, schema):
    known = {variable_of(name) for name in Settings.model_fields}
    fixed = schema["properties"]["settings"]["propertyNames"]["not"]["enum"]
    found = re.findall(r"CAR_PRICE_[A-Z_]+", TEXTS["deployment.yaml"].replace("# Kubernetes would set", ""))
    named = {name.removesuffix("_FILE") for name in found}
    assert named | set(values["settings"]) | set(fixed) <= known


def test_variables_that_kubernetes_would_set_for_a_service_are_turned_off():
    assert "enableServiceLinks: false" in TEXTS["deployment.yaml"]


def test_settings_reach_both_containers():
    environment = TEXTS["_helpers.tpl"].partition('define "car-price.environment"')[2].partition("{{- define")[0]
    assert "range $name, $value := .Values.settings" in environment
    assert TEXTS["deployment.yaml"].count('include "car-price.environment"') == TEXTS["deployment.yaml"].count(
        "args: ["
    )


def test_whoever_watches_can_show_a_key_and_the_ingress_can_leave_metrics_out(values):
    assert "authorization:" in TEXTS["monitor.yaml"]
    assert values["serviceMonitor"]["authorization"] == {"existingSecret": "", "key": "api-key"}
    assert "range .Values.ingress.paths" in TEXTS["ingress.yaml"]
    assert values["ingress"]["paths"] == ["/"]


@pytest.mark.parametrize("url", ["sqlite", "sqlite:////tmp/a", "postgresql://ann:secret@db/cars"])
def test_valuations_are_kept_where_replicas_share_them_and_a_password_in_a_secret(values, schema, url):
    values["mlflow"]["trackingUri"] = "http://mlflow:5000"
    values["settings"]["CAR_PRICE_VALUATIONS_URL"] = "postgresql+psycopg://ann@db:5432/cars"
    jsonschema.validate(values, schema)
    values["valuations"]["existingSecret"] = "valuations"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(values, schema)
    values["settings"]["CAR_PRICE_VALUATIONS_URL"] = url
    values["valuations"]["existingSecret"] = ""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(values, schema)
