"""Regular expressions of queries, compiled by RE2: bounded in memory, linear in time, whoever wrote them."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from debugterm_protocol import limits
from debugterm_protocol.query import BadQuery

from debugterm_server.core.literals import required


@lru_cache(maxsize=256)
def searcher(pattern: str) -> Callable[[str], bool]:
    """Whether the pattern is found anywhere in a text, case-sensitive unless it begins with `(?i)`.

    Raises BadQuery when RE2 does not take it, or needs more than `limits.REGEX_MEMORY_BYTES`.
    """
    search = _compiled(pattern).search
    # In bytes RE2 need not tell where it found something in characters: half the time.
    return lambda text: search(text.encode()) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    import re2  # 12 ms that only a query with a regular expression pays

    options = re2.Options()
    options.log_errors = False
    options.max_mem = limits.REGEX_MEMORY_BYTES
    try:
        return re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError) as error:
        words = error.args[0]
        why = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(error)
        raise BadQuery(
            f"no regular expression of RE2: {why}", 1, "docs/reference/query.md says which are"
        ) from None


@lru_cache(maxsize=256)
def extractor(pattern: str) -> Callable[[str], dict[str, str] | None]:
    """What the named groups found first in a text, those that took part; None when the pattern is not in it."""
    compiled = _compiled(pattern)
    search, literal = compiled.search, required(pattern)
    names = [(name, number) for name, number in compiled.groupindex.items()]

    def extract(text: str) -> dict[str, str] | None:
        if literal not in text or (found := search(text.encode())) is None:
            return None
        values = found.groups()
        # `\C` finds a single byte, which need not be a character.
        return {
            name: value.decode("utf-8", "replace")
            for name, number in names
            if (value := values[number - 1]) is not None
        }

    return extract


def groups(pattern: str, text: str) -> dict[str, str] | None:
    """What the named groups of the pattern found: what `query.selection` asks for."""
    return extractor(pattern)(text)


def found(pattern: str, text: str) -> bool:
    """Whether the pattern is found in the text: the search that `query.meaning.matches` asks for."""
    return searcher(pattern)(text)
