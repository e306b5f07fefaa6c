"""What docker-compose.yml and its relatives say, without an engine."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMPOSE = Path(sys.prefix) / "bin" / "docker-compose"
FILES = {"docker-compose.yml": [], "deploy/docker-compose.postgres.yml": ["docker-compose.yml"]}


def config(*files, **variables):
    command = [str(COMPOSE), "--project-directory", str(ROOT), *(word for name in files for word in ("-f", name))]
    environ = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **variables}
    found = subprocess.run(
        [*command, "config", "--format", "json"], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


@pytest.fixture(scope="module")
def services():
    return config("docker-compose.yml", COMPOSE_PROFILES="monitoring")["services"]


def test_names_ports_volumes_network_and_limits_are_the_references():
    found = config("docker-compose.yml")
    api, mlflow = found["services"]["car-price-api"], found["services"]["mlflow-server"]
    assert api["image"].startswith("car-price-prediction:")
    assert api["container_name"] == "car-price-prediction-api"
    assert mlflow["image"].startswith("ghcr.io/mlflow/mlflow:")
    assert mlflow["container_name"] == "mlflow-server"
    assert [(port["published"], port["target"]) for port in (*api["ports"], *mlflow["ports"])] == [
        ("5000", 5000),
        ("5001", 5000),
    ]
    targets = {(Path(volume["source"]).name, volume["target"]) for volume in (*api["volumes"], *mlflow["volumes"])}
    assert {("artifacts", "/app/artifacts"), ("logs", "/app/logs"), ("mlflow-data", "/mlflow")} <= targets
    assert found["networks"]["car-price-network"] == {"name": "car-price-network", "driver": "bridge", "ipam": {}}
    assert found["volumes"]["mlflow-data"] == {"name": "mlflow-data"}
    assert (float(api["cpus"]), int(api["mem_limit"])) == (2, 2 * 1024**3)
    assert (float(mlflow["cpus"]), int(mlflow["mem_limit"])) == (1, 1024**3)


@pytest.mark.parametrize("name", ["car-price-api", "mlflow-server"])
def test_health_is_checked_as_the_reference_says(services, name):
    assert (services[name]["healthcheck"]["interval"], services[name]["healthcheck"]["retries"]) == ("30s", 3)
    assert services[name]["restart"] == "unless-stopped"


def test_every_service_is_hardened(services):
    for service in services.values():
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["read_only"]
        assert service["init"]
        assert service["logging"]["options"]["max-size"]
    assert [name for name, service in services.items() if "cap_add" in service] == ["prepare"]
    assert services["prepare"]["network_mode"] == "none"


def test_only_this_machine_reaches_what_is_published_unless_told_otherwise(services):
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert {port["host_ip"] for port in published} == {"127.0.0.1"}
    opened = config("docker-compose.yml", CAR_PRICE_HOST="192.0.2.7", CAR_PRICE_PORT="8080", CAR_PRICE_MLFLOW_PORT="81")
    port = opened["services"]["car-price-api"]["ports"][0]
    assert (port["host_ip"], port["published"]) == ("192.0.2.7", "8080")
    assert any("localhost:81" in word for word in opened["services"]["mlflow-server"]["command"])


@pytest.mark.parametrize("name", FILES)
def test_every_variable_is_in_the_example_with_its_default(name):
    example = dict(re.findall(r"^#([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    example["CAR_PRICE_WORKERS"] = "2"
    found = re.findall(r"\$\{([A-Z_]+)(?::-([^}]*)|:\?[^}]*)\}", (ROOT / name).read_text())
    assert found
    for variable, default in found:
        known = example[variable]
        assert default == known or float(default) == float(known), variable


@pytest.mark.parametrize(("name", "base"), FILES.items())
def test_every_file_is_valid(name, base):
    config(*base, name, POSTGRES_PASSWORD="a", S3_BUCKET="b", AWS_ACCESS_KEY_ID="c", AWS_SECRET_ACCESS_KEY="d")


def test_monitoring_is_there_for_who_asks_and_reads_what_the_folder_holds(services):
    assert {"prometheus", "grafana"} == services.keys() - config("docker-compose.yml")["services"].keys()
    for name in ("prometheus", "grafana"):
        bound = [volume for volume in services[name]["volumes"] if volume["type"] == "bind"]
        assert all(volume["read_only"] and Path(volume["source"]).exists() for volume in bound)
        assert services[name]["mem_limit"]
    environment = services["grafana"]["environment"]
    assert environment["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"
