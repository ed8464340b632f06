from pathlib import Path

import aiohttp
from debugterm_server.app import house
from debugterm_server.settings import Settings


async def test_a_started_server_is_alive(tmp_path: Path) -> None:
    async with house(Settings(port=0, data_dir=tmp_path)) as started, aiohttp.ClientSession() as http:
        async with http.get(f"http://127.0.0.1:{started.port}/livez") as answer:
            assert (answer.status, await answer.text()) == (200, "ok\n")
