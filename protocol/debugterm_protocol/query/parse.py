"""Reads the text of a query: its filter with the time terms beside it, then the stages behind the pipes."""

from debugterm_protocol import limits
from debugterm_protocol.query.errors import BadQuery
from debugterm_protocol.query.filters import read_filter
from debugterm_protocol.query.foreign import refuse_foreign
from debugterm_protocol.query.reader import Reader
from debugterm_protocol.query.spelling import print_query
from debugterm_protocol.query.stages import Query
from debugterm_protocol.query.staging import read_stages
from debugterm_protocol.query.timing import times_of

GRAMMAR = r"""
query  = [filter] { "|" stage }
filter = or ; or = and { ("OR"|"or"|"||") and } ; and = unary { ["AND"|"and"|"&&"] unary }
unary  = ("-"|"!"|"NOT"|"not") unary | "(" or ")" | term | time
term   = "*" | field cmp value | field (":"|"="|":=") "(" value { ["OR"|","] value } ")" | field "~" regex
       | field ":" ("["|"{") low "TO" high ("]"|"}") | quoted | word
cmp    = ":" | "=" | ":=" | "!=" | ">" | ">=" | "<" | "<="   (also ":>" ":>=" ..; between blanks without the colon)
field  = ["@"] letter { letter | digit | "_" | "." | "-" | "@" } | quoted
time   = "last:" span | "from:" moment | "to:" moment | "around:" moment ["~" span] | "deploy:" version ["~" span]
"""
"""All but the stages, whose usage stands in `vocabulary.STAGES`."""


def parse(text: str) -> Query:
    """The query that the text means; no text means every row.

    Raises BadQuery. Limits: `limits.QUERY_BYTES` of UTF-8, `limits.QUERY_TERMS` terms, `limits.QUERY_STAGES` stages.
    """
    if len(text.encode("utf-8", "surrogatepass")) > limits.QUERY_BYTES:
        raise BadQuery(f"the query is longer than {limits.QUERY_BYTES} bytes", 1, "ask for less at once")
    try:
        refuse_foreign(text, _reads)
    except BadQuery:
        # What we print ourselves is ours, whatever it looks like.
        if not _reads(text) or print_query(read_query(Reader(text))) != text:
            raise
    return read_query(Reader(text))


def read_query(reader: Reader) -> Query:
    """The query of a reader that stands at its beginning. Raises BadQuery."""
    found = read_filter(reader)
    stages = read_stages(reader)
    return Query(found, times_of(reader), stages)


def _reads(text: str) -> bool:
    try:
        read_query(Reader(text))
    except BadQuery:
        return False
    return True
