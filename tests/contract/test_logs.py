"""The log of a real server: a JSON line for each request, in the file and on standard output, all of them whole."""

import json
import threading

from support.server import running_server
from support.web import FABIA

SECRET = "Mustermann"


def lines_of(*paths):
    return [json.loads(line) for path in paths for line in path.read_text().splitlines()]


def test_each_request_leaves_one_line_in_the_file_and_the_same_on_standard_output(trained_artifacts, tmp_path):
    with running_server(trained_artifacts, tmp_path, "--workers", "2") as server:
        for number in range(20):
            server.ask("POST", "/predict/price", FABIA | {"seller": SECRET}, X_Request_ID=f"order-{number}")
        server.ask("POST", f"/predict/price?owner={SECRET}", FABIA)
        version = server.ask("GET", "/info/status")[1]["model_version"]
        server.ask("GET", f"/{SECRET}")
        server.stop()
    lines = lines_of(tmp_path / "logs" / "running_logs.log")
    assert any(line["message"] == f"listening on http://127.0.0.1:{server.port}/" for line in lines)
    requests = {line["request_id"]: line for line in lines if "request_id" in line}
    first = requests["order-0"]
    assert {"order-" + str(number) for number in range(20)} <= set(requests)
    assert (first["level"], first["method"], first["route"], first["status"]) == ("INFO", "POST", "/predict/price", 200)
    assert first["model_version"] == version
    assert first["ms"] > 0
    assert SECRET not in (tmp_path / "logs" / "running_logs.log").read_text()
    assert sorted(map(str, lines)) == sorted(map(str, lines_of(server.log)))


def test_a_line_without_a_model_warns(tmp_path):
    with running_server(tmp_path / "artifacts", tmp_path) as server:
        server.ask("GET", "/info/status", X_Request_ID="mine")
        server.stop()
    line = next(line for line in lines_of(server.log) if line.get("request_id") == "mine")
    assert (line["level"], line["status"], line["model_version"]) == ("WARNING", 503, None)


def test_two_servers_with_two_workers_write_one_rotated_log_without_losing_a_line(trained_artifacts, tmp_path):
    logs = str(tmp_path / "logs")
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    settings = {"workers": "2", "logs": logs, "log_max_bytes": "5000", "log_keep": "1000"}
    with (
        running_server(trained_artifacts, folders[0], **settings) as one,
        running_server(trained_artifacts, folders[1], **settings) as two,
    ):

        def ask(server, name):
            for number in range(300):
                server.ask("GET", "/health/live", X_Request_ID=f"{name}-{number}")

        clients = [threading.Thread(target=ask, args=(server, name)) for server, name in ((one, "one"), (two, "two"))]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        one.stop()
        two.stop()
    files = list((tmp_path / "logs").glob("running_logs.log*"))
    found = [line["request_id"] for line in lines_of(*files) if "request_id" in line]
    wanted = [f"{name}-{number}" for name in ("one", "two") for number in range(300)]
    assert len(files) > 3
    assert sorted(id_ for id_ in found if id_ in set(wanted)) == sorted(wanted)


def test_a_folder_that_cannot_be_written_is_told_and_no_reason_not_to_serve(trained_artifacts, tmp_path):
    (tmp_path / "file").write_text("no folder")
    with running_server(trained_artifacts, tmp_path, logs=str(tmp_path / "file" / "logs")) as server:
        assert server.ask("POST", "/predict/price", FABIA)[0] == 200
        server.stop()
    assert any("no log is written to" in line["message"] for line in lines_of(server.log))
