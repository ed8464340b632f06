"""Reads the text of a query: recursive descent over its characters, every error with its column.

    filter = or ; or = and { ("OR"|"or"|"||") and } ; and = unary { ["AND"|"and"|"&&"] unary }
    unary  = ("-"|"!"|"NOT"|"not") unary | "(" or ")" | term
    term   = "*" | field cmp value | field (":"|"=") "(" value { ["OR"|","] value } ")" | quoted | word
    cmp    = ":" | "=" | "!=" | ">" | ">=" | "<" | "<="      (also ":>" ":>=" ..)
    field  = ["@"] letter { letter | digit | "_" | "." | "-" | "@" } | quoted

The pipe and its stages, regular expressions, ranges and time terms belong to the language and are
refused by name until they exist, so that no query changes its meaning later.
"""

import re

from debugterm_protocol import limits
from debugterm_protocol.query.errors import BadQuery
from debugterm_protocol.query.foreign import refuse_foreign
from debugterm_protocol.query.regexes import end_of_pattern
from debugterm_protocol.query.stages import Query
from debugterm_protocol.query.syntax import All, And, Not, Or, Term
from debugterm_protocol.query.terms import REGEX_CMP, Value, field_term, regex_term, text_term

_BLANK = re.compile(r"\s*")
_FIELD = re.compile(r"@?([^\W\d](?:[\w.@-]*\w)?)")
_CMP = re.compile(r":?(?:>=|<=|!=|!~|=~|==|>|<|~|=)|:(?!//|:)")
_WORD = re.compile(r'[^\s()"|]+')
_ITEM = re.compile(r'[^\s()"|,]+')
_OR = re.compile(r'(?:OR|or)(?=[\s()"]|$)|\|\|')
_AND = re.compile(r'(?:AND|and|&&)(?=[\s()"]|$)')
_NOT = re.compile(r'(?:NOT|not)(?=[\s()"]|$)|!(?!=)')
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_STAGE = re.compile(r"\|\s*(\w*)")
_QUOTE_IT = "quote it to search the text"
_LIST_CMP = frozenset({":", "=", "==", "!=", ":!="})


def parse(text: str) -> Query:
    """The query that the text means; no text means every row.

    Raises BadQuery. Limits: `limits.QUERY_BYTES` of UTF-8, `limits.QUERY_TERMS` terms.
    """
    if len(text.encode("utf-8", "surrogatepass")) > limits.QUERY_BYTES:
        raise BadQuery(f"the query is longer than {limits.QUERY_BYTES} bytes", 1)
    refuse_foreign(text)
    return Query(_Reader(text).whole())


