"""What a term does with a value that is not of its plain kind: arrays, numbers in texts, texts that are not ASCII."""

from collections.abc import Callable

from debugterm_protocol.query.values import fold, number_of, text_of


def find(attrs: dict[str, object], path: str) -> object:
    """An attribute by its key, else by its path, None when missing."""
    inside: object = attrs
    while isinstance(inside, dict):
        literal: object = inside.get(path)
        if literal is not None:
            return literal
        head, dot, path = path.partition(".")
        if not dot:
            return None
        inside = inside.get(head)
    return None


def equal(value: object, wanted: str, number: float | None) -> bool:
    """Whether a value is this folded text or this number; of an array: one of its elements."""
    if type(value) is str:
        return (value.lower() if value.isascii() else fold(value)) == wanted
    if value is None:
        return False
    if isinstance(value, list):
        return any(equal(each, wanted, number) for each in value if not isinstance(each, list))
    if number is not None and not isinstance(value, bool) and value == number:
        return True
    return text_of(value) == wanted


def same(value: object, wanted: str) -> bool:
    """Whether the text of a value is this one, letter for letter."""
    if isinstance(value, list):
        return any(same(each, wanted) for each in value if not isinstance(each, list))
    return text_of(value) == wanted


def like(value: object, first: str, middle: tuple[str, ...], last: str) -> bool:
    """Whether the folded text of a value is these parts with anything between them."""
    if isinstance(value, list):
        return any(like(each, first, middle, last) for each in value if not isinstance(each, list))
    text = text_of(value)
    if text is None:
        return False
    text = fold(text)
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    return not middle or in_order(text[len(first) : len(text) - len(last)], middle)


def found(value: object, search: Callable[[str], bool]) -> bool:
    """Whether a search finds something in the text of a value."""
    if isinstance(value, list):
        return any(found(each, search) for each in value if not isinstance(each, list))
    text = text_of(value)
    return text is not None and search(text)


def compare(value: object, order: Callable[[float, float], bool], number: float) -> bool:
    """Whether the number of a value stands so to this number."""
    if isinstance(value, list):
        return any(compare(each, order, number) for each in value if not isinstance(each, list))
    own = number_of(value)
    return own is not None and order(own, number)


def in_order(text: str, parts: tuple[str, ...]) -> bool:
    """Whether the text contains these parts one behind the other."""
    place = 0
    for part in parts:
        at = text.find(part, place)
        if at < 0:
            return False
        place = at + len(part)
    return True
