"""Stands in for the API and for MLflow: `fake_servers.py PORT [READY_FILE]` answers 503 until the file is there."""

import http.server
import json
import os
import sys
from pathlib import Path


class Handler(http.server.BaseHTTPRequestHandler):
    ready: Path | None = None

    def log_message(self, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        up = self.ready is None or self.ready.exists()
        problem = {"detail": "there is no model yet", "code": os.environ.get("FAKE_PROBLEM", "")}
        body = json.dumps({} if up else problem).encode()
        self.send_response(200 if up else 503)
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    Handler.ready = Path(sys.argv[2]) if len(sys.argv) > 2 else None
    print(os.getpid(), flush=True)  # noqa: T201 - read from the log by a test
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
