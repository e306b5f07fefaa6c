"""Every check, well and ill, over one installation that a test builds."""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from car_price_prediction.doctor import context as context_module
from car_price_prediction.doctor import folders, model, system
from car_price_prediction.doctor.context import Answer, Context
from car_price_prediction.doctor.examination import CHECKS, examine
from car_price_prediction.doctor.finding import Finding
from car_price_prediction.domain.errors import RegistryError
from car_price_prediction.package.store import ModelStore
from car_price_prediction.package.unlogged import Unlogged
from car_price_prediction.registry.promotion import PENDING_FILE
from car_price_prediction.settings import Settings
from car_price_prediction.web.key_file import KEYS_FILE, KeyFile
from support.fake_registry import FakeRegistry
from support.versions import damage

NOW = datetime(2030, 1, 2, 12, 0, tzinfo=UTC)
PAGE = Path(__file__).parents[3] / "docs" / "doctor.md"


@pytest.fixture
def settings(trained_artifacts: Path, tmp_path: Path) -> Settings:
    shutil.copytree(trained_artifacts, tmp_path / "artifacts")
    (tmp_path / "logs").mkdir()
    (tmp_path / "cgroup").mkdir()
    return Settings(artifacts=tmp_path / "artifacts", logs=tmp_path / "logs")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Answer]:
    """What servers answer, by the end of the address; nobody else answers."""
    found: dict[str, Answer] = {}
    monkeypatch.setattr(
        context_module, "ask", lambda url: next((a for end, a in found.items() if url.endswith(end)), Answer())
    )
    return found


@pytest.fixture
def look(settings: Settings, tmp_path: Path, answers: dict[str, Answer]):
    """Return what one check finds."""

    def at(name: str, **more: Any) -> Finding:
        given = {"now": NOW, "cgroup": tmp_path / "cgroup", "container": False} | more
        return examine(Context(settings, **given))[name]

    return at


@pytest.fixture
def registry(settings: Settings) -> FakeRegistry:
    store, found = ModelStore(settings.artifacts), FakeRegistry(name="http://mlflow-server:5000")
    found.move_alias("champion", found.register(store.load(store.current_version())))
    return found


def test_the_page_lists_every_check_and_no_other() -> None:
    assert re.findall(r"^\| `([a-z.]+)` \|", PAGE.read_text(), re.MULTILINE) == [check.id for check in CHECKS]


def test_a_fresh_installation_with_a_model_has_nothing_wrong(settings: Settings, answers: dict[str, Answer]) -> None:
    found = examine(Context(settings, container=False))
    assert [name for name, finding in found.items() if finding.status == "failed"] == []
    assert found["model.files"].status == found["model.price"].status == "ok"
    assert all(finding.hint for finding in found.values() if finding.status in ("warning", "failed"))


def test_settings_that_cannot_be_read_skip_everything_else(settings: Settings) -> None:
    found = examine(Context(settings, settings_problem="CAR_PRICE_PORT: no number"))
    assert found.pop("settings").message == "CAR_PRICE_PORT: no number"
    assert {finding.status for finding in found.values()} == {"skipped"}


def test_a_check_that_breaks_is_a_finding(look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "find_spec", lambda _: 1 / 0)
    assert look("extras.train").message == "the check broke: ZeroDivisionError: division by zero"


def test_folders_that_cannot_be_written(settings: Settings, look, tmp_path: Path) -> None:
    assert look("artifacts.writable").status == "ok"
    shutil.rmtree(settings.logs)
    assert look("logs.writable").message.endswith("it can be made")
    settings.logs.write_text("a file")
    assert look("logs.writable").status == "failed"
    assert "CAR_PRICE_LOGS" in look("logs.writable").hint


def test_a_full_disk(look, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type(shutil.disk_usage("/"))(10**12, 10**12, 10**8)
    monkeypatch.setattr(folders.shutil, "disk_usage", lambda _: usage)
    assert look("disk.space").status == "failed"


def test_no_model(settings: Settings, look) -> None:
    (settings.artifacts / "current.json").unlink()
    assert look("model.current").status == "failed"
    assert {look(name).status for name in ("model.files", "model.libraries", "model.price")} == {"skipped"}


def test_a_damaged_model(settings: Settings, look) -> None:
    store = ModelStore(settings.artifacts)
    damage(store, store.current_version())
    assert "booster.txt" in look("model.files").message
    assert look("model.price").status == "failed"


@pytest.mark.parametrize(("here", "status"), [("4.0.0", "warning"), ("3.9.9", "failed"), ("", "failed")])
def test_other_libraries_than_the_model_was_made_with(
    settings: Settings, look, monkeypatch: pytest.MonkeyPatch, here: str, status: str
) -> None:
    path = ModelStore(settings.artifacts).models / ModelStore(settings.artifacts).current_version() / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps(manifest | {"libraries": manifest["libraries"] | {"lightgbm": "4.9.1"}}))
    versions = manifest["libraries"] | {"lightgbm": here}
    monkeypatch.setattr(model, "_installed", versions.get)
    assert look("model.libraries").status == status


