"""Spans, as a collector gets them of a real server; and a log that names the trace."""

import json

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from support.fake_service import fake_service
from support.server import running_server
from support.web import FABIA

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


def test_spans_reach_a_collector_over_otlp_and_the_last_ones_before_the_server_ends(
    trained_artifacts, tmp_path, monkeypatch
):
    with fake_service((200, b"", {})) as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        monkeypatch.setenv("OTEL_SERVICE_NAME", "prices")
        with running_server(trained_artifacts, tmp_path) as server:
            sent = {"traceparent": f"00-{TRACE}-{PARENT}-01", "X_Request_ID": "order-17"}
            assert server.ask("POST", "/predict/price", FABIA, **sent)[0] == 200
            assert server.stop() == 0
    assert {(method, path) for method, path, _, _ in collector.asked} == {("POST", "/v1/traces")}
    found = [ExportTraceServiceRequest.FromString(body) for *_, body in collector.asked]
    resources = [resource for one in found for resource in one.resource_spans]
    names = {a.value.string_value for one in resources for a in one.resource.attributes if a.key == "service.name"}
    assert names == {"prices"}
    spans = {span.name: span for one in resources for scope in one.scope_spans for span in scope.spans}
    assert spans["POST /predict/price"].trace_id.hex() == TRACE
    assert spans["POST /predict/price"].parent_span_id.hex() == PARENT
    assert spans["price"].parent_span_id == spans["POST /predict/price"].span_id
    lines = [json.loads(line) for line in (tmp_path / "logs" / "running_logs.log").read_text().splitlines()]
    (line,) = [line for line in lines if line.get("request_id") == "order-17"]
    assert (line["trace_id"], line["span_id"]) == (TRACE, spans["POST /predict/price"].span_id.hex())
