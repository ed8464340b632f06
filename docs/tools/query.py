"""Writes the reference page of the query language from its vocabulary, its limits, and what the parser answers."""

from debugterm_protocol import levels, limits
from debugterm_protocol.query import BadQuery, parse
from debugterm_protocol.query.moments import FORMS
from debugterm_protocol.query.parse import GRAMMAR
from debugterm_protocol.query.staging import ON_TABLES, TABLE_STAGES
from debugterm_protocol.query.units import BYTES, SECONDS
from debugterm_protocol.query.vocabulary import FUNCTIONS, STAGES, TIMES, Word

EXAMPLES = [
    ('level:error service:api "timeout" -path:/health latency_ms:>500', "errors of one service, without the noise"),
    ("level>=error service:(checkout OR pay) | timechart 10s count by service", "errors as they come, a column a service"),
    ("trace_id:4bf92a* | trace", "everything that belongs to one request"),
    ("user_id:u_991 last:1h | fields service, path, status", "what one user did, with three fields"),
    ("status:[500 TO 599] | stats count, p95(latency_ms) by host, version over 10m | sort count desc | limit 10", "which hosts fail, and how slowly"),
    ("* deploy:v412~15m | patterns 20 vs deploy:v411~15m", "what is new since the deploy"),
    ('"pool exhausted" | context 5 5', "what stood around it"),
    ('http.method:POST size:>1MiB message~"time(d )?out"', "large uploads that timed out"),
    ("-user_id:* level:warn | top 10 path", "warnings without a user, by path"),
    ("level>=error | rate 1m by service | where rate > 5", "services with more than 5 errors a second"),
]  # fmt: skip
"""Whole queries for the top of the page."""

ERRORS = [
    "service: api",
    "level:infoo",
    "ms>fast",
    "(a OR b",
    "a OR b last:15m",
    "* | stat count",
    "* | stats mean(ms)",
    "* | stats count by path | sort cuont",
    "* | limit 5 | stats count",
    'path~"(a"',
]
"""Broken queries whose answers are shown."""

FOREIGN = [
    ("Loki", '{app="pay"} |= "error" != "health"'),
    ("Loki", '{app="pay"} | json | status >= 500'),
    ("Loki", 'sum by (service) (rate({env="prod"} |~ "time ?out" [5m]))'),
    ("Loki", 'topk(10, sum by (path) (count_over_time({app="x"}[5m])))'),
    ("Splunk", "index=main error earliest=-15m | stats dc(user) by host"),
    ("Splunk", "index=main | timechart span=1m count by host"),
    ("Splunk", "index=main | table host, path | head 20"),
    ("Kibana", "_exists_:user_id AND NOT _exists_:path"),
    ("Kibana", "path:/api.*v2/"),
    ("Kibana", "@timestamp:[now-15m TO now] error"),
    ("Kibana", "+error +service:pay -path:x"),
    ("Datadog", "*:timeout -service:pay"),
    ("CloudWatch", "fields @timestamp, @message | filter @message like /ERROR/ | sort @timestamp desc | limit 20"),
    ("CloudWatch", "stats count(*) by bin(5m)"),
    ("SQL", "select path, count(*) from logs where level = 'error' group by path order by count(*) desc limit 10"),
    ("shell", "tail -f app.log | grep -v health | grep -E 'timed? out' -C 5"),
]  # fmt: skip
"""Queries of other tools that are recognised, for the table at the end."""

SAME = [
    ("Datadog", "@http.status_code:>=500 service:(api OR pay) -host:prod-1*"),
    ("Datadog", "status:error"),
    ("Kibana", 'level:error AND NOT path:"/health" AND ms:[500 TO *]'),
    ("Kibana", "status >= 500 and (service:api or service:pay)"),
    ("GitHub", "status:>=500 -path:/health"),
]
"""Queries of other tools that mean the same here."""


