"""`GET /v1/audit`: everybody's records for the auditor, one's own for everybody."""

from typing import Any

import msgspec
import pytest
from debugterm_protocol.roles import Role
from debugterm_server.core.policy import Subject
from debugterm_server.core.records import Draft

from tests.integration.server.api.conftest import WORD, Doors, Open


def chat(human: str, words: str, *, env: str = "prod") -> Draft:
    who = Subject(human, "x", env, Role.RESPONDER)
    return Draft(log=env, type="command.accepted", subject=who, action="chat", private={"text": words})


async def token(doors: Doors, name: str) -> tuple[str, str]:
    tokens = await doors.client.post("/v1/auth/login", json={"name": name, "password": WORD})
    body = await tokens.json()
    return body["access_token"], body["human"]


async def records(doors: Doors, access: str, **params: str) -> list[dict[str, Any]]:
    async with doors.client.get(
        "/v1/audit", params=params, headers={"Authorization": f"Bearer {access}"}
    ) as answer:
        assert answer.status == 200, await answer.text()
        assert answer.content_type == "application/x-ndjson"
        return [msgspec.json.decode(line) for line in (await answer.read()).splitlines()]


async def test_an_auditor_reads_everybodys_records_of_one_environment(open_doors: Open) -> None:
    doors = await open_doors()
    await doors.accounts.add_user("olga", password=WORD, env="prod", role=Role.AUDITOR)
    await doors.audit.record(chat("h_1", "pool is empty"))
    await doors.audit.record(chat("h_2", "restart it"))
    await doors.audit.record(chat("h_2", "elsewhere", env="staging"))
    access, human = await token(doors, "olga")

    found = await records(doors, access)
    assert [(row["seq"], row["args"]["text"]) for row in found] == [(2, "restart it"), (1, "pool is empty")]
    assert found[0]["type"] == "command.accepted"
    assert [row["seq"] for row in await records(doors, access, q="h_1", limit="5", since="1h")] == [1]
    assert [row["seq"] for row in await records(doors, access, before="2")] == [1]
    await doors.audit._behind.flush()
    searches = await records(doors, access, q="audit.search")
    assert {row["human"] for row in searches} == {human}
    assert {"q": "h_1", "limit": "5", "since": "1h"} in [row.get("args") for row in searches]


async def test_others_read_their_own_records_only(open_doors: Open) -> None:
    doors = await open_doors()
    access, human = await token(doors, "ana")
    await doors.audit.record(chat("h_2", "not hers"))
    await doors.audit.record(chat(human, "hers"))

    assert [row["args"]["text"] for row in await records(doors, access)] == ["hers"]
    assert await records(doors, access, q="h_2") == []


@pytest.mark.parametrize(
    "params", [{"limit": "0"}, {"limit": "10001"}, {"limit": "x"}, {"before": "-1"}, {"since": "then"}]
)
async def test_a_wrong_parameter_is_refused_in_words(open_doors: Open, params: dict[str, str]) -> None:
    doors = await open_doors()
    access, _ = await token(doors, "ana")
    async with doors.client.get(
        "/v1/audit", params=params, headers={"Authorization": f"Bearer {access}"}
    ) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (400, "BAD_REQUEST")


async def test_a_token_in_the_address_is_refused_before_it_is_read(open_doors: Open) -> None:
    doors = await open_doors()
    access, _ = await token(doors, "ana")
    async with doors.client.get("/v1/audit", params={"token": access}) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (400, "TOKEN_IN_URL")