def test_an_api_that_is_not_there_matters_where_it_was_named(look) -> None:
    assert look("api.reachable").status == "skipped"
    assert look("api.reachable", url="http://127.0.0.1:9").status == "failed"
    assert look("api.healthy").status == look("api.version").status == "skipped"


def test_an_api_that_is_not_ready_or_serves_another_version(
    settings: Settings, look, answers: dict[str, Answer]
) -> None:
    answers["/info/status"] = Answer(503, {"detail": "artifacts holds no model yet"})
    assert look("api.reachable").status == "ok"
    assert "holds no model yet" in look("api.healthy").message
    answers["/info/status"] = Answer(200, {"model_version": "1999", "notice": "2030 is damaged"})
    assert look("api.healthy").status == "ok"
    assert "2030 is damaged" in look("api.version").message
    answers["/info/status"] = Answer(200, {"model_version": ModelStore(settings.artifacts).current_version()})
    assert look("api.version").status == "ok"


@pytest.mark.parametrize(
    ("code", "status"), [(200, "ok"), (401, "ok"), (403, "ok"), (404, "failed"), (500, "failed"), (0, "failed")]
)
def test_metrics_are_told_or_ask_for_a_key(
    settings: Settings, look, answers: dict[str, Answer], tmp_path: Path, code: int, status: str
) -> None:
    assert look("api.metrics").status == "skipped"
    answers["/info/status"] = Answer(200, {})
    answers["/metrics"] = Answer(code)
    assert look("api.metrics").status == status
    off = settings.model_copy(update={"metrics": "off"})
    assert examine(Context(off, cgroup=tmp_path, container=False))["api.metrics"].status == "skipped"


def test_restarts_are_counted_in_the_log(settings: Settings, look) -> None:
    log = settings.logs / "running_logs.log"
    assert look("api.restarts").status == "skipped"

    def starts(*minutes: float) -> str:
        times = [(NOW - timedelta(minutes=m)).isoformat() for m in minutes]
        lines = [json.dumps({"time": time, "message": "listening on http://x/"}) for time in times]
        return "\n".join(['{"message": "no start"}', *lines, '{"time": "listening on'])

    log.write_text(starts())
    assert look("api.restarts").status == "skipped"
    log.write_text(starts(500, 400, 300, 20, 5))
    assert look("api.restarts").status == "ok"
    log.write_text(starts(4, 3, 2, 1))
    assert look("api.restarts").message.startswith("4 starts within 10 minutes")
    assert look("api.restarts").status == "failed"


MLFLOW = ["mlflow.reachable", "mlflow.host", "mlflow.champion", "mlflow.pending", "mlflow.unlogged"]


def test_keys(settings: Settings, look) -> None:
    file = KeyFile(settings.artifacts / KEYS_FILE)
    assert look("api.keys").message == "there is none: nobody is asked for one"
    file.add("shop", "price")
    assert look("api.keys").message == "1 in force: calls need one"
    file.rotate("shop", timedelta(0))
    assert look("api.keys", now=NOW).message == "1 in force: calls need one"
    file.path.write_text("{")
    assert look("api.keys").status == "failed"


def test_keys_that_are_required_and_not_there(settings: Settings) -> None:
    found = examine(Context(settings.model_copy(update={"require_key": True}), now=NOW))["api.keys"]
    assert (found.status, found.message) == ("failed", "calls need a key, and none is valid")


def test_without_a_server_its_checks_are_skipped(look) -> None:
    assert {look(name).status for name in MLFLOW} == {"skipped"}


def test_a_server_in_step(look, registry: FakeRegistry, answers: dict[str, Answer]) -> None:
    answers["/health"] = Answer(200)
    assert {look(name, registry=registry).status for name in MLFLOW} == {"ok"}