def page() -> str:
    """The whole page, Markdown."""
    return "\n".join(
        [
            HEAD,
            *(f"| {_code(text)} | {words} |" for text, words in EXAMPLES),
            TERMS,
            _levels(),
            _units(),
            TIMES_HEAD,
            _words(TIMES),
            f"\nA time (a moment) is typed as {', '.join(_code(form) for form in FORMS.split(', '))}, or as an epoch.",
            STAGES_HEAD,
            _words(STAGES),
            _order(),
            FUNCTIONS_HEAD,
            _words(FUNCTIONS),
            FUNCTIONS_TAIL,
            REGEX,
            _limits(),
            GRAMMAR_HEAD,
            "```text",
            grammar(),
            "```",
            ERRORS_HEAD,
            *(f"| {_code(text)} | {_cell(answer(text))} |" for text in ERRORS),
            FOREIGN_HEAD,
            *(f"| {tool} | {_code(text)} | the same |" for tool, text in SAME),
            *(f"| {tool} | {_code(text)} | {_code(_translation(text))} |" for tool, text in FOREIGN),
            "",
        ]
    )


def grammar() -> str:
    """The grammar, as it stands above the parser that follows it, and the stages."""
    stages = [f'       | "{name}"{word.usage.removeprefix(name)}' for name, word in STAGES.items()]
    stages[0] = stages[0].replace("       | ", "stage  = ", 1)
    functions = " | ".join(f'"{name}"' for name in FUNCTIONS)
    return "\n".join([GRAMMAR.strip(), *stages, f'FUNCTION = ({functions}) [ "(" field ")" ]'])


def answer(text: str) -> str:
    """What the parser says to a broken query."""
    try:
        parse(text)
    except BadQuery as bad:
        return str(bad)
    raise ValueError(f"{text!r} is not broken")


