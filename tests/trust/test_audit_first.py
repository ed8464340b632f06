"""No command without its record: what cannot be recorded does not happen, and what is refused is recorded."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing

import pytest
import pytest_asyncio
from debugterm_protocol import frames
from debugterm_protocol.sessions import Chat, Filter, Said

from tests.support.hub import Client
from tests.support.processes import Deployment, deployed

REFUSE = "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no space left'); END"

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def there() -> AsyncIterator[Deployment]:
    async with deployed() as started:
        yield started


def sql(there: Deployment, statement: str) -> list[tuple[object, ...]]:
    """Run one statement on the hub's database, from outside."""
    with closing(sqlite3.connect(there.hub.data / "debugterm.db", timeout=10)) as db, db:
        return db.execute(statement).fetchall()


async def joined(client: Client) -> str:
    await client.send(frames.Join(id="j", session="lobby"))
    answer = await client.until(lambda f: isinstance(f, frames.Joined | frames.Err))
    assert isinstance(answer, frames.Joined), answer
    return answer.ch


async def refusal(client: Client, frame: frames.Cmd) -> frames.Problem:
    await client.send(frame)
    answer = await client.until(lambda f: isinstance(f, frames.Ok | frames.Err) and f.id == frame.id)
    assert isinstance(answer, frames.Err), answer
    return answer.p


async def ingest(there: Deployment, text: str) -> None:
    headers = {"Authorization": f"Bearer {there.key}"}
    async with there.http.post(f"{there.hub.url}/v1/ingest", data=text.encode(), headers=headers) as answer:
        assert answer.status == 200


async def test_a_chat_line_that_cannot_be_recorded_is_refused_while_the_stream_goes_on(
    there: Deployment,
) -> None:
    async with there.socket(there.hub, "responder") as ana:
        async with there.socket(there.hub, "commander") as bo:
            ch = await joined(ana)
            await joined(bo)
            await bo.watch()
            sql(there, REFUSE)
            problem = await refusal(ana, frames.Cmd(id="1", ch=ch, p=Chat(text="unrecorded")))
            await ingest(there, "the stream goes on")
            rows = await bo.rows(1)
            sql(there, "DROP TRIGGER full")
            await ana.send(frames.Cmd(id="2", ch=ch, p=Chat(text="recorded")))
            first = await bo.until(lambda f: isinstance(f, frames.Ev) and isinstance(f.p, Said))

    assert problem.code == "AUDIT_UNAVAILABLE"
    assert problem.why
    assert [row["message"] for row in rows] == ["the stream goes on"]
    assert isinstance(first, frames.Ev)
    assert isinstance(first.p, Said)
    assert first.p.line.text == "recorded"
    assert sql(there, "SELECT text FROM chat") == [("recorded",)]


async def test_a_refused_filter_of_a_viewer_is_answered_in_words_and_recorded(there: Deployment) -> None:
    async with there.socket(there.hub, "viewer") as vi:
        ch = await joined(vi)
        problem = await refusal(vi, frames.Cmd(id="1", ch=ch, p=Filter(query="service:pay")))
    records = await there.hub.say("audit", "list")

    assert problem.code == "FORBIDDEN"
    assert "viewer" in problem.why
    assert problem.who == "commander or responder"
    denied = [record for record in records if record["type"] == "command.denied"]
    assert [(one["name"], one["action"], one["decision"]) for one in denied] == [("viewer", "filter", "deny")]
