"""A watch that has not shown a row yet keeps its place too: what comes while its client is away is not skipped."""

from tests.support.checker import Mark
from tests.support.processes import Deployment, deployed, until
from tests.support.proxy import Proxy


async def ingest(there: Deployment, service: str, text: str) -> None:
    headers = {"Authorization": f"Bearer {there.key}"}
    async with there.http.post(
        f"{there.hub.url}/v1/ingest", data=text.encode(), params={"service": service}, headers=headers
    ) as answer:
        assert answer.status == 200


async def test_the_first_row_of_a_quiet_watch_is_shown_although_its_client_was_cut_off() -> None:
    async with deployed() as there, Proxy([there.hub.address]) as proxy:
        quiet = await there.journal("service:pay", url=proxy.url)
        await until(lambda: quiet.refresh().watching, "the client watches")
        proxy.backends = []
        proxy.cut()
        await ingest(there, "pay", "pay 1")
        await ingest(there, "other", "other 1")
        proxy.backends = [there.hub.address]
        await until(lambda: quiet.refresh().ups == 2, "the client is back")
        await ingest(there, "pay", "pay 2")
        await until(lambda: Mark("pay", 2) in quiet.refresh().shown, "a row of now is shown")

        assert quiet.shown == {Mark("pay", 1), Mark("pay", 2)}
