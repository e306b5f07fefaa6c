"""Holds the Helm chart against Kubernetes' own schemas and against policies: `make charts`.

Runs in an environment of its own (requirements/charts.lock): Helm's engine, the schemas and the policies take 500 MB.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import helm_python
import kubernetes_validate
import yaml

CHART = Path(__file__).parents[1] / "deploy" / "helm" / "car-price-prediction"
VERSIONS = ("1.30", "1.33", "1.36")
PLAIN: dict[str, Any] = {"mlflow": {"trackingUri": "http://mlflow.ml:5000"}}
EVERYTHING: dict[str, Any] = {
    "image": {"repository": "registry.example/cars", "digest": "sha256:" + 64 * "0", "pullSecrets": [{"name": "pull"}]},
    "mlflow": {"existingSecret": "mlflow"},
    "apiKeys": {"existingSecret": "keys"},
    "valuations": {"existingSecret": "valuations"},
    "settings": {"CAR_PRICE_RATE_LIMIT": "600 per minute"},
    "autoscaling": {"enabled": True},
    "ingress": {
        "enabled": True,
        "className": "nginx",
        "host": "cars.example",
        "tlsSecret": "tls",
        "paths": ["/predict", "/static"],
    },
    "networkPolicy": {"from": [{"podSelector": {}}], "egress": [{"ports": [{"port": 6379}]}]},
    "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}, "authorization": {"existingSecret": "m"}},
    "nodeSelector": {"disk": "fast"},
    "tolerations": [{"key": "cars", "operator": "Exists"}],
    "podAnnotations": {"note": "a"},
}
REFUSED: tuple[dict[str, Any], ...] = (
    {},
    {"mlflow": {"trackingUri": "http://user:password@mlflow:5000"}},
    PLAIN | {"settings": {"CAR_PRICE_PORT": "80"}},
    PLAIN | {"settings": {"CAR_PRICE_VALUATIONS_URL": "sqlite"}},
    PLAIN | {"settings": {"CAR_PRICE_VALUATIONS_URL": "postgresql://ann:password@db/cars"}},
    PLAIN | {"settings": {"CAR_PRICE_VALUATIONS_URL": "postgresql://db/cars"}, "valuations": {"existingSecret": "v"}},
    PLAIN | {"replica": 3},
    PLAIN | {"ingress": {"enabled": True}},
)
SKIPPED = {
    "CKV_K8S_43": "who installs pins the image by digest",
    "CKV_K8S_9": "the container that follows the registry is asked for nothing",
}


def main() -> int:
    """Print what is wrong; return 1 where something is."""
    report = helm_python.lint(str(CHART), PLAIN, strict=True)
    problems = [message["error"] for message in report["messages"] if message["severity"] > 1] + report["errors"]
    chart = helm_python.Chart.load(str(CHART))
    problems += [f"not refused: {values}" for values in REFUSED if _renders(chart, values)]
    for name, values in (("plain", PLAIN), ("everything", EVERYTHING)):
        found = list(_manifests(chart, values))
        said = (*_against_settings(found, values), *_against_schemas(found), *_against_policies(found))
        problems += [f"{name}: {problem}" for problem in said]
        print(f"{name}: {', '.join(manifest['kind'] for manifest in found)}")  # noqa: T201
    for problem in problems:
        print(problem, file=sys.stderr)  # noqa: T201
    return 1 if problems else 0


def _renders(chart: helm_python.Chart, values: dict[str, Any]) -> bool:
    try:
        chart.render(values, name="cars", namespace="cars")
    except helm_python.HelmError:
        return False
    return True


def _manifests(chart: helm_python.Chart, values: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path, text in sorted(chart.render(values, name="cars", namespace="cars").items()):
        if path.endswith(".yaml"):
            yield from filter(None, yaml.safe_load_all(text))


def _against_settings(manifests: list[dict[str, Any]], values: dict[str, Any]) -> Iterator[str]:
    deployment = next(manifest for manifest in manifests if manifest["kind"] == "Deployment")
    for container in deployment["spec"]["template"]["spec"]["containers"]:
        names = [variable["name"] for variable in container["env"]]
        yield from (f"{container['name']} has {name} twice" for name in set(names) if names.count(name) > 1)
        yield from (f"{container['name']} lacks {name}" for name in values.get("settings", {}) if name not in names)


def _against_schemas(manifests: list[dict[str, Any]]) -> Iterator[str]:
    for manifest in manifests:
        if manifest["kind"] == "ServiceMonitor":
            continue  # a kind of the Prometheus operator's, which Kubernetes itself does not know
        for version in VERSIONS:
            try:
                kubernetes_validate.validate(manifest, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                yield f"{manifest['kind']}, Kubernetes {version}: {error.message}"


def _against_policies(manifests: list[dict[str, Any]]) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "manifests.yaml").write_text(yaml.safe_dump_all(manifests), encoding="utf-8")
        command = [
            str(Path(sys.executable).with_name("checkov")),
            "-d",
            folder,
            "--framework",
            "kubernetes",
            "-o",
            "json",
        ]
        skipped = ["--skip-check", ",".join(SKIPPED), "--compact", "--skip-download"]
        said = subprocess.run([*command, *skipped], capture_output=True, text=True, check=False).stdout
    found = json.loads(said)
    if not found["summary"]["passed"]:
        yield "no policy was looked at"
    for failed in found["results"]["failed_checks"]:
        yield f"{failed['resource']}: {failed['check_id']} {failed['check_name']}"


if __name__ == "__main__":
    sys.exit(main())
