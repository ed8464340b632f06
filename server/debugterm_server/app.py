"""Builds and wires the house: the only module that knows everybody."""

import asyncio
import functools
import gc
import ipaddress
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import structlog
from aiohttp import web

from debugterm_server.api import guarding, headers, identity, middleware, origin, problems, socket
from debugterm_server.api.dispatch import Dispatch
from debugterm_server.api.house import HOUSE, Rooms
from debugterm_server.api.http import audit as audit_http
from debugterm_server.api.http import auth, ingest
from debugterm_server.api.http import sessions as sessions_http
from debugterm_server.api.routes import ROUTES
from debugterm_server.api.runner import Runner
from debugterm_server.api.sockets import Sockets
from debugterm_server.api.watching import Watching
from debugterm_server.api.wire import wrap
from debugterm_server.bus import connection
from debugterm_server.bus.bells import Bells
from debugterm_server.bus.connection import BadBus, BusDown, Redis
from debugterm_server.bus.ground import Ground
from debugterm_server.bus.sessions import SessionBus
from debugterm_server.bus.streams import Streams
from debugterm_server.kit import derive, ids, listening, notify
from debugterm_server.kit.derive import Root
from debugterm_server.kit.leash import Leash
from debugterm_server.kit.tasks import Nursery
from debugterm_server.rooms.access import Access, Passwords
from debugterm_server.rooms.audit import Audit
from debugterm_server.rooms.hub import Hub, Searches, retention
from debugterm_server.rooms.hub.marks import Marks
from debugterm_server.rooms.ingest import Pipeline
from debugterm_server.rooms.sessions.recovery import Recovery
from debugterm_server.rooms.sessions.room import Sessions
from debugterm_server.settings import Settings
from debugterm_server.store import migrate
from debugterm_server.store.engine import BadUrl, Store, StoreUnavailable, open_store, where

log = structlog.get_logger()

REDIS_SECONDS = 10.0
"""How long a start waits for Redis: a bundled one with a large file needs a moment to load it."""


@dataclass(frozen=True, slots=True)
class House:
    """A started server."""

    port: int
    access: Access
    sockets: Sockets


class CannotStart(Exception):
    """Something outside the server is wrong; the message is one line that says what to do (exit 78)."""


@asynccontextmanager
async def house(settings: Settings, place: Ground) -> AsyncIterator[House]:
    """Start everything in order, stop it in reverse. Raises CannotStart."""
    root = build_root(settings)
    async with AsyncExitStack() as stack:
        nursery = await stack.enter_async_context(Nursery("house"))
        if place.supervisor is not None:
            _ = nursery.spawn("valkey", place.supervisor.watch())
        store = await build_store(settings, stack)
        redis = await build_redis(place, stack)
        streams = await build_streams(redis, place, root)
        audit = await stack.enter_async_context(Audit(store))
        access = build_access(settings, store, audit, root, stack)
        hub = await build_hub(settings, streams, store, stack)
        _ = nursery.spawn("retention", build_retention(settings, streams))
        bus = SessionBus(redis)
        sessions = await stack.enter_async_context(
            Sessions(bus=bus, bells=Bells(redis), store=store, audit=audit)
        )
        recovery = Recovery(bus=bus, store=store, audit=audit, lease=build_lease(streams, "recovery"))
        duties = await stack.enter_async_context(Nursery("duties"))
        _ = duties.spawn("recovery", recovery.keep(environments(settings)))
        sockets = Sockets()
        app = build_app(settings)
        app[identity.ACCESS] = access
        app[audit_http.AUDIT] = audit
        app[ingest.PIPELINE] = Pipeline(streams)
        app[HOUSE] = Rooms(hub=hub, streams=streams, store=store, audit=audit, searches=Searches(streams))
        app[socket.SOCKETS] = sockets
        _ = nursery.spawn("guard", guarding.guard(sockets, access))
        app[sessions_http.SESSIONS] = sessions
        app[socket.DISPATCH] = Dispatch(
            access=access, watching=Watching(hub=hub, audit=audit), sessions=sessions
        )
        port = await listen(app, settings, stack, shared=place.shared)
        yield House(port=port, access=access, sockets=sockets)
        await sockets.drain(settings.drain_seconds)


def build_root(settings: Settings) -> Root:
    """The root of every key. Raises CannotStart."""
    given = settings.secret_key.get_secret_value() if settings.secret_key else None
    try:
        return derive.root(given, settings.data_dir)
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(
            f"cannot read the secret in the data folder {settings.data_dir}: {error}; "
            "set DEBUGTERM_SECRET_KEY, or move the file away to begin anew"
        ) from None


def environments(settings: Settings) -> Sequence[str]:
    """The environments of this deployment, the first one first."""
    return tuple(dict.fromkeys((settings.env, *settings.environments)))


