"""The first rows of the screen: session and state, the filter, the gauges; and the status line."""

from dataclasses import dataclass
from datetime import UTC, datetime

from debugterm_protocol.levels import LEVELS

from debugterm_client.core.gauges import GAUGES, reading
from debugterm_client.core.rows import LETTERS
from debugterm_client.core.sanitize import safe
from debugterm_client.core.scene import Scene
from debugterm_client.core.spark import short, sparkline
from debugterm_client.core.stream import Stream
from debugterm_client.core.viewport import Viewport
from debugterm_client.core.words import counted
from debugterm_client.ui.fit import Fragment, clip, cut, length, spread
from debugterm_client.ui.theme import Signs

Line = list[Fragment]
FLOWS = {"live": "LIVE", "lagging": "LAG", "summary": "SUMMARY"}
MOST_MS = 253_402_300_799_000
"""The last millisecond that a calendar knows."""
STALE_SECONDS = 10.0
"""Without a row for this long the state says how long ago the last one came."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a frame is drawn: monotonic and wall clock."""

    now: float
    wall: float

    @property
    def utc(self) -> datetime:
        """The wall clock as a time."""
        return datetime.fromtimestamp(self.wall, UTC)


def standing(scene: Scene, view: Viewport) -> str:
    """How the stream stands, in one word: the header and the status line say the same."""
    if scene.line.state != "up":
        return scene.line.state.upper()
    if not view.live:
        return "PAUSED"
    if scene.line.quiet:
        return "LIVE?"
    if scene.stream.replaying:
        return "REPLAY"
    flow = scene.stream.flow
    return FLOWS[flow.state] if flow is not None else "LIVE"


def state(scene: Scene, view: Viewport, at: Moment) -> Fragment:
    """The state in brackets: always the first thing to look at."""
    line = scene.line
    match line.state:
        case "offline":
            since = datetime.fromtimestamp(at.wall - max(0.0, at.now - line.since), UTC)
            return ("class:state.bad", f"[OFFLINE {since:%H:%M:%S}] r = retry")
        case "reconnecting":
            waited = max(0, round(line.retry_at - at.now))
            return ("class:state.bad", f"[RECONNECTING {waited}s try {line.attempt}]")
        case "connecting":
            again = f" try {line.attempt}" if line.attempt > 1 else ""
            return ("class:state.wait", f"[CONNECTING{again}]")
    word = standing(scene, view)
    return (
        "class:state.live" if word == "LIVE" else "class:state.wait",
        f"[{word}{_more(scene, view, word)}",
    )


def _more(scene: Scene, view: Viewport, word: str) -> str:
    """What stands behind the word of the state, and the bracket."""
    stream = scene.stream
    match word:
        case "PAUSED":
            return f" +{short(view.new(stream.timeline.end))}]"
        case "REPLAY":
            return f"{_replayed(stream)}]"
        case "LAG" if stream.flow is not None:
            shed = ",".join(LETTERS[level] for level in reversed(LEVELS[: _floor(stream.flow.floor)]))
            return f" {stream.flow.behind_ms / 1000:.0f}s]" + (f" shedding {shed}" if shed else "")
        case _:
            return "]"


def _floor(level: str) -> int:
    return LEVELS.index(level) if level in LEVELS else 0


def _replayed(stream: Stream) -> str:
    timeline = stream.timeline
    ends = (
        [timeline.offset(number).ms for number in (timeline.first, timeline.end - 1)]
        if timeline.end > timeline.first
        else []
    )
    if not ends or min(ends) <= 0:
        return ""
    first, last = (datetime.fromtimestamp(min(ms, MOST_MS) / 1000, UTC) for ms in ends)
    return f" {first:%H:%M}>{last:%H:%M}"


def _flow(scene: Scene, at: Moment) -> str:
    stream = scene.stream
    if scene.line.state != "up":
        return ""
    parts = [f"{short(stream.all_rate)}/s"]
    silent = at.now - stream.last_row_at if stream.last_row_at is not None else None
    if silent is not None and silent > STALE_SECONDS and not stream.replaying:
        parts.append(f"last row {silent:.0f}s ago")
    elif stream.lag is not None:
        parts.append(f"lag {stream.lag:.1f}s")
    return "  ".join(parts)


def _lost(scene: Scene, *, wide: bool) -> Line:
    """`lost 0` where there is room; what is really lost is said at every width."""
    stream = scene.stream
    some = stream.lost_rows or stream.lost_unknown
    if scene.line.state != "up" or not (some or wide):
        return []
    words = f"lost {short(stream.lost_rows)}{'+?' if stream.lost_unknown else ''}"
    return [("class:bar", "  "), ("class:bar.lost" if some else "class:bar", words)]


