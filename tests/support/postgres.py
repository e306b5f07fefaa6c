"""A real PostgreSQL server in a folder of its own."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from car_price_prediction.local.ports import free_port

DEBIAN = Path("/usr/lib/postgresql")
START_S = 30.0
ACCOUNTS = ("postgres", "nobody")
"""Who runs the server where the tests run as root, which it refuses."""


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, None where it is not installed."""
    found = [path.parent for path in sorted(DEBIAN.glob("*/bin/initdb"))]
    if found:
        return found[-1]
    path = shutil.which("initdb")
    return Path(path).parent if path else None


@dataclass
class Postgres:
    """A server that can be stopped and started."""

    bin: Path
    data: Path
    port: int
    user: str | None
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://valuer@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = ["-h", "127.0.0.1", "-p", str(self.port), "-k", "", "-F"]
        command = [str(self.bin / "postgres"), "-D", str(self.data), *options]
        self.process = subprocess.Popen(command, user=self.user, cwd="/", stderr=subprocess.DEVNULL)
        ready = [str(self.bin / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        deadline = time.monotonic() + START_S
        while subprocess.run(ready, check=False).returncode:
            assert time.monotonic() < deadline, "PostgreSQL does not start"
            assert self.process.poll() is None, "PostgreSQL ended"
            time.sleep(0.05)

    def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(START_S)
            self.process = None


@contextlib.contextmanager
def running_postgres(bin_folder: Path) -> Iterator[Postgres]:
    """Start a server, whose clients need no password."""
    user = next((name for name in ACCOUNTS if _exists(name)), None) if os.getuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="car-price-postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if user:
            shutil.chown(folder, user)
        data = folder / "data"
        init = [str(bin_folder / "initdb"), "-D", str(data), "-U", "valuer", "-A", "trust", "-N", "-E", "UTF8"]
        subprocess.run(init, user=user, cwd="/", check=True, capture_output=True)
        server = Postgres(bin_folder, data, free_port(), user)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _exists(name: str) -> bool:
    with contextlib.suppress(KeyError):
        return bool(pwd.getpwnam(name))
    return False
