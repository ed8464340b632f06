"""What could be typed at a place of a query, for completion: `expected(text, at)`.

The parser itself reads the text up to the cursor and notes at each place what may stand there; the last note is
the answer. So completion knows what the grammar knows, and nothing of it is written twice.
"""

from contextlib import suppress
from dataclasses import dataclass

from debugterm_protocol import limits
from debugterm_protocol.query.errors import BadQuery
from debugterm_protocol.query.parse import read_query
from debugterm_protocol.query.reader import Kind, Reader, Want


@dataclass(frozen=True, slots=True)
class Expected:
    """What may stand where the cursor is. `kinds` is empty when nothing is known: behind an error.

    `field`: a name of a field, or a column when `columns` is known; a bare word to search is as good.
    `value`: a value of `of`, a field. `stage`, `function`: names in `vocabulary.STAGES` and `.FUNCTIONS`.
    `time`: `last:` and its kin (in `words`), the value of one (`of` says which), or a span (`of` is empty).
    `operator`: one of `words`: `AND OR |`, `by over as`, `asc desc`.
    """

    kinds: tuple[Kind, ...]
    start: int
    """Characters from 0: what is chosen replaces `typed`, from here to the cursor."""
    typed: str
    """The beginning of it that stands there already, maybe empty; a quote that is open belongs to it."""
    of: str = ""
    words: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None
    stage: str = ""
    """The stage that the cursor is in, empty in front of the first pipe."""


def expected(text: str, at: int) -> Expected:
    """What may stand at `at` (characters before the cursor). Never raises."""
    head = text[: max(0, at)]
    wants: list[Want] = []
    reader = Reader(head, wants=wants)
    if len(head) <= limits.QUERY_BYTES:
        with suppress(BadQuery):
            read_query(reader)
    if not wants:
        return Expected((), len(head), "")
    start = max(want.at for want in wants)
    if _over(head, start):
        return Expected((), len(head), "")
    here = [want for want in wants if want.at == start]
    return Expected(
        kinds=tuple(dict.fromkeys(want.kind for want in here)),
        start=start,
        typed=head[start:],
        of=next((want.field for want in here if want.field), ""),
        words=tuple(dict.fromkeys(word for want in here for word in want.words)),
        columns=reader.columns if reader.table != reader.stage else None,
        stage=reader.stage,
    )


def _over(head: str, start: int) -> bool:
    """Whether what began at `start` is finished, and the parser stopped before it came to the cursor."""
    typed = head[start:]
    return not typed.startswith('"') and any(char.isspace() for char in typed)
