"""Spans of requests and of the prices in them, by OpenTelemetry: imported only where spans are sent somewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode, Tracer, format_span_id, format_trace_id
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from car_price_prediction import __version__
from car_price_prediction.pricing.appraisal import Wanted
from car_price_prediction.pricing.valuer import Valuer

from .asked import PRICE_ALONE
from .current import Current
from .headers import NO_ROUTE, ROUTE, WSGI
from .kept import Keep
from .trace_context import SPAN_ID, TRACE_ID

NAME = "car-price-prediction"
SENT = {"HTTP_TRACEPARENT": "traceparent", "HTTP_TRACESTATE": "tracestate"}


def provider() -> TracerProvider:
    """Return what makes spans and sends them in the background, as the standard ``OTEL_`` variables say."""
    ours = Resource({SERVICE_NAME: NAME, SERVICE_VERSION: __version__})
    made = TracerProvider(resource=ours.merge(OTELResourceDetector().detect()))
    made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return made


class Traced:
    """WSGI middleware: a span for each request, below the one that its client names.

    Parameters
    ----------
    app : WSGI application
    tracer : Tracer
    """

    def __init__(self, app: WSGI, tracer: Tracer) -> None:
        self._app, self._tracer = app, tracer
        self._context = TraceContextTextMapPropagator()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        sent = {name: environ[key] for key, name in SENT.items() if key in environ}
        method = environ["REQUEST_METHOD"]
        with self._tracer.start_as_current_span(
            method, self._context.extract(sent), SpanKind.SERVER, {"http.request.method": method}
        ) as span:
            context = span.get_span_context()
            environ[TRACE_ID], environ[SPAN_ID] = format_trace_id(context.trace_id), format_span_id(context.span_id)

            def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
                span.set_attribute("http.response.status_code", int(status[:3]))
                if status.startswith("5"):
                    span.set_status(StatusCode.ERROR)
                return start_response(status, headers, exc_info)

            body = self._app(environ, start)
            route = environ.get(ROUTE, NO_ROUTE)
            if route != NO_ROUTE:
                span.set_attribute("http.route", route)
                span.update_name(f"{method} {route}")
            return body


class TracedCurrent(Current):
    """A model version that tells how long its prices took."""

    def __init__(self, valuer: Valuer, keep: Keep | None = None, *, tracer: Tracer) -> None:
        super().__init__(valuer, keep)
        self._tracer = tracer
        self._attributes = {"car_price.model_version": valuer.manifest.version}

    def price(self, sent: object, wanted: Wanted = PRICE_ALONE) -> dict[str, Any]:
        """Return the quote of one car: see `Current.price`."""
        with self._tracer.start_as_current_span("price", attributes=self._attributes) as span:
            quote = super().price(sent, wanted)
            span.set_attribute("car_price.confidence", quote["confidence"])
            return quote

    def price_many(self, sent: Sequence[object], *, strict: bool = False) -> list[dict[str, Any]]:
        """Return a result for each car: see `Current.price_many`."""
        with self._tracer.start_as_current_span("price many", attributes=self._attributes) as span:
            span.set_attribute("car_price.cars", len(sent))
            return super().price_many(sent, strict=strict)
