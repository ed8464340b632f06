"""The filter bar: what is typed, what is wrong with it, what it would show, and what could be typed next. Pure.

The text is read here at once (`debugterm_protocol.query`); counts and completions come from the hub a moment later,
and count only for the text they were asked for.
"""

from dataclasses import dataclass

import msgspec
from debugterm_protocol.query import BadQuery
from debugterm_protocol.views import Probed, Suggestion

from debugterm_client.core.asked import asked


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a query: in words with what to do, and where (1-based; 0 when it has no place)."""

    why: str
    column: int = 0


def fault_of(text: str) -> Fault | None:
    """What is wrong with the text of a query, None when nothing is."""
    try:
        asked(text, live=True)
    except BadQuery as bad:
        return Fault(bad.why + (f"; {bad.hint}" if bad.hint else ""), bad.column)
    return None


@dataclass(slots=True)
class Bar:
    """One line being typed; made anew each time the bar opens."""

    text: str = ""
    at: int = 0
    fault: Fault | None = None
    probed: Probed | None = None
    """The hub's answer for this text; None until it comes."""
    menu: tuple[Suggestion, ...] = ()
    chosen: int = 0
    wanted: bool = False
    """Whether completions are to be shown: from the first key on, until Esc."""
    _first: str | None = None

    @property
    def open(self) -> bool:
        """Whether the list of completions is shown."""
        return self.wanted and bool(self.menu)

    def typed(self, text: str, at: int) -> bool:
        """The line as it is now; whether the hub is to be asked about it."""
        if self._first is None:
            self._first = text
        if (text, at) == (self.text, self.at) and self.probed is not None:
            return False
        if text != self.text:
            self.fault, self.probed = fault_of(text), None
            self.wanted = self.wanted or text != self._first
        self.text, self.at = text, at
        self._narrow()
        return True

    def _narrow(self) -> None:
        """Until the hub answers, the completions that still fit what was typed meanwhile."""
        kept = []
        for each in self.menu:
            typed = self.text[each.start : self.at]
            if each.start <= self.at and typed and each.text.lower().startswith(typed.lower()):
                kept.append(msgspec.structs.replace(each, end=self.at))
        self._show(tuple(kept))

    def _show(self, menu: tuple[Suggestion, ...]) -> None:
        chosen = self.menu[self.chosen].text if self.menu else ""
        self.menu = menu
        self.chosen = next((at for at, each in enumerate(menu) if each.text == chosen), 0)

    def answered(self, text: str, at: int, answer: Probed) -> None:
        """What the hub says; an answer to an older text is no news."""
        if text != self.text:
            return
        self.probed = answer
        if answer.why and self.fault is None:
            why = answer.why + (f"; {answer.hint}" if answer.hint else "")
            self.fault = Fault(why, answer.column)
        if at == self.at:
            whole = [each for each in answer.suggestions if text[each.start : each.end] != each.text]
            self._show(tuple(whole))

    def choose(self, by: int) -> None:
        """Another completion; after the last comes the first."""
        if self.menu:
            self.chosen = (self.chosen + by) % len(self.menu)

    def accept(self) -> tuple[str, int] | None:
        """The line with the chosen completion in it, and the cursor behind it; None when there is none."""
        if not self.open:
            return None
        pick = self.menu[self.chosen]
        text = self.text[: pick.start] + pick.text + self.text[pick.end :]
        self.menu = ()
        return text, pick.start + len(pick.text)

    def close(self) -> bool:
        """Hide the completions; False when they were not shown."""
        was, self.wanted = self.open, False
        self._first = self.text
        return was

    @property
    def count(self) -> str:
        """`12 of 1,214 rows in the last 60 s`; empty until the hub said so."""
        found = self.probed
        if found is None or self.fault is not None or not found.seconds:
            return ""
        if not found.all:
            return f"no row at all in the last {found.seconds} s"
        words = f"{found.match:,} of {found.all:,} rows in the last {found.seconds} s"
        return f"{words}; near: {', '.join(found.near)}" if found.near else words
