"""What every service of the shop has: a port, a span for each request, a row at its end, figures each second."""

import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiohttp import ClientSession, ClientTimeout, web

from examples.shop.log import logger, point

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class ShopError(Exception):
    """A failure the service understands: it is logged by name, without a traceback, and answered with `status`."""

    status = 500


@dataclass(slots=True)
class Stats:
    """Requests since the last look."""

    latencies: list[float] = field(default_factory=list)
    errors: int = 0

    def take(self) -> tuple[int, int, float]:
        """Requests, of which with errors, and their 95th percentile in milliseconds; begins anew."""
        ordered, errors = sorted(self.latencies), self.errors
        self.latencies, self.errors = [], 0
        p95 = ordered[int(len(ordered) * 0.95)] if ordered else 0.0
        return len(ordered), errors, p95


class Service:
    """One service: `routes` to serve, `call` to ask another one."""

    def __init__(self, name: str, *, version: str = "1.8.3") -> None:
        self.name = name
        self.version = version
        self.log = logger(name)
        self.stats = Stats()
        self.url = ""
        self._http: ClientSession | None = None
        self._runner: web.AppRunner | None = None

    async def start(self, routes: list[web.RouteDef]) -> None:
        """Serve on a free port of this machine."""

        @web.middleware
        async def around(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._traced(request, handler)

        application = web.Application(middlewares=[around])
        application.router.add_routes(routes)
        self._http = ClientSession(timeout=ClientTimeout(total=10))
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        self.log.info("listening", version=self.version, url=self.url)

    async def stop(self) -> None:
        """Serve no longer."""
        if self._runner is not None and self._http is not None:
            await self._http.close()
            await self._runner.cleanup()

    async def call(
        self, url: str, body: dict[str, Any], *, timeout: float = 10.0
    ) -> tuple[int, dict[str, Any]]:
        """Ask another service within this trace; status and answer."""
        if self._http is None:
            raise RuntimeError("the service is not started")
        known = structlog.contextvars.get_contextvars()
        parent = f"00-{known['trace_id']}-{known['span_id']}-01" if "trace_id" in known else ""
        headers = {"traceparent": parent} if parent else {}
        async with self._http.post(
            url, json=body, headers=headers, timeout=ClientTimeout(total=timeout)
        ) as answer:
            return answer.status, await answer.json()

    def measure(self, seconds: float) -> None:
        """Write the figures of the last `seconds`."""
        requests, errors, p95 = self.stats.take()
        point(self.name, "http.server.requests", requests / seconds, "1/s")
        point(self.name, "http.server.errors", errors / seconds, "1/s")
        point(self.name, "http.server.duration.p95", p95, "ms")

    async def _traced(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        trace = request.headers.get("traceparent", "").split("-")
        trace_id = trace[1] if len(trace) == 4 else secrets.token_hex(16)
        with structlog.contextvars.bound_contextvars(trace_id=trace_id, span_id=secrets.token_hex(8)):
            return await self._timed(request, handler)

    async def _timed(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        began = time.perf_counter()
        try:
            response = await handler(request)
        except ShopError as error:
            self.log.error(str(error), **{"error.type": type(error).__name__})  # noqa: TRY400 - it is understood
            response = web.json_response({"error": type(error).__name__}, status=error.status)
        except web.HTTPException as error:
            response = web.json_response({"error": error.reason}, status=error.status)
        except Exception as error:
            self.log.exception(
                "unhandled error", **{"error.type": type(error).__name__, "version": self.version}
            )
            response = web.json_response({"error": "internal"}, status=500)
        latency = (time.perf_counter() - began) * 1000
        self.stats.latencies.append(latency)
        self.stats.errors += response.status >= 500
        say = self.log.error if response.status >= 500 else self.log.info
        row = {"method": request.method, "path": request.path, "status": response.status}
        say(f"{request.method} {request.path} {response.status}", **row, latency_ms=round(latency, 1))
        return response
