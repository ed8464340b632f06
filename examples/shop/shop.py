"""The shop: four services, a bank, visitors, and a clock that writes the figures."""

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self

from aiohttp import ClientError, ClientSession, TCPConnector, web

from examples.shop.incidents import Trouble
from examples.shop.log import configure, logger, mute, point
from examples.shop.pool import Pool
from examples.shop.service import Service, ShopError

ARTICLES = {"tea": "bag", "cup": "piece", "kettle": "piece", "sugar": "kg", "spoon": "piece"}
FIGURES_SECONDS = 1.0
CHARGE_SECONDS = 2.0
"""How long checkout waits for pay."""


class PaymentFailed(ShopError):
    """Pay did not charge."""

    status = 502


class StockFailed(ShopError):
    """Stock did not reserve."""

    status = 502


class Shop:
    """Everything of the shop; `async with` starts and stops it."""

    def __init__(self) -> None:
        configure()
        self.trouble = Trouble()
        self.web, self.checkout = Service("web"), Service("checkout", version="4.1.0")
        self.stock, self.pay = (
            Service("stock", version=self.trouble.stock_version),
            Service("pay", version="3.0.2"),
        )
        self.pool = Pool(8, patience=0.5)
        self._bank_url = ""
        self._chance = random.Random()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        self._visitor = await self._stack.enter_async_context(ClientSession(connector=TCPConnector(limit=0)))
        self._bank_url = await self._open_bank()
        await self._open(self.pay, [web.post("/charge", self._charge)])
        await self._open(self.stock, [web.post("/reserve", self._reserve)])
        await self._open(self.checkout, [web.post("/orders", self._order)])
        await self._open(self.web, [web.get("/", self._browse), web.post("/buy", self._buy)])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def run(
        self, incident: Callable[[Trouble], None] | None, *, after: float, rate: float, over: asyncio.Event
    ) -> None:
        """Let visitors come until `over`; the incident begins `after` so many seconds."""
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._visitors(rate)), group.create_task(self._figures())]
            if incident is not None:
                tasks.append(group.create_task(self._begin(incident, after)))
            await over.wait()
            mute()
            for task in tasks:
                task.cancel()

    async def _open(self, service: Service, routes: list[web.RouteDef]) -> None:
        await service.start(routes)
        self._stack.push_async_callback(service.stop)

    async def _open_bank(self) -> str:
        application = web.Application()
        application.router.add_post("/", self._bank)
        runner = web.AppRunner(application, access_log=None)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}/"

    async def _bank(self, _: web.Request) -> web.Response:
        await asyncio.sleep(self.trouble.bank_seconds * self._chance.uniform(0.5, 1.5))
        return web.json_response({"charged": True})

    async def _browse(self, _: web.Request) -> web.Response:
        await asyncio.sleep(self._chance.expovariate(200))
        return web.json_response({"articles": list(ARTICLES)})

    async def _buy(self, request: web.Request) -> web.Response:
        status, answer = await self.web.call(f"{self.checkout.url}/orders", await request.json())
        return web.json_response(answer, status=status)

    async def _order(self, request: web.Request) -> web.Response:
        order = await request.json()
        self.checkout.log.info(
            "order received", order=order["id"], article=order["article"], cents=order["cents"]
        )
        status, _ = await self.checkout.call(f"{self.stock.url}/reserve", order)
        if status != 200:
            raise StockFailed(f"stock answered {status}: order {order['id']} is not reserved")
        try:
            status, answer = await self.checkout.call(f"{self.pay.url}/charge", order, timeout=CHARGE_SECONDS)
        except TimeoutError:
            raise PaymentFailed(
                f"pay did not answer within {CHARGE_SECONDS:.0f} s: order {order['id']}"
            ) from None
        if status != 200:
            raise PaymentFailed(f"pay answered {status} ({answer['error']}): order {order['id']}")
        self.checkout.log.info("order paid", order=order["id"], cents=order["cents"])
        return web.json_response({"order": order["id"]})

    async def _reserve(self, request: web.Request) -> web.Response:
        order = await request.json()
        await asyncio.sleep(self._chance.expovariate(300))
        units = {"piece": 1, "bag": 20} if self.stock.version == "2.4.0" else {"piece": 1, "bag": 20, "kg": 1}
        left = self._chance.randrange(400) - units[ARTICLES[order["article"]]]
        if left < 10:
            self.stock.log.warning("article runs low", article=order["article"], left=max(left, 0))
        return web.json_response({"left": left})

    async def _charge(self, request: web.Request) -> web.Response:
        order = await request.json()
        async with self.pool.connection() as waited:
            if waited > 0.1:
                self.pay.log.warning("waited for a connection to bank", waited_ms=round(waited * 1000))
            began = asyncio.get_running_loop().time()
            await self.pay.call(self._bank_url, order)
            took = (asyncio.get_running_loop().time() - began) * 1000
            say = self.pay.log.warning if took > 1000 else self.pay.log.info
            say("bank answered", peer="bank", bank_ms=round(took), **{"pool.in_use": self.pool.in_use})
        if self._chance.random() < self.trouble.leak:
            self.pool.lose_one()
        return web.json_response({"charged": order["cents"]})

    async def _visitors(self, rate: float) -> None:
        """Visitors come as they please, however slow the shop is: one in three buys."""
        number = 0
        async with asyncio.TaskGroup() as group:
            while True:
                number += 1
                group.create_task(self._visit(number))
                await asyncio.sleep(self._chance.expovariate(rate))

    async def _visit(self, number: int) -> None:
        article = self._chance.choice(list(ARTICLES))
        order = {"id": f"o-{number:06}", "article": article, "cents": self._chance.randrange(199, 9900)}
        method, path = ("POST", "/buy") if number % 3 == 0 else ("GET", "/")
        try:
            async with self._visitor.request(method, self.web.url + path, json=order) as answer:
                await answer.read()
        except (ClientError, TimeoutError):
            return

    async def _figures(self) -> None:
        while True:
            await asyncio.sleep(FIGURES_SECONDS)
            for service in (self.web, self.checkout, self.stock, self.pay):
                service.measure(FIGURES_SECONDS)
            point("pay", "pool.in_use", self.pool.in_use, "{connection}", pool="bank")
            point("pay", "pool.waiting", self.pool.waiting, "{request}", pool="bank")

    async def _begin(self, incident: Callable[[Trouble], None], after: float) -> None:
        await asyncio.sleep(after)
        before = self.trouble.stock_version
        incident(self.trouble)
        if self.trouble.stock_version != before:
            self.stock.version = self.trouble.stock_version
            logger("deploy").info("released", app="stock", version=self.stock.version, before=before)
