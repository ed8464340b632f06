"""Where a regular expression that stands in a query without quotes ends, and the names of its groups."""

import re

_PART = re.compile(r"\\\S|\[\^?\]?(?:\\\S|[^\]\\\s])*\]|[^\s\"]")
_NAMED = re.compile(r"\(\?P?<(\w+)>")


def end_of_pattern(text: str, start: int) -> int:
    """The place behind a bare pattern: a blank or a quote ends it, and outside of its own parentheses `|` and `)`.

    So `path~^/v(1|2)/ | stats count` has the pattern `^/v(1|2)/`; what holds a blank is quoted.
    """
    at, depth = start, 0
    while (part := _PART.match(text, at)) is not None:
        depth += (part[0] == "(") - (part[0] == ")")
        if depth < 0 or (depth == 0 and part[0] == "|"):
            break
        at = part.end()
    return at


def group_names(pattern: str) -> tuple[str, ...]:
    """Names of its groups, `(?P<name>..)` or `(?<name>..)`."""
    return tuple(_NAMED.findall(pattern))
