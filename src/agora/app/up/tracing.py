"""Tracing: what a request did and how long each part took, told to an OpenTelemetry collector.

Off, and not even loaded, unless the standard `OTEL_EXPORTER_OTLP_ENDPOINT` (or the one for traces)
says where. Spans name routes and parts of the work; no name, word or statement of anybody is in them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from agora.app.up.telling import route
from agora.model.errors import Unavailable
from agora.needs.house import House

WHERE: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
PARTS: Final = {
    "readers": {"facts": "statement.judge", "answer": "statement.run"},
    "store": {"commit": "store.commit"},
    "index": {"find": "index.find"},
}
"""What of a house is told of: its backends' methods, and the names of their spans."""


class Tracing:
    """Spans of this process; `close` sends those that are waiting."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Raises Unavailable where they are wanted and the extra is not installed."""
        try:
            from opentelemetry import trace
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError:
            words = "traces are wanted, but what sends them is not installed"
            raise Unavailable(words, code="E798", hint="pip install 'agora-mesh[otel]'") from None
        named = {"service.name": environment.get("OTEL_SERVICE_NAME", "agora")}
        self._provider = TracerProvider(resource=Resource.create(named))
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._trace = trace
        self.tracer = self._provider.get_tracer("agora")

    def close(self) -> None:
        """What waits is sent."""
        self._provider.shutdown()

    def app(self, app: ASGIApp) -> ASGIApp:
        """The application, each of whose answers is a span; a caller's own trace goes on in it."""
        return _Traced(app, self)

    def house(self, house: House) -> House:
        """The house, of whose parts is told what they do within a request."""
        parts: Mapping[str, Any] = {
            name: _Part(getattr(house, name), methods, self.tracer)
            for name, methods in PARTS.items()
        }
        return replace(house, **parts)


def wanted(environment: Mapping[str, str]) -> bool:
    """True where somebody has said where traces go."""
    return any(environment.get(name) for name in WHERE)


class _Traced:
    def __init__(self, app: ASGIApp, tracing: Tracing) -> None:
        self._app, self._tracing = app, tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self._app(scope, receive, send)
            return
        from opentelemetry import propagate, trace

        method = scope["method"]
        before = propagate.extract(dict(Headers(scope=scope)))
        kind = trace.SpanKind.SERVER
        tracer = self._tracing.tracer
        with tracer.start_as_current_span(method, context=before, kind=kind) as span:

            async def sent(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                await send(message)

            try:
                await self._app(scope, receive, sent)
            finally:
                named = route(scope)
                span.update_name(f"{method} {named}".rstrip())
                span.set_attribute("http.request.method", method)
                span.set_attribute("http.route", named)
                span.set_attribute("agora.request", scope.get("state", {}).get("id", ""))


class _Part:
    """A backend of which some methods are spans; of an answer that streams, until it is closed."""

    def __init__(self, part: Any, methods: Mapping[str, str], tracer: Any) -> None:
        self._part, self._methods, self._tracer = part, methods, tracer

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._part, name)
        return self._told(found, self._methods[name]) if name in self._methods else found

    def _told(self, method: Callable[..., Any], name: str) -> Callable[..., Any]:
        def called(*said: Any, **named: Any) -> Any:
            span = self._tracer.start_span(name)
            try:
                answer = method(*said, **named)
            except BaseException as problem:
                _failed(span, problem)
                span.end()
                raise
            if name == "statement.run":
                return _Streaming(answer, span)
            span.end()
            return answer

        return called


class _Streaming:
    """An answer whose span ends with it, and says how many rows there were."""

    def __init__(self, answer: Any, span: Any) -> None:
        self._answer, self._span, self._rows = answer, span, 0

    @property
    def schema(self) -> Any:
        return self._answer.schema

    def __iter__(self) -> Iterator[Any]:
        yield from self._passing(self._answer)

    def messages(self) -> Iterator[Any]:
        yield from self._passing(self._answer.messages())

    def _passing(self, parts: Iterable[Any]) -> Iterator[Any]:
        try:
            for part in parts:
                self._rows += part.num_rows
                yield part
        except Exception as problem:
            _failed(self._span, problem)
            raise

    def close(self) -> None:
        self._answer.close()
        if self._span.is_recording():
            self._span.set_attribute("agora.rows", self._rows)
            self._span.end()


def _failed(span: Any, problem: BaseException) -> None:
    """The kind of failure is told by its code alone: its sentence could hold what somebody typed."""
    span.set_attribute("error.type", getattr(problem, "code_shown", "failed"))
