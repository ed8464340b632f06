"""Logins, tokens, codes, keys and accounts on both engines, each recorded before it takes effect."""

import asyncio
import stat
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from debugterm_protocol.audits import AuditRow
from debugterm_protocol.roles import Role
from debugterm_server.core.policy import Subject
from debugterm_server.core.records import AuditUnavailable
from debugterm_server.core.refusal import Refusal, Unauthenticated
from debugterm_server.kit.derive import Root
from debugterm_server.rooms.access import Access, Accounts, Caller, Passwords, Tokens, development_login
from debugterm_server.rooms.audit import Audit
from debugterm_server.store.audit import Query
from debugterm_server.store.engine import Store
from debugterm_server.store.tables import metadata
from sqlalchemy import select, text

from tests.support.clocks import FakeClock

HERE = Caller("192.0.2.1", "terminal/0.1.0")
ELSEWHERE = Caller("203.0.113.9", "curl/8")
WORD = "correct horse"
DAY = 86_400


@dataclass
class House:
    """The rooms that logins need, on one store and one clock."""

    store: Store
    audit: Audit
    access: Access
    accounts: Accounts
    clock: FakeClock

    async def login(
        self, name: str = "ana", word: str = WORD, env: str = "", caller: Caller = HERE
    ) -> Tokens:
        return await self.access.login(name, word, env=env, caller=caller)

    async def refresh(self, token: str) -> Tokens:
        return await self.access.refresh(token, caller=HERE)

    async def stands(self, subject: Subject) -> bool:
        return subject in await self.access.standing([subject])

    async def records(self) -> list[AuditRow]:
        return list(reversed(await self.audit.search(Query("_server"))))

    async def types(self) -> list[str]:
        return [row.type for row in await self.records()]

    async def without_audit(self) -> None:
        async with self.store.write() as write:
            await write.execute(text("ALTER TABLE audit RENAME TO gone"))


@pytest.fixture
async def house(store: Store) -> AsyncIterator[House]:
    clock = FakeClock()
    root = Root("s" * 40)
    passwords = Passwords(root, rounds=4)
    async with Audit(store, clock=clock) as audit:
        access = Access(store, audit, root, first_env="prod", passwords=passwords, clock=clock)
        accounts = Accounts(store, audit, passwords, clock=clock)
        await accounts.add_user("ana", password=WORD, env="prod", role=Role.RESPONDER)
        yield House(store, audit, access, accounts, clock)
    passwords.close()


async def test_a_login_gives_a_token_that_says_who_and_where(house: House) -> None:
    tokens = await house.login()

    subject = house.access.subject(tokens.access_token, "prod")
    assert (subject.name, subject.env, subject.role) == ("ana", "prod", "responder")
    assert subject == tokens.subject
    assert tokens.expires_in == 600
    assert tokens.refresh_seconds == 14 * DAY
    assert await house.types() == ["user.add", "auth.login"]


async def test_records_of_logins_name_the_actor_the_address_and_no_secret(house: House) -> None:
    tokens = await house.login()
    with pytest.raises(Unauthenticated):
        await house.login(word="wrong password")

    _, good, bad = await house.records()
    assert (good.name, good.human, good.ip, good.client, good.action) == (
        "ana",
        tokens.subject.human,
        "192.0.2.1",
        "terminal/0.1.0",
        "password",
    )
    assert (bad.human, bad.target, bad.args, bad.ip, bad.decision) == (
        "",
        [tokens.subject.human],
        {"name": "ana"},
        "192.0.2.1",
        "deny",
    )
    async with house.store.read() as read:
        for table in metadata.sorted_tables:
            everything = repr((await read.execute(select(table))).all())
            assert WORD not in everything
            assert tokens.refresh_token not in everything


@pytest.mark.parametrize(
    ("name", "word"), [("ana", "wrong password"), ("nobody", WORD), ("dora", WORD), ("n" * 65, WORD)]
)
async def test_every_wrong_login_sounds_the_same(house: House, name: str, word: str) -> None:
    await house.accounts.add_user("dora", password=WORD, env="prod", role=Role.VIEWER)
    await house.accounts.disable_user("dora")

    with pytest.raises(Unauthenticated) as refusal:
        await house.login(name, word)
    assert refusal.value.problem == Unauthenticated().problem


async def test_names_are_the_same_in_any_case(house: House) -> None:
    assert (await house.login(" Ana ")).subject.name == "ana"


async def test_without_a_wish_one_is_where_one_has_a_role(house: House) -> None:
    await house.accounts.add_user("bo", password=WORD, env="staging", role=Role.VIEWER)
    await house.accounts.set_role("ana", env="aaa", role=Role.ADMIN)

    assert (await house.login("bo")).subject.env == "staging"
    assert (await house.login("ana")).subject.env == "prod"
    assert (await house.login("ana", env="aaa")).subject.role == "admin"