def session_line(scene: Scene, view: Viewport, columns: int, at: Moment) -> Line:
    """Row 1: session, environment, state, flow, role, who is here, clock; what matters less goes first."""
    clock = [("class:bar", f" {at.utc:%H:%M:%S}Z " if columns >= 100 else f" {at.utc:%H:%M}Z ")]
    flow = _flow(scene, at)
    left: Line = [("class:bar", " ")]
    left += [("class:bar.name", cut(_name(scene), max(8, columns * 3 // 10))), ("class:bar", "  ")]
    if scene.welcome is not None and columns >= 80:
        left += [("class:bar.dim", safe(scene.welcome.env)), ("class:bar", "  ")]
    left.append(state(scene, view, at))
    parts = (
        [("class:bar", f" {flow}")] if flow else [],
        _lost(scene, wide=columns >= 100),
        _role(scene, columns),
        _people(scene, columns),
    )
    for part in parts:
        if length(left) + length(part) + length(clock) <= columns:
            left += part
    return spread(left, clock, columns, fill="class:bar")


def _name(scene: Scene) -> str:
    if scene.snapshot is None:
        return "debugterm"
    slug, title = safe(scene.snapshot.slug), safe(scene.snapshot.title)
    return f"{slug} {title}" if title and title.lower() != slug.lower() else slug or title


def _role(scene: Scene, columns: int) -> Line:
    if scene.welcome is None:
        return []
    role = scene.welcome.role.value if columns >= 100 else ""
    if scene.driving:
        return [("class:bar", f"  {role} " if role else "  "), ("class:bar.name", "DRIVER")]
    mode = "RO" if scene.read_only else "RW"
    return [("class:bar", f"  {role} {mode}" if role else f"  {mode}")]


def _people(scene: Scene, columns: int) -> Line:
    names, driver = scene.people, scene.driver_name
    if not names:
        return []
    most = 2 if columns < 100 else 4 if columns < 140 else 8
    shown = " ".join(f"@{safe(name)}{'*' if name == driver else ''}" for name in names[:most])
    more = f" +{len(names) - most}" if len(names) > most else ""
    return [("class:bar", f"  {cut(shown, columns // 3)}{more}")]


def query_line(scene: Scene, columns: int) -> Line:
    """Row 2: the filter in effect, whose it is, and how much of the stream matches."""
    style = "class:query.private" if scene.private else "class:query"
    left: Line = [("class:prompt", "/ "), (style, safe(scene.stream.query) or "(everything)")]
    view = scene.snapshot.view if scene.snapshot else None
    if scene.private:
        left.append(("class:dim", "  private"))
    elif view and view.query and view.by:
        left.append(("class:dim", f"  shared by @{safe(view.by)}"))
    right: Line = []
    if scene.line.state == "up" and columns >= 60:
        right = [("class:dim", f" {short(scene.stream.match_rate)}/s of {short(scene.stream.all_rate)}/s ")]
    return spread(left, right, columns)


def gauge_line(scene: Scene, columns: int, signs: Signs) -> Line:
    """Row 3: the five gauges, each with its last minutes where there is room; dim while nothing new can come."""
    cells = (columns - 1) // len(GAUGES)
    loose = cells >= 20
    old = scene.line.state != "up"
    line: Line = [("", " ")]
    for gauge in GAUGES:
        series = scene.gauges.series[gauge.name]
        value = reading(gauge, series.last)
        breach = "!" if gauge.top == 1.0 and (series.last or 0) >= 0.9 else " "
        style = "class:dim" if old else "class:error" if breach == "!" else ""
        room = 4 + len(gauge.unit) if cells >= 14 else 4
        part: Line = [("class:gauge.name", f"{gauge.name:<4} "), (style, f"{value:>{room}}{breach}")]
        bars = min(max(cells - length(part) - (3 if loose else 1), 0), 30)
        if bars >= 3:
            part.append(
                (
                    style or "class:gauge",
                    " " * loose + sparkline([*series.values], width=bars, top=gauge.top, bars=signs.bars),
                )
            )
        line += [*part, ("", " " * max(1, cells - length(part)))]
    return clip(line, columns)


def status_line(scene: Scene, view: Viewport, columns: int, *, wrapped: bool, find: str) -> Line:
    """What is shown: place, gaps, modes."""
    stream, timeline = scene.stream, scene.stream.timeline
    first = timeline.first + (timeline.older is not None)
    total = timeline.end - first
    word = standing(scene, view)
    if not view.live:
        word = "PAUSED, G = live" if word == "PAUSED" else f"{word}, paused"
    if stream.table_wanted:
        left = f"{word}  table, refreshed each second"
    elif not total and scene.line.state != "up":
        left = f"{word}  no rows"
    elif not total:
        left = "no rows yet" if stream.replaying else "no row matches; what comes is shown at once"
    else:
        at = view.cursor - first + 1
        left = f"{word}  " + (f"row {at:,} of {total:,}" if at > 0 else f"top of {counted(total, 'row')}")
    if stream.lost_rows or stream.lost_unknown:
        left += f"  {stream.lost_words}"
    elif stream.flow is not None and stream.flow.state != "live":
        left += "  / a narrower filter keeps up"
    if timeline.dropped:
        left += f"  {timeline.dropped:,} older left this screen"
    right = f" {f'find:{safe(find)}  ' if find else ''}wrap:{'on' if wrapped else 'off'}  tz:UTC "
    return spread([("class:dim", f" {left}")], [("class:dim", right)] if columns >= 60 else [], columns)


def event_line(scene: Scene, columns: int, at: Moment) -> Line:
    """Who did what just now; when the line is down, why, and what to do."""
    line = scene.line
    if line.state == "offline":
        return [
            ("class:error", cut(f" {safe(line.why)}{'; ' + safe(line.fix) if line.fix else ''}", columns))
        ]
    if line.state in ("reconnecting", "connecting") and line.why:
        return [("class:error", cut(f" {safe(line.why)}; r = try now", columns))]
    text = safe(scene.event_line(at.now))
    style = "class:error" if scene.event_kind == "error" else "class:event"
    return [(style, cut(f" {text}", columns))] if text else [("", " ")]
