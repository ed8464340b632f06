"""Wires the client: one function per command, the only place that knows config, net and ui together."""

import sys
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import msgspec
from debugterm_protocol import VERSION
from debugterm_protocol.audits import AuditRow
from debugterm_protocol.exits import Exit
from debugterm_protocol.sessions import Listing
from debugterm_protocol.views import Table

from debugterm_client.config import BadConfig, Config, Profile, clean_url, only_ascii, wants_color
from debugterm_client.core.formats import Format
from debugterm_client.core.sanitize import safe
from debugterm_client.core.wishes import Wish
from debugterm_client.net.clerk import BACK, NEWEST, Clerk
from debugterm_client.net.http import Door, TokenSource, alone
from debugterm_client.net.link import Link
from debugterm_client.net.tasks import Nursery
from debugterm_client.ui.lines import Output
from debugterm_client.ui.tables import table, table_json, table_text
from debugterm_client.ui.tail import Tail, Wanted

if TYPE_CHECKING:
    from debugterm_client.ui.plain import Plain
    from debugterm_client.ui.screen import Screen

TABLE = b'{"t":"table"'
"""How the line of a search begins that is a table and no row."""


def output() -> Output:
    """Stdout and stderr of this process."""
    return Output(sys.stdout.buffer, sys.stderr, terminal=sys.stdout.isatty())


@asynccontextmanager
async def _door(config: Config, profile: str) -> AsyncIterator[tuple[Door, TokenSource]]:
    async with Door(config.profile(profile)) as door:
        yield door, TokenSource(config, door)


async def login(
    config: Config, *, urls: Iterable[str], user: str, password: str, name: str, env: str
) -> Exit:
    """Log in and keep profile and tokens."""
    profile = Profile(name, tuple(clean_url(url) for url in urls), env, user)
    out = output()
    for url in profile.urls:
        if url.startswith("http://") and not _on_loopback(url):
            out.note(f"warning: {url} is not encrypted; your password and all rows can be read on the way")
    async with Door(profile) as door:
        tokens = await door.login(user, password)
    profile = Profile(name, profile.urls, env or tokens.env, user)
    async with alone(config):
        config.save(profile)
        config.keep_tokens(name, tokens)
    who = f"{tokens.name or user}" + (f" ({tokens.role})" if tokens.role else "")
    out.note(f"logged in as {who} in {profile.env or 'the first environment'}; now: debugterm connect {name}")
    return Exit.OK


def _on_loopback(url: str) -> bool:
    return url.split("://", 1)[1].rsplit(":", 1)[0] in ("localhost", "127.0.0.1", "[::1]")


async def profiles(config: Config, *, as_json: bool) -> Exit:
    """List the profiles."""
    found = [
        {"name": each.name, "env": each.env, "user": each.user, "urls": list(each.urls)}
        for each in config.profiles().values()
    ]
    return _list(found, ("name", "env", "user", "urls"), as_json=as_json)


async def sessions(config: Config, profile: str, *, as_json: bool) -> Exit:
    """List the open sessions."""
    async with _door(config, profile) as (door, tokens):
        data = await door.sessions((await tokens.access()).access_token)
    listing = msgspec.json.decode(data, type=Listing)
    if as_json:
        output().lines(msgspec.json.encode(each) for each in listing.sessions)
        return Exit.OK
    rows = [
        {
            "session": each.slug or each.id,
            "title": each.title,
            "here": [member.name for member in each.members if member.human in each.here],
            "created": each.created_at[:16].replace("T", " "),
        }
        for each in listing.sessions
    ]
    return _list(rows, ("session", "created", "title", "here"), as_json=False)


def _list(found: list[dict[str, Any]], columns: tuple[str, ...], *, as_json: bool) -> Exit:
    out = output()
    if as_json:
        out.lines(msgspec.json.encode(each) for each in found)
    else:
        for line in table(columns, found):
            out.text(line)
    return Exit.OK


async def search(config: Config, profile: str, params: dict[str, str], *, form: Format, color: str) -> Exit:
    """Print rows that are there already, or the table that they make."""
    out = output()
    colored = wants_color(color, is_terminal=out.terminal)
    async with _door(config, profile) as (door, tokens):
        token = (await tokens.access()).access_token
        async for line in door.lines("/v1/search", token=token, params=params):
            if line.startswith(TABLE):
                _print_table(out, line, form)
            elif form == "json":
                out.lines([line])
            elif line.startswith(b'{"truncated"'):
                _say_end(out, line)
            else:
                out.row(line, form, color=colored)
            if out.closed:
                break
    return Exit.OK