async def test_without_a_role_the_right_password_is_refused_in_words_and_recorded(house: House) -> None:
    with pytest.raises(Refusal) as refusal:
        await house.login(env="staging")

    assert refusal.value.problem.code == "FORBIDDEN"
    assert refusal.value.problem.why == "ana has no role in staging"
    assert await house.types() == ["user.add", "auth.denied"]


async def test_the_sixth_wrong_password_is_not_even_tried(house: House) -> None:
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            await house.login(word="wrong password")

    with pytest.raises(Refusal) as refusal:
        await house.login()
    assert (refusal.value.problem.code, refusal.value.problem.retry_ms) == ("RATE", 60_001)
    assert (await house.login(caller=ELSEWHERE)).subject.name == "ana"


async def test_an_attack_from_many_places_does_not_lock_out_where_one_has_been_before(house: House) -> None:
    await house.login()
    for n in range(60):
        with pytest.raises(Unauthenticated):
            await house.login(word="wrong password", caller=Caller(f"198.51.100.{n}"))

    with pytest.raises(Refusal):
        await house.login(caller=ELSEWHERE)
    assert (await house.login()).subject.name == "ana"


async def test_no_login_without_a_record(house: House) -> None:
    await house.without_audit()

    with pytest.raises(AuditUnavailable):
        await house.login()
    async with house.store.read() as read:
        assert (await read.execute(text("SELECT * FROM families"))).all() == []


async def test_each_refresh_gives_a_new_pair(house: House) -> None:
    first = await house.login()
    second = await house.refresh(first.refresh_token)
    house.clock.pass_(DAY)
    third = await house.refresh(second.refresh_token)

    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert house.access.subject(third.access_token, "prod").human == first.subject.human


async def test_a_retry_within_ten_seconds_gets_the_same_successor(house: House) -> None:
    first = (await house.login()).refresh_token
    second = (await house.refresh(first)).refresh_token
    house.clock.pass_(10)

    assert (await house.refresh(first)).refresh_token == second
    assert (await house.refresh(second)).refresh_token != second


async def test_two_refreshes_at_once_get_the_same_successor(house: House) -> None:
    first = (await house.login()).refresh_token
    answers = await asyncio.gather(*(house.refresh(first) for _ in range(4)))

    assert len({tokens.refresh_token for tokens in answers}) == 1


async def test_a_token_used_again_later_ends_the_login_for_both_hands(house: House) -> None:
    first = (await house.login()).refresh_token
    second = (await house.refresh(first)).refresh_token
    house.clock.pass_(10.1)

    with pytest.raises(Unauthenticated):
        await house.refresh(first)
    with pytest.raises(Unauthenticated):
        await house.refresh(second)
    assert await house.types() == ["user.add", "auth.login", "auth.refresh_reused"]


async def test_a_token_two_generations_old_ends_the_login_at_once(house: House) -> None:
    first = (await house.login()).refresh_token
    second = (await house.refresh(first)).refresh_token
    third = (await house.refresh(second)).refresh_token

    with pytest.raises(Unauthenticated):
        await house.refresh(first)
    with pytest.raises(Unauthenticated):
        await house.refresh(third)


async def test_a_login_slides_fourteen_days_but_ends_after_thirty(house: House) -> None:
    token = (await house.login()).refresh_token
    for _ in range(2):
        house.clock.pass_(13 * DAY)
        tokens = await house.refresh(token)
        token = tokens.refresh_token
    assert tokens.refresh_seconds == 4 * DAY
    house.clock.pass_(4 * DAY)

    with pytest.raises(Unauthenticated):
        await house.refresh(token)


async def test_a_login_not_used_for_fourteen_days_ends(house: House) -> None:
    token = (await house.login()).refresh_token
    house.clock.pass_(14 * DAY)

    with pytest.raises(Unauthenticated):
        await house.refresh(token)


@pytest.mark.parametrize("token", ["", "dtr_unknown", "\0\udcff", "x" * 10_000])
async def test_an_unknown_refresh_token_is_refused(house: House, token: str) -> None:
    with pytest.raises(Unauthenticated):
        await house.refresh(token)


async def test_after_logout_nothing_of_the_login_works_and_others_do(house: House) -> None:
    tokens = await house.login()
    other = await house.login(caller=ELSEWHERE)
    assert await house.stands(tokens.subject)

    await house.access.logout(tokens.refresh_token, caller=HERE)
    await house.access.logout(tokens.refresh_token, caller=HERE)

    assert not await house.stands(tokens.subject)
    assert await house.stands(other.subject)
    with pytest.raises(Unauthenticated):
        await house.refresh(tokens.refresh_token)
    assert await house.types() == ["user.add", "auth.login", "auth.login", "auth.logout"]


async def test_a_changed_person_is_noticed(house: House) -> None:
    subject = (await house.login()).subject

    await house.accounts.set_role("ana", env="prod", role=Role.VIEWER)
    assert not await house.stands(subject)

    subject = (await house.login()).subject
    assert await house.stands(subject)
    await house.accounts.set_password("ana", "battery staple")
    assert not await house.stands(subject)

    tokens = await house.login(word="battery staple")
    await house.accounts.disable_user("ana")
    assert not await house.stands(tokens.subject)
    with pytest.raises(Unauthenticated):
        await house.refresh(tokens.refresh_token)


