"""What docker-compose.yml and its relatives say, without an engine."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from car_price_prediction.cli.retrain import retrain

ROOT = Path(__file__).parents[2]
COMPOSE = Path(sys.prefix) / "bin" / "docker-compose"
BASE = ["docker-compose.yml"]
FILES = {"docker-compose.yml": [], "deploy/docker-compose.postgres.yml": BASE, "docker-compose.scale.yml": BASE}
OWN_DEFAULTS = {
    "docker-compose.scale.yml": {
        # In place of 5001, which is the second replica's.
        "CAR_PRICE_MLFLOW_PORT": "5010",
        "CAR_PRICE_TRUSTED_PROXIES": "1",
        "CAR_PRICE_STOP_WAIT_S": "3",
        "CAR_PRICE_WORKERS": "1",
        # Mounted, and not looked at.
        "TLS_CERTIFICATE": "/dev/null",
    }
}


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
    return config("docker-compose.yml", COMPOSE_PROFILES="monitoring,retrain")["services"]


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
    scaled = config(*BASE, "docker-compose.scale.yml")["services"]
    for service in [*services.values(), scaled["load-balancer"]]:
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
    example |= {"CAR_PRICE_WORKERS": "2"} | OWN_DEFAULTS.get(name, {})
    found = re.findall(r"\$\{([A-Z_]+)(?::-([^}]*)|:\?[^}]*)\}", (ROOT / name).read_text())
    assert found
    for variable, default in found:
        known = example[variable]
        assert default == known or float(default) == float(known), variable


@pytest.mark.parametrize(("name", "base"), FILES.items())
def test_every_file_is_valid(name, base):
    config(*base, name, POSTGRES_PASSWORD="a", S3_BUCKET="b", AWS_ACCESS_KEY_ID="c", AWS_SECRET_ACCESS_KEY="d")


def test_scaled_out_ports_and_names_are_the_references():
    services = config(*BASE, "docker-compose.scale.yml")["services"]
    api, balancer = services["car-price-api"], services["load-balancer"]
    published = {
        name: [(port["host_ip"], port["published"], port["target"]) for port in service["ports"]]
        for name, service in services.items()
        if "ports" in service
    }
    assert published == {
        "car-price-api": [("127.0.0.1", "5000-5002", 5000)],
        "mlflow-server": [("127.0.0.1", "5010", 5000)],
        "load-balancer": [("127.0.0.1", "8000", 8000), ("127.0.0.1", "8404", 8404)],
    }
    assert (api["scale"], "container_name" in api) == (3, False)
    assert any("localhost:5010," in word for word in services["mlflow-server"]["command"])
    assert balancer["image"].startswith("haproxy:")
    assert not any("docker.sock" in volume["source"] for service in services.values() for volume in service["volumes"])


def test_replicas_and_tls_are_a_setting_each():
    services = config(*BASE, "docker-compose.scale.yml", REPLICAS="5", TLS_CERTIFICATE="/etc/ours.pem")["services"]
    assert services["car-price-api"]["scale"] == 5
    assert services["load-balancer"]["environment"]["TLS_CERTIFICATE"] == "/run/certificate.pem"
    assert "/etc/ours.pem" in {volume["source"] for volume in services["load-balancer"]["volumes"]}
    assert config(*BASE, "docker-compose.scale.yml")["services"]["load-balancer"]["environment"] == {
        "BALANCER_THREADS": "1",
        "TLS_CERTIFICATE": "",
    }


def test_monitoring_is_there_for_who_asks_and_reads_what_the_folder_holds(services):
    more = services.keys() - config("docker-compose.yml")["services"].keys()
    assert more == {"prometheus", "grafana", "retrain"}
    for name in ("prometheus", "grafana"):
        bound = [volume for volume in services[name]["volumes"] if volume["type"] == "bind"]
        assert all(volume["read_only"] and Path(volume["source"]).exists() for volume in bound)
        assert services[name]["mem_limit"]
    environment = services["grafana"]["environment"]
    assert environment["GF_AUTH_ANONYMOUS_ORG_ROLE"] == "Viewer"


def test_retraining_is_there_for_who_asks_and_its_command_is_one_that_the_program_takes(services):
    assert services["retrain"]["command"] == [
        "retrain", "/app/listings", "--schedule", "0 4 * * *", "--timezone", "UTC",
    ]  # fmt: skip
    told = {
        "RETRAIN_SCHEDULE": "30 3 * * MON",
        "RETRAIN_OPTIONS": "--currency EUR --newest 12",
        "RETRAIN_FOLDER": "/in",
    }
    found = config("docker-compose.yml", COMPOSE_PROFILES="retrain", **told)["services"]["retrain"]
    assert found["command"][3:] == ["30 3 * * MON", "--timezone", "UTC", "--currency", "EUR", "--newest", "12"]
    context = retrain.make_context("retrain", found["command"][1:], help_option_names=["-h", "--help"])
    assert context.params["schedule"] == "30 3 * * MON"
    assert {(v["source"], v["target"], v.get("read_only")) for v in found["volumes"]} >= {
        ("/in", "/app/listings", True)
    }
    assert found["image"] == services["train"]["image"]
    assert found["mem_limit"]
