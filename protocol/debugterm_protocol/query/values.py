"""What a query sees in a value: its folded text and its number, the same on every engine.

Engines differ in what `lower` does and in what looks like a number, so both are spelled out here
(decisions: one meaning for the live stream, history and alerts).
"""

import math
import re

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_EXACT_DIGITS = 19


def fold(text: str) -> str:
    """Lower case, character by character (Unicode's simple mapping), so that length and place never change.

    Python's own `lower` makes two characters of U+0130 and looks at neighbours for the Greek sigma.
    """
    if text.isascii():
        return text.lower()
    return text.replace("\u0130", "i").replace("\u03a3", "\u03c3").lower()


def number_of(value: object) -> int | float | None:
    """The number that a value is: a JSON number, or a string `-?digits[.digits][e±digits]`; else None.

    Short integers stay exact; what would be infinite is no number; true and false are no numbers.
    """
    match value:
        case bool():
            return None
        case int():
            return value
        case float():
            return value if math.isfinite(value) else None
        case str() if _NUMBER.fullmatch(value):
            if len(value) <= _EXACT_DIGITS and value.lstrip("-").isdigit():
                return int(value)
            number = float(value)
            return number if math.isfinite(number) else None
        case _:
            return None


def text_of(value: object) -> str | None:
    """The text that `:` compares: a string as it is, a number or true/false as JSON; null and objects have none."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case _:
            return None