def _print_table(out: Output, line: bytes, form: Format) -> None:
    found = msgspec.json.decode(line, type=Table)
    if form == "json":
        out.lines([table_json(found)])
    else:
        for text in table_text(found):
            out.text(text)


def _say_end(out: Output, line: bytes) -> None:
    end = msgspec.json.decode(line)
    if end.get("truncated"):
        out.note(
            f"-- searched back to {end.get('back_to')}; older rows may match: narrow the query or --limit more --"
        )


async def audit(config: Config, profile: str, params: dict[str, str], *, as_json: bool) -> Exit:
    """Print audit records."""
    out = output()
    async with _door(config, profile) as (door, tokens):
        token = (await tokens.access()).access_token
        async for line in door.lines("/v1/audit", token=token, params=params):
            if as_json:
                out.lines([line])
            elif line:
                out.text(_audit_line(line))
            if out.closed:
                break
    return Exit.OK


def _audit_line(line: bytes) -> str:
    row = msgspec.json.decode(line, type=AuditRow)
    who = f"{row.name or row.human} ({row.role})" if row.human else "the server"
    args = [f"{key}={value}" for key, value in row.args.items()]
    words = [
        row.ts,
        f"#{row.seq}",
        row.type,
        who,
        row.action,
        *row.target,
        *args,
        row.session,
        row.reason,
        row.rule,
    ]
    return safe("  ".join(word for word in words if word))


async def tail(
    config: Config, profile: str, wanted: Wanted, *, since: str, fail_on_gap: bool, color: str
) -> Exit:
    """Print rows as they come, or the table of an aggregating query each second."""
    out = output()
    async with _door(config, profile) as (door, tokens):
        printer = Tail(out, wanted, env=door.profile.env, color=wants_color(color, is_terminal=out.terminal))
        link = Link(
            door,
            tokens,
            printer.take,
            client=f"tail/{VERSION}",
            gives_up="first" if wanted.follow else "always",
        )
        link.want("log", wanted.query, since=since)
        async with Nursery("tail", on_death=printer.fail) as nursery:
            nursery.spawn("link", link.run())
            code = await printer.done
    return Exit.ROWS_LOST if code is Exit.OK and fail_on_gap and printer.lost else code


async def connect(config: Config, profile: str, *, session: str, query: str, plain: bool, color: str) -> Exit:
    """Walk into a session, full screen or line by line."""
    if not plain and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadConfig("connect needs a terminal; use --plain, or debugterm tail for a pipe")
    async with _door(config, profile) as (door, tokens):
        await tokens.access()
        died: list[BaseException] = []
        async with Nursery("connect", on_death=died.append) as nursery:
            desk = _Desk()
            show = _show(desk.wish, nursery, plain=plain, color=color)
            link = Link(
                door,
                tokens,
                show.take,
                client=f"terminal/{VERSION}",
                session=session,
                gives_up="first" if plain else "never",
            )
            desk.clerk = Clerk(link, show.take, start=lambda coro: nursery.spawn("wish", coro))
            link.want("log", query, since=BACK, newest=NEWEST, follows=not query)
            if not plain:
                link.want("met", kind="met", since="-5m")
            show.scene.private = bool(query)
            nursery.spawn("link", link.run())
            code = await show.run()
            await link.leave()
    if died:
        raise died[0]
    return code


class _Desk:
    """Where wishes go: the screen is there before the link that carries them out."""

    clerk: Clerk | None = None

    def wish(self, wish: Wish) -> None:
        if self.clerk is not None:
            self.clerk.wish(wish)


def _show(wish: Callable[[Wish], None], nursery: Nursery, *, plain: bool, color: str) -> "Screen | Plain":
    # Imported here: prompt-toolkit costs a third of a second, which `tail` does not need.
    from debugterm_client.ui.plain import Plain
    from debugterm_client.ui.screen import Screen

    colored = wants_color(color, is_terminal=sys.stdout.isatty())
    if plain:
        return Plain(wish, output(), start=lambda coro: nursery.spawn("typed", coro), color=colored)
    return Screen(wish, color=colored, ascii_only=only_ascii(sys.stdout.encoding))