class _Reader:
    """A place in the text, and the rules of the grammar as methods that move it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.terms = 0
        self.depth = 0

    def whole(self) -> Term:
        self.blank()
        if self.at == len(self.text):
            return All()
        found = self.any_of()
        if self.peek() == ")":
            raise self.bad("')' closes nothing", "take it away, or quote it")
        return found

    def any_of(self) -> Term:
        terms = [self.all_of()]
        while self.take(_OR):
            terms.append(self.all_of())
        return terms[0] if len(terms) == 1 else Or(_flat(terms, Or))

    def all_of(self) -> Term:
        terms = [self.unary()]
        while self.take(_AND) or not self.ends():
            terms.append(self.unary())
        return terms[0] if len(terms) == 1 else And(_flat(terms, And))

    def ends(self) -> bool:
        """At the end of an `and`: the text is over, a parenthesis closes, or an OR follows."""
        if self.peek() == "|" and not self.text.startswith("||", self.at):
            raise self.stage()
        return self.peek() in ("", ")") or _OR.match(self.text, self.at) is not None

    def unary(self) -> Term:
        self.depth += 1
        if self.depth > limits.QUERY_TERMS:
            raise self.bad(f"nested deeper than {limits.QUERY_TERMS}")
        found = self.negated() if self.negates() else self.primary()
        self.depth -= 1
        self.blank()
        return found

    def negates(self) -> bool:
        if self.take(_NOT):
            return True
        if self.peek() != "-" or self.text.startswith("--", self.at):
            return False
        if self.at + 1 == len(self.text) or self.text[self.at + 1].isspace():
            raise self.bad("'-' stands alone", 'write -word without a blank, or "-" for the text')
        self.at += 1
        return True

    def negated(self) -> Term:
        inner = self.unary()
        return inner.term if isinstance(inner, Not) else Not(inner)

    def primary(self) -> Term:
        if self.peek() == "(":
            return self.group()
        start = self.at
        if (name := self.field()) is not None:
            return self.comparison(name, start)
        if self.peek() == '"':
            self.count()
            return text_term(self.quoted())
        if self.peek() in ("", ")", "|") or _OR.match(self.text, start) or _AND.match(self.text, start):
            raise self.missing()
        self.count()
        return text_term(self.word(_WORD))

    def count(self) -> None:
        self.terms += 1
        if self.terms > limits.QUERY_TERMS:
            raise self.bad(f"more than {limits.QUERY_TERMS} terms")

    def group(self) -> Term:
        start = self.at
        self.skip(1)
        if self.peek() == ")":
            raise self.bad("the parentheses are empty", _QUOTE_IT)
        found = self.any_of()
        if self.peek() != ")":
            raise BadQuery("'(' is never closed", start + 1, "close it, or quote it")
        self.skip(1)
        return found

    def field(self) -> str | None:
        """The name of a field, when one stands here with a comparison right behind it; else nothing moves."""
        start = self.at
        if self.peek() == '"' and (quoted := _QUOTED.match(self.text, start)):
            name, end = _unescape(quoted[1]), quoted.end()
        elif plain := _FIELD.match(self.text, start):
            name, end = plain[1], plain.end()
        else:
            return None
        if _CMP.match(self.text, end) is None:
            return None
        self.at = end
        return name

    def comparison(self, name: str, start: int) -> Term:
        found = _CMP.match(self.text, self.at)
        assert found is not None, "field() looked"  # noqa: S101 - tells mypy what `field` promises
        cmp, self.at = found[0], found.end()
        if self.peek() == "(" and cmp in _LIST_CMP:
            return self.listed(name, cmp, start)
        self.count()
        if cmp.removeprefix(":") in REGEX_CMP:
            return regex_term(name, cmp, self.pattern(start), start + 1)
        return field_term(name, cmp, self.value(_WORD, start), start + 1)

    def listed(self, name: str, cmp: str, start: int) -> Term:
        opened = self.at
        self.skip(1)
        terms: list[Term] = []
        while self.peek() != ")" or not terms:
            self.item_follows(name, opened)
            self.count()
            terms.append(field_term(name, ":", self.value(_ITEM, start), start + 1))
            self.blank()
            if self.peek() == ",":
                self.skip(1)
            elif self.take(_OR) and self.peek() == ")":
                raise self.missing()
        self.skip(1)
        either = terms[0] if len(terms) == 1 else Or(_flat(terms, Or))
        return Not(either) if "!" in cmp else either

    def item_follows(self, name: str, opened: int) -> None:
        if self.peek() == "":
            raise BadQuery("'(' is never closed", opened + 1, f"{name}:(a OR b)")
        if self.peek() == ")":
            raise self.bad("the parentheses are empty", f"{name}:(a OR b)")
        if self.peek() == "(" or _AND.match(self.text, self.at) or _OR.match(self.text, self.at):
            raise self.bad("a list holds values with OR between them", f"{name}:(a OR b)")

    def value(self, pattern: re.Pattern[str], start: int) -> Value:
        if self.peek() == '"':
            return self.quoted()
        if pattern.match(self.text, self.at) is None:
            raise self.bad(f"'{self.text[start : self.at][:40]}' needs a value", _QUOTE_IT)
        return self.word(pattern)

    def pattern(self, start: int) -> Value:
        """A regular expression: quoted, or bare up to a blank, or up to a pipe or a closing parenthesis of ours."""
        if self.peek() == '"':
            return self.quoted()
        begin = self.at
        self.at = end_of_pattern(self.text, begin)
        if self.at == begin:
            raise self.bad(f"'{self.text[start:begin][:40]}' needs a value", 'quote it: ~"(a|b) c"')
        return Value(self.text[begin : self.at], begin + 1, wild=False)

    def quoted(self) -> Value:
        found = _QUOTED.match(self.text, self.at)
        if found is None:
            raise self.bad("the quote is never closed")
        column, self.at = self.at + 1, found.end()
        return Value(_unescape(found[1]), column, wild=False)

    def word(self, pattern: re.Pattern[str]) -> Value:
        found = pattern.match(self.text, self.at)
        assert found is not None, "the caller looked"  # noqa: S101 - tells mypy what the callers saw
        column, self.at = self.at + 1, found.end()
        return Value(found[0], column, wild=True)

    # -- small moves -----------------------------------------------------------------------------------

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def blank(self) -> None:
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def skip(self, count: int) -> None:
        self.at += count
        self.blank()

    def take(self, pattern: re.Pattern[str]) -> bool:
        found = pattern.match(self.text, self.at)
        if found is None:
            return False
        self.skip(len(found[0]))
        return True

    # -- errors ----------------------------------------------------------------------------------------

    def bad(self, why: str, hint: str = "") -> BadQuery:
        return BadQuery(why, self.at + 1, hint)

    def missing(self) -> BadQuery:
        if self.peek() == "|" and not self.text.startswith("||", self.at):
            return self.stage()
        return self.bad("a term is missing", "write field:value or a word")

    def stage(self) -> BadQuery:
        found = _STAGE.match(self.text, self.at)
        name = f"| {found[1]}".strip() if found else "|"
        return self.bad(
            f"stages ('{name}') come later", 'the filter before the pipe works; quote "|" for text'
        )


def _flat(terms: list[Term], kind: type[And] | type[Or]) -> tuple[Term, ...]:
    return tuple(
        inner
        for each in terms
        for inner in (each.terms if isinstance(each, And | Or) and isinstance(each, kind) else (each,))
    )


def _unescape(text: str) -> str:
    return re.sub(r"\\([\"\\])", r"\1", text)
