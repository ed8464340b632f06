"""Recognises queries pasted from another tool, to answer with what they are called here."""

import re

from debugterm_protocol.query.errors import BadQuery
from debugterm_protocol.query.spelling import quote

_SELECTOR = re.compile(r"\s*\{([^{}]*)\}")
_LABEL = re.compile(r'\s*([^\W\d]\w*)\s*(=~|!~|!=|=)\s*"([^"]*)"\s*,?')
_LINE_FILTER = re.compile(r'\s*(\|=|!=)\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)')
_BARE = re.compile(r"[\w./-]+")


def refuse_foreign(text: str) -> None:
    """Raise BadQuery with a translation when the text is LogQL; return when it is not."""
    selector = _SELECTOR.match(text)
    if selector is None:
        return
    terms = [
        f"{'-' if label[2] == '!=' else ''}{label[1]}:{_value(label[3])}"
        for label in _LABEL.finditer(selector[1])
        if "~" not in label[2]
    ]
    place = selector.end()
    while (found := _LINE_FILTER.match(text, place)) is not None:
        terms.append(("-" if found[1] == "!=" else "") + quote(found[2] or found[3] or ""))
        place = found.end()
    start = text.index("{") + 1
    raise BadQuery("LogQL?", start, f"did you mean: {' '.join(terms)}" if terms else "write field:value")


def _value(text: str) -> str:
    return text if _BARE.fullmatch(text) else quote(text)
