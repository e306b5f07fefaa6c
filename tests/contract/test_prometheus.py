"""A real Prometheus with our configuration scrapes a real server, and its alerts fire when they should."""

import contextlib
import json
import shutil
import subprocess
import urllib.parse
import urllib.request

import pytest
import yaml

from car_price_prediction.local.ports import free_port
from support.kept import locked
from support.monitoring import FOLDER, RULES, total
from support.scraping import flood, price_often, scraped, wait_until
from support.server import running_server


@contextlib.contextmanager
def prometheus(folder, target):
    """Run Prometheus with our configuration, but everything at once."""
    if shutil.which("prometheus") is None:
        pytest.skip("prometheus is not installed (Debian's package)")
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "250ms"}
    config["scrape_configs"][0]["static_configs"] = [{"targets": [target]}]
    (folder / "rules").mkdir(parents=True)
    rules = yaml.safe_load(RULES.read_text())
    for rule in rules["groups"][0]["rules"]:
        rule["for"] = "0s"
    (folder / "rules" / "car-price.yml").write_text(yaml.safe_dump(rules))
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    shutil.copy(FOLDER / "no-key", folder / "api-key")
    port = free_port()
    command = ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([*command, f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)
    try:
        yield lambda path: json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/{path}", timeout=5))
    finally:
        process.terminate()
        process.wait(20)


def firing(ask):
    with contextlib.suppress(OSError):
        found = ask("alerts")["data"]["alerts"]
        return {alert["labels"]["alertname"] for alert in found if alert["state"] == "firing"}
    return set()


def asked_for(ask, query):
    with contextlib.suppress(OSError):
        found = ask("query?query=" + urllib.parse.quote(query))["data"]["result"]
        return float(found[0]["value"][1]) if found else None
    return None


def test_prometheus_scrapes_it_and_alerts_fire_with_no_model_with_answers_dropped_and_when_it_is_gone(
    trained_artifacts, tmp_path
):
    artifacts = tmp_path / "artifacts"
    artifacts.mkdir()
    with (
        running_server(artifacts, tmp_path, valuations_url="sqlite", valuations_waiting_bytes="1048576") as server,
        prometheus(tmp_path / "prometheus", f"127.0.0.1:{server.port}") as ask,
    ):
        wait_until(lambda: firing(ask) >= {"CarPriceNoModel"}, "CarPriceNoModel")
        shutil.copytree(trained_artifacts, artifacts, dirs_exist_ok=True)
        wait_until(lambda: "CarPriceNoModel" not in firing(ask), "the end of CarPriceNoModel")
        price_often(server, 20)
        query = 'http_requests_total{route="/predict/price",status="200"}'
        wait_until(lambda: asked_for(ask, query) == 20, "20 prices")
        wait_until(lambda: total(scraped(server), "car_price_valuations_total", result="written") == 20, "kept answers")
        assert firing(ask).isdisjoint({"CarPriceDown", "CarPriceValuationsDropped", "CarPriceValuationsWait"})
        with locked(artifacts):
            flood(server)
            wait_until(
                lambda: firing(ask) >= {"CarPriceValuationsDropped", "CarPriceValuationsWait"}, "alerts of valuations"
            )
        wait_until(lambda: "CarPriceValuationsWait" not in firing(ask), "the end of what waits")
        server.stop()
        wait_until(lambda: "CarPriceDown" in firing(ask), "CarPriceDown")
