"""Cuts values to the limits of a row: length, depth and characters that no store takes."""

import msgspec

_encoder = msgspec.json.Encoder()
_NESTED = (dict, list)
_TOO_DEEP = "[nested too deeply]"
SHORTEST_CUT = 64
"""A text is cut to no less than this; an attribute for which not even that is left is dropped."""


def cut(text: str, size: int) -> str:
    """A start of the text whose JSON has at most `size` bytes; nearly the longest one."""
    room = size
    while True:
        short = text if len(text) * 4 <= room else text.encode()[:room].decode("utf-8", "ignore")
        length = len(_encoder.encode(short)) - len('""')
        if length <= size:
            return short
        room = min(room - 1, room * size // length)


def shallow(value: object, depth: int) -> object:
    """The value with at most `depth` levels of objects and arrays; what is deeper becomes its JSON text."""
    if not isinstance(value, dict | list):
        return value
    if depth <= 0:
        return json_text(value)
    if isinstance(value, dict):
        return {
            key: shallow(each, depth - 1) if type(each) in _NESTED else each for key, each in value.items()
        }
    return [shallow(each, depth - 1) if type(each) in _NESTED else each for each in value]


def json_text(value: object) -> str:
    """The value as JSON; a value too deep even for that is named so."""
    try:
        return _encoder.encode(value).decode()
    except RecursionError:
        return _TOO_DEEP


def clean(text: str) -> str:
    """The text with U+FFFD for every NUL, which databases and terminals refuse."""
    return text.replace("\0", "\ufffd")


def tidy(value: object) -> object:
    """The value with every text in it cleaned; its depth is bounded by the caller."""
    match value:
        case str():
            return clean(value)
        case dict():
            return {tidy(key): tidy(each) for key, each in value.items()}
        case list():
            return [tidy(each) for each in value]
        case _:
            return value


def fit(attrs: dict[str, object], size: int) -> dict[str, object]:
    """The attributes that fit into `size` bytes of JSON: small ones first, then starts of long texts, in their order."""
    sizes = {key: len(_encoder.encode({key: value})) for key, value in attrs.items()}
    left = size - len("{}")
    kept: dict[str, object] = {}
    for key in sorted(sizes, key=sizes.__getitem__):
        if sizes[key] <= left:
            kept[key] = attrs[key]
            left -= sizes[key]
        elif (short := _shortened(key, attrs[key], left)) is not None:
            kept[key] = short
            left -= len(_encoder.encode({key: short}))
    return {key: kept[key] for key in attrs if key in kept}


def _shortened(key: str, value: object, left: int) -> str | None:
    room = left - len(_encoder.encode({key: ""}))
    if room < SHORTEST_CUT:
        return None
    return cut(value if isinstance(value, str) else json_text(value), room)
