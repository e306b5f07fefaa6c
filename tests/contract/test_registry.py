"""What the life cycle relies on in a registry: MLflow's, over real sockets, and the fake of the unit tests alike."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from car_price_prediction.domain.errors import PackageError, RegistryError, RegistryUnreachableError
from car_price_prediction.local.ports import free_port
from car_price_prediction.package.store import ModelStore, Package
from car_price_prediction.registry.fetch import ensure_here
from car_price_prediction.registry.mlflow_registry import MlflowRegistry
from car_price_prediction.registry.model_registry import ModelRegistry
from support.fake_registry import FakeRegistry
from support.mlflow import register
from support.model import small_package


@dataclass(frozen=True)
class Subject:
    registry: ModelRegistry
    register: Callable[[Package], str]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    return small_package(tmp_path_factory.mktemp("registered"))


@pytest.fixture(params=["fake", "mlflow"])
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Subject:
    if request.param == "fake":
        fake = FakeRegistry()
        return Subject(fake, fake.register)
    address, model = request.getfixturevalue("mlflow_server"), f"model-{tmp_path.name}"
    return Subject(MlflowRegistry(address, model), lambda package: register(address, model, package))


def test_an_empty_registry_knows_no_alias_and_no_package(subject: Subject) -> None:
    assert subject.registry.holder_of("champion") is None
    assert subject.registry.find("20260101T000000.000Z-00000000") is None


def test_an_alias_moves_from_version_to_version(subject: Subject, package: Package) -> None:
    numbers = [subject.register(package), subject.register(package)]
    assert subject.registry.holder_of("champion") is None
    for number in (*numbers, numbers[0]):
        subject.registry.move_alias("champion", number)
        holder = subject.registry.holder_of("champion")
        assert holder is not None
        assert (holder.number, holder.package_version) == (number, package.manifest.version)
    assert subject.registry.holder_of("challenger") is None


def test_the_newest_registered_version_of_a_package_is_found(subject: Subject, package: Package) -> None:
    numbers = [subject.register(package) for _ in range(2)]
    found = subject.registry.find(package.manifest.version)
    assert found is not None
    assert found.number == numbers[-1]


def test_an_alias_is_not_given_to_a_version_that_is_not_there(subject: Subject, package: Package) -> None:
    subject.register(package)
    with pytest.raises(RegistryError, match="not found") as caught:
        subject.registry.move_alias("champion", "99")
    assert not isinstance(caught.value, RegistryUnreachableError)


def test_a_package_arrives_whole_and_prices(subject: Subject, package: Package, tmp_path: Path) -> None:
    subject.register(package)
    registered = subject.registry.find(package.manifest.version)
    assert registered is not None
    store = ModelStore(tmp_path / "elsewhere")
    arrived = ensure_here(store, subject.registry, registered)
    assert arrived.manifest == package.manifest
    assert {p.name for p in arrived.folder.iterdir()} == {p.name for p in package.folder.iterdir()}
    assert store.versions() == [package.manifest.version]


def test_a_file_that_is_not_there_is_an_error_and_leaves_no_half_package(
    subject: Subject, package: Package, tmp_path: Path
) -> None:
    subject.register(package)
    registered = subject.registry.find(package.manifest.version)
    assert registered is not None
    with pytest.raises(RegistryError):
        subject.registry.read_file(registered, "nothing.txt", tmp_path / "nothing.txt")
    lost = type(registered)(registered.number, "0" * 32, registered.package_version)
    store = ModelStore(tmp_path / "elsewhere")
    with pytest.raises((RegistryError, PackageError)):
        ensure_here(store, subject.registry, lost)
    assert list(store.models.iterdir()) == []


@pytest.mark.parametrize("kind", ["nobody", "silent"])
def test_a_server_that_does_not_answer_is_said_within_seconds(kind: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1] if kind == "silent" else free_port()
        registry = MlflowRegistry(f"http://ann:secret@127.0.0.1:{port}", "model")
        with pytest.raises(RegistryUnreachableError, match="does not answer") as caught:
            registry.find("version")
    assert "secret" not in caught.value.message
