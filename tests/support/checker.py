"""Decides from what senders, the stream and clients say whether a promise was broken: five numbers, all to be 0.

`lost = acked - stored`; `silent = stored, in filter and window, - received - gaps`; `dup = shown twice in an epoch`;
`disorder = offset not increasing in an epoch`; `phantom = shown, not stored, and no reset came later`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from debugterm_protocol.offsets import Offset

START = Offset(0, 0, 0)


class Mark(NamedTuple):
    """What a sender wrote into a row: who it is and the how manieth of its rows this is."""

    producer: str
    n: int


class Stored(NamedTuple):
    """One row of the stream, read back at the end."""

    offset: Offset
    mark: Mark


@dataclass(frozen=True, slots=True)
class Shown:
    """A client put this row on its screen."""

    offset: Offset
    mark: Mark


@dataclass(frozen=True, slots=True)
class Missing:
    """A client was told that rows are missing; `n` None when nobody knows how many."""

    start: Offset
    end: Offset
    n: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Reset:
    """A client was told that the stream was replaced."""


Seen = Shown | Missing | Reset


@dataclass(frozen=True, slots=True)
class Client:
    """What one client journalled. `wants` is its filter, `after` where its window begins."""

    name: str
    seen: Sequence[Seen]
    wants: Callable[[Mark], bool] = lambda _mark: True
    after: Offset = START


@dataclass(slots=True)
class Verdict:
    """The offences found, each in words, by their number's name."""

    lost: list[str] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    dup: list[str] = field(default_factory=list)
    disorder: list[str] = field(default_factory=list)
    phantom: list[str] = field(default_factory=list)
    acked: int = 0
    stored: int = 0
    shown: dict[str, int] = field(default_factory=dict)
    gapped: dict[str, int] = field(default_factory=dict)
    """Rows by client that stand in a gap instead of on the screen: allowed, unless the test says otherwise."""
    resets: dict[str, int] = field(default_factory=dict)

    @property
    def numbers(self) -> dict[str, int]:
        """The five numbers."""
        return {
            "lost": len(self.lost),
            "silent": len(self.silent),
            "dup": len(self.dup),
            "disorder": len(self.disorder),
            "phantom": len(self.phantom),
        }

    @property
    def untouched(self) -> bool:
        """Whether no client was told a gap or a reset: every row stood on every screen."""
        return not any(self.gapped.values()) and not any(self.resets.values())

    def __str__(self) -> str:
        lines = [f"{self.numbers} of {self.acked} acknowledged, {self.stored} stored, shown {self.shown}"]
        lines.append(f"rows in gaps {self.gapped}, resets {self.resets}")
        for name in self.numbers:
            lines += [f"  {name}: {words}" for words in getattr(self, name)[:5]]
        return "\n".join(lines)


def judge(*, acked: Iterable[Mark], stored: Sequence[Stored], clients: Iterable[Client]) -> Verdict:
    """The verdict over one run."""
    known = set(acked)
    verdict = Verdict(acked=len(known), stored=len(stored))
    there = {row.mark for row in stored}
    verdict.lost = [f"{mark.producer} row {mark.n} was acknowledged" for mark in sorted(known - there)]
    for client in clients:
        _one(client, stored, verdict)
    return verdict


def _one(client: Client, stored: Sequence[Stored], verdict: Verdict) -> None:
    shown = [seen for seen in client.seen if isinstance(seen, Shown)]
    verdict.shown[client.name] = len(shown)
    verdict.resets[client.name] = sum(isinstance(seen, Reset) for seen in client.seen)
    _doubles(client, verdict)
    _order(client, verdict)
    _phantoms(client, set(stored), verdict)
    _silence(client, stored, verdict)


def _doubles(client: Client, verdict: Verdict) -> None:
    times: Counter[tuple[int, Mark]] = Counter()
    epoch = 0
    for seen in client.seen:
        if isinstance(seen, Reset):
            epoch += 1
        elif isinstance(seen, Shown):
            times[epoch, seen.mark] += 1
    verdict.dup += [
        f"{client.name} was shown {mark.producer} row {mark.n} {count} times"
        for (_, mark), count in times.items()
        if count > 1
    ]


def _order(client: Client, verdict: Verdict) -> None:
    last: Offset | None = None
    for seen in client.seen:
        if isinstance(seen, Reset):
            last = None
        elif isinstance(seen, Shown):
            if last is not None and seen.offset <= last:
                verdict.disorder.append(f"{client.name} was shown {seen.offset} after {last}")
            last = seen.offset


def _phantoms(client: Client, stored: set[Stored], verdict: Verdict) -> None:
    ghosts: list[str] = []
    for seen in client.seen:
        if isinstance(seen, Reset):
            ghosts.clear()
        elif isinstance(seen, Shown) and Stored(seen.offset, seen.mark) not in stored:
            ghosts.append(f"{client.name} was shown {seen.offset} ({seen.mark.producer} row {seen.mark.n})")
    verdict.phantom += ghosts


def _silence(client: Client, stored: Sequence[Stored], verdict: Verdict) -> None:
    received = {seen.offset for seen in client.seen if isinstance(seen, Shown)}
    missing = [
        row
        for row in stored
        if row.offset > client.after and client.wants(row.mark) and row.offset not in received
    ]
    gapped = 0
    for gap in (seen for seen in client.seen if isinstance(seen, Missing)):
        inside = [row for row in missing if gap.start <= row.offset <= gap.end]
        missing = [row for row in missing if not gap.start <= row.offset <= gap.end]
        gapped += len(inside)
        if gap.n is not None and gap.n != len(inside):
            words = (
                f"{client.name}: the gap {gap.start} to {gap.end} says {gap.n} rows, there are {len(inside)}"
            )
            verdict.silent.append(words)
    verdict.gapped[client.name] = gapped
    verdict.silent += [
        f"{client.name} never saw {row.offset} ({row.mark.producer} row {row.mark.n})" for row in missing
    ]
