from collections.abc import AsyncIterator

import pytest

from tests.support.door import Door


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with Door() as it:
        yield it
