"""The browser client as the server hands it out: what a browser may keep, in which encoding, under which policy."""

import gzip
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from debugterm_server.api import headers
from debugterm_server.api.http import static
from debugterm_server.api.routes import ROUTES
from pytest_aiohttp import AiohttpClient
from yarl import URL

Client = TestClient[web.Request, web.Application]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)


def built(folder: Path) -> Path:
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>debugterm</title>")
    (folder / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / "assets" / "index-AbC123_-.js").write_text("plain")
    (folder / "assets" / "index-AbC123_-.js.gz").write_bytes(gzip.compress(b"packed"))
    (folder / "secret.txt").write_text("outside")
    return folder


def application(folder: Path, *, https: bool = False) -> web.Application:
    app = web.Application()
    app[static.FOLDER] = folder
    for route in ROUTES:
        if route.path.startswith(("/s/", "/assets/", "/favicon")) or route.path == "/":
            app.router.add_route(route.method, route.path, route.handler)
    app.on_response_prepare.append(headers.protect(https=https))
    return app


@pytest.fixture
async def client(aiohttp_client: AiohttpClient, tmp_path: Path) -> Client:
    return await aiohttp_client(application(built(tmp_path)))


@pytest.mark.parametrize("path", ["/", "/s/lobby", "/s/INC-42"])
async def test_every_session_has_the_one_page_and_no_browser_keeps_it(client: Client, path: str) -> None:
    answer = await client.get(path)

    assert answer.status == 200
    assert answer.content_type == "text/html"
    assert "<title>debugterm" in await answer.text()
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_hashed_file_may_be_kept_for_ever(client: Client) -> None:
    answer = await client.get("/assets/index-AbC123_-.js")

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content_type == "text/javascript"


async def test_the_precompressed_sibling_is_sent_to_who_takes_it(client: Client) -> None:
    packed = await client.get("/assets/index-AbC123_-.js", headers={"Accept-Encoding": "gzip"})
    plain = await client.get("/assets/index-AbC123_-.js", headers={"Accept-Encoding": "identity"})

    assert (packed.headers["Content-Encoding"], await packed.text()) == ("gzip", "packed")
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert ("Content-Encoding" in plain.headers, await plain.text()) == (False, "plain")


@pytest.mark.parametrize(
    "path",
    [
        "/assets/none.js",
        "/assets/..%2fsecret.txt",
        "/assets/%2e%2e%2fsecret.txt",
        "/assets/..%5csecret.js",
        "/assets/.hidden.js",
        "/assets/index-AbC123_-.js.gz",
        "/assets/a%00.js",
    ],
)
async def test_nothing_but_a_built_file_can_be_asked_for(client: Client, path: str) -> None:
    answer = await client.get(URL(path, encoded=True))

    assert answer.status in (400, 404)
    assert "outside" not in await answer.text()


async def test_the_icon_answers_under_both_names(client: Client) -> None:
    for path in ("/favicon.svg", "/favicon.ico"):
        answer = await client.get(path)

        assert (answer.status, answer.content_type) == (200, "image/svg+xml")


async def test_without_built_files_the_page_says_what_to_run(
    aiohttp_client: AiohttpClient, tmp_path: Path
) -> None:
    client = await aiohttp_client(application(tmp_path / "empty"))

    answer = await client.get("/")

    assert answer.status == 503
    assert await answer.text() == (
        "the browser client was not built: run `make web`, or use `debugterm connect`\n"
    )


@pytest.mark.parametrize("path", ["/", "/assets/index-AbC123_-.js", "/assets/none.js", "/nowhere"])
async def test_every_answer_carries_the_policy(client: Client, path: str) -> None:
    got = (await client.get(path)).headers

    assert got["Content-Security-Policy"] == POLICY
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Referrer-Policy"] == "no-referrer"
    assert got["Cross-Origin-Opener-Policy"] == "same-origin"
    assert got["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in got
    assert "Server" not in got
    assert "Access-Control-Allow-Origin" not in got


async def test_an_answer_that_streams_has_the_headers_too(aiohttp_client: AiohttpClient) -> None:
    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"row\n")
        return response

    app = web.Application()
    app.router.add_get("/stream", stream)
    app.on_response_prepare.append(headers.protect(https=True))
    client = await aiohttp_client(app)

    got = (await client.get("/stream")).headers

    assert got["Cache-Control"] == "no-store"
    assert got["Content-Security-Policy"] == POLICY
    assert got["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