async def test_a_refresh_carries_a_changed_role(house: House) -> None:
    tokens = await house.login()
    await house.accounts.set_role("ana", env="prod", role=Role.COMMANDER)

    assert (await house.refresh(tokens.refresh_token)).subject.role == "commander"


async def test_a_login_code_works_once_and_ten_minutes(house: House) -> None:
    code = await house.access.new_code("ana", "prod")
    late = await house.access.new_code("ana", "prod")

    results = await asyncio.gather(
        *(house.access.exchange_code(code, caller=HERE) for _ in range(3)), return_exceptions=True
    )
    assert [type(result) for result in results].count(Tokens) == 1
    assert [type(result) for result in results].count(Unauthenticated) == 2
    house.clock.pass_(600)
    with pytest.raises(Unauthenticated):
        await house.access.exchange_code(late, caller=HERE)


async def test_an_ingest_key_works_until_five_seconds_after_it_is_revoked(house: House) -> None:
    made = await house.accounts.add_key(env="prod", name="web-1")
    assert made.secret.startswith("dtk_")
    assert made.secret not in repr(made)

    found = await house.access.ingest_key(made.secret)
    assert found is not None
    assert (found.id, found.env, found.name) == (made.key.id, "prod", "web-1")
    await house.accounts.revoke_key(made.key.id)
    house.clock.pass_(5)
    assert await house.access.ingest_key(made.secret) is None
    assert await house.types() == ["user.add", "key.add", "key.revoke"]
    assert [key.revoked_at is not None for key in await house.accounts.all_keys()] == [True]


@pytest.mark.parametrize("secret", ["", "dtk_", "dtk_wrong", "dtk_" + "x" * 200, "dtk_\udcff\0", "other"])
async def test_a_wrong_ingest_key_is_none(house: House, secret: str) -> None:
    assert await house.access.ingest_key(secret) is None


@pytest.mark.parametrize("name", ["", "ana lopez", "-ana", "a" * 65, "an\u0430", "ana\n", "\x1b[31m"])
async def test_a_name_that_could_deceive_is_refused(house: House, name: str) -> None:
    with pytest.raises(Refusal) as refusal:
        await house.accounts.add_user(name, password=WORD, env="prod", role=Role.VIEWER)

    assert refusal.value.problem.code == "BAD_REQUEST"
    assert refusal.value.problem.fix


async def test_a_taken_name_is_a_conflict_and_leaves_no_record(house: House) -> None:
    with pytest.raises(Refusal) as refusal:
        await house.accounts.add_user("ANA", password=WORD, env="prod", role=Role.ADMIN)

    assert refusal.value.problem.code == "CONFLICT"
    assert await house.types() == ["user.add"]
    assert [(user.name, user.roles) for user in await house.accounts.all_users()] == [
        ("ana", {"prod": Role.RESPONDER})
    ]


async def test_no_change_of_accounts_without_a_record(house: House) -> None:
    await house.without_audit()

    with pytest.raises(AuditUnavailable):
        await house.accounts.add_key(env="prod", name="web-1")
    with pytest.raises(AuditUnavailable):
        await house.accounts.disable_user("ana")
    assert await house.accounts.all_keys() == []
    assert [user.disabled_at for user in await house.accounts.all_users()] == [None]


async def test_whom_one_does_not_know_one_cannot_change(house: House) -> None:
    for change in (
        house.accounts.disable_user("bo"),
        house.accounts.revoke_key("k_1"),
        house.accounts.set_role("bo", env="prod", role=Role.ADMIN),
    ):
        with pytest.raises(Refusal) as refusal:
            await change
        assert refusal.value.problem.code == "NOT_FOUND"


async def test_a_development_hub_makes_its_login_once(house: House, tmp_path: Path) -> None:
    first = await development_login(house.accounts, env="prod", data_dir=tmp_path)
    again = await development_login(house.accounts, env="prod", data_dir=tmp_path)

    assert again == first
    assert first.password not in repr(first)
    assert (tmp_path / "dev-login").read_text() == f"dev\n{first.password}\n"
    assert stat.S_IMODE((tmp_path / "dev-login").stat().st_mode) == 0o600
    assert (await house.login("dev", first.password)).subject.role == "commander"
    assert await house.types() == ["user.add", "user.add", "auth.login"]


@pytest.mark.parametrize("left", [None, "", "dev\n", "someone\nelse\n"])
async def test_a_lost_or_broken_login_file_is_made_anew(
    house: House, tmp_path: Path, left: str | None
) -> None:
    await development_login(house.accounts, env="prod", data_dir=tmp_path)
    (tmp_path / "dev-login").unlink()
    if left is not None:
        (tmp_path / "dev-login").write_text(left)

    login = await development_login(house.accounts, env="prod", data_dir=tmp_path)
    assert (await house.login("dev", login.password)).subject.name == "dev"
