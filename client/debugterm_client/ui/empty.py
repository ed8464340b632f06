"""What stands where no row is: why there is none, and what to do."""

from debugterm_client.core.sanitize import safe
from debugterm_client.core.scene import Scene
from debugterm_client.ui.fit import Fragment, cut

Line = list[Fragment]


def empty_lines(scene: Scene, columns: int, now: float) -> list[Line]:
    """A blank line and some words."""
    return [
        [("", " ")],
        *([("class:dim", cut(f"  {safe(text)}", columns))] for text in _texts(scene, now) if text),
    ]


def _texts(scene: Scene, now: float) -> list[str]:
    stream = scene.stream
    if scene.line.state != "up":
        waited = f"{max(0, now - scene.line.since):.0f} s" if scene.line.since else ""
        return [f"{scene.line.state} {waited}".strip(), scene.line.why, scene.line.fix]
    if stream.table_wanted:
        return ["the first table comes within a second"]
    if stream.replaying:
        return ["reading what arrived before"]
    if stream.all_rate:
        flow = f"No row matches. {stream.all_rate:,} rows a second flow, none of them match."
        return [flow, "/ changes the filter"]
    return ["No row matches, and nothing flows now.", "The next row is shown the moment it arrives."]
