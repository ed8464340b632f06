"""Counts log templates over time and says what is new, more, or gone against the time before.

The window is the last 5 minutes, the baseline the 15 minutes before it, both in steps of 20 seconds. A mark:

- `new`: not one row before the window, ever since this hub looks; at least 3 rows in it, or 1 at error or fatal.
- `up`: at least 20 rows, at least 3 times what came before in as long a time, and beyond chance (4 standard deviations of
  a Poisson count).
- `gone`: at least 20 rows before in as long a time, and less than a tenth of it now.

There are no marks until 5 minutes of the baseline are known and had rows: at the start everything is new.
"""

import math
from collections import Counter
from collections.abc import Sequence
from operator import itemgetter
from typing import Literal

from debugterm_protocol import limits
from debugterm_protocol.views import Pattern
from msgspec import Struct

from debugterm_server.core.patterns import Miner, Template

STEP = 20
"""Seconds of one step."""
WINDOW = 300
BASELINE = 900
KNOWN = 300
"""Seconds of the baseline that must be known before anything is marked."""
SERVICES = 8
"""Services told apart for one template."""

Mark = Literal["", "new", "up", "gone"]
_ORDER: dict[Mark, int] = {"new": 0, "up": 1, "gone": 2, "": 3}
_GRAVE = frozenset({"error", "fatal"})


class Head(Struct, gc=False):
    """What is needed of a stored row to find its template."""

    level: str = "info"
    service: str = ""
    message: str = ""


def mark(level: str, n: int, before: float, *, first: bool) -> Mark:
    """The mark of a template with `n` rows in the window and `before` in as long a time of the baseline.

    `first`: it came in this window for the first time.
    """
    if first and not before:
        return "new" if n >= 3 or (n and level in _GRAVE) else ""
    if n >= 20 and n >= 3 * before and n - before >= 4 * math.sqrt(before + 1):
        return "up"
    return "gone" if before >= 20 and n < before / 10 else ""


class Trends:
    """The templates of one environment and their numbers."""

    def __init__(self, *, since: int) -> None:
        self.miner = Miner()
        self.since = since
        """Unix second from which on rows were given; who gives the past moves it back."""
        self._given: dict[int, list[int]] = {}
        """By step: rows that came, rows that were learnt."""

    @property
    def known_from(self) -> int:
        """Unix second from which on there is something to compare with: rows were given, and there were some."""
        return max(self.since, min(self._given, default=0) * STEP)

    def take(
        self, rows: Sequence[Head], indexes: Sequence[int], *, second: int, entry: str, came: int
    ) -> list[int]:
        """Learn rows of one entry, which stand at these indexes in it; the indexes of those with a new template.

        `came` is how many rows the entry has: of these the given ones are a fair sample, or all.
        """
        step = second // STEP
        given = self._given.setdefault(step, [0, 0])
        given[0] += came
        given[1] += len(rows)
        learn = self.miner.learn
        found: Counter[tuple[Template, str]] = Counter()
        last: dict[Template, int] = {}
        fresh = []
        for index, row in zip(indexes, rows, strict=True):
            template = learn(row.message, row.level)
            if template is None:
                continue
            if template.born is None and template not in last:
                fresh.append(index)
            found[template, row.service] += 1
            last[template] = index
        for (template, service), n in found.items():
            _count(template, step, service, n)
        # In their order: templates that became one in this entry share the newest row.
        for template, index in sorted(last.items(), key=itemgetter(1)):
            _last_seen(template, step, f"{entry}-{index}")
        return fresh

    def forget(self, now: int) -> None:
        """Drop the steps before the baseline."""
        oldest = _oldest(now)
        self._given = {step: given for step, given in self._given.items() if step >= oldest}
        for template in self.miner.templates():
            template.steps = {step: n for step, n in template.steps.items() if step >= oldest}

    def read(self, now: int) -> list[Pattern]:
        """The templates of the window and those gone from it, marked ones first, then by number; not cut."""
        turn = _oldest(now) + BASELINE // STEP
        known = min(BASELINE, max(0, turn * STEP - self.known_from))
        found = [self._pattern(template, turn, known) for template in self.miner.templates()]
        shown = [pattern for pattern in found if pattern.n or pattern.mark]
        return sorted(shown, key=lambda pattern: (_ORDER[pattern.mark], -pattern.n, pattern.text))

    def _pattern(self, template: Template, turn: int, known: int) -> Pattern:
        n = before = 0.0
        for step, rows in template.steps.items():
            came, learnt = self._given.get(step, (1, 1))
            many = rows * came / learnt
            if step >= turn:
                n += many
            elif (turn - step) * STEP <= BASELINE:
                before += many
        n, before = round(n), before * WINDOW / known if known else 0.0
        first = template.born is not None and template.born >= turn
        return Pattern(
            id=template.id,
            text=template.text,
            level=template.level,
            service=max(template.services, key=template.services.__getitem__, default=""),
            n=n,
            before=round(before, 1),
            mark=mark(template.level, n, before, first=first) if known >= KNOWN else "",
            sample=template.sample,
        )


def told(patterns: Sequence[Pattern]) -> list[Pattern]:
    """As many as one frame carries."""
    return list(patterns[: limits.PATTERN_ROWS])


def _oldest(now: int) -> int:
    """The first step of the baseline; the step of `now` is the last of the window."""
    return now // STEP + 1 - (WINDOW + BASELINE) // STEP


def _alive(template: Template) -> Template:
    while template.into is not None:
        template = template.into
    return template


def _count(template: Template, step: int, service: str, n: int) -> None:
    template = _alive(template)
    template.steps[step] = template.steps.get(step, 0) + n
    if service in template.services or len(template.services) < SERVICES:
        template.services[service] = template.services.get(service, 0) + n


def _last_seen(template: Template, step: int, row: str) -> None:
    template = _alive(template)
    if template.born is None or step < template.born:
        template.born = step
    if step >= max(template.steps, default=step):
        template.sample = row
