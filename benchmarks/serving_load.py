"""One server on one core, wrk on another: requests a second, times, processor time and memory."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from car_price_prediction.local.ports import free_port

START_S = 120.0
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
LUA = """
local requests, i = {}, 0
function init()
  for line in io.lines(os.getenv("BODIES")) do
    requests[#requests + 1] = wrk.format("POST", wrk.path, {["Content-Type"] = "application/json"}, line)
  end
end
function request() i = i % #requests + 1; return requests[i] end
function done(summary, latency)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.write(string.format('JSON{"requests":%d,"us":%d,"bad":%d,"p50":%f,"p99":%f}',
    summary.requests, summary.duration, bad, latency:percentile(50), latency:percentile(99)))
end
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """A server to measure.

    Attributes
    ----------
    name : str
    command : tuple of str
        ``PORT`` stands for the port.
    path : str
    bodies : Path
        Of its requests, one a line.
    environ : mapping of str to str
    """

    name: str
    command: tuple[str, ...]
    path: str
    bodies: Path
    environ: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run found."""

    per_s: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    rss_mb: float
    bad: int
    requests: int


@contextlib.contextmanager
def running(subject: Subject) -> Iterator[tuple[int, int]]:
    """Start a server on the first core, and give its process and its port once it answers."""
    port = free_port()
    command = ["taskset", "-c", "0", *(part.replace("PORT", str(port)) for part in subject.command)]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        command, env=os.environ | subject.environ, stdout=quiet, stderr=quiet, start_new_session=True
    )
    try:
        _wait(process, port, subject)
        yield process.pid, port
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def load(subject: Subject, process: int, port: int, *, clients: int, seconds: float, warm: bool = True) -> Measured:
    """Ask a running server as often as it answers, if need be once it has been for a while."""
    if warm:
        _wrk(subject, port, clients, 1)
    before = _cpu_s(process)
    found = _wrk(subject, port, clients, seconds)
    used = _cpu_s(process) - before
    return Measured(
        per_s=found["requests"] / found["us"] * 1e6,
        p50_ms=found["p50"] / 1e3,
        p99_ms=found["p99"] / 1e3,
        cpu_us=used / max(found["requests"], 1) * 1e6,
        rss_mb=rss_mb(process),
        bad=found["bad"],
        requests=found["requests"],
    )


def tools_missing() -> list[str]:
    """Return the programs that this needs and that are not here."""
    return [name for name in ("wrk", "taskset") if shutil.which(name) is None]


def _wrk(subject: Subject, port: int, clients: int, seconds: float) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(LUA)
        script.flush()
        address = f"http://127.0.0.1:{port}{subject.path}"
        options = ["-t1", f"-c{clients}", f"-d{seconds:g}s", "-s", script.name, address]
        environ = os.environ | {"BODIES": str(subject.bodies)}
        said = subprocess.run(
            ["taskset", "-c", "1", "wrk", *options], env=environ, capture_output=True, text=True, check=True
        ).stdout
    found: dict[str, Any] = json.loads(said[said.index("JSON") + 4 :])
    return found


def _wait(process: subprocess.Popen[bytes], port: int, subject: Subject) -> None:
    with subject.bodies.open(encoding="utf-8") as lines:
        body = lines.readline()
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{subject.name} ended before it answered")
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("POST", subject.path, body, {"Content-Type": "application/json"})
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{subject.name} did not answer within {START_S:g} s")


def family(process: int) -> list[int]:
    """Return a process, its children and theirs."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()
    except OSError:
        return []
    return [process, *(one for child in children for one in family(int(child)))]


def _cpu_s(process: int) -> float:
    fields = (Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split() for one in family(process))
    return sum(int(found[11]) + int(found[12]) for found in fields) / TICKS


def rss_mb(process: int) -> float:
    """Return the memory of the largest process, which is the worker."""
    return max(int(Path(f"/proc/{one}/statm").read_text().split()[1]) * PAGE / 1e6 for one in family(process))
