"""Laws of the shared state: snapshot + events = fresh snapshot, and an event applied twice changes nothing."""

import msgspec
from debugterm_protocol import limits
from debugterm_protocol.roles import Role
from debugterm_protocol.sessions import (
    ChatLine,
    Created,
    Drove,
    Entered,
    Event,
    Left,
    Member,
    Said,
    SharedView,
    Snapshot,
    Titled,
    Viewed,
    apply_event,
    tail,
)
from hypothesis import given, settings
from hypothesis import strategies as st

EMPTY = Snapshot(
    v=1,
    rev=0,
    id="s_1",
    env="prod",
    slug="",
    title="t",
    created_by="",
    created_at="",
    members={},
    driver="",
    view=SharedView(),
    chat=[],
)
humans = st.sampled_from(["h_ada", "h_bo", "h_cy"])
words = st.text(max_size=8)
lines = st.builds(ChatLine, seq=st.integers(1, 40), at=words, human=humans, name=words, text=words)
members = st.builds(Member, human=humans, name=words, role=st.sampled_from(Role), at=words)
views = st.builds(SharedView, query=words, by=words, at=words)
snapshots = st.builds(
    Snapshot,
    v=st.just(1),
    rev=st.just(0),
    id=st.just("s_1"),
    env=st.just("prod"),
    slug=words,
    title=words,
    created_by=humans,
    created_at=words,
    members=st.dictionaries(humans, members),
    driver=humans,
    view=views,
    chat=st.lists(lines, max_size=3),
)
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(Created, snapshot=snapshots),
    st.builds(Entered, member=members),
    st.builds(Left, human=humans, name=words, driver=humans),
    st.builds(Titled, title=words, by=words),
    st.builds(Said, line=lines),
    st.builds(Viewed, view=views, driver=humans),
    st.builds(Drove, driver=humans, name=words, at=words),
)


def play(state: Snapshot, log: list[tuple[int, Event]]) -> Snapshot:
    for rev, event in log:
        state = apply_event(state, event, rev)
    return state


@settings(max_examples=150, deadline=None)
@given(st.lists(events, max_size=12), st.data())
def test_a_snapshot_with_the_events_after_it_is_the_fresh_snapshot(
    story: list[Event], data: st.DataObject
) -> None:
    log = list(enumerate(story, start=1))
    fresh = play(EMPTY, log)
    cut = data.draw(st.integers(0, len(log)))
    overlap = data.draw(st.integers(0, cut))

    assert play(play(EMPTY, log[:cut]), log[overlap:]) == fresh


@settings(max_examples=100, deadline=None)
@given(snapshots, events)
def test_an_event_applied_twice_changes_nothing_and_survives_the_wire(state: Snapshot, event: Event) -> None:
    wire = msgspec.json.decode(msgspec.json.encode(event), type=Event)
    once = apply_event(state, wire, 1)

    assert once == apply_event(state, event, 1)
    assert apply_event(once, event, 1) == once
    assert once.rev == 1


@settings(max_examples=50, deadline=None)
@given(snapshots, events, st.integers(0, 5))
def test_an_event_that_the_state_contains_already_changes_nothing(
    state: Snapshot, event: Event, rev: int
) -> None:
    newer = msgspec.structs.replace(state, rev=5)

    assert apply_event(newer, event, rev) == newer


def line(seq: int, text: str = "x") -> ChatLine:
    return ChatLine(seq=seq, at="", human="h_ada", name="ada", text=text)


def test_lines_of_two_hubs_stand_in_the_order_of_their_records_and_none_twice() -> None:
    assert [one.seq for one in tail([line(3), line(9), line(5), line(9)])] == [3, 5, 9]


def test_the_chat_of_a_snapshot_is_its_newest_lines() -> None:
    assert [one.seq for one in tail([line(n) for n in range(1, 151)])] == list(range(51, 151))


def test_long_lines_do_not_make_a_snapshot_larger_than_a_frame() -> None:
    longest = "🚒" * limits.CHAT_CHARS
    kept = tail([line(n, longest) for n in range(100)])

    assert [one.seq for one in kept] == list(range(90, 100))
    assert len(msgspec.json.encode(kept)) < limits.FRAME_OUT_BYTES
