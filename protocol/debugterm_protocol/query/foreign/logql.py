"""Translates LogQL: a selector, line filters, parsers, label filters, and the usual functions around them."""

import re

from debugterm_protocol.query.spelling import quote

_LABEL = re.compile(r'\s*([^\W\d]\w*)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)\s*,?')
_LINE_FILTER = re.compile(r'\s*(\|=|!=|\|~|!~)\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)')
_STAGE = re.compile(r'\s*\|\s*((?:[^|"`\[]|"(?:[^"\\]|\\.)*"|`[^`]*`)+)')
_PARSERS = (
    "json",
    "logfmt",
    "unpack",
    "pattern",
    "regexp",
    "decolorize",
    "line_format",
    "label_format",
    "keep",
    "drop",
)
_UNWRAP = re.compile(r"unwrap\s+(?:\w+\()?(\w+)")
_BY = re.compile(r"\bby\s*\(([^)]*)\)")
_TOP = re.compile(r"\btopk\s*\(\s*(\d+)")
_OVER = re.compile(r"\b(rate|bytes_rate|(\w+)_over_time)\s*\(\s*(?:0?\.(\d\d?)\d*\s*,)?")
_RANGE = re.compile(r"\[(\d+[smhd])\]")
_ABOVE = re.compile(r"\)\s*(>=|<=|>|<)\s*([\d.]+)\s*$")
_BARE = re.compile(r"[\w./-]+")
_ALTERNATIVES = re.compile(r"\(?([\w.-]+(?:\|[\w.-]+)+)\)?")
_PREFIX = re.compile(r"([\w-]+)\.[*+]")


def translated(text: str) -> str | None:
    """What it is here; None when it has no part that we know."""
    opened = text.find("{")
    closed = text.find("}", opened)
    if closed < 0:
        return None
    terms = [term for label in _LABEL.finditer(text, opened + 1, closed) if (term := _label(label))]
    rest = text[closed + 1 :]
    more, field, place = _pipeline(rest)
    terms += more
    return " ".join(terms or ["*"] * bool(rest.strip())) + _functions(text, rest[place:], field)


def _label(found: re.Match[str]) -> str:
    name, op = found[1], found[2]
    value = found[3] if found[3] is not None else found[4]
    no = "-" if op.startswith("!") else ""
    if "~" not in op:
        return f"{no}{name}:{_value(value)}"
    if value in (".+", ".*"):
        return f"{no}{name}:*" if value == ".+" else ""
    if several := _ALTERNATIVES.fullmatch(value):
        return f"{no}{name}:({' OR '.join(several[1].split('|'))})"
    if begins := _PREFIX.fullmatch(value):
        return f"{no}{name}:{begins[1]}*"
    return f"{no}{name}~{quote(f'^(?:{value})$')}"


def _pipeline(text: str) -> tuple[list[str], str, int]:
    """The terms of line and label filters, the unwrapped field, and where the pipeline ends."""
    terms: list[str] = []
    field, place = "", 0
    while True:
        if found := _LINE_FILTER.match(text, place):
            no = "-" if found[1].startswith("!") else ""
            value = found[2] if found[2] is not None else found[3]
            terms.append(f"{no}message~{quote(value)}" if "~" in found[1] else no + quote(value))
        elif found := _STAGE.match(text, place):
            stage = found[1].strip().rstrip(")").strip()
            field = unwrapped[1] if (unwrapped := _UNWRAP.match(stage)) else field
            if not stage.startswith((*_PARSERS, "unwrap")):
                terms.append(f"({stage})" if re.search(r"\sor\s", stage) else stage.replace(",", " "))
        else:
            return terms, field, place
        place = found.end()


def _functions(text: str, tail: str, field: str) -> str:
    """The stages for the functions around the selector; empty when there are none."""
    over, span = _OVER.search(text), _RANGE.search(tail)
    if over is None or span is None:
        return ""
    by = (
        f" by {', '.join(name.strip() for name in found[1].split(','))}"
        if (found := _BY.search(text))
        else ""
    )
    if over[1] in ("rate", "bytes_rate"):
        column, stage = "rate", f" | rate {span[1]}{by}"
    else:
        function = f"p{over[3].ljust(2, '0')}" if over[3] else over[2]
        column = f"{function}({field})" if field else "count"
        stage = f" | stats {column}{by} over {span[1]}"
    if above := _ABOVE.search(text):
        stage += f" | where {column} {above[1]} {above[2]}"
    if top := _TOP.search(text):
        stage += f" | sort {column} desc | limit {top[1]}"
    return stage


def _value(text: str) -> str:
    return text if _BARE.fullmatch(text) else quote(text)
