"""Which words of a text line are its level: stricter than in a field, because prose has such words too."""

from debugterm_protocol.levels import ALIASES

_WORDS = (
    "trace debug info notice warn warning error err critical crit fatal alert emerg panic severe "
    "fine finer finest log statement verbose information"
)
_NAMES = {word: ALIASES[word] for word in _WORDS.split()} | {
    "note": "info", "system": "info", "detail": "info", "hint": "info", "context": "info", "dbg": "debug",
    "wrn": "warn", "inf": "info", "ftl": "fatal", "trc": "trace",
    **{f"debug{n}": "debug" for n in range(1, 6)},
}  # fmt: skip
_UPPER = {name.upper(): level for name, level in _NAMES.items()}


def level_word(word: str, *, bracketed: bool) -> str | None:
    """The level that this word of a line stands for, or None.

    In brackets any case counts (`[error]`, `[Note]`, `[core:error]`); bare it must be upper case (`ERROR`, `LOG:`).
    """
    text = word.strip().rstrip(":")
    if bracketed:
        return _NAMES.get(text.lower()) or _NAMES.get(text.rpartition(":")[2].lower())
    return _UPPER.get(text)
