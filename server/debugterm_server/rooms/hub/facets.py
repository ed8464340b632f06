"""The facets of one query: its fields are counted only while somebody asks for them, then their past too."""

from collections.abc import Iterable, Sequence

from debugterm_protocol import limits
from debugterm_protocol.views import Facets as Told

from debugterm_server.core.facets import Field, window_start
from debugterm_server.core.matcher import Matcher
from debugterm_server.rooms.hub.batch import Read
from debugterm_server.rooms.hub.census import Census
from debugterm_server.rooms.hub.recount import Place

ALWAYS = ("level", "service", "host")
"""Fields of every row, told first when the hub may choose."""
CHOSEN_SECONDS = 60
"""How long a choice of fields stands."""
EMPTY_SECONDS = 2
"""How long it stands when there was nothing to choose from."""
FIELDS = 64
"""Fields counted for all viewers of a query together; who asks for more is not told of them."""


class Facets:
    """The counted fields of one channel."""

    def __init__(self, ch: str, matcher: Matcher, census: Census) -> None:
        self._ch = ch
        self._matcher = matcher
        self._census = census
        self._fields: dict[str, Field] = {}
        self._pasts: list[_Past] = []
        self._chosen: tuple[str, ...] = ALWAYS
        self._chosen_at = 0

    def take(self, rows: Sequence[dict[str, object]], *, second: int) -> None:
        """Rows of the query, live."""
        for field in self._fields.values():
            field.add(rows, second=second)

    @property
    def asked(self) -> bool:
        """Whether any field is counted."""
        return bool(self._fields)

    def ask(self, wishes: Iterable[Sequence[str]]) -> None:
        """Count what these viewers want from now on, and its past; drop what nobody wants any more."""
        names = list(dict.fromkeys(name for wish in wishes for name in self.names(wish)))[:FIELDS]
        self._fields = {name: field for name, field in self._fields.items() if name in names}
        for past in [past for past in self._pasts if not self.wanted(past)]:
            self._pasts.remove(past)
            self._census.recount.drop(past)
        new = [name for name in names if name not in self._fields]
        if new:
            place = self._census.top()
            fields = [Field(name, since=place[0] // 1000 + 1) for name in new]
            self._fields.update((field.name, field) for field in fields)
            past = _Past(self, fields, self._matcher, before=(place[0], place[1] + 1))
            self._pasts.append(past)
            self._census.recount.add(past)

    def names(self, wish: Sequence[str]) -> list[str]:
        """The fields that a viewer asks for; `*` alone is the hub's choice, which stands for a while."""
        if list(wish) != ["*"]:
            return list(dict.fromkeys(wish))[: limits.FACETS]
        now = self._census.now()
        stands = EMPTY_SECONDS if self._chosen == ALWAYS else CHOSEN_SECONDS
        if now >= self._chosen_at + stands:
            self._chosen_at = now
            self._chosen = (*ALWAYS, *self._census.choices(limits.FACETS - len(ALWAYS)))
        return list(self._chosen)

    def read(self, wish: Sequence[str], now: int) -> Told:
        """What a viewer is told: its fields as far as all of them are counted from the same second on."""
        fields = [field for name in self.names(wish) if (field := self._fields.get(name)) is not None]
        start = window_start(now)
        for field in fields:
            field.forget(now)
        since = min((max(start, field.since) for field in fields), default=start)
        told = [field.read() for field in fields if max(start, field.since) == since]
        return Told(ch=self._ch, since=since, fields=told)

    def wanted(self, past: "_Past") -> bool:
        """Whether one of its fields is still counted."""
        return any(self._fields.get(field.name) is field for field in past.fields)

    def back_to(self) -> int:
        """The unix second at which the window begins."""
        return window_start(self._census.now())

    def close(self) -> None:
        """Nobody watches any more."""
        for past in self._pasts:
            self._census.recount.drop(past)


class _Past:
    """What some fields were before somebody asked for them."""

    def __init__(self, facets: Facets, fields: list[Field], matcher: Matcher, *, before: Place) -> None:
        self.before = before
        self.fields = fields
        self._facets = facets
        self._matcher = matcher

    def back_to(self) -> int | None:
        return self._facets.back_to() if self._facets.wanted(self) else None

    def take(self, read: Read) -> None:
        rows = [read.rows[index] for index in read.pick(self._matcher)]
        for field in self.fields:
            field.add(rows, second=read.place[0] // 1000)

    def reached(self, second: int) -> None:
        for field in self.fields:
            field.since = second
