"""What is counted for one query, of all its rows and before anything is shed; told once a second."""

from collections import Counter
from collections.abc import Iterable, Sequence

from debugterm_protocol.frames import Rate

from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.outlet import Wrap
from debugterm_server.rooms.hub.shared import message
from debugterm_server.rooms.hub.viewer import Viewer


class Counts:
    """The counts of one channel. `viewer.aside` says what each viewer wants to be told beside the rate."""

    def __init__(self, ch: str, *, wrap: Wrap) -> None:
        self._ch = ch
        self._wrap = wrap
        self._levels: Counter[str] = Counter()

    def take(self, read: Read, indexes: Sequence[int]) -> None:
        """The rows of an entry that match."""
        self._levels.update(read.levels(indexes))

    def second(self, everything: int, now: int, viewers: Iterable[Viewer]) -> None:
        """Tell the second before `now`, in which the environment had `everything` rows."""
        by, self._levels = dict(self._levels), Counter()
        rate = Rate(ch=self._ch, all=everything, match=sum(by.values()), s=now - 1, by=by)
        told = message(rate, self._wrap)
        for viewer in viewers:
            _ = viewer.hear(told)
