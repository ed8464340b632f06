"""A session as everybody sees it: its state, the commands that change it, the events that tell of changes.

`Snapshot` + events = fresh `Snapshot` is a law (tested for every event kind): every event is a full set of the
fields it touches, so applying one twice changes nothing. `apply_event` is the one function that does it, for the
hub and for the clients.
"""

from typing import Literal

import msgspec
from msgspec import Struct

from debugterm_protocol import limits
from debugterm_protocol.roles import Role

LOBBY = "lobby"
"""Slug of the standing session of an environment; it cannot be closed."""


class _Command(Struct, frozen=True, forbid_unknown_fields=True, tag_field="name"):
    pass


class Create(_Command, frozen=True, tag="create"):
    """Make a session. `slug` (`INC-42`) is an alias, unique among the open sessions of the environment."""

    title: str
    slug: str = ""


class Title(_Command, frozen=True, tag="title"):
    """Rename the session."""

    text: str


class Chat(_Command, frozen=True, tag="chat"):
    """Say something to everybody in the session."""

    text: str


class Filter(_Command, frozen=True, tag="filter"):
    """Set the query of the shared view; only who drives may."""

    query: str


class Drive(_Command, frozen=True, tag="drive"):
    """Take the wheel of the shared view, or let go of it."""

    take: bool = True


Command = Create | Title | Chat | Filter | Drive


class Member(Struct, frozen=True):
    """A person in the session, from join to leave; whether they are here now is presence."""

    human: str
    name: str
    role: Role
    at: str


class ChatLine(Struct, frozen=True):
    """One thing somebody said; `seq` is its audit record and its place."""

    seq: int
    at: str
    human: str
    name: str
    text: str


class SharedView(Struct, frozen=True, omit_defaults=True):
    """What followers render from their own stream: never pixels."""

    query: str = ""
    by: str = ""
    """Name of who set it."""
    at: str = ""


class Snapshot(Struct, frozen=True):
    """The whole state of one session at revision `rev`."""

    v: Literal[1]
    rev: int
    id: str
    env: str
    slug: str
    title: str
    created_by: str
    """Human id of the creator."""
    created_at: str
    members: dict[str, Member]
    """By human id."""
    driver: str
    """Human id of who drives the shared view; empty when nobody does."""
    view: SharedView
    chat: list[ChatLine]
    """The newest lines by `seq`, bounded by `tail`; all of them are in SQL."""


class _Event(Struct, frozen=True, tag_field="k"):
    pass


class Created(_Event, frozen=True, tag="created"):
    """The session exists; comes again when its state had to be rebuilt: the snapshot is the whole truth."""

    snapshot: Snapshot


class Entered(_Event, frozen=True, tag="entered"):
    """Somebody joined."""

    member: Member


class Left(_Event, frozen=True, tag="left"):
    """Somebody left; when they drove, nobody drives now."""

    human: str
    name: str
    driver: str
    """Who drives after this."""


class Titled(_Event, frozen=True, tag="titled"):
    """The session was renamed."""

    title: str
    by: str


class Said(_Event, frozen=True, tag="said"):
    """Somebody said something."""

    line: ChatLine


class Viewed(_Event, frozen=True, tag="viewed"):
    """The shared view changed; whoever sets it while nobody drives takes the wheel with it."""

    view: SharedView
    driver: str
    """Who drives after this."""


class Drove(_Event, frozen=True, tag="drove"):
    """The wheel changed hands; `driver` is empty when it was let go."""

    driver: str
    name: str
    at: str


Event = Created | Entered | Left | Titled | Said | Viewed | Drove


class Done(Struct, frozen=True, omit_defaults=True):
    """Answer to a command that took effect."""

    seq: int
    """Number of its audit record."""
    rev: int = 0
    """Revision of the session after it."""
    session: str = ""
    """Answer to `create`: id of the session to join."""


class Fate(Struct, frozen=True, omit_defaults=True):
    """Answer to `status`: what became of a command.

    `finished` carries the first answer; `accepted` is recorded but has not happened (yet); `refused` and
    `cancelled` never happened; `unknown` never arrived, so it may be sent again.
    """

    state: Literal["accepted", "finished", "refused", "cancelled", "unknown"]
    answer: Done | None = None


class Listed(Struct, frozen=True):
    """An open session as `GET /v1/sessions` lists it."""

    id: str
    slug: str
    title: str
    created_by: str
    created_at: str
    members: list[Member]
    here: list[str]
    """Human ids of the members with a connection now; best effort, at most 30 s stale."""


class Listing(Struct, frozen=True):
    """Body of `GET /v1/sessions`: the lobby first, then the newest."""

    sessions: list[Listed]


def tail(chat: list[ChatLine]) -> list[ChatLine]:
    """What a snapshot keeps of the chat: the newest lines in the order of their records.

    At most `limits.CHAT_TAIL` lines and `limits.CHAT_TAIL_CHARS` characters together, so that a snapshot fits
    in one frame. Lines of two hubs may arrive out of order; `seq` is their place, and nobody says one twice.
    """
    lines = {line.seq: line for line in chat}
    kept: list[ChatLine] = []
    chars = 0
    for seq in sorted(lines, reverse=True)[: limits.CHAT_TAIL]:
        line = lines[seq]
        chars += len(line.text)
        if kept and chars > limits.CHAT_TAIL_CHARS:
            break
        kept.append(line)
    return kept[::-1]


def apply_event(state: Snapshot, event: Event, rev: int) -> Snapshot:
    """The state after one event; an event the state already contains (`rev` not above) changes nothing."""
    if rev <= state.rev:
        return state
    match event:
        case Created(snapshot):
            return msgspec.structs.replace(snapshot, rev=rev)
        case Entered(member):
            return msgspec.structs.replace(state, rev=rev, members={**state.members, member.human: member})
        case Left(human, _, driver):
            rest = {key: member for key, member in state.members.items() if key != human}
            return msgspec.structs.replace(state, rev=rev, members=rest, driver=driver)
        case Titled(title, _):
            return msgspec.structs.replace(state, rev=rev, title=title)
        case Said(line):
            return msgspec.structs.replace(state, rev=rev, chat=tail([*state.chat, line]))
        case Viewed(view, driver):
            return msgspec.structs.replace(state, rev=rev, view=view, driver=driver)
        case Drove(driver, _, _):
            return msgspec.structs.replace(state, rev=rev, driver=driver)
