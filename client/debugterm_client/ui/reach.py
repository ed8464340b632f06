"""What Enter and + - = do with the selected thing: fill a gap, go further back, narrow the query."""

from typing import Protocol

from debugterm_protocol.query import BadQuery
from debugterm_protocol.query.syntax import Term

from debugterm_client.core.desk import Desk
from debugterm_client.core.narrow import How, narrowed
from debugterm_client.ui.entry import Page


class Say(Protocol):
    """Shows one line for a while."""

    def __call__(self, text: str, *, kind: str = "note") -> None:
        """Show it; `kind` is `note` or `error`."""


class Apply(Protocol):
    """Sets a query."""

    def __call__(self, query: str) -> None:
        """Set it, for everybody or for this screen."""


class Reach:
    """The selected row, gap, facet or pattern, and the query behind it."""

    def __init__(self, desk: Desk, page: Page, *, apply: Apply, say: Say) -> None:
        self._desk = desk
        self._page = page
        self._apply = apply
        self._say = say

    def fetch(self) -> None:
        """Ask for what the selected line stands for."""
        stream, number = self._desk.scene.stream, self._desk.view.cursor
        if self._desk.scene.line.state != "up":
            self._say("not connected; nothing can be fetched now", kind="error")
        elif stream.fetching is not None:
            self._say("one fetch at a time: the other one is under way")
        elif (wish := stream.fetch(number)) is None:
            self._say("there is nothing more to fetch here")
        else:
            self._desk.step_off(number)
            self._page.wish(wish)

    def narrow(self, how: How) -> None:
        """Change the query by the selected value or pattern."""
        term = self._term()
        if term is None:
            self._say("+ - = work on a value of the facets (3) or on a pattern (2)")
            return
        try:
            query = narrowed(self._desk.scene.stream.query, term, how)
        except BadQuery as bad:
            self._say(str(bad), kind="error")
            return
        self._apply(query)

    def _term(self) -> Term | None:
        match self._desk.focus:
            case "facets":
                return self._desk.picks.facet_term(self._desk.scene.stream.facets)
            case "patterns":
                return self._desk.picks.pattern_term(self._desk.scene.stream.patterns)
            case _:
                return None
