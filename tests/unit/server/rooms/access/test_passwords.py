import asyncio
from collections.abc import Iterator

import pytest
from debugterm_server.core.refusal import Refusal
from debugterm_server.kit.derive import Root
from debugterm_server.rooms.access.passwords import Passwords


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    made = Passwords(Root("pepper"), rounds=4)
    yield made
    made.close()


@pytest.mark.parametrize(
    "password",
    ["correct horse", "x" * 72 + "a", "\N{GRINNING FACE}" * 64, "nul\0inside", "p" * 256],
    ids=["plain", "beyond bcrypt", "emoji", "nul", "longest"],
)
async def test_a_password_matches_itself_and_nothing_else(passwords: Passwords, password: str) -> None:
    stored = await passwords.hash(password)

    assert stored.startswith("dt1$$2b$04$")
    assert await passwords.matches(password, stored)
    assert not await passwords.matches(password[:-1] + "b", stored)
    assert not await passwords.matches(password[:-1], stored)


async def test_the_same_word_from_another_keyboard_matches(passwords: Passwords) -> None:
    stored = await passwords.hash("\u00e9toile noire")

    assert await passwords.matches("e\u0301toile noire", stored)


async def test_a_stolen_hash_is_no_use_without_the_pepper(passwords: Passwords) -> None:
    stored = await passwords.hash("correct horse")

    assert not await Passwords(Root("another"), rounds=4).matches("correct horse", stored)


async def test_nobody_has_no_password(passwords: Passwords) -> None:
    assert not await passwords.matches("", None)
    assert not await passwords.matches("correct horse", "legacy-plain")


async def test_nobody_costs_what_somebody_costs(passwords: Passwords) -> None:
    assert passwords._nobody[:11] == (await passwords.hash("correct horse"))[:11]
    assert len(passwords._nobody) == len(await passwords.hash("correct horse"))


@pytest.mark.parametrize("password", ["short", "x" * 257], ids=len)
async def test_a_password_of_a_bad_length_is_refused_before_hashing(
    passwords: Passwords, password: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        await passwords.hash(password)

    assert refusal.value.problem.code == "BAD_REQUEST"


async def test_beyond_two_threads_and_a_queue_of_32_one_is_told_to_come_back(passwords: Passwords) -> None:
    results = await asyncio.gather(*(passwords.matches("x", None) for _ in range(50)), return_exceptions=True)
    refused = [result for result in results if isinstance(result, Refusal)]

    assert results.count(False) == 34
    assert [(r.problem.code, r.problem.retry_ms) for r in refused] == [("UNAVAILABLE", 2000)] * 16
    assert not await passwords.matches("x", None)
