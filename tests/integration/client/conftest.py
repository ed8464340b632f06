"""A scripted hub and a client that is logged in to it."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from debugterm_client.config import Config, Profile, Tokens

from tests.support.scripted_hub import Hub, Script

Serve = Callable[..., Awaitable[Hub]]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(tmp_path / "debugterm", {})


@pytest.fixture
async def serve(config: Config) -> AsyncIterator[Serve]:
    """Serve a hub with these scripts, one per connection, as profile `prod` of a user who is logged in."""
    async with AsyncExitStack() as stack:

        async def start(*scripts: Script, expires_in: float = 600) -> Hub:
            hub = await stack.enter_async_context(Hub(*scripts).serve())
            config.save(Profile("prod", (hub.url,), "prod", "ana"))
            tokens = Tokens(
                "access-0", time.time() + expires_in, "refresh-0", "h_ana", "ana", "prod", "responder"
            )
            config.keep_tokens("prod", tokens)
            return hub

        yield start
