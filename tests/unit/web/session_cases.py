"""Sessions before and after every kind of event, as the protocol package decides it: the browser must agree."""

from typing import Any

import msgspec
from debugterm_protocol import limits, sessions
from debugterm_protocol.roles import Role
from debugterm_protocol.sessions import ChatLine, Event, Member, SharedView, Snapshot

AT = "2026-11-23T18:42:01.000000Z"
ANA = Member(human="h_1", name="ana", role=Role.RESPONDER, at=AT)
BO = Member(human="h_2", name="bo", role=Role.COMMANDER, at=AT)
START = Snapshot(
    v=1,
    rev=7,
    id="s_1",
    env="prod",
    slug="INC-42",
    title="Checkout answers 5xx",
    created_by="h_1",
    created_at=AT,
    members={"h_1": ANA},
    driver="h_1",
    view=SharedView(query="level>=error", by="ana", at=AT),
    chat=[ChatLine(seq=3, at=AT, human="h_1", name="ana", text="hello")],
)


def _line(seq: int, text: str = "all on pay-3?") -> ChatLine:
    return ChatLine(seq=seq, at=AT, human="h_2", name="bo", text=text)


def _full() -> Snapshot:
    chat = [_line(seq) for seq in range(10, 10 + limits.CHAT_TAIL)]
    return msgspec.structs.replace(START, chat=chat)


def _long() -> Snapshot:
    half = limits.CHAT_TAIL_CHARS // 2
    return msgspec.structs.replace(START, chat=[_line(4, "\U0001f525" * half), _line(5, "x" * half)])


CASES: dict[str, tuple[Snapshot, Event, int]] = {
    "somebody joins": (START, sessions.Entered(member=BO), 8),
    "the driver leaves": (START, sessions.Left(human="h_1", name="ana", driver=""), 8),
    "the session is renamed": (START, sessions.Titled(title="Checkout is slow", by="bo"), 8),
    "somebody speaks": (START, sessions.Said(line=_line(9)), 8),
    "an older line comes late": (START, sessions.Said(line=_line(2)), 8),
    "the same line comes again": (START, sessions.Said(line=_line(3)), 8),
    "the chat is full of lines": (_full(), sessions.Said(line=_line(9_999)), 8),
    "the chat is full of characters": (_long(), sessions.Said(line=_line(9, "y")), 8),
    "the filter changes hands": (
        START,
        sessions.Viewed(view=SharedView(query="service:pay", by="bo", at=AT), driver="h_2"),
        8,
    ),
    "the filter is cleared": (START, sessions.Viewed(view=SharedView(by="ana", at=AT), driver="h_1"), 8),
    "the wheel is taken": (START, sessions.Drove(driver="h_2", name="bo", at=AT), 8),
    "the wheel is let go": (START, sessions.Drove(driver="", name="ana", at=AT), 8),
    "the state was rebuilt": (START, sessions.Created(snapshot=_full()), 12),
    "the event is known already": (START, sessions.Titled(title="old news", by="bo"), 7),
}


def document() -> list[dict[str, Any]]:
    """Every case as data: name, state, event, rev, and the state that follows."""
    return [
        {
            "name": name,
            "state": state,
            "event": event,
            "rev": rev,
            "after": sessions.apply_event(state, event, rev),
        }
        for name, (state, event, rev) in CASES.items()
    ]
