import asyncio

from debugterm_client.ship.hopper import BATCH_BYTES, BATCH_ROWS, WAITING_BYTES, Hopper
from debugterm_client.ship.rows import Row


async def test_a_batch_is_full_at_a_thousand_rows_and_the_rest_stays() -> None:
    hopper = Hopper()
    await hopper.put([Row(b"x")] * (BATCH_ROWS + 1))
    await hopper.close()

    assert [len(await hopper.batch()) for _ in range(3)] == [BATCH_ROWS, 1, 0]


async def test_a_batch_is_full_at_half_a_mebibyte() -> None:
    hopper = Hopper()
    await hopper.put([Row(b"x" * (BATCH_BYTES // 2))] * 3)
    await hopper.close()

    assert [len(await hopper.batch()) for _ in range(4)] == [1, 1, 1, 0]


async def test_a_row_larger_than_a_batch_goes_alone() -> None:
    hopper = Hopper()
    await hopper.put([Row(b"x" * (BATCH_BYTES + 1)), Row(b"y")])
    await hopper.close()

    assert [[row.body[:1] for row in await hopper.batch()] for _ in range(3)] == [[b"x"], [b"y"], []]


async def test_readers_wait_while_eight_mebibytes_wait() -> None:
    hopper = Hopper()
    await hopper.put([Row(b"x" * WAITING_BYTES)])
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(hopper.put([Row(b"late")]))
        await asyncio.sleep(0)
        assert not waiting.done()
        assert len(await hopper.batch()) == 1

    assert [row.body for row in await hopper.batch()] == [b"late"]