def test_a_server_that_is_down(look, registry: FakeRegistry) -> None:
    registry.up = False
    assert [look(name, registry=registry).status for name in MLFLOW] == ["failed", "skipped", "skipped", "ok", "ok"]


def test_a_server_that_refuses_the_host(look, registry: FakeRegistry, answers: dict[str, Answer]) -> None:
    answers["/health"] = Answer(200)

    def refuse(_: str) -> None:
        raise RegistryError("MLflow refused (403): Invalid Host header - possible DNS rebinding attack detected")

    registry.holder_of = refuse  # type: ignore[method-assign,assignment]
    found = look("mlflow.host", registry=registry)
    assert (found.status, found.hint) == ("failed", "start it with --allowed-hosts mlflow-server:5000")


def test_another_champion_or_none(settings: Settings, look, registry: FakeRegistry) -> None:
    registry.move_alias("champion", registry.put("2029"))
    assert "2, 2029, is the champion" in look("mlflow.champion", registry=registry).message
    registry.aliases.clear()
    assert look("mlflow.champion", registry=registry).status == "warning"
    (settings.artifacts / PENDING_FILE).write_text("{}")
    assert look("mlflow.pending", registry=registry).status == "warning"


def test_a_version_that_mlflow_does_not_know_of(look, registry: FakeRegistry, settings: Settings) -> None:
    store = ModelStore(settings.artifacts)
    version = store.current_version()
    Unlogged(store).add(version, "MLflow does not answer")
    found = look("mlflow.unlogged", registry=registry)
    assert (found.status, version in found.message) == ("warning", True)
    assert "models register" in found.hint


def test_the_follower(settings: Settings, look, registry: FakeRegistry) -> None:
    def follower(at: datetime, problem: bool) -> str:
        beat = {"at": at.isoformat(), "state": "MLflow does not answer", "problem": problem}
        settings.heartbeat.write_text(json.dumps(beat))
        return look("mlflow.follower", registry=registry).status

    assert look("mlflow.follower", registry=registry).status == "skipped"
    assert follower(datetime.now(UTC), False) == "ok"
    assert follower(datetime.now(UTC), True) == "warning"
    assert follower(datetime.now(UTC) - timedelta(hours=1), False) == "failed"


def test_a_clock_that_is_off(look, answers: dict[str, Answer]) -> None:
    assert look("clock").status == "ok"
    answers["/info/status"] = Answer(200, {}, NOW + timedelta(minutes=2))
    assert "the clock of the API is +120 s off" in look("clock").message
    answers["/info/status"] = Answer(200, {}, NOW + timedelta(seconds=2))
    assert look("clock").status == "ok"
    answers.clear()
    assert "in the future" in look("clock", now=datetime(2020, 1, 1, tzinfo=UTC)).message


@pytest.mark.parametrize(
    ("files", "memory", "cpu"),
    [
        ({"memory.max": "2000000000", "cpu.max": "200000 100000"}, "2.0 GB are allowed", "2.0 CPUs are allowed"),
        (
            {"memory/memory.limit_in_bytes": "1000000000", "cpu/cpu.cfs_quota_us": "50000"},
            "1.0 GB are allowed",
            "0.5 CPUs are allowed",
        ),
        ({"memory.max": "max", "cpu.max": "max 100000"}, "no memory limit", "no CPU limit"),
        ({"memory/memory.limit_in_bytes": "9223372036854771712", "cpu/cpu.cfs_quota_us": "-1"}, "no memory", "no CPU"),
        ({}, "no memory limit", "no CPU limit"),
    ],
)
def test_the_limits_in_force(look, tmp_path: Path, files: dict[str, str], memory: str, cpu: str) -> None:
    for name, text in ({"cpu/cpu.cfs_period_us": "100000"} | files).items():
        path = tmp_path / "cgroup" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert look("limits.memory", container=True).message.startswith(memory)
    assert look("limits.cpu", container=True).message.startswith(cpu)
    if memory.startswith("no"):
        assert look("limits.memory", container=True).status == "warning"
        assert look("limits.memory").status == look("limits.cpu").status == "skipped"


def test_memory_that_is_nearly_used_up(look, tmp_path: Path) -> None:
    (tmp_path / "cgroup" / "memory.max").write_text("1000000000")
    (tmp_path / "cgroup" / "memory.current").write_text("950000000")
    assert look("limits.memory").status == "warning"


def test_an_installation_that_only_serves(look, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "find_spec", lambda _: None)
    assert look("extras.train").status == "skipped"
