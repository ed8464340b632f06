"""Tasks end with their owner, whatever they do with a cancel."""

import asyncio

from debugterm_server.kit.tasks import Nursery


async def test_closing_ends_every_task() -> None:
    nursery = Nursery("test")
    tasks = [nursery.spawn(str(n), asyncio.Event().wait()) for n in range(3)]  # type: ignore[arg-type]  # never ends
    await asyncio.sleep(0)

    await nursery.close()

    assert all(task.cancelled() for task in tasks)
    assert len(nursery) == 0


async def test_a_task_that_loses_a_cancel_is_cancelled_again() -> None:
    lost = 0

    async def loses_two() -> None:
        nonlocal lost
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                lost += 1
                if lost > 2:
                    raise

    nursery = Nursery("test")
    task = nursery.spawn("stubborn", loses_two())
    await asyncio.sleep(0)

    async with asyncio.timeout(5):
        await nursery.close()

    assert task.cancelled()
    assert lost == 3
