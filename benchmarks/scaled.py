"""Measure replicas through the load balancer and asked directly, on a deployment that runs.

make bench-scale REPLICA_PORTS=5000-5002 BALANCER_PORT=8000
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from serving_load import LUA

CARS = [
    {"make": "Skoda", "model": "Fabia", "year": year, "mileage_km": km}
    for year, km in ((2012, 140_000), (2019, 50_000))
]
CLIENTS, SECONDS, ROUNDS = 48, 4, 3


def main() -> None:
    """Measure in turn, and print medians."""
    first, _, last = (os.environ.get("REPLICA_PORTS") or "5000-5002").partition("-")
    ports = list(range(int(first), int(last or first) + 1))
    balancer = int(os.environ.get("BALANCER_PORT") or 8000)
    with tempfile.TemporaryDirectory() as folder:
        bodies, script = Path(folder, "bodies"), Path(folder, "cars.lua")
        bodies.write_text("".join(json.dumps(car) + "\n" for car in CARS), encoding="utf-8")
        script.write_text(LUA, encoding="utf-8")
        rounds = [(_per_s(ports, script), _per_s([balancer], script)) for _ in range(ROUNDS)]
        alone = [(_median_ms(ports[0], script), _median_ms(balancer, script)) for _ in range(ROUNDS)]
    direct, through = (statistics.median(side) for side in zip(*rounds, strict=True))
    direct_ms, through_ms = (statistics.median(side) for side in zip(*alone, strict=True))
    print(f"{len(ports)} replicas asked directly: {direct:,.0f} prices/s, one client: {direct_ms:.2f} ms at the median")
    print(
        f"through the load balancer: {through:,.0f} prices/s ({through / direct:.0%}), one client: {through_ms:.2f} ms"
    )
    print(f"load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def _per_s(ports: list[int], script: Path) -> float:
    """Return the prices a second of several servers that are asked at once, by as many clients in all."""
    asked = [_start(port, script, CLIENTS // len(ports)) for port in ports]
    return sum(found["requests"] / found["us"] * 1e6 for found in map(_found, asked))


def _median_ms(port: int, script: Path) -> float:
    return float(_found(_start(port, script, 1))["p50"]) / 1e3


def _start(port: int, script: Path, clients: int) -> subprocess.Popen[str]:
    address = f"http://127.0.0.1:{port}/predict/price"
    command = ["wrk", "-t1", f"-c{clients}", f"-d{SECONDS}s", "-s", str(script), address]
    environ = os.environ | {"BODIES": str(script.with_name("bodies"))}
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)


def _found(process: subprocess.Popen[str]) -> dict[str, Any]:
    said = process.communicate(timeout=60)[0]
    found: dict[str, Any] = json.loads(said[said.index("JSON") + 4 :])
    if found["bad"]:
        raise SystemExit(f"{found['bad']} of {found['requests']} requests failed")
    return found


if __name__ == "__main__":
    main()
