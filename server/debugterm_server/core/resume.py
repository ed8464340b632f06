"""Where a watch goes on: the resume protocol as a state machine, whose model this text is.

A **stream** has an epoch, rows at ascending offsets, a top (its last row) and a floor (up to there retention removed
rows). A **client** has a place (epoch, offset): up to there it was shown each row, or told a gap. A **watch** has a
place of its own, on one hub, for one connection. Two promises hold in every state: *the place of a client never
passes a row that it has neither been shown nor been told of*, and *nothing of an epoch comes before its `reset`*.

States of a watch: **asked** (its place is judged), **behind** (it reads the past), **live** (it is handed what comes),
**ended**. States of a client: **here** (on a hub) and **away**. Any hub gives the same answer, because all that counts
is in the stream and in what the client says.

| state  | event                            | becomes | told, in this order, before anything else                       |
|--------|----------------------------------|---------|------------------------------------------------------------------|
| asked  | from `now`                       | live    | `ok` with the top as its place; `caught`                          |
| asked  | offset is none                   | ended   | refused, BAD_OFFSET; an older watch of the connection goes on     |
| asked  | epoch of another stream          | behind  | `ok` recovered:false, `reset`; goes on at the lower of offset, top |
| asked  | offset above the top             | behind  | `ok` recovered:false, `reset`; goes on at the top                 |
| asked  | offset below the floor           | behind  | `ok` recovered:false, `gap` (retention) up to the floor           |
| asked  | any other offset                 | behind  | `ok` recovered:true                                               |
| behind | rows behind the place            | behind  | `rows`; the place moves behind them                               |
| behind | trimmed above the place          | behind  | `gap` (retention) up to the floor                                 |
| behind | stream replaced                  | behind  | `reset`; the place becomes the lower of itself and the top        |
| behind | nothing behind the place         | live    | `caught`, in the same turn in which it joins what is live         |
| behind | hub's own top below the place    | behind  | nothing: it waits until this hub has read so far                  |
| live   | published, taken                 | live    | `rows`, with the `gap` of what was shed among them                |
| live   | published, not taken             | live    | nothing yet; a `gap` (slow) before whatever is told next          |
| live   | trimmed before this hub read it  | live    | `gap` (slow), `gap` (retention)                                   |
| live   | stream replaced                  | live    | `gap` (slow), `reset`; the place becomes the lower of itself, top |
| live   | the other query (`replaces`)     | asked   | `ok`; no row of the old watch after it                            |
| any    | connection lost                  | ended   | nothing; what was told and not received is behind the client's place |
| away   | connects to any hub              | asked   | the client names its place, and drops rows that are not above it  |

`judge` is the state *asked*; the states *behind* and *live* are `rooms/hub/backlog.py` and `rooms/hub/viewer.py`.
The tests run the table against them, with two hubs and a real stream (`tests/integration/server/rooms/test_resume.py`).
"""

from dataclasses import dataclass

from debugterm_protocol.offsets import Offset


@dataclass(frozen=True, slots=True)
class Stand:
    """How a stream stands: its epoch, its top, and the floor up to which retention removed rows."""

    epoch: str
    top: Offset
    floor: Offset


@dataclass(frozen=True, slots=True)
class Resumed:
    """Where a watch goes on: behind `at`, after a reset (`why` it is one) or a gap up to `at`, or neither."""

    asked: Offset
    """The place that the client named."""
    at: Offset
    why: str = ""
    """Not empty: the place meant nothing, and the client is told a reset with these words."""
    lost_from: Offset | None = None
    """Not None: retention removed what lay between this place and `at`."""

    @property
    def begin(self) -> Offset:
        """The place to answer with: what is lost behind it is told next, and a cut line must not hide it."""
        return self.at if self.lost_from is None else self.lost_from

    @property
    def recovered(self) -> bool:
        """Whether the client gets every row behind its place."""
        return not self.why and self.lost_from is None


def judge(epoch: str, offset: Offset, stand: Stand) -> Resumed:
    """Where a client goes on that comes back to `offset` of `epoch`."""
    why, at = "", offset
    if epoch != stand.epoch:
        why, at = "the stream was replaced since you last saw it", min(offset, stand.top)
    elif offset > stand.top:
        why, at = "your place is above the top of the stream: what you saw there is gone", stand.top
    if at < stand.floor:
        return Resumed(offset, stand.floor, why, lost_from=at)
    return Resumed(offset, at, why)
