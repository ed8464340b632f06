"""A hub with the settings of a platform starts on Postgres and a Redis that is not its own, and keeps its word."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from tests.support.postgres import Postgres, postgres
from tests.support.process import STRONG, environment, fetch, run, serving
from tests.support.valkey import redis_server, redis_with_tls


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


@pytest.fixture
def platform(tmp_path: Path, database: Postgres) -> Iterator[dict[str, str]]:
    """What Render gives a service, with loopback for its network."""
    with redis_server() as redis:
        yield environment(
            tmp_path / "data",
            DEBUGTERM_ENV="production",
            DEBUGTERM_SECRET_KEY=STRONG,
            RENDER_EXTERNAL_URL="https://hub.onrender.com",
            DATABASE_URL=database.new_database(),
            REDIS_URL=redis.url,
        )


def test_a_hub_with_the_settings_of_a_platform_takes_rows_and_a_login(platform: dict[str, str]) -> None:
    assert run("migrate", env=platform).out == "schema 0002, was empty\n"
    assert run("migrate", env=platform).out == "schema 0002\n"
    key = run("keys", "add", "--env", "production", "--name", "web-1", env=platform).out.strip()

    with serving(platform) as hub:
        ready = fetch(f"{hub.url}/readyz")
        sent = fetch(f"{hub.url}/v1/ingest", body=b'{"level":"error","message":"card declined"}', key=key)
        health = msgspec.json.decode(fetch(f"{hub.url}/health").body)

    assert ready.status == 200
    assert ready.headers["Strict-Transport-Security"].startswith("max-age=")
    assert msgspec.json.decode(sent.body)["accepted"] == 1
    assert health["durability"]["level"] == "none", "this Redis keeps nothing, and the hub must say so"
    assert not (Path(platform["DEBUGTERM_DATA_DIR"]) / "valkey").exists()
    assert not (Path(platform["DEBUGTERM_DATA_DIR"]) / "debugterm.db").exists()
    assert hub.process.returncode == 0


def test_a_hub_refuses_a_database_that_nobody_migrated(platform: dict[str, str]) -> None:
    ended = run("serve", env=platform)

    assert (ended.code, ended.err.count("\n")) == (78, 1)
    assert ended.err.endswith("run `debugterm-server migrate`\n")


def test_a_certificate_that_nobody_signed_is_taken_only_when_the_setting_says_so(tmp_path: Path) -> None:
    with redis_with_tls(tmp_path) as url:
        wary = run("serve", env=environment(tmp_path / "wary", REDIS_URL=url))
        settings = environment(tmp_path / "heroku", REDIS_URL=url, REDIS_TLS_VERIFY="none")
        with serving(settings) as hub:
            ready = fetch(f"{hub.url}/readyz")

    assert wary.code == 78
    assert "CERTIFICATE_VERIFY_FAILED" in wary.err
    assert ready.status == 200


def test_a_secret_from_the_generator_is_good_enough_for_production(platform: dict[str, str]) -> None:
    fresh = run("secrets", "generate", env=platform).out.strip()

    ended = run("migrate", env={**platform, "DEBUGTERM_SECRET_KEY": fresh})

    assert ended.code == 0
