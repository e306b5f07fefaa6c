"""What deploy/monitoring holds, without a server: tests/contract/test_metrics.py has one."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from support.monitoring import DASHBOARD, FOLDER, RULES, alerts, drawn, names_in

ROOT = Path(__file__).parents[3]
TESTS = FOLDER / "rules_test.yml"


def promtool(*words):
    if shutil.which("promtool") is None:
        pytest.skip("promtool is not installed (Debian's package prometheus)")
    found = subprocess.run(["promtool", *map(str, words)], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


def test_promtool_reads_the_configuration_and_the_rules(tmp_path):
    folder = shutil.copytree(FOLDER, tmp_path / "monitoring")
    shutil.copy(folder / "no-key", folder / "api-key")
    promtool("check", "config", folder / "prometheus.yml")
    promtool("check", "rules", RULES)


def test_every_replica_is_read_and_every_name_that_is_looked_up_is_a_services():
    found = yaml.safe_load((FOLDER / "prometheus.yml").read_text())["scrape_configs"]
    services = {
        name
        for file in ("docker-compose.yml", "docker-compose.scale.yml")
        for name in re.findall(r"^  ([a-z-]+):$", (ROOT / file).read_text(), re.MULTILINE)
    }
    for job in found:
        # A name that is looked up once, as in `static_configs`, is one replica of several.
        assert "static_configs" not in job
        assert [(look["names"], look["type"]) for look in job["dns_sd_configs"]] == [([job["job_name"]], "A")]
        assert job["job_name"] in services


def test_each_alert_fires_when_it_should_and_not_on_a_quiet_day():
    promtool("test", "rules", TESTS)
    for alert in alerts():
        assert TESTS.read_text().count(f"alertname: {alert['alert']}") >= 1
        assert f"alertname: {alert['alert']}, exp_alerts: []" in TESTS.read_text()


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_an_alert_says_in_sentences_what_it_is_and_where_the_runbook_goes_on(alert):
    told = alert["annotations"]
    assert all(told[name].endswith(".") for name in ("summary", "description"))
    page, _, anchor = told["runbook"].partition("#")
    headings = re.findall(r"^## (.+)$", (ROOT / page).read_text(), re.MULTILINE)
    assert anchor in {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert f"`{alert['alert']}`" in (ROOT / page).read_text()


def test_the_documentation_lists_every_metric_that_is_named():
    page = (ROOT / "docs" / "monitoring.md").read_text()
    named = names_in([*drawn(), *(alert["expr"] for alert in alerts())])
    assert len(named) > 10
    assert {name for name in named if re.sub("_(bucket|count|sum)$", "", name) not in page} == set()


def test_a_fresh_machine_gets_prometheus():
    assert "prometheus" in (ROOT / ".ci" / "run").read_text()


def test_grafana_finds_the_dashboard_and_the_data_where_they_are():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    grafana, prometheus = services["grafana"], services["prometheus"]
    mounted = dict(volume.split(":")[:2] for volume in grafana["volumes"] if volume.startswith("./"))
    assert {(ROOT / source).is_dir() for source in mounted} == {True}
    provisioning = FOLDER / "grafana" / "provisioning"
    provider = yaml.safe_load((provisioning / "dashboards" / "car-price.yml").read_text())["providers"][0]
    assert provider["options"]["path"] == mounted["./deploy/monitoring/grafana/dashboards"]
    home = Path(grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert home == Path(provider["options"]["path"]) / DASHBOARD.name
    source = yaml.safe_load((provisioning / "datasources" / "prometheus.yml").read_text())["datasources"][0]
    assert source["url"] == f"http://prometheus:{prometheus['ports'][0].rpartition(':')[2]}"
    dashboard = json.loads(DASHBOARD.read_text())
    used = [panel["datasource"] for panel in dashboard["panels"]]
    used += [target["datasource"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert {(one["type"], one["uid"]) for one in used} == {(source["type"], source["uid"])}


def test_the_panels_lie_beside_each_other_within_the_page():
    panels = json.loads(DASHBOARD.read_text())["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells
