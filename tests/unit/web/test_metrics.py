import gzip

import pytest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.parser import text_string_to_metric_families

from car_price_prediction.web.metrics import MOST_VERSIONS, Metrics
from support.web import client_of

QUOTE = {"model_version": "1", "confidence": "high", "warnings": []}


@pytest.fixture
def metrics(tmp_path):
    made = Metrics(tmp_path)
    yield made
    made.numbers.close()


@pytest.fixture
def told(metrics, tmp_path):
    def told(name):
        """Return a metric's samples: the values of its labels -> its value."""
        samples = [
            sample for metric in MultiProcessCollector(None, str(tmp_path)).collect() for sample in metric.samples
        ]
        return {tuple(one.labels.values()): one.value for one in samples if one.name == name and one.value}

    return told


def test_a_request_is_counted_by_its_route_and_its_time_falls_into_a_bucket(metrics, told):
    for status in (200, 200, 422):
        metrics.answered("/predict/price", "POST", status, 0.0004)
    requests = {("POST", "/predict/price", "200"): 2, ("POST", "/predict/price", "422"): 1}
    assert told("http_requests_total") == requests
    assert told("http_request_duration_seconds_count") == {("POST", "/predict/price"): 3}
    buckets = {labels[-1]: value for labels, value in told("http_request_duration_seconds_bucket").items()}
    assert min(buckets, key=float) == "0.0005"


def test_a_method_that_nobody_knows_makes_no_label(metrics, told):
    for word in ("BREW", "X" * 500):
        metrics.answered("(none)", word, 405, 0.1)
        metrics.refused("/" + word, word, 503, "overloaded")
    assert {labels[0] for labels in told("http_requests_total")} == {"other"}
    assert {labels[1] for labels in told("http_requests_total")} == {"(none)"}


def test_what_is_refused_is_counted_at_its_route_where_that_is_plain(metrics, told):
    metrics.routes = frozenset({"/predict/price"})
    metrics.refused("/predict/price", "POST", 503, "overloaded")
    metrics.refused("/jobs/0123", "GET", 408, "body_too_slow")
    metrics.answered("/predict/price", "POST", 429, 0.001)
    assert {labels[1] for labels in told("http_requests_total")} == {"/predict/price", "(none)"}
    assert told("http_requests_refused_total") == {
        ("overloaded",): 1,
        ("body_too_slow",): 1,
        ("too_many_requests",): 1,
    }


def test_prices_are_counted_by_model_source_and_confidence(metrics, told):
    metrics.quoted("price", QUOTE)
    metrics.quoted_many("batch", [QUOTE, QUOTE, QUOTE | {"confidence": "low"}])
    metrics.quoted_file("job", "2", {"high": 40, "medium": 2})
    assert told("car_price_predictions_total") == {
        ("high", "1", "price"): 1,
        ("high", "1", "batch"): 2,
        ("low", "1", "batch"): 1,
        ("high", "2", "job"): 40,
        ("medium", "2", "job"): 2,
    }


@pytest.mark.parametrize("many", [False, True])
def test_warnings_are_counted_by_code_and_unseen_values_by_field(metrics, told, many):
    warnings = [{"code": "unseen_category", "field": "make"}, {"code": "missing", "field": "fuel"}]
    quote = QUOTE | {"warnings": warnings}
    if many:
        metrics.quoted_many("batch", [quote])
    else:
        metrics.quoted("price", quote)
    assert told("car_price_warnings_total") == {("unseen_category",): 1, ("missing",): 1}
    assert told("car_price_unseen_categories_total") == {("make",): 1}


def test_versions_without_end_make_no_labels_without_end(metrics, told):
    for number in range(MOST_VERSIONS + 50):
        metrics.quoted("price", QUOTE | {"model_version": str(number)})
    versions = {labels[1]: value for labels, value in told("car_price_predictions_total").items()}
    assert len(versions) == MOST_VERSIONS + 1
    assert versions["other"] == 50


def test_models_are_counted_as_loaded_or_not(metrics, told):
    assert told("car_price_model_ready") == {}
    metrics.loaded("1")
    metrics.loaded(None)
    assert told("car_price_model_reloads_total") == {("ok",): 1, ("failed",): 1}
    assert told("car_price_model_ready") == {(): 1}


@pytest.mark.parametrize(
    ("accepted", "kind"),
    [
        ("", "text/plain"),
        ("text/plain; version=1.0.0; escaping=nonsense", "text/plain"),
        ("application/openmetrics-text; version=1.0.0", "application/openmetrics-text"),
        ("application/openmetrics-text; version=nonsense", "application/openmetrics-text"),
    ],
)
def test_the_page_is_of_a_kind_that_prometheus_reads(valuer, accepted, kind):
    answer = client_of(valuer).get("/metrics", headers={"Accept": accepted, "Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.mimetype) == (200, kind)
    text = gzip.decompress(answer.data).decode()
    if kind == "text/plain":
        names = {metric.name for metric in text_string_to_metric_families(text)}
        assert {"car_price_build_info", "car_price_jobs"} <= names
    else:
        assert text.endswith("# EOF\n")
