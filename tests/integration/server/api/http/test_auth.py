"""`/v1/auth/*` as clients, browsers and foreign pages meet it."""

import gzip
from typing import Any

import pytest
from debugterm_server.core.refusal import Unauthenticated
from sqlalchemy import text

from tests.integration.server.api.conftest import WORD, Doors, Open

ANA = {"name": "ana", "password": WORD}


async def post(doors: Doors, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, Any]]:
    async with doors.client.post(f"/v1/auth/{path}", json=body or {}, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_a_login_answers_with_both_tokens_and_who_one_is(open_doors: Open) -> None:
    doors = await open_doors()
    status, body = await post(doors, "login", ANA)

    assert status == 200
    assert doors.access.subject(body["access_token"], "prod").name == "ana"
    assert body["human"].startswith("h_")
    assert {key: body[key] for key in ("expires_in", "name", "env", "role")} == {
        "expires_in": 600,
        "name": "ana",
        "env": "prod",
        "role": "responder",
    }
    status, again = await post(doors, "refresh", {"refresh_token": body["refresh_token"]})
    assert status == 200
    assert again["refresh_token"] != body["refresh_token"]
    assert await post(doors, "logout", {"refresh_token": again["refresh_token"]}) == (200, {})
    assert (await post(doors, "refresh", {"refresh_token": again["refresh_token"]}))[0] == 401


async def test_every_401_is_the_same(open_doors: Open) -> None:
    doors = await open_doors()
    expected = {
        "error": {
            "code": "UNAUTHENTICATED",
            "why": "these credentials are not valid here",
            "fix": "log in again: debugterm login URL --user NAME",
        }
    }

    for path, body in (
        ("login", {"name": "ana", "password": "wrong password"}),
        ("login", {"name": "nobody", "password": WORD}),
        ("refresh", {"refresh_token": "dtr_unknown"}),
        ("refresh", {}),
        ("code", {"code": "unknown"}),
    ):
        assert await post(doors, path, body) == (401, expected)
    for headers in ({}, {"Authorization": "Basic x"}, {"Authorization": "Bearer x.y.z"}):
        async with doors.client.get("/v1/audit", headers=headers) as answer:
            assert (answer.status, await answer.json()) == (401, expected)
            assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_too_many_failures_say_when_to_come_back(open_doors: Open) -> None:
    doors = await open_doors()
    for _ in range(5):
        await post(doors, "login", {"name": "ana", "password": "wrong password"})

    async with doors.client.post("/v1/auth/login", json=ANA) as answer:
        problem = (await answer.json())["error"]
        assert answer.status == 429
        assert problem["code"] == "RATE"
        assert 0 < problem["retry_ms"] <= 60_001
        assert 0 < int(answer.headers["Retry-After"]) <= 61


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "BAD_REQUEST"),
        (b"", 400, "BAD_REQUEST"),
        (b'{"name":"ana"}', 400, "BAD_REQUEST"),
        (b'{"name":"ana","password":7}', 400, "BAD_REQUEST"),
        (b'{"name":"ana","password":"x","role":"admin"}', 400, "BAD_REQUEST"),
        (b'{"name":"ana","password":"' + b"x" * 257 + b'"}', 400, "BAD_REQUEST"),
        (b'{"name":"\xff"}', 400, "BAD_REQUEST"),
        (b"[" * 16_000, 400, "BAD_REQUEST"),
        (b" " * 20_000, 413, "TOO_LARGE"),
    ],
    ids=["broken", "empty", "missing", "type", "unknown field", "long", "utf-8", "deep", "large"],
)
async def test_a_bad_body_is_refused_in_words(open_doors: Open, body: bytes, status: int, code: str) -> None:
    doors = await open_doors()
    async with doors.client.post("/v1/auth/login", data=body) as answer:
        assert (answer.status, (await answer.json())["error"]["code"]) == (status, code)


@pytest.mark.parametrize("body", [b"no gzip at all", gzip.compress(b"{}" * 100)[:-12]])
async def test_a_body_that_cannot_be_unpacked_is_refused(open_doors: Open, body: bytes) -> None:
    doors = await open_doors()
    async with doors.client.post(
        "/v1/auth/login", data=body, headers={"Content-Encoding": "gzip"}, skip_auto_headers=["Expect"]
    ) as answer:
        assert answer.status == 400


