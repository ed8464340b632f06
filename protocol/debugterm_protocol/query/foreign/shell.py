"""Translates what people type at a shell: grep, and the pipes behind it."""

import re

from debugterm_protocol.query.spelling import quote

_WORDS = re.compile(r"'([^']*)'|\"((?:[^\"\\]|\\.)*)\"|(\|)|([^\s|]+)")
_REGEX = re.compile(r"[\\^$\[\]|+?]|\.\*|\.\+")


def translated(text: str) -> str | None:
    """What it is here; None when a command in it has no name here."""
    terms: list[str] = []
    stages: list[str] = []
    for name, *words in _commands(text):
        match name:
            case "grep" | "egrep" | "fgrep" | "zgrep" | "rg":
                if (found := _grep(words, regex=name in ("egrep", "rg"))) is None:
                    return None
                terms.append(found[0])
                stages += found[1]
            case "head" | "tail" if terms:
                stages.append(f"limit {_count(words) or 10}")
            case "wc":
                stages.append("stats count")
            case "tail" | "cat" | "less" | "zcat" | "journalctl" | "kubectl" if not terms:
                pass
            case _:
                return None
    return " | ".join([" ".join(terms), *dict.fromkeys(stages)])


def _commands(text: str) -> list[list[str]]:
    """The words of each command between pipes."""
    commands: list[list[str]] = [[]]
    for found in _WORDS.finditer(text):
        if found[3]:
            commands.append([])
        else:
            commands[-1].append(next(part for part in found.groups() if part is not None))
    return [words for words in commands if words]


def _grep(words: list[str], *, regex: bool) -> tuple[str, list[str]] | None:
    """The term of one grep, and its stages."""
    short = "".join(word[1:] for word in words if re.fullmatch(r"-[a-zA-Z]+", word))
    wanted, after = [], ""
    numbers: dict[str, str] = {}
    for word in words:
        if after in ("-A", "-B", "-C", "-m"):
            numbers[after[1]] = word
        elif found := re.fullmatch(r"-([ABCm])(\d+)", word):
            numbers[found[1]] = found[2]
        elif not word.startswith("-"):
            wanted.append(word)
        after = word
    if not wanted:
        return None
    term = wanted[0] if wanted[0].isalnum() else quote(wanted[0])
    if regex or "E" in short or "P" in short or _REGEX.search(wanted[0]):
        term = "message~" + quote(("(?i)" if "i" in short else "") + wanted[0])
    stages = ["stats count"] if "c" in short else []
    if around := [numbers.get("B", numbers.get("C")), numbers.get("A", numbers.get("C"))]:
        stages += [f"context {around[0] or 0} {around[1] or 0}"] if any(around) else []
    return ("-" if "v" in short else "") + term, stages


def _count(words: list[str]) -> str:
    found = re.search(r"\d+", " ".join(words))
    return found[0] if found else ""
