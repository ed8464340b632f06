"""What a person's keys ask of the hub, as values: the screen wishes, `net.clerk` carries it out."""

from dataclasses import dataclass

from debugterm_protocol.sessions import Command


@dataclass(frozen=True, slots=True)
class Look:
    """Watch another query in the place of the present one; answered by `Watching` or `LookRefused`."""

    query: str


@dataclass(frozen=True, slots=True)
class Do:
    """Do something in the session; answered by `Did` or `Complaint`."""

    command: Command


@dataclass(frozen=True, slots=True)
class Here:
    """Tell the others what I look at."""

    query: str
    typing: bool


@dataclass(frozen=True, slots=True)
class Fetch:
    """Rows behind `start` and up to `end`, newest first; answered by `Fetched` or `FetchFailed`."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Probe:
    """What would this query show, and what could be typed at `at`? Answered by `Looked`; the latest wins."""

    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Aside:
    """What else the hub is to tell of the stream."""

    histogram: bool = False
    facets: bool = False
    patterns: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    """Connect now."""


Wish = Look | Do | Here | Fetch | Probe | Aside | Retry
