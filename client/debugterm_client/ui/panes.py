"""What opens beside or over the stream: people and chat, and the keys."""

from debugterm_protocol.frames import Presence

from debugterm_client.core.desk import Desk
from debugterm_client.core.keys import COMMANDS, KEYS
from debugterm_client.core.sanitize import safe
from debugterm_client.core.scene import Scene
from debugterm_client.core.words import counted
from debugterm_client.ui.fit import Fragment, cut, pad, width, wrap
from debugterm_client.ui.theme import Signs

Line = list[Fragment]


def heading(text: str, columns: int, signs: Signs, *, strong: bool = False) -> Line:
    """A rule with a name in it; `strong` when the keys go there."""
    name = f" {cut(text, max(columns - 4, 1))} "
    return [
        ("class:rule", f"{signs.rule}"),
        ("class:menu.chosen" if strong else "class:title", name),
        ("class:rule", signs.rule * max(0, columns - width(name) - 1)),
    ]


def scrolled(lines: list[Line], selected: int, room: int, columns: int) -> list[Line]:
    """As many lines as there is room for, the selected one among them; what is cut off says so."""
    if len(lines) <= room or room < 2:
        return lines[: max(room, 0)]
    top = max(0, min(selected - (room - 1) // 2, len(lines) - room + 1))
    left = len(lines) - top - (room - 1)
    more = f" {left} more below" if left > 0 else " end"
    return [*lines[top : top + room - 1], [("class:dim", cut(more, columns))]]


def people_pane(desk: Desk, columns: int, lines: int, signs: Signs) -> list[Line]:
    """Who is here and what they look at, then the newest chat at the bottom."""
    scene = desk.scene
    shown = [
        heading(f"PEOPLE {len(scene.people)}", columns, signs),
        *_people(scene, columns)[: max(2, lines // 2 - 1)],
    ]
    chat = _chat(scene, columns)
    room = max(0, lines - len(shown) - 2)
    blank: Line = [("", " ")]
    return [*shown, blank, heading("CHAT", columns, signs), *(chat[-room:] if room else [])]


def _people(scene: Scene, columns: int) -> list[Line]:
    driver = scene.snapshot.driver if scene.snapshot else ""
    by_human: dict[str, Presence] = {}
    for each in scene.presence:
        by_human.setdefault(each.human, each)
    ordered = sorted(by_human.values(), key=lambda each: (each.human != driver, each.name))
    lines: list[Line] = []
    for each in ordered:
        style = "class:driver" if each.human == driver else "class:person"
        what = " ".join(
            word for word in ("driver" if each.human == driver else "", each.role, _doing(each)) if word
        )
        lines.append(
            [
                ("", " "),
                (style, cut(f"@{safe(each.name)}", columns // 2)),
                ("class:dim", cut(f" {what}", columns // 2)),
            ]
        )
        if each.query and each.human != scene.me:
            lines.append([("class:dim", cut(f"   / {safe(each.query)}", columns))])
    return lines


def _doing(each: Presence) -> str:
    return "" if each.state == "active" else f"({each.state})"


def _chat(scene: Scene, columns: int) -> list[Line]:
    if scene.snapshot is None or not scene.snapshot.chat:
        return [[("class:dim", " nobody said anything yet; s = say")]]
    lines: list[Line] = []
    for said in scene.snapshot.chat:
        name = safe(said.name)
        lines.append([("class:time", f" {said.at[11:16]} "), ("class:person", cut(f"@{name}", columns - 8))])
        lines += [[("", f"   {part}")] for part in wrap(safe(said.text), columns - 4)]
    return lines


def help_pane(columns: int, room: int, top: int, signs: Signs) -> tuple[list[Line], int]:
    """The keys and commands from line `top` on, and the line that is really the first: the end stays at the bottom."""
    everything = _help(columns, signs)
    if len(everything) <= room:
        return everything, 0
    top = max(0, min(top, len(everything) - room + 1))
    left = len(everything) - top - room + 1
    words = f" {counted(left, 'line')} more: j or PgDn" if left else " the end: k or PgUp goes back, q closes"
    return [*everything[top : top + room - 1], [("class:gap", cut(words, columns))]], top


def _help(columns: int, signs: Signs) -> list[Line]:
    lines: list[Line] = []
    for group in dict.fromkeys(binding.group for binding in KEYS):
        lines.append(heading(group.upper(), columns, signs))
        for binding in KEYS:
            if binding.group == group:
                shows = (
                    binding.shows if signs.rule != "-" else binding.shows.encode("ascii", "ignore").decode()
                )
                lines.append([("class:key", f" {pad(shows, 10)} "), ("", cut(binding.does, columns - 12))])
    lines.append(heading("COMMANDS", columns, signs))
    lines += [[("class:key", f" {pad(name, 15)} "), ("", cut(does, columns - 17))] for name, does in COMMANDS]
    return lines
