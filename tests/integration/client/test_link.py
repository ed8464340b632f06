"""The link against a scripted hub: cut lines, resume, renewed tokens, and closes that mean stop."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from debugterm_client.config import Config
from debugterm_client.core import news, wishes
from debugterm_client.net import backoff, wire
from debugterm_client.net import link as link_module
from debugterm_client.net.http import Door, Refused, TokenSource
from debugterm_client.net.link import GivesUp, Link
from debugterm_client.net.tasks import Nursery
from debugterm_protocol import frames, views
from debugterm_protocol.close import Close
from debugterm_protocol.exits import Exit
from debugterm_protocol.frames import Place
from debugterm_protocol.roles import Role
from debugterm_protocol.sessions import Chat, ChatLine, Member, Said, SharedView, Snapshot, Titled

from tests.integration.client.conftest import Serve
from tests.support.scripted_hub import Peer, rows


class Listener:
    """Everything the link told, and waiting for a certain thing."""

    def __init__(self) -> None:
        self.heard: list[news.News] = []
        self._more = asyncio.Event()

    def take(self, event: news.News) -> None:
        self.heard.append(event)
        self._more.set()

    def fail(self, error: BaseException) -> None:
        raise error

    async def until(self, done: Callable[[list[news.News]], bool]) -> None:
        async with asyncio.timeout(10):
            while not done(self.heard):
                self._more.clear()
                await self._more.wait()

    async def first(self, kind: type[news.News]) -> news.News:
        await self.until(lambda heard: any(isinstance(each, kind) for each in heard))
        return next(each for each in self.heard if isinstance(each, kind))

    @property
    def messages(self) -> list[str]:
        batches = [each for each in self.heard if isinstance(each, news.Batch)]
        return [msgspec.json.decode(row.raw)["message"] for each in batches for row in each.rows]


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "full_jitter", lambda: backoff.full_jitter(first=0.01, most=0.02))


@asynccontextmanager
async def linked(
    config: Config, *, session: str = "", query: str | None = "q"
) -> AsyncIterator[tuple[Link, Listener]]:
    listener = Listener()
    async with Door(config.profile("prod")) as door:
        link = Link(door, TokenSource(config, door), listener.take, client="test/1", session=session)
        if query is not None:
            link.want("log", query, since="-15m")
        async with Nursery("test", on_death=listener.fail) as nursery:
            nursery.spawn("link", link.run())
            yield link, listener


async def test_a_cut_line_is_resumed_at_the_last_row_without_loss_or_duplicate(
    config: Config, serve: Serve
) -> None:
    sources: list[object] = []

    async def first(peer: Peer) -> None:
        hello = await peer.welcome()
        assert (hello.token, hello.env, hello.client) == ("access-0", "prod", "test/1")
        sources.append((await peer.start()).source)
        await peer.send(rows("1-0", "a", "b"))
        await peer.expect(frames.Ack)

    async def second(peer: Peer) -> None:
        await peer.welcome()
        sources.append((await peer.start("log:prod:2")).source)
        await peer.send(rows("1-0", "a", "b", "c", ch="log:prod:2"), rows("2-0", "d", ch="log:prod:2"))
        await peer.gone()

    await serve(first, second)
    async with linked(config) as (_, listener):
        await listener.until(lambda _: len(listener.messages) == 4)

    assert listener.messages == ["a", "b", "c", "d"]
    assert sources == ["-15m", Place("ep1", "1-0-1")]
    ups = [each.again for each in listener.heard if isinstance(each, news.Up)]
    assert ups == [False, True]


async def test_the_last_row_is_acknowledged(config: Config, serve: Serve) -> None:
    acked: list[frames.Ack] = []

    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.start()
        await peer.send(rows("1-0", "a"), rows("2-0", "b"))
        acked.append(await peer.expect(frames.Ack))

    await serve(script)
    async with linked(config) as (_, listener):
        await listener.first(news.Lost)

    assert acked == [frames.Ack("log:prod:1", "2-0-0")]


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [
        (Close.KICKED, Exit.SESSION_ENDED),
        (Close.FORBIDDEN, Exit.DENIED),
        (Close.SESSION_CLOSED, Exit.SESSION_ENDED),
        (Close.VERSION, Exit.FAILED),
    ],
)
async def test_a_close_that_means_stop_ends_the_link_with_the_hubs_words(
    config: Config, serve: Serve, code: Close, exit_code: Exit
) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.close(code, "because the test says so")

    hub = await serve(script, script)
    async with linked(config, query=None) as (_, listener):
        ended = await listener.first(news.Ended)

    assert isinstance(ended, news.Ended)
    assert (ended.why, ended.exit) == ("because the test says so", exit_code)
    assert len(hub.scripts) == 1


async def test_a_restarting_hub_is_waited_for_as_long_as_it_asks(config: Config, serve: Serve) -> None:
    async def first(peer: Peer) -> None:
        await peer.welcome()
        await peer.send(frames.Bye(Close.DEPLOY, "new version", 321))
        await peer.ws.close(code=Close.DEPLOY)

    async def second(peer: Peer) -> None:
        await peer.welcome()
        await peer.gone()

    await serve(first, second)
    async with linked(config, query=None) as (_, listener):
        await listener.until(lambda heard: sum(isinstance(each, news.Up) for each in heard) == 2)

    lost = await listener.first(news.Lost)
    assert isinstance(lost, news.Lost)
    assert (lost.why, lost.wait) == ("new version", 0.321)


async def test_a_refused_token_is_renewed_once_and_then_login_is_needed(config: Config, serve: Serve) -> None:
    hellos: list[str | None] = []

    async def refuse(peer: Peer) -> None:
        hello = await peer.expect(frames.Hello)
        hellos.append(hello.token)
        await peer.send(frames.Err(frames.Problem("UNAUTHENTICATED", "the token is revoked"), hello.id))
        await peer.close(Close.AUTHENTICATION)

    hub = await serve(refuse, refuse, refuse)
    async with linked(config) as (_, listener):
        ended = await listener.first(news.Ended)

    assert isinstance(ended, news.Ended)
    assert ended.exit is Exit.LOGIN_NEEDED
    assert hellos == ["access-0", "access-1"]
    assert [body for _, body in hub.posts] == [{"refresh_token": "refresh-0"}]


async def test_an_old_token_is_renewed_before_the_first_hello_and_kept(config: Config, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        hello = await peer.welcome()
        assert hello.token == "access-1"
        await peer.gone()

    await serve(script, expires_in=30)
    async with linked(config, query=None) as (_, listener):
        await listener.first(news.Up)

    kept = config.tokens("prod")
    assert kept is not None
    assert (kept.access_token, kept.refresh_token) == ("access-1", "refresh-1")


async def test_a_token_near_its_end_is_renewed_on_the_open_socket(config: Config, serve: Serve) -> None:
    renewed: list[str] = []

    async def script(peer: Peer) -> None:
        await peer.welcome()
        frame = await peer.expect(frames.Refresh)
        renewed.append(frame.token)
        await peer.send(frames.Ok(frame.id))
        await peer.close(Close.KICKED)

    await serve(script, expires_in=60.5)
    async with linked(config, query=None) as (_, listener):
        await listener.first(news.Ended)

    assert renewed == ["access-1"]


async def test_a_gap_and_a_reset_reach_the_listener(config: Config, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.start()
        gap = frames.Gap("log:prod:1", "2-0-0", "3-0-9", 40)
        await peer.send(rows("1-0", "a"), gap, gap, frames.Reset("log:prod:1", "ep2", "state lost"))
        await peer.send(rows("1-0", "new a", epoch="ep2"), frames.Caught("log:prod:1", "1-0-0"))
        await peer.gone()

    await serve(script)
    async with linked(config) as (_, listener):
        await listener.first(news.CaughtUp)

    kinds = [type(each).__name__ for each in listener.heard[2:]]
    assert kinds == ["Watching", "Batch", "Missed", "Restarted", "Batch", "CaughtUp"]


async def test_a_refused_filter_leaves_the_old_one_running(config: Config, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.start()
        watch = await peer.expect(frames.Watch)
        await peer.send(
            frames.Err(frames.Problem("BAD_QUERY", "'service:' needs a value", column=9), watch.id)
        )
        await peer.send(rows("1-0", "still here"))
        await peer.gone()

    await serve(script)
    async with linked(config) as (link, listener):
        await listener.first(news.Watching)
        with pytest.raises(Refused) as refused:
            await link.watch("log", "service:", since="-15m")
        await listener.first(news.Batch)

    assert refused.value.problem.column == 9
    assert listener.messages == ["still here"]


async def test_a_new_filter_takes_the_place_of_the_old_one_and_no_old_row_follows(
    config: Config, serve: Serve
) -> None:
    replaced: list[str] = []

    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.start("one")
        replaced.append((await peer.start("two")).replaces)
        await peer.send(rows("1-0", "old", ch="one"), rows("1-0", "new", ch="two"))
        await peer.gone()

    await serve(script)
    async with linked(config) as (link, listener):
        await listener.first(news.Watching)
        await link.watch("log", "level>=warn", since="-15m")
        await listener.first(news.Batch)

    assert (replaced, listener.messages) == (["one"], ["new"])


async def test_a_watch_cut_before_its_first_row_resumes_where_the_hub_began(
    config: Config, serve: Serve
) -> None:
    sources: list[object] = []

    async def first(peer: Peer) -> None:
        await peer.welcome()
        watch = await peer.expect(frames.Watch)
        sources.append((watch.source, watch.newest))
        await peer.send(frames.Ok(watch.id, msgspec.Raw(b'{"ch":"one","ep":"ep1","o":"7-0-999999"}')))

    async def second(peer: Peer) -> None:
        await peer.welcome()
        watch = await peer.start()
        sources.append((watch.source, watch.newest))
        await peer.gone()

    await serve(first, second)
    async with linked(config) as (_, listener):
        await listener.until(lambda heard: sum(isinstance(each, news.Up) for each in heard) == 2)
        await listener.first(news.Resumed)

    assert sources == [("-15m", 0), (Place("ep1", "7-0-999999"), 0)]


async def test_rows_that_are_fetched_come_in_frames_and_move_no_place(config: Config, serve: Serve) -> None:
    asked: list[frames.Fetch] = []

    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.start()
        await peer.send(rows("9-0", "live"))
        asked.append(fetch := await peer.expect(frames.Fetch))
        newer, older = rows("3-0", "c").b, rows("1-0", "a", "b").b
        await peer.send(
            frames.Fetched(fetch.id, fetch.ch, "ep1", newer),
            frames.Fetched(fetch.id, fetch.ch, "ep1", older, done=True, back_to="1-0-0"),
        )
        asked.append(fetch := await peer.expect(frames.Fetch))
        await peer.send(frames.Err(frames.Problem("BAD_OFFSET", "that is no range"), fetch.id))
        await peer.gone()

    await serve(script)
    async with linked(config) as (link, listener):
        await listener.first(news.Batch)
        await link.fetch("log", "1-0-0", "3-0-9")
        with pytest.raises(Refused, match="that is no range"):
            await link.fetch("log", "9-0-0", "3-0-9")

    found = [each for each in listener.heard if isinstance(each, news.Fetched)]
    assert [[str(row.offset) for row in each.rows] for each in found] == [["3-0-0"], ["1-0-0", "1-0-1"]]
    assert (found[-1].done, found[-1].back_to) == (True, "1-0-0")
    assert (asked[0].start, asked[0].end) == ("1-0-0", "3-0-9")


async def test_what_is_told_beside_the_rows_is_asked_for_again_after_a_cut(
    config: Config, serve: Serve
) -> None:
    asked: list[views.Aside] = []

    async def first(peer: Peer) -> None:
        await peer.welcome()
        await peer.start()
        asked.append(await peer.expect(views.Aside))

    async def second(peer: Peer) -> None:
        await peer.welcome()
        await peer.start("log:prod:2")
        asked.append(await peer.expect(views.Aside))
        flow = views.Flow("log:prod:2", "lagging", 8_000, "warn")
        await peer.send(flow)
        await peer.gone()

    await serve(first, second)
    async with linked(config) as (link, listener):
        await listener.first(news.Watching)
        link.aside("log", wishes.Aside(histogram=True, facets=True))
        counted = await listener.first(news.Counted)

    assert asked == [
        views.Aside("log:prod:1", histogram=True, facets=["*"]),
        views.Aside("log:prod:2", histogram=True, facets=["*"]),
    ]
    assert isinstance(counted, news.Counted)
    assert isinstance(counted.frame, views.Flow)


def snapshot(rev: int) -> Snapshot:
    member = Member("h_ana", "ana", Role.RESPONDER, "")
    return Snapshot(
        1, rev, "s_1", "prod", "lobby", "first", "h1", "", {"h_ana": member}, "", SharedView(), []
    )


async def test_a_session_is_resumed_at_its_last_event(config: Config, serve: Serve) -> None:
    joins: list[frames.Join] = []

    async def first(peer: Peer) -> None:
        await peer.welcome()
        joins.append(join := await peer.expect(frames.Join))
        await peer.send(
            frames.Joined(join.id, "s_1/ctl", "e1", "7", recovered=False, presence=[], snapshot=snapshot(7))
        )
        await peer.send(frames.Ev("s_1/ctl", "8", Titled("second", "bo")))
        await peer.expect(frames.Pong)

    async def second(peer: Peer) -> None:
        await peer.welcome()
        joins.append(join := await peer.expect(frames.Join))
        await peer.send(frames.Joined(join.id, "s_1/ctl", "e1", "9", recovered=True, presence=[]))
        await peer.send(
            frames.Ev("s_1/ctl", "8", Titled("second", "bo")),
            frames.Ev("s_1/ctl", "9", Titled("third", "bo")),
        )
        await peer.gone()

    async def first_then_cut(peer: Peer) -> None:
        task = first(peer)
        try:
            async with asyncio.timeout(0.3):
                await task
        except TimeoutError:
            return

    await serve(first_then_cut, second)
    async with linked(config, session="lobby", query=None) as (_, listener):
        await listener.until(
            lambda heard: any(
                isinstance(each, news.SessionNow) and each.snapshot.title == "third" for each in heard
            )
        )

    titles = [each.snapshot.title for each in listener.heard if isinstance(each, news.SessionNow)]
    assert titles == ["first", "second", "second", "third"]
    assert [(join.session, join.source) for join in joins] == [("lobby", None), ("s_1", Place("e1", "8"))]


async def test_a_command_cut_off_is_asked_about_and_not_sent_again(config: Config, serve: Serve) -> None:
    seen: list[str] = []

    async def first(peer: Peer) -> None:
        await peer.welcome()
        join = await peer.expect(frames.Join)
        await peer.send(
            frames.Joined(join.id, "s_1/ctl", "e1", "7", recovered=False, presence=[], snapshot=snapshot(7))
        )
        seen.append((await peer.expect(frames.Cmd)).id)

    async def second(peer: Peer) -> None:
        await peer.welcome()
        join = await peer.expect(frames.Join)
        await peer.send(frames.Joined(join.id, "s_1/ctl", "e1", "8", recovered=True, presence=[]))
        line = ChatLine(1, "", "h_ana", "ana", "hello")
        await peer.send(frames.Ev("s_1/ctl", "8", Said(line)))
        status = await peer.expect(frames.Status)
        seen.append(status.cmd)
        await peer.send(frames.Ok(status.id, msgspec.Raw(b'{"state":"finished"}')))
        await peer.gone()

    await serve(first, second)
    async with linked(config, session="lobby", query=None) as (link, listener):
        await listener.first(news.SessionNow)
        with pytest.raises(Exception, match="the hub will be asked what became of it"):
            await link.command(Chat("hello"))
        told = await listener.first(news.Complaint)

    assert isinstance(told, news.Complaint)
    assert told.problem.why == "your chat from before the cut: it happened"
    assert seen[0] == seen[1]


async def test_the_next_hub_of_the_profile_is_tried_when_one_is_away(config: Config, serve: Serve) -> None:
    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.gone()

    hub = await serve(script)
    profile = config.profile("prod")
    config.save(type(profile)("prod", ("http://127.0.0.1:1", hub.url), "prod", "ana"))
    async with linked(config, query=None) as (_, listener):
        up = await listener.first(news.Up)

    lost = await listener.first(news.Lost)
    assert isinstance(up, news.Up)
    assert isinstance(lost, news.Lost)
    assert up.url == hub.url
    assert lost.why == "http://127.0.0.1:1: connection refused"


async def test_a_hole_in_the_events_is_healed_by_one_new_join(config: Config, serve: Serve) -> None:
    joins: list[frames.Join] = []

    async def script(peer: Peer) -> None:
        await peer.welcome()
        for rev in (7, 12):
            joins.append(join := await peer.expect(frames.Join))
            joined = frames.Joined(
                join.id, "s_1/ctl", "e1", str(rev), recovered=False, presence=[], snapshot=snapshot(rev)
            )
            await peer.send(joined)
            if rev == 7:
                hole = [frames.Ev("s_1/ctl", str(each), Titled(f"t{each}", "bo")) for each in (10, 11, 12)]
                await peer.send(*hole)
        await peer.send(frames.Ev("s_1/ctl", "13", Titled("whole again", "bo")))
        await peer.gone()

    await serve(script)
    async with linked(config, session="lobby", query=None) as (_, listener):
        await listener.until(
            lambda heard: any(isinstance(each, news.SessionNow) and each.snapshot.rev == 13 for each in heard)
        )

    revs = [each.snapshot.rev for each in listener.heard if isinstance(each, news.SessionNow)]
    assert revs == [7, 12, 13]
    assert [join.source for join in joins] == [None, None]


async def test_the_stream_goes_on_while_a_join_cannot_be_recorded(
    config: Config, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "JOIN_AGAIN_SECONDS", 0.01)

    async def script(peer: Peer) -> None:
        await peer.welcome()
        join = await peer.expect(frames.Join)
        await peer.send(
            frames.Err(frames.Problem("AUDIT_UNAVAILABLE", "the audit log cannot be written"), join.id)
        )
        await peer.start()
        await peer.send(rows("1-0", "still here"))
        again = await peer.expect(frames.Join)
        await peer.send(
            frames.Joined(again.id, "s_1/ctl", "e1", "7", recovered=False, presence=[], snapshot=snapshot(7))
        )
        await peer.gone()

    await serve(script)
    async with linked(config, session="lobby") as (_, listener):
        await listener.first(news.SessionNow)

    assert listener.messages == ["still here"]
    complaint = await listener.first(news.Complaint)
    assert isinstance(complaint, news.Complaint)
    assert complaint.problem.why == "the audit log cannot be written"


async def test_a_hub_that_says_welcome_and_goes_is_not_hammered(
    config: Config, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[float] = []

    def counted() -> Iterator[float]:
        made.append(1)
        return backoff.full_jitter(first=0.01, most=0.02)

    monkeypatch.setattr(link_module, "full_jitter", counted)

    async def script(peer: Peer) -> None:
        await peer.welcome()
        await peer.close(Close.INTERNAL)

    await serve(script, script, script)
    async with linked(config, query=None) as (_, listener):
        await listener.until(lambda heard: sum(isinstance(each, news.Up) for each in heard) == 3)

    assert len(made) == 1


@pytest.mark.parametrize("gives_up", ["first", "always"])
async def test_a_link_that_gives_up_says_why_and_after_how_long(
    config: Config, serve: Serve, monkeypatch: pytest.MonkeyPatch, gives_up: GivesUp
) -> None:
    monkeypatch.setattr(link_module, "PATIENCE_SECONDS", 0.2)
    await serve()
    listener = Listener()
    async with Door(config.profile("prod")) as door:
        link = Link(door, TokenSource(config, door), listener.take, client="test", gives_up=gives_up)
        async with asyncio.timeout(5):
            await link.run()

    end = listener.heard[-1]
    assert isinstance(end, news.Ended)
    assert (end.why.partition(":")[0], end.exit) == ("gave up after 0 s", Exit.CONNECTION_LOST)
    assert sum(isinstance(each, news.Lost) for each in listener.heard) > 1
