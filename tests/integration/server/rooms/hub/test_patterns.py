"""Patterns on a served hub: learnt from the stream's past at the start, and told when something is new, more or gone."""

import msgspec
from debugterm_protocol import frames, views

from tests.support.hub import Client, served


def row(message: str, *, level: str = "info", service: str = "pay") -> bytes:
    return msgspec.json.encode(
        {"ts": "2026-11-23T18:42:01.000000Z", "level": level, "service": service, "host": "h", "message": message, "attrs": {}}
    )  # fmt: skip


def shown(frame: views.Patterns) -> dict[str, tuple[str, int]]:
    return {item.text: (item.mark, item.n) for item in frame.items}


async def patterns(client: Client, expected: dict[str, tuple[str, int]]) -> views.Patterns:
    """Read until the patterns are these."""
    frame = await client.until(lambda f: isinstance(f, views.Patterns) and shown(f) == expected)
    assert isinstance(frame, views.Patterns)
    return frame


PAST = {
    1190: [row("boot")],
    # 15 minutes of everyday life, 20 entries of it in the baseline.
    **{ago: [row(f"charge ok order={n}") for n in range(20)] for ago in range(400, 1100, 35)},
    # What went on in the last minutes already.
    **{ago: [row("charge ok order=1"), row("pool exhausted size=20")] for ago in (200, 100)},
}


async def test_what_is_new_more_or_gone_is_told_against_the_past_of_the_stream() -> None:
    async with served(past=PAST) as hub, hub.client() as client:
        ch = await client.watch("level:fatal")
        await client.send(views.Aside(ch=ch, patterns=True))
        lines = [row(f"pool exhausted size={n}") for n in range(30)] + [
            row("breaker open for bank-eu", level="error")
        ]
        await hub.ingest(b"\n".join(lines))
        frame = await patterns(
            client,
            {
                "breaker open for bank-eu": ("new", 1),
                "pool exhausted size=<num>": ("new", 32),
                "charge ok order=<num>": ("gone", 2),
            },
        )

    assert (frame.ch, frame.window, frame.baseline, frame.total, frame.behind) == (ch, 300, 900, 4, False)
    assert [item.text for item in frame.items][-1] == "charge ok order=<num>"
    # 20 entries of 20 rows in 900 seconds, for 300 of them.
    assert {item.text: item.before for item in frame.items}["charge ok order=<num>"] == 133.3
    assert [(item.level, item.service) for item in frame.items if item.mark == "new"][1] == ("error", "pay")


async def test_patterns_are_told_again_only_when_they_changed() -> None:
    async with served() as hub, hub.client() as client:
        ch = await client.watch("")
        await client.send(views.Aside(ch=ch, patterns=True))
        await hub.ingest(row("started") + b"\n" + row("started"))
        await patterns(client, {"started": ("", 2)})
        told = len(client.seen)
        for _ in range(2):
            await client.until(lambda f: isinstance(f, frames.Rate))
        await hub.ingest(row("stopped"))
        await patterns(client, {"started": ("", 2), "stopped": ("", 1)})

    assert sum(isinstance(frame, views.Patterns) for frame in client.seen[told:]) == 1


async def test_two_hubs_give_a_template_the_same_id() -> None:
    found = []
    for order in (["pool exhausted size=1", "tick"], ["tock", "pool exhausted size=77"]):
        async with served() as hub, hub.client() as client:
            ch = await client.watch("")
            await client.send(views.Aside(ch=ch, patterns=True))
            await hub.ingest(b"\n".join(row(message) for message in order))
            frame = await client.until(lambda f: isinstance(f, views.Patterns) and f.total == 2)
            assert isinstance(frame, views.Patterns)
            found.append({item.text: item.id for item in frame.items}["pool exhausted size=<num>"])

    assert found[0] == found[1]
