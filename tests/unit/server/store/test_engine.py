from pathlib import Path

import pytest
from debugterm_server.store.engine import BadUrl, where

HOME = Path("/data")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("", "sqlite+aiosqlite:////data/debugterm.db"),
        ("postgres://u:p@db:5432/name", "postgresql+asyncpg://u:p@db:5432/name"),
        ("postgresql://u@db/name?sslmode=require", "postgresql+asyncpg://u@db/name?ssl=require"),
        ("postgres://u@/name?host=/run/pg", "postgresql+asyncpg://u@/name?host=/run/pg"),
    ],
)
def test_the_address_a_platform_gives_becomes_the_one_the_driver_knows(given: str, expected: str) -> None:
    assert where(given, HOME).render_as_string(hide_password=False).replace("%2F", "/") == expected


@pytest.mark.parametrize("given", ["mysql://u:hunter2@db/name", "not a url: hunter2"])
def test_another_database_is_refused_in_one_line_without_the_password(given: str) -> None:
    with pytest.raises(BadUrl) as refusal:
        where(given, HOME)

    assert "DATABASE_URL" in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_an_option_that_the_driver_does_not_know_is_refused_by_its_name() -> None:
    with pytest.raises(BadUrl, match="option 'channel_binding', which is not known"):
        where("postgres://u@db/name?sslmode=require&channel_binding=require", HOME)
