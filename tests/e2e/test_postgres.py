"""MLflow with Postgres and an object store: a run and its files are there, and outlive the containers' restart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from mlflow import MlflowClient

from car_price_prediction.registry.mlflow_registry import MlflowRegistry
from support.mlflow import register
from support.model import small_package
from support.stack import ROOT, Stack, docker

MODEL = "car-price"
STANDINS = ROOT / "tests" / "support" / "postgres"
OVERRIDE = """
services:
  objects:
    image: postgres:debian
    entrypoint: [moto_server, -H, 0.0.0.0, -p, "9000"]
    environment: {{HOME: /tmp}}
    networks: [car-price-network]
volumes: {{mlflow-postgres: {{name: {name}-postgres}}}}
"""
BUCKET = """
import boto3, os
store = boto3.client("s3", endpoint_url=os.environ["MLFLOW_S3_ENDPOINT_URL"], region_name="us-east-1")
store.create_bucket(Bucket=os.environ["S3_BUCKET"])
"""
OBJECTS = BUCKET.replace("create_bucket", "list_objects_v2").replace("store.list", "found = store.list") + (
    "print(*[one['Key'] for one in found['Contents']], sep='\\n')"
)


@pytest.fixture
def project(started: Stack, tmp_path: Path) -> Iterator[Stack]:
    """A further copy of the project, of which MLflow, Postgres and a store run."""
    docker("build", "-q", "-t", "postgres:debian", str(STANDINS))
    stack = Stack(
        tmp_path,
        POSTGRES_TAG="debian",
        POSTGRES_PASSWORD="letters4digits",
        S3_BUCKET="models",
        MLFLOW_S3_ENDPOINT_URL="http://objects:9000",
        AWS_ACCESS_KEY_ID="anyone",
        AWS_SECRET_ACCESS_KEY="anything",
    )
    (tmp_path / "objects.yml").write_text(OVERRIDE.format(name=stack.name))
    stack.files += ("deploy/docker-compose.postgres.yml", "objects.yml")
    try:
        stack.compose("up", "-d", "--build", "mlflow-server", "objects")
        yield stack
    finally:
        stack.remove()


def test_runs_are_in_postgres_and_packages_in_the_bucket(
    project: Stack, tmp_path_factory: pytest.TempPathFactory
) -> None:
    project.wait_until_tracked()
    project.run_in(project.mlflow, BUCKET)
    package = small_package(tmp_path_factory.mktemp("package"))
    address = f"http://127.0.0.1:{project.mlflow_port}"
    number = register(address, MODEL, package)
    client = MlflowClient(address, address)
    client.set_registered_model_alias(MODEL, "champion", number)
    runs = project.runs()

    project.compose("restart", "postgres", "mlflow-server")
    project.wait_until_tracked()
    assert project.runs() == runs
    registry, found = MlflowRegistry(address, MODEL), tmp_path_factory.mktemp("found") / "manifest.json"
    champion = registry.holder_of("champion")
    assert champion is not None
    assert champion.package_version == package.manifest.version
    # By way of the server: MLflow's own client is sent to the store, whose name only containers know.
    registry.read_file(champion, "manifest.json", found)
    assert found.read_bytes() == (package.folder / "manifest.json").read_bytes()

    count = ("psql", "--username=mlflow", "--dbname=mlflow", "--tuples-only", "--command=select count(*) from runs")
    assert project.compose("exec", "-T", "postgres", *count).split()[0] == str(len(runs))
    keys = project.run_in(project.mlflow, OBJECTS).split()
    assert any(key.startswith("mlflow/") and key.endswith("package/manifest.json") for key in keys)
