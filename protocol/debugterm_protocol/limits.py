"""Every bound that a sender or a client can meet, in one place; `welcome` carries them, docs list them.

Sizes are bytes, times are seconds unless the name says otherwise. The reasons stand beside the values.
"""

ROW_BYTES = 64 * 1024
"""One log line; a longer one is cut here and flagged `truncated`."""

ROW_MESSAGE_BYTES = 32 * 1024
"""The message of one row; the rest of the row is room for its attributes."""

ROW_ATTRS = 256
"""Top-level attributes of one row; the excess is dropped and the row flagged `truncated`."""

ROW_DEPTH = 16
"""Nesting of attributes; deeper values become their JSON text."""

ENTRY_ROWS = 1_000
"""Rows of one stream entry: what a hub decodes in one turn of its loop."""

ENTRY_BYTES = 512 * 1024
"""Bytes of one stream entry."""

INGEST_BODY_BYTES = 16 * 1024 * 1024
"""Decoded body of `POST /v1/ingest`."""

BATCH_ID_BYTES = 128
"""A foreign `batch_id`."""

FRAME_IN_BYTES = 64 * 1024
"""One frame from a client."""

FRAME_OUT_BYTES = 256 * 1024
"""One frame to a client; larger batches are split."""

QUERY_BYTES = 4 * 1024
"""The text of one query."""

QUERY_TERMS = 64
"""Terms of one query: what one row may cost."""

QUERY_STAGES = 8
"""Stages of one query."""

REGEX_BYTES = 1024
"""One regular expression; RE2 gets at most `REGEX_MEMORY_BYTES` for it."""

REGEX_MEMORY_BYTES = 8 * 1024 * 1024

SPAN_SECONDS = 366 * 86_400
"""Longest span of time in a query."""

OVER_SECONDS = 86_400
"""Longest window, step and rate of a table."""

CONTEXT_ROWS = 100
"""Rows of context before a match, and behind it."""

LIMIT_ROWS = 100_000
"""Largest number of `limit`."""

GROUPS = 10_000
"""Groups of one table; the rest is counted in one called `other`."""

TABLE_ROWS = 1_000
"""Rows of one table that are sent; `groups` says how many there are."""

TABLE_SECONDS = 300
"""Window of a live table without `over`."""

FACETS = 16
"""Fields counted for one viewer."""

FACET_VALUES = 20
"""Values told for one field."""

HISTOGRAM_SECONDS = 900
"""Length of the histogram and of the facets."""

PATTERN_ROWS = 200
"""Templates told at once."""

FETCH_ROWS = 1_000
"""Rows one fetch brings."""

PROBES_A_SECOND = 10
"""Probes of one connection; more are refused with RATE."""

NEWEST_ROWS = 5_000
"""Rows a screen may ask for when it starts to watch."""

WATCHES = 50
"""Watches of one connection."""

QUERIES = 400
"""Different queries that are watched in one environment on one hub process: each looks at every row."""

STATEFUL_QUERIES = 40
"""Of these, with a table or `dedup`: each remembers some 15 MB at most."""

CONNECTIONS_PER_USER = 20
"""Sockets of one user on one hub."""

CONNECTIONS_UNAUTHENTICATED = 64
"""Sockets of one hub that have not said hello yet."""

MEMBERS = 200
"""People in one session."""

CHAT_CHARS = 4_000
"""Characters of one chat line."""

CHAT_TAIL = 100
"""Chat lines a joiner gets with the snapshot."""

CHAT_TAIL_CHARS = 40_000
"""Characters of those lines together: with members and presence they fit in one frame."""

TITLE_CHARS = 120
"""Characters of a session title."""

WINDOW_ROWS = 20_000
"""Rows sent and not acknowledged; beyond it a viewer gets a gap. 5,000 would cap an honest viewer."""

WINDOW_BYTES = 6 * 1024 * 1024
"""Bytes sent and not acknowledged."""

WRITE_BUFFER_BYTES = 1024 * 1024
"""Socket write buffer above which a viewer gets a gap."""

CTL_QUEUE_BYTES = 1024 * 1024
"""Session events waiting for a socket; beyond it the socket is closed with 4003 and resumes."""

FLUSH_MS = 25
"""Longest wait of a row for company in its frame."""

ACK_MS = 250
"""A client acknowledges what it painted this often, or after a quarter of the window."""

HEARTBEAT_MS = 20_000
"""The server pings this often: below the 55 s of the strictest platform router (Heroku)."""

QUIET_MS = 25_000
"""A client that heard nothing for this long shows `[LIVE?]`."""

HELLO_SECONDS = 10
"""From upgrade to `hello`, else close 4506."""

PRESENCE_REFRESH_SECONDS = 10
PRESENCE_DEAD_SECONDS = 30
"""A connection that did not refresh its presence for this long is gone."""

PRESENCE_QUERY_CHARS = 120
"""What others see of the query a member looks at; longer is cut."""

ROSTER = 300
"""Connections that a roster lists; who comes after that is not shown."""

CLIENT_BUFFER_ROWS = 20_000
"""Rows a client keeps on screen and above it."""

PASSWORD_CHARS = 256
"""Longest password; longer is refused before hashing."""