def _translation(text: str) -> str:
    return answer(text).partition("did you mean: ")[2]


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|") if "`" not in text else f"`` {text} ``".replace("|", "\\|")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")


def _words(words: dict[str, Word]) -> str:
    return "\n".join(
        f"| {_code(word.usage)} | {_cell(word.help)} | {_code(word.example)} |" for word in words.values()
    )


def _levels() -> str:
    rows = []
    for name in levels.LEVELS:
        others = [
            alias
            for alias, level in levels.ALIASES.items()
            if level == name and alias != name and len(alias) > 1
        ]
        rows.append(f"| `{name}` | {levels.NUMBERS[name]} | {' '.join(f'`{alias}`' for alias in others)} |")
    return LEVELS_HEAD + "\n".join(rows)


def _units() -> str:
    durations = " ".join(f"`{unit}`" for unit in SECONDS)
    sizes = " ".join(f"`{unit.upper().replace('IB', 'iB')}`" for unit in BYTES)
    return UNITS_HEAD.format(durations=durations, sizes=sizes)


def _order() -> str:
    before = [
        name for name in STAGES if name not in TABLE_STAGES and name not in ("sort", "limit", "context")
    ]
    return ORDER.format(
        tables=" ".join(f"`{name}`" for name in STAGES if name in TABLE_STAGES),
        before=" ".join(f"`{name}`" for name in before),
        after=" ".join(f"`{name}`" for name in STAGES if name in ON_TABLES),
    )


def _limits() -> str:
    rows = [
        ("text", f"{limits.QUERY_BYTES:,} bytes"),
        ("terms, also those in `where`", str(limits.QUERY_TERMS)),
        ("nesting", str(limits.QUERY_TERMS)),
        ("stages", str(limits.QUERY_STAGES)),
        ("one regular expression", f"{limits.REGEX_BYTES:,} bytes, {limits.REGEX_MEMORY_BYTES // 1024**2} MiB of memory"),
        ("`limit`", f"{limits.LIMIT_ROWS:,}"),
        ("`top`", f"{limits.TABLE_ROWS:,}"),
        ("`patterns`", str(limits.PATTERN_ROWS)),
        ("`context`", f"{limits.CONTEXT_ROWS} rows on each side"),
        ("`over`, and the span of `timechart` and `rate`", f"{limits.OVER_SECONDS // 3600} h"),
        ("span of a time term", f"{limits.SPAN_SECONDS // 86_400} days"),
        ("groups of a table", f"{limits.GROUPS:,}; the rest is in one called `other`"),
        ("rows of a table that are sent", f"{limits.TABLE_ROWS:,}"),
    ]  # fmt: skip
    return LIMITS_HEAD + "\n".join(f"| {name} | {value} |" for name, value in rows)


HEAD = """<!-- Generated from debugterm_protocol/query by `make gen`; do not edit. -->
# The query language

One text for the live stream, search and (later) alerts: a **filter** of terms, **times** beside it, and **stages** behind pipes. What it
means is defined by `protocol/debugterm_protocol/query/meaning.py`, `protocol/debugterm_protocol/query/selection.py` and
`protocol/debugterm_protocol/query/tables.py`; every engine is compared with them by property tests.

Type a word to search the messages, `field:value` to look into a field, a blank for "and", `-` for "not". That is most of it:

| query | asks for |
|---|---|"""

TERMS = """
## Terms

| you type | rows that match |
|---|---|
| nothing, or `*` | all |
| `timeout` | the message contains it, whatever the case |
| `"two words"` | the message contains the phrase; `\\"` and `\\\\` stand for `"` and `\\` |
| `conn*refused` | the message contains the parts in this order |
| `service:api`, `service=api` | the whole value is `api`, whatever the case |
| `host:prod-*`, `path:*/cart/*` | `*` stands for any text |
| `path:=/Cart` | the whole value is exactly this, letter for letter; no wildcards |
| `service:(api OR pay)`, `service:(api, pay)` | one of these |
| `user_id:*` | the field is there and not null |
| `status>=500`, `latency_ms:>1.5s`, `status >= 500` | the number compares so (`>` `>=` `<` `<=`); blanks may stand on both sides |
| `status:[500 TO 599]`, `ms:{0 TO 1s}`, `ms:[5s TO *]` | the number is in the range; `[ ]` with its ends, `{ }` without |
| `path~^/v[12]/`, `message~"(?i)time ?out"` | the regular expression is found in the value; `=~` and `:~` are the same, `!~` is not |
| `level>=warn`, `level:error` | the level; see below |
| `-term`, `!term`, `NOT term` | not |
| `service!=api` | the same as `-service:api` |
| `a b`, `a AND b` | both |
| `a OR b` | one of them; AND binds tighter, parentheses group |

Operators are upper or lower case (`OR`, `or`, `||`); quote a word to search it (`"or"`). `foo-bar` is one word.

## Fields

- `ts level service host message trace_id span_id` and the flags `parse_error truncated ts_skewed` belong to the row. Every other
  name is an attribute. `message:x` is the same as `x`.
- `http.method` tries the attribute with this very key, then `method` inside `http`.
- `attrs.service:x` asks for an attribute whose name also means something else. A name with unusual characters is quoted:
  `"app.kubernetes.io/name":api`. A leading `@` is ignored.
- Names of attributes are case-sensitive, values are not.
- Of an array, one matching element is enough.
- A missing field is false in every comparison, so `-field:x` and `field!=x` are true for it.
- `http://…`, `std::vector`, `12:30:01` and `10.0.0.1:80` are text. `localhost:8080` is a field; quote it to search the text.
- A query is matched on what its viewer may see: a masked value is the text `[masked:<class>]` in it.
"""

LEVELS_HEAD = """## Levels

trace < debug < info < warn < error < fatal, with the numbers of OpenTelemetry. `severity`, `sev` and `lvl` mean the level when a level
follows, and so does `status` (`status:error`, a habit from Datadog; `status:504` and `status:ok` ask the attribute, and so does
`status:=error`).

| level | number | understood as well |
|---|---|---|
"""

UNITS_HEAD = """
## Numbers and units

A number is a JSON number or a string like `-12`, `0.5`, `1e3`. `status:504` matches the number 504 and the text `504`.

| unit | meaning |
|---|---|
| {durations} | a duration, in milliseconds unless the field says otherwise: `_ns _us _ms _seconds _minutes` … (`uptime_seconds>2m` is 120) |
| {sizes} | a size, in bytes unless the field says otherwise: `_kb _mib` … |
| `%` | percents; hundredths for a field that ends in `ratio`, `fraction` or `utilization` |
"""

TIMES_HEAD = """## Times

A time holds for the whole query: it stands beside the filter, not inside parentheses, NOT or OR, and before the first pipe. In a search
it chooses by `ts`, the time in the row. A live watch of rows has no end: it takes `last:` and `from:`, and begins with what was received
then. `ts>=18:30` is `from:18:30`, and `ts<18:45` is `to:18:45`. An attribute of such a name is `attrs.from`.

| you type | rows whose time is | example |
|---|---|---|"""

STAGES_HEAD = """
A time without a zone is UTC. A clock without a day is the newest that is not in the future; behind `from:`, `to:` is
the first after it. A span (`-15m`) is back from now, a day is its beginning.

## Stages

| stage | does | example |
|---|---|---|"""

ORDER = """
{tables} make a **table**, one a query. Before it stand stages on rows: {before}. Behind it stand {after}, on its columns: a
function's column is called as it is typed, `p95(latency_ms)`, unless `as` names it. Without a table, all others work on rows.

Live, a table looks back over its window (`over`, 5 minutes without it) and is told once a second; it is counted before anything is shed,
so it is exact. `since` says from when on; a table of more than 2,000 groups is not counted back before its watch. `sort` and `limit` on rows
need an end: they work in a search, and a live stream refuses them. `timechart` looks back over 30 steps, at least 5 minutes.

Stages look at what the ones before them left: behind `hide host`, no row has a host; rows that `context` and `trace` bring in have the same
shape. Live, `dedup` knows the last 100,000 different rows, and `trace` brings what follows a match; a search brings all of a trace, and the
newest of equal rows.

Names are separated by commas or blanks; a name that is also a word of the language (`by`, `over`, `as`, `desc`) is quoted."""

FUNCTIONS_HEAD = """
## Functions

Of `stats` and `timechart`. What is no number is left out of the numeric ones.

| function | is | example |
|---|---|---|"""

FUNCTIONS_TAIL = """
Values with the same text are one (`500` and `"500"` are), known by their first 256 characters, and of a list or an object by its JSON. Rows
that lack a field of `by` are a group of their own. A function of no value is empty; `count` and `uniq` are then 0.

Counts, sums and means are exact. Percentiles are of the nearest rank (of n sorted numbers the one at p/100 x n, rounded up), told to three
significant digits; integers below 1,000 are exact. `uniq` is exact up to 4,096 values a group, beyond that an estimate that is off by some
2 %. A table with very many groups and numbers moves on in longer steps, and then tells percentiles with two digits
or one; its counts stay exact. The groups with most rows come first, unless `sort` says otherwise; `sort` puts numbers before texts, and what is
missing last."""

REGEX = """
## Regular expressions

[RE2](https://github.com/google/re2/wiki/Syntax): linear in time whatever is typed, so no look-around and no references back. Found
anywhere in the value (`^` and `$` anchor), case-sensitive unless it begins with `(?i)`. Without quotes it ends at a blank, and outside of its
own parentheses at `|` and `)`. Between quotes only `\\"` and `\\\\` mean something else than what stands there.
"""

LIMITS_HEAD = """## Limits

| of | at most |
|---|---|
"""

GRAMMAR_HEAD = """
## Grammar
"""

ERRORS_HEAD = """
## Errors

Every error names the column and what to do. The old query keeps running.

| you type | answer |
|---|---|"""

FOREIGN_HEAD = """
## Coming from another tool

A query pasted from another tool is recognised, and answered with what it is called here.

| from | there | here |
|---|---|---|"""
