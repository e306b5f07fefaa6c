"""The health check of the MLflow container, whose image is not ours: asks the server, and ends it when it hangs.

Docker restarts a container whose process exits, not one that turns unhealthy. After three failures in a row, all
processes but the container's first are killed; that one then exits by itself. A server that has never answered since
the container's start is given time. What happened so far stands in a file on a tmpfs, which a restart empties.
"""

import json
import os
import signal
import sys
import time
import urllib.request
from pathlib import Path

URL = "http://localhost:5000/health"
TIMEOUT_S = 5
FAILURES = 3
START_S = 180.0


def main(memory: Path = Path("/tmp/health.json"), url: str = URL) -> int:  # noqa: S108 - a tmpfs of one container
    """Return 0 where the server is well, else 1."""
    state = {"first": time.time(), "answered": False, "failures": 0}
    if memory.exists():
        state = json.loads(memory.read_text())
    try:
        urllib.request.urlopen(url, timeout=TIMEOUT_S).close()  # noqa: S310 - our own address
    except OSError as error:
        print(f"{url}: {error}")  # noqa: T201 - Docker keeps it
        if state["answered"] or time.time() - state["first"] > START_S:
            state["failures"] += 1
    else:
        state |= {"answered": True, "failures": 0}
    memory.write_text(json.dumps(state))
    if state["failures"] >= FAILURES:
        os.kill(-1, signal.SIGKILL)
    return 0 if state["answered"] and not state["failures"] else 1


if __name__ == "__main__":
    sys.exit(main())
