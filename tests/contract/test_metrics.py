"""`GET /metrics` of a real server: what it counts adds up, moves, and is what dashboard and alerts name."""

import contextlib
import json
import shutil
import threading
from datetime import UTC, datetime, timedelta

import pytest

from car_price_prediction.package.retrained import FOLDER as RETRAINING
from car_price_prediction.package.retrained import Plan, note_plan
from car_price_prediction.package.store import ModelStore
from car_price_prediction.retraining.report import Report, save_report
from support.kept import locked
from support.model import train_small
from support.monitoring import (
    CONSTANT,
    alerts,
    drawn,
    names_in,
    selected,
    selectors_in,
    total,
)
from support.raw import opened, post_head
from support.scraping import BODY, flood, price_often, scraped, wait_until
from support.server import running_server
from support.web import FABIA

REQUESTS, CONNECTIONS = 10_000, 4


@pytest.fixture
def artifacts(trained_artifacts, tmp_path):
    return shutil.copytree(trained_artifacts, tmp_path / "artifacts")


def crowd(server, times):
    clients = [threading.Thread(target=price_often, args=(server, times // CONNECTIONS)) for _ in range(CONNECTIONS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()


def test_ten_thousand_requests_add_up_over_two_workers_one_of_which_is_killed(trained_artifacts, tmp_path):
    with running_server(trained_artifacts, tmp_path, "--workers", "2", log_level="WARNING") as server:
        wait_until(lambda: total(scraped(server), "car_price_workers") == 2, "two workers")
        crowd(server, REQUESTS // 2)
        server.forget_connection()
        server.kill_worker()
        wait_until(lambda: total(scraped(server), "car_price_workers_started_total") == 3, "another worker")
        crowd(server, REQUESTS // 2)
        found = scraped(server)
    labels = {"route": "/predict/price", "method": "POST"}
    assert total(found, "http_requests_total", status="200", **labels) == REQUESTS
    assert total(found, "http_request_duration_seconds_count", **labels) == REQUESTS
    assert total(found, "car_price_predictions_total", source="price") == REQUESTS
    assert total(found, "car_price_workers") == 2
    assert total(found, "car_price_model_ready") == 1


def drive(server, artifacts):
    """Do everything that is counted, and yield what is told on the way."""
    yield scraped(server)
    price_often(server, 5)
    for path in ("/predict/price", "/predict/batch"):
        cars = {"make": "Zaporozhets", "model": "Fabia", "year": 2015}
        server.ask("POST", path, cars if path.endswith("price") else [cars, {"make": "Kia"}])
    server.ask("GET", "/?make=Skoda&model=Fabia&year=2015&mileage_km=80000")
    rows = b"make,model,year\nSkoda,Fabia,2015\nKia,Rio,2016\n"
    assert server.ask_raw("POST", "/predict/file?name=cars.csv", rows, Content_Type="text/csv")[0] == 200
    assert server.ask_raw("POST", "/jobs?name=cars.csv", rows, Content_Type="text/csv")[0] == 202
    wait_until(lambda: total(scraped(server), "car_price_predictions_total", source="job") == 2, "a job")
    yield scraped(server)
    yield from work(server)
    yield from keep(server, artifacts)
    yield from shadow(server, artifacts)
    yield from retrain(server, artifacts)
    yield from refuse(server)
    yield from change_models(server, artifacts)


def work(server):
    """Send more files than are worked on at once, one of which cannot be priced."""
    rows = b"make,model,year\n" + b"Skoda,Fabia,2015\n" * 2_000
    for body in (rows, rows, b"make,model,year\n" + b"Skoda,Fabia,2015,\x00,1,2,3\n" * 3):
        server.ask_raw("POST", "/jobs?name=cars.csv", body, Content_Type="text/csv")
        yield scraped(server)
    wait_until(lambda: not total(scraped(server), "car_price_jobs", state="queued"), "the jobs")
    yield scraped(server)


def keep(server, artifacts):
    """Keep answers, some of them while the database is locked."""
    wait_until(lambda: total(scraped(server), "car_price_valuations_total", result="written") >= 5, "kept answers")
    yield scraped(server)
    with locked(artifacts):
        price_often(server, 3)
        wait_until(lambda: total(scraped(server), "car_price_valuations_waiting") == 3, "answers that wait")
        yield scraped(server)
        flood(server)
        yield scraped(server)
    wait_until(lambda: not total(scraped(server), "car_price_valuations_waiting"), "the end of what waits")
    rios = [
        {"make": "Kia", "model": "Rio", "year": 2012, "mileage_km": 90_000 + 37 * i, "asking_price": 6_000 + i}
        for i in range(300)
    ]
    assert server.ask("POST", "/predict/batch", rios)[0] == 200
    wait_until(lambda: total(scraped(server), "car_price_drift_moved", field="make") == 1, "a drift that is noticed")
    yield scraped(server)
    status, told = server.ask("GET", "/info/drift")
    assert (status, told["verdict"]) == (200, "far")
    assert {field["name"] for field in told["fields"] if field["verdict"] == "far"} >= {"make", "model"}


def shadow(server, artifacts):
    """Publish a challenger, and wait until it has priced."""
    train_small(artifacts)
    server.forget_connection()  # that took a while
    wait_until(lambda: total(scraped(server), "car_price_shadow_loads_total", result="ok"), "a challenger")
    price_often(server, 3)
    wait_until(lambda: total(scraped(server), "car_price_shadow_cars_total", result="priced") == 3, "its prices")
    yield scraped(server)


def retrain(server, artifacts):
    """Leave what a scheduled retraining leaves."""
    now = datetime.now(UTC)
    for hours, problems in ((1, ()), (-2, ("the gate does not let it through",))):
        report = Report(at=now, seconds=3.5, state="challenger" if problems else "promoted", problems=problems)
        save_report(artifacts / RETRAINING, report)
        note_plan(artifacts, Plan(due=now + timedelta(hours=hours)))
        yield scraped(server)


def refuse(server):
    with contextlib.ExitStack() as slow:
        for _ in range(3):
            client = slow.enter_context(opened(server))
            client.sendall(post_head(len(BODY)))
        wait_until(lambda: total(scraped(server), "http_slow_bodies") == 3, "slow bodies")
        yield scraped(server)
        wait_until(lambda: total(scraped(server), "http_requests_refused_total", reason="body_too_slow") == 3, "408")


def change_models(server, artifacts):
    store, new = ModelStore(artifacts), train_small(artifacts).package
    good = (new.folder / "booster.txt").read_bytes()
    (new.folder / "booster.txt").write_bytes(good[:-1] + b"?")
    store.current_file.write_text(json.dumps({"version": new.manifest.version}))
    server.forget_connection()
    wait_until(lambda: total(scraped(server), "car_price_model_reloads_total", result="failed"), "a refused model")
    (new.folder / "booster.txt").write_bytes(good)
    wait_until(lambda: total(scraped(server), "car_price_model_reloads_total", result="ok") == 2, "a new model")
    yield scraped(server)


def test_every_metric_that_dashboard_and_alerts_name_exists_and_moves(tmp_path):
    artifacts = tmp_path / "artifacts"
    artifacts.mkdir()
    settings = {"valuations_url": "sqlite", "max_waiting": "8", "body_timeout_s": "3", "drift_every_s": "4"}
    settings |= {"log_level": "WARNING", "shadow_share": "1", "valuations_waiting_bytes": "1048576"}
    with running_server(artifacts, tmp_path, **settings) as server:
        found = [scraped(server)]
        assert server.ask("POST", "/predict/price", FABIA)[0] == 503
        first = train_small(artifacts).package
        ModelStore(artifacts).set_current(first.manifest.version, who="test", why="a test")
        server.wait_for("/health/ready", 200)
        found += drive(server, artifacts)
        server.forget_connection()
        server.kill_worker()
        server.wait_for("/health/ready", 200)
        found.append(scraped(server))
    # What is not told yet is zero.
    seen = {name: {0.0} for samples in found for name, _ in samples if name not in {other for other, _ in found[0]}}
    for samples in found:
        for (name, _), value in samples.items():
            seen.setdefault(name, set()).add(value)
    named = names_in([*drawn(), *(alert["expr"] for alert in alerts())])
    assert {name for name in named if name not in seen} == set()
    assert {name for name in named - CONSTANT if len(seen[name]) < 2 and not name.endswith("_info")} == set()
    wanted = selectors_in([*drawn(), *(alert["expr"] for alert in alerts())])
    told = {one: {selected(samples, *one) for samples in found} for one in wanted}
    assert {one for one, values in told.items() if len(values) < 2} == set()
    sources = {dict(labels)["source"] for name, labels in found[-1] if name == "car_price_predictions_total"}
    assert sources == {"price", "batch", "page", "file", "job"}


def test_what_is_refused_before_the_application_counts_too(trained_artifacts, tmp_path):
    with running_server(trained_artifacts, tmp_path, max_waiting="1", threads="1") as server:
        cars = json.dumps([FABIA] * 1_000).encode()
        batch = post_head(len(cars)).replace(b"/predict/price", b"/predict/batch") + cars
        for _ in range(20):
            with contextlib.ExitStack() as held:
                for _ in range(6):
                    held.enter_context(opened(server)).sendall(batch)
                asked = server.ask_raw("POST", "/predict/price", BODY, X_Request_ID="order-17")
                found = scraped(server)
            if asked[0] == 503:
                break
        assert asked[0] == 503
        assert asked[1]["x-request-id"] == "order-17"
        assert total(found, "http_requests_refused_total", reason="overloaded") >= 1
        assert total(found, "http_requests_total", route="/predict/price", status="503") >= 1


def test_switched_off_there_is_nothing(trained_artifacts, tmp_path):
    with running_server(trained_artifacts, tmp_path, metrics="off") as server:
        assert server.ask("POST", "/predict/price", FABIA)[0] == 200
        assert server.ask("GET", "/metrics")[0] == 404
