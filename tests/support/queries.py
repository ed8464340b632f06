"""Makes queries and rows for property tests: small pools, so that terms and rows meet."""

from debugterm_protocol.levels import LEVELS
from debugterm_protocol.query import Query
from debugterm_protocol.query.syntax import (
    All,
    And,
    Compare,
    Exists,
    Has,
    Is,
    Level,
    Like,
    Not,
    Or,
    Term,
)
from debugterm_protocol.query.values import fold
from hypothesis import strategies as st

FIELDS = [
    "service",
    "host",
    "trace_id",
    "parse_error",
    "status",
    "ms",
    "http.method",
    "a.b.c",
    "attrs.service",
]
WORDS = [
    "api",
    "API",
    "Pay",
    "500",
    "500.0",
    "1e3",
    "-3",
    "true",
    "",
    "İstanbul",
    "ΣΑΣ",
    "a b",
    'q"\\',
    "or",
    "9" * 25,
]

_texts = st.sampled_from(WORDS) | st.text(max_size=6)
_folded = _texts.map(fold)
_bare = st.text(alphabet="ab/:.-<=5,ä", max_size=4)
_fields = st.sampled_from(FIELDS)
_numbers = (
    st.integers(-(2**62), 2**62)
    | st.sampled_from([-3, 0, 500, 1000])
    | st.floats(-1e6, 1e6).filter(lambda f: f != int(f))
)
_like = (
    st.tuples(
        _bare.filter(lambda t: not t.startswith(("<", "="))), st.lists(_bare.filter(bool), max_size=2), _bare
    )
    .map(lambda t: (t[0], *t[1], t[2]))
    .filter(any)
)


def _leaves() -> st.SearchStrategy[Term]:
    return st.one_of(
        st.just(All()),
        _folded.filter(bool).map(lambda t: Has((t,))),
        st.lists(_bare.filter(bool), min_size=2, max_size=3).map(lambda p: Has(tuple(p))),
        st.builds(Is, _fields, _folded),
        st.builds(Like, _fields, _like),
        st.builds(Exists, _fields | st.just("message")),
        st.builds(Level, st.sampled_from([":", ">", ">=", "<", "<="]), st.sampled_from(LEVELS)),
        st.builds(Compare, _fields, st.sampled_from([">", ">=", "<", "<="]), _numbers),
    )


def _grow(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    return st.one_of(
        inner.filter(lambda t: not isinstance(t, Not)).map(Not),
        st.lists(inner.filter(lambda t: not isinstance(t, And)), min_size=2, max_size=3).map(
            lambda t: And(tuple(t))
        ),
        st.lists(inner.filter(lambda t: not isinstance(t, Or)), min_size=2, max_size=3).map(
            lambda t: Or(tuple(t))
        ),
    )


def queries() -> st.SearchStrategy[Query]:
    """Any query the parser can make, over a few fields and words."""
    return st.recursive(_leaves(), _grow, max_leaves=8).map(Query)


def rows() -> st.SearchStrategy[dict[str, object]]:
    """Decoded stored rows, with attributes that the queries of this module ask for."""
    numbers = _numbers | st.sampled_from([500.0, 2**63, 1e300])
    scalars = st.one_of(_texts, numbers, st.booleans(), st.none())
    values = scalars | st.lists(scalars, max_size=3) | st.dictionaries(st.just("x"), scalars, max_size=1)
    nested = st.fixed_dictionaries(
        {}, optional={"c": values, "b.c": values, "b": st.fixed_dictionaries({}, optional={"c": values})}
    )
    attrs = st.fixed_dictionaries(
        {},
        optional={
            **dict.fromkeys(("status", "ms", "http.method", "service", "a.b.c"), values),
            "http": st.fixed_dictionaries({}, optional={"method": values}) | scalars,
            "a": nested | scalars,
        },
    )
    return st.fixed_dictionaries(
        {
            "ts": st.just("2026-11-23T18:00:00.000000Z"),
            "level": st.sampled_from(LEVELS),
            "service": _texts,
            "host": _texts,
            "message": st.lists(_texts | _bare, max_size=4).map(" ".join),
            "attrs": attrs,
        },
        optional={"trace_id": _texts, "span_id": _texts, "parse_error": st.just(value=True)},
    )