async def build_store(settings: Settings, stack: AsyncExitStack) -> Store:
    """SQL, at the schema of this release. Raises CannotStart."""
    try:
        store = open_store(
            where(
                settings.database_url.get_secret_value() if settings.database_url else "", settings.data_dir
            )
        )
        stack.push_async_callback(store.close)
        await migrate.ready(store)
    except (BadUrl, migrate.WrongSchema) as error:
        raise CannotStart(str(error)) from None
    except StoreUnavailable as error:
        what = "DATABASE_URL" if settings.database_url else f"the data folder {settings.data_dir}"
        raise CannotStart(f"the database does not answer: {error}; check {what}") from None
    return store


async def build_redis(place: Ground, stack: AsyncExitStack) -> Redis:
    """A client of the Redis that is ours or named. Raises CannotStart."""
    try:
        redis = connection.connect(place.redis_url)
    except BadBus as error:
        raise CannotStart(str(error)) from None
    stack.push_async_callback(redis.aclose)
    return redis


async def build_streams(redis: Redis, place: Ground, root: Root) -> Streams:
    """The streams on a Redis that answers and will not evict. Raises CannotStart."""
    try:
        promise = await connection.wait_ready(redis, seconds=REDIS_SECONDS)
    except BadBus as error:
        raise CannotStart(str(error)) from None
    except BusDown as error:
        hint = "see valkey/valkey.log in the data folder" if place.supervisor else "check REDIS_URL"
        raise CannotStart(f"Redis does not answer: {error}; {hint}") from None
    if promise.durability != "always":
        log.warning(
            "redis may lose acknowledged rows: guarantee G1 is withdrawn", durability=promise.durability
        )
    return Streams(redis, secret=root.key("stream-entry"), promise=promise)


def build_access(settings: Settings, store: Store, audit: Audit, root: Root, stack: AsyncExitStack) -> Access:
    """Logins and keys."""
    passwords = Passwords(root)
    _ = stack.callback(passwords.close)
    return Access(store, audit, root, first_env=settings.env, passwords=passwords)


async def build_hub(settings: Settings, streams: Streams, store: Store, stack: AsyncExitStack) -> Hub:
    """The hub, which reads every stream from now on. Raises CannotStart."""
    hub = Hub(streams, Marks(store), envs=environments(settings), wrap=wrap)
    try:
        return await stack.enter_async_context(hub)
    except BusDown as error:
        raise CannotStart(f"Redis does not answer: {error}; check REDIS_URL") from None
    except StoreUnavailable as error:
        raise CannotStart(f"the database does not answer: {error}; check DATABASE_URL") from None


async def build_retention(settings: Settings, streams: Streams) -> None:
    """Trim the streams while this hub holds the duty."""
    await retention.keep(
        streams,
        envs=environments(settings),
        holder=ids.new("hub"),
        max_bytes=settings.stream_bytes,
        max_age=settings.stream_age,
    )


def build_lease(streams: Streams, duty: str) -> Callable[[str], Awaitable[bool]]:
    """Asks for a duty of an environment; whoever gets it has it for the next 50 s."""
    return functools.partial(streams.lease, duty=duty, holder=ids.new("hub"), seconds=50)


def build_app(settings: Settings) -> web.Application:
    """The front door without its rooms."""
    app = web.Application(middlewares=[problems.shape, middleware.authenticate])
    app[origin.PUBLIC_URL] = settings.public_url
    app[auth.DEVELOPMENT] = settings.env == "development" and on_loopback(settings.host)
    app.on_response_prepare.append(headers.protect(https=settings.public_url.startswith("https://")))
    for route in ROUTES:
        if route.method == "GET":
            app.router.add_get(route.path, route.handler, allow_head=route.path != "/ws")
        else:
            app.router.add_route(route.method, route.path, route.handler)
    return app


def on_loopback(host: str) -> bool:
    """Whether nobody but this machine can reach this address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def listen(app: web.Application, settings: Settings, stack: AsyncExitStack, *, shared: bool) -> int:
    """Open the door; the port, which the system chose when it was 0. Raises CannotStart."""
    runner = Runner(app, access_log=None, keepalive_timeout=95, shutdown_timeout=2)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    try:
        for door in listening.sockets(settings.host, settings.port, shared=shared):
            await web.SockSite(runner, door, backlog=listening.BACKLOG).start()
    except OSError as error:
        raise CannotStart(listening.words(error, settings.host, settings.port)) from None
    address: tuple[str, int] = runner.addresses[0]
    return address[1]


async def serve(settings: Settings, place: Ground, *, leash: Leash | None = None) -> None:
    """Run until SIGTERM or SIGINT; a worker also until its parent is gone."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    if leash is not None:
        leash.hold()
    async with house(settings, place) as started:
        # What start-up made stays; without this each full collection walks it and stops the loop for 100 ms.
        gc.freeze()
        url = f"http://{settings.host}:{started.port}"
        log.info("serving", url=url, env=settings.env)
        if leash is not None:
            leash.ready()
        elif settings.notify_socket:
            notify.ready(settings.notify_socket, status=url)
        await stop.wait()
        log.info("stopping")
