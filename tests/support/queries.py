"""Queries and what they answer for one row, and makers of queries and rows for property tests."""

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
    Regex,
    Same,
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
    "_exists_",
    "index",
    "since",
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
    "grep",
    "5xx",
    "500-599",
    "1..5",
    "15m",
    "/a.+b/",
    "“x”",
    "a,b=c",
]

_texts = st.sampled_from(WORDS) | st.text(max_size=6)
_folded = _texts.map(fold)
_bare = st.text(alphabet="ab/:.-<=5,ä+'", max_size=4)
_fields = st.sampled_from(FIELDS)
_patterns = st.sampled_from([r"^a.*\d$", "(?i)P(a|A)y", r"\\|\"", "a b", "5{1,3}", "[^a-z ]+", "ä|ΣΑΣ"])
_numbers = (
    st.integers(-(2**62), 2**62)
    | st.sampled_from([-3, 0, 500, 1000])
    | st.floats(-1e6, 1e6).filter(lambda f: f != int(f))
)
_like = (
    st.tuples(
        _bare.filter(lambda t: not t.startswith(("<", "=", "'"))),
        st.lists(_bare.filter(bool), max_size=2),
        _bare,
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
        st.builds(Same, _fields, _texts),
        st.builds(Regex, _fields | st.just("message"), _patterns),
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


ROW: dict[str, object] = {
    "ts": "2026-11-23T18:00:00.000000Z",
    "level": "warn",
    "service": "api",
    "host": "prod-eu-1",
    "message": "GET /health Timed out: conn 7 refused",
    "parse_error": True,
    "attrs": {
        "status": 504,
        "ms": 12.5,
        "count": "17",
        "big": 9007199254740993,
        "ok": True,
        "gone": None,
        "tags": ["Red", 7, None],
        "empty": [],
        "http": {"method": "POST", "size": {"in": 3}},
        "http.route": "/v1/{id}",
        "from": "bob",
        "service": "inner",
        "name": "\u0130stanbul \u03a3\u0391\u03a3",
    },
}

MEANINGS: list[tuple[str, bool]] = [
    ("timed", True),
    ("TIMED", True),
    ("imed", True),
    ('"timed out"', True),
    ('"timed  out"', False),
    ("conn*refused", True),
    ("refused*conn", False),
    ("prod-eu-1", False),
    ("message:health", True),
    ("level>=warn", True),
    ("level>warn", False),
    ("level<=warn", True),
    ("level<warn", False),
    ("level:warning", True),
    ("level!=warn", False),
    ("level:w*", True),
    ("service:api", True),
    ("service:ap", False),
    ("service:ap*", True),
    ("service:*p*", True),
    ("service:api*api", False),
    ("attrs.service:inner", True),
    ("attrs.from:bob", True),
    ("parse_error:true", True),
    ("truncated:*", False),
    ("status:504", True),
    ("status:504.0", True),
    ("status:5*4", True),
    ("status>=504", True),
    ("status>504", False),
    ("status<504.5", True),
    ("ms:12.5", True),
    ("count>16", True),
    ("count:17", True),
    ("count:17.0", False),
    ("big>9007199254740992", True),
    ("big:9007199254740992", False),
    ("ok:true", True),
    ("ok:1", False),
    ("ok>0", False),
    ("gone:*", False),
    ("-gone:x", True),
    ("gone!=x", True),
    ("gone>0", False),
    ("nothing:*", False),
    ("nothing!=x", True),
    ("tags:red", True),
    ("tags:7", True),
    ("tags>6", True),
    ("tags:blue", False),
    ("tags:*", True),
    ("empty:*", True),
    ("http.method:post", True),
    ("http.size.in:3", True),
    ("http.route:/v1/*", True),
    ('http:"post"', False),
    ("http:*", True),
    ("http.method.x:*", False),
    ('name:"istanbul \u03c3\u03b1\u03c3"', True),
    ("name:\u0130STANBUL*", True),
    ("service:=api", True),
    ("service:=API", False),
    ("service:=ap*", False),
    ("tags:=Red", True),
    ("tags:=red", False),
    ("status:=504", True),
    ("status:=504.0", False),
    ("-gone:=x", True),
    ("http:=POST", False),
    ("http.method~^P.ST$", True),
    ("http.method~post", False),
    ("http.method=~(?i)post", True),
    ("http.method!~O.T", False),
    ('message~"[Tt]imed out: conn \\d+"', True),
    ("message:~health", True),
    ("level~^warn", True),
    ("status~^5..$", True),
    ("tags~^R", True),
    ("tags~blue", False),
    ("gone~.*", False),
    ("-nothing~.*", True),
    ("timed status:200 OR service:api", True),
    ("timed (status:200 OR service:pay)", False),
]
