import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.core import GaugeMetricFamily

from car_price_prediction.drift.noted import FILE, LOCK, Noted, last_try, note_drift, turn
from car_price_prediction.drift.report import DriftReport, FieldDrift, nothing_compared
from car_price_prediction.package.store import ModelStore
from car_price_prediction.web.drift import drift_metrics
from car_price_prediction.web.drift_watch import RETRY_S, DriftWatch
from support.web import client_of

DAY_S = 86_400.0


def field(name, verdict, **more):
    known = {
        "label": name,
        "kind": "number",
        "unit": "",
        "told": 500,
        "judged": verdict != "too few",
        "missing_before": 0.0,
        "missing": 0.1,
    }
    return FieldDrift(**(known | {"psi": 0.3, "excess": 0.28, "p": 0.0} | more), name=name, verdict=verdict)


def report(version="v1", *, days_old=0.0, **more):
    fields = (field("mileage_km", "far", quantiles=(1.0, 2.0, 3.0)), field("doors", "too few"), field("year", "steady"))
    known = {"cars": 500, "reference_cars": 900, "level": 0.001, "verdict": "far", "unseen": 0.02, "fields": fields}
    return DriftReport(**(known | more), version=version, made_at=datetime.now(UTC) - timedelta(days=days_old))


def test_a_note_is_read_as_it_was_written_and_anew_where_it_changed(tmp_path):
    noted = Noted(tmp_path)
    assert noted.get() is None
    note_drift(tmp_path, report("v1"))
    assert noted.get().version == "v1"
    assert noted.get() is noted.get()
    note_drift(tmp_path, report("v2"))
    assert noted.get().version == "v2"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1}'])
def test_a_note_that_cannot_be_read_is_none(tmp_path, text):
    (tmp_path / FILE).write_text(text)
    assert Noted(tmp_path).get() is None


def test_one_process_at_a_time_has_its_turn_and_none_right_after_another(tmp_path):
    before = last_try(tmp_path)
    assert before == 0.0
    with turn(tmp_path, before) as ours, turn(tmp_path, before) as theirs:
        assert (ours, theirs) == (True, False)
    now = last_try(tmp_path)
    assert now == pytest.approx(time.time(), abs=60)
    with turn(tmp_path, now - 5) as ours:
        assert not ours


def watch(folder, *words, version="v1", every_s=DAY_S):
    command = [sys.executable, "-c", "import sys, pathlib; pathlib.Path(sys.argv[1]).open('a').write('x')", *words]
    return DriftWatch(folder, command, {}, every_s, lambda: version)


@pytest.fixture
def looked(tmp_path):
    """Say how often a comparison was made; the mark of the last one is taken away."""

    def looked():
        (tmp_path / LOCK).unlink(missing_ok=True)
        marks = tmp_path / "marks"
        return len(marks.read_text()) if marks.exists() else 0

    return looked


def test_it_is_compared_once_a_day_and_for_each_model(tmp_path, looked):
    marks = str(tmp_path / "marks")
    assert watch(tmp_path, marks).look()
    assert not watch(tmp_path, marks).look()  # somebody just did
    assert looked() == 1
    note_drift(tmp_path, report())
    assert not watch(tmp_path, marks).look()
    assert watch(tmp_path, marks, version="v2").look()
    assert not watch(tmp_path, marks, version=None).look()
    assert looked() == 2
    note_drift(tmp_path, report(days_old=1.1))
    assert watch(tmp_path, marks).look()
    assert looked() == 3


def test_too_few_cars_are_looked_at_again_within_the_day(tmp_path, looked):
    note_drift(tmp_path, report(verdict="too few"))
    assert watch(tmp_path, str(tmp_path / "marks")).look()
    assert RETRY_S < DAY_S
    assert not watch(tmp_path, str(tmp_path / "marks")).look()
    assert looked() == 1


def test_a_comparison_that_fails_is_told_in_the_log(tmp_path, caplog):
    command = [sys.executable, "-c", "import sys; print('error: the disk is full', file=sys.stderr); sys.exit(1)"]
    assert DriftWatch(tmp_path, command, {}, DAY_S, lambda: "v1").look()
    assert "error: the disk is full" in caplog.text


def test_metrics_leave_out_what_was_not_judged():
    found = {one.name: one for one in drift_metrics(report())}
    assert all(isinstance(one, GaugeMetricFamily) for one in found.values())
    moved = {sample.labels["field"]: sample.value for sample in found["car_price_drift_moved"].samples}
    assert moved == {"mileage_km": 1.0, "year": 0.0}
    quantiles = {s.labels["quantile"]: s.value for s in found["car_price_drift_quantile"].samples}
    assert quantiles == {"0.1": 1.0, "0.5": 2.0, "0.9": 3.0}
    assert {s.labels["field"] for s in found["car_price_drift_missing_ratio"].samples} == {
        "mileage_km",
        "doors",
        "year",
    }


def test_metrics_of_nothing_tell_no_field():
    assert [one.samples[0].value for one in drift_metrics(nothing_compared("v1", "no reference")) if one.samples][
        1:
    ] == [
        0,
        0.0,
    ]


def test_the_call_tells_what_was_noted_and_what_is_missing(client, valuer, kept, tmp_path):
    assert client.get("/info/drift").json["code"] == "valuations_not_kept"
    keeping = client_of(valuer, kept=kept, store=ModelStore(tmp_path))
    answer = keeping.get("/info/drift")
    assert (answer.status_code, answer.json["code"]) == (404, "no_drift_yet")
    assert "car-price drift --note" in answer.json["hint"]
    note_drift(tmp_path, report())
    found = keeping.get("/info/drift")
    assert (found.status_code, found.json) == (
        200,
        report().model_dump(mode="json") | {"made_at": found.json["made_at"]},
    )
