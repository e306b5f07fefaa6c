"""Files and jobs as their clients meet them: the real server, real sockets, real worker processes."""

import gzip
import io
import json
import os
import signal
import socket
import time
import uuid
from pathlib import Path

import jsonschema
import polars as pl
import pytest

from support.server import running_server

HEADER = "make,model,year,mileage_km,fuel"
CARS = ["Skoda,Octavia,2015,75000,Diesel", "Kia,Rio", "Skoda,Fabia,2016,abc,Petrol", "=Skoda,-,2016,-5,Petrol"]
CSV = "\n".join([HEADER, *CARS, *["Skoda,Fabia,2016,40000,Petrol"] * 6]) + "\n"
ADDED = ["price", "low", "high", "confidence", "warnings"]


@pytest.fixture(scope="module")
def server(trained_artifacts, tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    limits = {"max_file_bytes": "100000", "max_file_rows": "100", "max_job_bytes": "3000000", "jobs_per_client": "3"}
    with running_server(trained_artifacts, folder, "--workers", "2", **limits) as found:
        yield found


def form(data, name="cars.csv", field="file"):
    mark = uuid.uuid4().hex
    head = f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n\r\n'
    return head.encode() + data + f"\r\n--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


def send(server, path, data, **more):
    body, kind = form(data.encode() if isinstance(data, str) else data, **more)
    status, headers, answer = server.ask_raw("POST", path, body, Content_Type=kind)
    return status, headers, answer


def made(server, path="/jobs", data=CSV, **more):
    status, headers, answer = send(server, path, data, **more)
    job = json.loads(answer)
    assert (status, headers["Location"]) == (202, f"/jobs/{job['id']}"), answer
    return job


def settled(server, job, *states, timeout_s=60):
    deadline = time.monotonic() + timeout_s
    while job["state"] not in (states or ("done", "failed", "cancelled", "waiting")):
        assert time.monotonic() < deadline, job
        time.sleep(0.05)
        job = server.ask("GET", f"/jobs/{job['id']}")[1]
    return job


def table(data):
    return pl.read_csv(io.BytesIO(data), infer_schema=False)


def test_every_row_of_a_file_comes_back_in_its_place_with_a_price_or_a_reason(server):
    status, headers, answer = send(server, "/predict/file", CSV)
    assert (status, headers["Content-Type"]) == (200, "text/csv; charset=utf-8"), answer
    assert "cars-priced.csv" in headers["Content-Disposition"]
    out = table(answer)
    assert out.columns == [*HEADER.split(","), *ADDED]
    assert out["make"][:4].to_list() == ["Skoda", "Kia,Rio", "Skoda", "'=Skoda"]
    assert (out["mileage_km"][3], out["model"][3]) == ("-5", "-")
    assert [price is None for price in out["price"]] == [False, True, *[False] * 8]
    assert "could not be read" in out["warnings"][1]
    assert '"abc" cannot be read' in out["warnings"][2]


def test_the_bytes_alone_are_a_file_too_and_are_priced_as_a_single_car_is(server):
    status, _, answer = server.ask_raw("POST", "/predict/file?name=a.csv.gz", gzip.compress(CSV.encode()))
    octavia = {"make": "Skoda", "model": "Octavia", "year": 2015, "mileage_km": 75_000, "fuel": "Diesel"}
    _, quote = server.ask("POST", "/predict/price", octavia)
    assert status == 200
    assert {name: float(table(answer)[name][0]) for name in ADDED[:3]} == {name: quote[name] for name in ADDED[:3]}


def test_parquet_comes_back_as_parquet_unless_it_is_asked_for_otherwise(server):
    file = io.BytesIO()
    table(CSV.replace("Kia,Rio\n", "").encode()).write_parquet(file)
    status, headers, answer = send(server, "/predict/file", file.getvalue(), name="cars.parquet")
    assert (status, headers["Content-Type"]) == (200, "application/vnd.apache.parquet")
    out = pl.read_parquet(io.BytesIO(answer))
    assert (out.height, out.columns[-5:], out.schema["price"]) == (9, ADDED, pl.Float64)
    assert out["make"][2] == "=Skoda"
    assert send(server, "/predict/file?format=csv", file.getvalue())[2].startswith(HEADER.encode())


def test_strict_gives_reasons_in_place_of_prices(server):
    unknown = CSV + "Trabant,601,1988,60000,Petrol\n"
    out = table(send(server, "/predict/file?strict=1", unknown)[2])
    assert (out["price"][-1], out["low"][-1], out["confidence"][-1]) == (None, None, None)
    assert "Trabant" in out["warnings"][-1]
    assert out["price"][-2] is not None


@pytest.mark.parametrize(
    ("path", "data", "status", "code"),
    [
        ("/predict/file", HEADER + "\n" + CARS[0] * 5_000, 413, "file_too_large"),
        ("/predict/file", "\n".join([HEADER, *CARS[:1] * 200]), 413, "too_many_rows"),
        ("/predict/file", "street,rooms\nMain,3\n", 422, "bad_listings"),
        ("/predict/file", b"%PDF-1.7 and so on", 422, "bad_listings"),
        ("/predict/file", gzip.compress(b"make,model\n" + b"a,b\n" * 10_000_000), 422, "bad_listings"),
        ("/predict/file", "", 400, "no_file"),
        ("/predict/file?strict=perhaps", CSV, 400, "bad_query"),
        ("/predict/file?explain=1", CSV, 400, "bad_query"),
        ("/jobs", CSV * 20_000, 413, "file_too_large"),
    ],
)
def test_what_cannot_be_priced_is_refused_with_a_reason(server, path, data, status, code):
    found, headers, answer = send(server, path, data)
    assert (found, headers["Content-Type"]) == (status, "application/problem+json"), answer
    problem = json.loads(answer)
    assert problem["code"] == code
    assert status != 413 or path == "/jobs" or "POST /jobs" in problem["hint"]


def test_a_form_without_a_file_and_a_body_that_is_no_form_are_refused(server):
    status, _, answer = send(server, "/predict/file", CSV, field="cars")
    assert (status, json.loads(answer)["code"]) == (400, "no_file")
    cut = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\ncut'
    for body in (b"nothing of the kind", cut):
        found = server.ask_raw("POST", "/predict/file", body, Content_Type="multipart/form-data; boundary=x")
        assert (found[0], json.loads(found[2])["code"]) == (400, "no_file")


def test_a_chunked_upload_is_read(server):
    body, kind = form(CSV.encode())
    pieces = (body[i : i + 50] for i in range(0, len(body), 50))
    assert server.ask_raw("POST", "/predict/file", pieces, Content_Type=kind)[0] == 200


def test_a_job_is_priced_as_a_file_is(server):
    job = settled(server, made(server, name="../our cars.csv"))
    assert (job["state"], job["file"], job["rows"], job["rows_done"]) == ("done", "our cars.csv", 10, 10)
    assert job["rows_with_problems"] == 3
    assert {column["header"]: column["field"] for column in job["columns"]}["fuel"] == "fuel"
    assert job["model_version"] == server.ask("GET", "/info/status")[1]["model_version"]
    status, headers, answer = server.ask_raw("GET", job["result"])
    assert (status, headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert answer == send(server, "/predict/file", CSV)[2]
    out = pl.read_parquet(io.BytesIO(server.ask_raw("GET", job["result"] + "?format=parquet")[2]))
    assert out["price"].to_list()[2:] == [float(price) for price in table(answer)["price"][2:]]
    _, found = server.ask("GET", f"/jobs/{job['id']}/problems?limit=2")
    assert [row["row"] for row in found["rows"]] == [2, 3]
    assert found["rows"][1]["values"]["mileage_km"] == "abc"
    assert "cannot be read" in found["rows"][1]["problem"]
    document = server.ask("GET", "/openapi.json")[1]
    for name, value in (("JobAnswer", job), ("ProblemRowsAnswer", found)):
        jsonschema.validate(value, {"$ref": f"#/components/schemas/{name}", "components": document["components"]})
    assert server.ask_raw("DELETE", f"/jobs/{job['id']}")[0] == 204
    assert server.ask("GET", f"/jobs/{job['id']}")[0] == 404


def test_a_file_is_only_read_then_corrected_and_started(server):
    data = CSV.replace("mileage_km", "km_1").replace("\n", ",7\n").replace("fuel,7", "fuel,km_2")
    job = settled(server, made(server, "/jobs?start=0", data))
    assert job["state"] == "waiting"
    found = {column["field"]: column for column in job["columns"] if column["field"]}
    assert found["fuel"]["example"] == "Diesel"
    problem = server.ask("POST", f"/jobs/{job['id']}/start", {"columns": {"wheels": "km_1", "fuel": "none"}})
    assert problem[0] == 422
    assert [error["field"] for error in problem[1]["errors"]] == ["columns.wheels", "columns.fuel"]
    status, begun = server.ask("POST", f"/jobs/{job['id']}/start", {"columns": {"mileage_km": "km_1", "fuel": None}})
    assert (status, begun["state"]) == (202, "queued")
    done = settled(server, begun)
    fields = {column["header"]: column["field"] for column in done["columns"]}
    assert (done["state"], fields["km_1"], fields["fuel"]) == ("done", "mileage_km", None)
    assert "fuel" in done["columns_missing"]
    status, problem = server.ask("POST", f"/jobs/{job['id']}/start", {})
    assert (status, problem["code"]) == (409, "job_not_startable")


def test_a_file_that_is_no_list_of_cars_fails_with_the_reason_and_may_be_corrected(server):
    data = "a,b,c\n" + "Skoda,Octavia,x\n" * 30
    job = settled(server, made(server, data=data))
    assert (job["state"], job["result"]) == ("failed", None)
    assert "POST /jobs/<id>/start" in job["problem"]
    status, problem = server.ask("GET", f"/jobs/{job['id']}/result")
    assert (status, problem["code"]) == (409, "job_not_done")
    server.ask_raw("DELETE", f"/jobs/{job['id']}")


def test_what_is_no_job_is_not_found(server):
    for path in ("/jobs/nope", f"/jobs/{'0' * 32}", "/jobs/..%2Fjobs.sqlite/result"):
        assert server.ask("GET", path)[0] == 404


def test_no_client_has_more_unfinished_jobs_than_it_may_and_cancelled_ones_do_not_count(server):
    jobs = [settled(server, made(server, "/jobs?start=0")) for _ in range(2)]
    waiting = [j for j in jobs if j["state"] == "waiting"]
    while send(server, "/jobs?start=0", CSV)[0] == 202:
        pass
    status, headers, answer = send(server, "/jobs", CSV)
    assert (status, json.loads(answer)["code"]) == (429, "too_many_jobs")
    assert int(headers["Retry-After"]) > 0
    assert server.ask_raw("DELETE", f"/jobs/{waiting[0]['id']}")[0] == 204
    assert server.ask("GET", f"/jobs/{waiting[0]['id']}")[1]["state"] == "cancelled"
    assert send(server, "/jobs?start=0", CSV)[0] == 202


def test_a_job_outlives_the_server_that_took_it_and_workers_that_die(trained_artifacts, tmp_path):
    many = HEADER + "\n" + "Skoda,Octavia,2015,75000,Diesel\n" * 100_000
    with running_server(trained_artifacts, tmp_path) as server:
        job = settled(server, made(server, data=many), "running", "done")
        server.stop(signal.SIGKILL)
    with running_server(trained_artifacts, tmp_path) as server:
        job = settled(server, server.ask("GET", f"/jobs/{job['id']}")[1], "running", "done")
        for process in workers_of(tmp_path / "jobs"):
            os.kill(process, signal.SIGKILL)
        done = settled(server, job, "done", "failed")
        assert (done["state"], done["rows_done"]) == ("done", 100_000), done
        assert server.ask_raw("GET", done["result"])[2].count(b"\n") == 100_001


def test_a_job_that_is_cancelled_stops_and_its_files_go(trained_artifacts, tmp_path):
    many = HEADER + "\n" + "Skoda,Octavia,2015,75000,Diesel\n" * 100_000
    with running_server(trained_artifacts, tmp_path) as server:
        job = settled(server, made(server, data=many), "running")
        assert server.ask_raw("DELETE", f"/jobs/{job['id']}")[0] == 204
        assert server.ask("GET", f"/jobs/{job['id']}")[1]["state"] == "cancelled"
        deadline = time.monotonic() + 30
        while workers_of(tmp_path / "jobs") or (tmp_path / "jobs" / job["id"]).exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert settled(server, made(server))["state"] == "done"


def test_jobs_expire_with_their_files(trained_artifacts, tmp_path):
    with running_server(trained_artifacts, tmp_path, jobs_keep_s="1") as server:
        job = made(server)
        deadline = time.monotonic() + 30
        while server.ask("GET", f"/jobs/{job['id']}")[0] != 404:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_an_upload_that_breaks_off_leaves_nothing(trained_artifacts, tmp_path):
    with running_server(trained_artifacts, tmp_path) as server:
        head = b"POST /jobs HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 500\r\n\r\nmake,model\n"
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
            client.sendall(head)
            client.shutdown(socket.SHUT_WR)
            assert client.recv(12) in (b"HTTP/1.1 400", b"")
        assert server.ask("GET", "/health/live")[0] == 200
        deadline = time.monotonic() + 10
        while [path for path in (tmp_path / "jobs").iterdir() if path.is_dir()]:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def workers_of(folder: Path) -> list[int]:
    """Return the worker processes of a folder of jobs."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"car_price_prediction.jobs.worker" in words and str(folder).encode() in words[-2]:
            found.append(int(path.parent.name))
    return found
