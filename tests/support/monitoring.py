"""What deploy/monitoring holds, and the metrics that it names."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml
from prometheus_client.parser import text_string_to_metric_families

FOLDER = Path(__file__).parents[2] / "deploy" / "monitoring"
RULES = FOLDER / "rules" / "car-price.yml"
DASHBOARD = FOLDER / "grafana" / "dashboards" / "car-price.json"
NAME = re.compile(r"\b((?:http|car_price|process)_[a-z_]+)\b(?!\s*=)")
SELECTOR = re.compile(NAME.pattern.removesuffix(r"(?!\s*=)") + r"\{([^}]*)\}")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
CONSTANT = {"car_price_build_info", "http_requests_in_flight_limit", "car_price_workers"}
"""These tell how a server was started."""

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def alerts() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"][0]["rules"]
    return found


def drawn() -> list[str]:
    """Return the queries of the dashboard."""
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def names_in(queries: list[str]) -> set[str]:
    """Return the metrics that queries name."""
    return {name for query in queries for name in NAME.findall(query)}


def selectors_in(queries: list[str]) -> set[tuple[str, str]]:
    """Return the metrics of which queries want certain labels, with what they want, as it is written."""
    return {found for query in queries for found in SELECTOR.findall(query)}


def selected(samples: Samples, name: str, wanted: str) -> float:
    """Return the sum of the samples that a selector matches, as Prometheus would."""
    matchers = MATCHER.findall(wanted)
    assert matchers, wanted
    return sum(value for (other, held), value in samples.items() if other == name and _matches(dict(held), matchers))


def _matches(labels: dict[str, str], matchers: list[tuple[str, str, str]]) -> bool:
    def one(label: str, how: str, value: str) -> bool:
        held = labels.get(label, "")
        same = held == value if how in ("=", "!=") else re.fullmatch(value, held) is not None
        return same == (not how.startswith("!"))

    return all(one(*matcher) for matcher in matchers)


def samples_of(text: str) -> Samples:
    """Return what a page of metrics tells."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for metric in text_string_to_metric_families(text)
        for sample in metric.samples
    }


def total(samples: Samples, name: str, **labels: str) -> float:
    """Return the sum of a metric's samples with these labels."""
    return sum(
        value for (other, held), value in samples.items() if other == name and labels.items() <= dict(held).items()
    )
