"""What opens beside or over the stream: people and chat, and the keys."""

from debugterm_protocol.frames import Presence

from debugterm_client.core.keys import COMMANDS, KEYS
from debugterm_client.core.sanitize import safe
from debugterm_client.core.scene import Scene
from debugterm_client.ui.fit import Fragment, cut, pad, spread, wrap
from debugterm_client.ui.theme import Signs

Line = list[Fragment]


def heading(text: str, columns: int, signs: Signs) -> Line:
    """A rule with a name in it."""
    return [
        ("class:rule", f"{signs.rule}"),
        ("class:title", f" {text} "),
        ("class:rule", signs.rule * max(0, columns - len(text) - 3)),
    ]


def people_pane(scene: Scene, columns: int, lines: int, signs: Signs) -> list[Line]:
    """Who is here and what they look at, then the newest chat at the bottom."""
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


def help_pane(columns: int, signs: Signs) -> list[Line]:
    """Every key and command, from the one table."""
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


def side_by_side(line: Line, columns: int) -> Line:
    """A line filled to its pane."""
    return spread(line, [], columns)
