import subprocess
import sys

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from car_price_prediction.web.app import RequestLimits, Watched, create_app
from car_price_prediction.web.trace_context import trace_of
from car_price_prediction.web.tracing import Traced, TracedCurrent
from support.web import FABIA, FixedHolder, uploads_of

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
TRACEPARENT = {"traceparent": f"00-{TRACE}-{PARENT}-01"}


@pytest.mark.parametrize(
    "sent",
    [
        f"00-{TRACE}-{PARENT}",
        f"00-{TRACE.upper()}-{PARENT}-01",
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{TRACE}-{PARENT}-01-more",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        "nonsense\n",
    ],
)
def test_what_is_no_trace_is_passed_over(sent):
    assert trace_of(sent) is None


def test_a_later_version_may_tell_more():
    assert trace_of(f"01-{TRACE}-{PARENT}-01-more") == (TRACE, PARENT)


class Traces:
    """An application whose spans stay here, and whose log lines are kept."""

    def __init__(self, valuer, *, on=True):
        self.exporter, self.lines = InMemorySpanExporter(), []
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        tracer = provider.get_tracer("test")
        watched = Watched(make=lambda valuer: TracedCurrent(valuer, tracer=tracer)) if on else None
        app = create_app(
            FixedHolder(valuer),
            uploads_of(),
            RequestLimits(100_000, 5),
            log=lambda level, message, values: self.lines.append(values),
            watched=watched,
        )
        if on:
            app.wsgi_app = Traced(app.wsgi_app, tracer)
        self.client = app.test_client()

    @property
    def spans(self):
        return {span.name: span for span in self.exporter.get_finished_spans()}


def test_a_request_and_the_price_in_it_are_spans_of_the_clients_trace(valuer):
    traces = Traces(valuer)
    assert traces.client.post("/predict/price", json=FABIA, headers=TRACEPARENT).status_code == 200
    request, price = traces.spans["POST /predict/price"], traces.spans["price"]
    assert f"{request.context.trace_id:032x}" == f"{price.context.trace_id:032x}" == TRACE
    assert f"{request.parent.span_id:016x}" == PARENT
    assert price.parent.span_id == request.context.span_id
    assert request.attributes["http.response.status_code"] == 200
    assert price.attributes["car_price.model_version"] == valuer.manifest.version
    (line,) = traces.lines
    assert (line["trace_id"], line["span_id"]) == (TRACE, f"{request.context.span_id:016x}")


def test_a_batch_says_how_many_cars_and_a_failure_of_ours_is_an_error(valuer):
    traces = Traces(valuer)
    traces.client.post("/predict/batch", json=[FABIA, FABIA])
    assert traces.spans["price many"].attributes["car_price.cars"] == 2
    nothing = Traces(None)
    assert nothing.client.post("/predict/price", json=FABIA).status_code == 503
    assert not nothing.spans["POST /predict/price"].status.is_ok


def test_paths_make_no_names(valuer):
    traces = Traces(valuer)
    traces.client.get("/nothing/4711")
    assert set(traces.spans) == {"GET"}


def test_without_spans_log_lines_name_the_clients_trace_all_the_same(valuer):
    traces = Traces(valuer, on=False)
    traces.client.post("/predict/price", json=FABIA, headers=TRACEPARENT)
    traces.client.post("/predict/price", json=FABIA, headers={"traceparent": "nonsense"})
    first, second = traces.lines
    assert (first["trace_id"], first["span_id"]) == (TRACE, PARENT)
    assert "trace_id" not in second


def test_nothing_of_it_is_imported_where_it_is_off():
    code = (
        "import sys, car_price_prediction.bootstrap_serve, car_price_prediction.web.app,"
        " car_price_prediction.web.guard, car_price_prediction.web.metrics_page;"
        " sys.exit(any(m.startswith('opentelemetry') for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
