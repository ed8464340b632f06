"""The page `docs/reference/keys.md`, made from the table of keys; a test compares them."""

from debugterm_client.core.keys import COMMANDS, KEYS


def page() -> str:
    """The whole page."""
    lines = [
        "# Keys and commands of the terminal client",
        "",
        "Made from `client/debugterm_client/core/keys.py`; a test compares them. `?` shows the same on screen.",
        "No key needs Ctrl-A, Ctrl-B, Alt or a mouse, so tmux and screen are not in the way.",
    ]
    for group in dict.fromkeys(binding.group for binding in KEYS):
        lines += ["", f"## {group}", "", "| key | does |", "|---|---|"]
        lines += [
            f"| `{'`, `'.join(binding.shows.split())}` | {binding.does} |"
            for binding in KEYS
            if binding.group == group
        ]
    lines += ["", "## Commands", "", "| command | does |", "|---|---|"]
    lines += [f"| `{name}` | {does} |" for name, does in COMMANDS]
    return "\n".join(lines) + "\n"