async def test_a_browser_gets_its_refresh_token_where_no_script_reads_it(open_doors: Open) -> None:
    doors = await open_doors()
    async with doors.client.post(
        "/v1/auth/login", json={**ANA, "cookie": True}, headers={"Origin": doors.origin}
    ) as answer:
        cookie = answer.cookies["debugterm_refresh"]
        assert "refresh_token" not in await answer.json()
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["max-age"]) == (
        True,
        "Strict",
        "/",
        str(14 * 86_400),
    )
    assert not cookie["secure"]

    status, body = await post(doors, "refresh", Origin=doors.origin)
    assert status == 200
    assert "refresh_token" not in body
    assert (await post(doors, "logout", Origin=doors.origin))[0] == 200
    assert (await post(doors, "refresh", Origin=doors.origin))[0] == 401


async def test_behind_https_the_cookie_belongs_to_this_host_only(open_doors: Open) -> None:
    doors = await open_doors(public_url="https://logs.example")
    async with doors.client.post(
        "/v1/auth/login", json={**ANA, "cookie": True}, headers={"Origin": "https://logs.example"}
    ) as answer:
        cookie = answer.cookies["__Host-debugterm_refresh"]
    assert cookie["secure"]
    assert cookie["path"] == "/"
    assert not cookie["domain"]

    for origin, status in (("https://logs.example:443", 200), (doors.origin, 403)):
        async with doors.client.post(
            "/v1/auth/refresh",
            json={},
            headers={"Origin": origin, "Cookie": f"__Host-debugterm_refresh={cookie.value}"},
        ) as answer:
            assert answer.status == status


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1.evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://user@127.0.0.1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "rebound.example", "Origin": "http://rebound.example"},
        {"Host": "[", "Origin": "http://["},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["login", "refresh", "logout", "code"])
async def test_another_page_can_do_nothing(open_doors: Open, path: str, headers: dict[str, str]) -> None:
    doors = await open_doors()
    status, body = await post(doors, path, ANA if path == "login" else None, **headers)

    assert (status, body["error"]["code"]) == (403, "BAD_ORIGIN")


async def test_a_cookie_without_an_origin_is_worth_nothing(open_doors: Open) -> None:
    doors = await open_doors()
    await post(doors, "login", {**ANA, "cookie": True}, Origin=doors.origin)

    assert (await post(doors, "refresh"))[0] == 403
    assert (await post(doors, "refresh", Origin=doors.origin))[0] == 200


async def test_a_code_of_the_console_logs_a_browser_in_once(open_doors: Open) -> None:
    doors = await open_doors()
    code = await doors.access.new_code("ana", "prod")

    status, body = await post(doors, "code", {"code": code, "cookie": True}, Origin=doors.origin)
    assert (status, body["name"]) == (200, "ana")
    assert "debugterm_refresh" in {cookie.key for cookie in doors.client.session.cookie_jar}
    assert (await post(doors, "code", {"code": code}, Origin=doors.origin))[0] == 401


async def test_outside_development_there_are_no_codes(open_doors: Open) -> None:
    doors = await open_doors(development=False)
    code = await doors.access.new_code("ana", "prod")

    status, body = await post(doors, "code", {"code": code})
    assert (status, body["error"]["code"]) == (404, "NOT_FOUND")


async def test_without_audit_there_is_no_login_and_it_says_so(open_doors: Open) -> None:
    doors = await open_doors()
    async with doors.store.write() as write:
        await write.execute(text("ALTER TABLE audit RENAME TO gone"))

    async with doors.client.post("/v1/auth/login", json=ANA) as answer:
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "2"
        assert (await answer.json())["error"]["code"] == "AUDIT_UNAVAILABLE"


async def test_another_method_and_another_place_have_the_same_shape(open_doors: Open) -> None:
    doors = await open_doors()
    async with doors.client.get("/v1/auth/login") as answer:
        assert (answer.status, answer.headers["Allow"]) == (405, "POST")
        assert (await answer.json())["error"]["code"] == "METHOD"
    async with doors.client.get("/nowhere") as answer:
        assert (await answer.json())["error"] == {
            "code": "NOT_FOUND",
            "why": "there is nothing at this address",
        }


async def test_secrets_stay_out_of_the_words_about_things() -> None:
    from debugterm_protocol.logins import CodeBody, Granted, LoginBody, RefreshBody
    from debugterm_protocol.roles import Role

    for thing in (
        LoginBody("ana", "hunter2"),
        RefreshBody("hunter2"),
        CodeBody("hunter2"),
        Granted("hunter2", 600, "h_1", "ana", "prod", Role.VIEWER, "hunter2"),
    ):
        assert "hunter2" not in repr(thing)
    assert "hunter2" not in str(Unauthenticated())
