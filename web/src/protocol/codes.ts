// Generated from debugterm_protocol by `make gen`; do not edit.

export const SUBPROTOCOL = "debugterm.v1" as const;

export const VERSION = "0.1.0" as const;

export const LEVELS = [
  "trace",
  "debug",
  "info",
  "warn",
  "error",
  "fatal"
] as const;

export const LEVEL_NUMBERS = {
  "trace": 1,
  "debug": 5,
  "info": 9,
  "warn": 13,
  "error": 17,
  "fatal": 21
} as const;

export const CLOSE = {
  "INTERNAL": 4000,
  "DEPLOY": 4001,
  "TOKEN_EXPIRED": 4002,
  "SLOW": 4003,
  "NO_PONG": 4004,
  "STATE_LOST": 4005,
  "RATE": 4006,
  "MOVED": 4007,
  "BAD_PROTOCOL": 4500,
  "AUTHENTICATION": 4501,
  "FORBIDDEN": 4502,
  "SESSION_CLOSED": 4503,
  "KICKED": 4504,
  "LOCKED": 4505,
  "HANDSHAKE_TIMEOUT": 4506,
  "VERSION": 4507,
  "TOO_MANY_CONNECTIONS": 4508,
  "REPLACED": 4509
} as const;

export const CLOSE_WORDS: Record<number, string> = {
  "4000": "the hub had an internal error",
  "4001": "the hub is restarting",
  "4002": "the access token expired",
  "4003": "this client was too slow to take session events",
  "4004": "this client did not answer pings",
  "4005": "the stream was replaced",
  "4006": "too many messages",
  "4007": "the session moved to another hub",
  "4500": "the hub could not understand this client",
  "4501": "the login is no longer valid",
  "4502": "your role does not allow this",
  "4503": "the session is closed",
  "4504": "you were removed from the session",
  "4505": "access is locked",
  "4506": "no hello arrived in time",
  "4507": "client and hub speak different versions",
  "4508": "too many connections",
  "4509": "replaced by your own newer connection"
};

export const ERRORS = {
  "BAD_FRAME": {
    "fault": "you",
    "again": "final"
  },
  "BAD_REQUEST": {
    "fault": "you",
    "again": "final"
  },
  "BAD_QUERY": {
    "fault": "you",
    "again": "final"
  },
  "BAD_OFFSET": {
    "fault": "you",
    "again": "final"
  },
  "BAD_BATCH": {
    "fault": "you",
    "again": "final"
  },
  "BAD_ENCODING": {
    "fault": "you",
    "again": "final"
  },
  "TOO_LARGE": {
    "fault": "you",
    "again": "final"
  },
  "TOKEN_IN_URL": {
    "fault": "you",
    "again": "final"
  },
  "UNAUTHENTICATED": {
    "fault": "you",
    "again": "final"
  },
  "FORBIDDEN": {
    "fault": "policy",
    "again": "final"
  },
  "BAD_ORIGIN": {
    "fault": "policy",
    "again": "final"
  },
  "NOT_FOUND": {
    "fault": "you",
    "again": "final"
  },
  "METHOD": {
    "fault": "you",
    "again": "final"
  },
  "CONFLICT": {
    "fault": "you",
    "again": "final"
  },
  "DUPLICATE": {
    "fault": "you",
    "again": "final"
  },
  "LIMIT": {
    "fault": "policy",
    "again": "final"
  },
  "RATE": {
    "fault": "policy",
    "again": "retry"
  },
  "AUDIT_UNAVAILABLE": {
    "fault": "server",
    "again": "retry"
  },
  "UNAVAILABLE": {
    "fault": "server",
    "again": "retry"
  },
  "INTERNAL": {
    "fault": "server",
    "again": "retry"
  }
} as const;

export const LIMITS = {
  "ROW_BYTES": 65536,
  "ROW_MESSAGE_BYTES": 32768,
  "ROW_ATTRS": 256,
  "ROW_DEPTH": 16,
  "ENTRY_ROWS": 1000,
  "ENTRY_BYTES": 524288,
  "INGEST_BODY_BYTES": 16777216,
  "BATCH_ID_BYTES": 128,
  "FRAME_IN_BYTES": 65536,
  "FRAME_OUT_BYTES": 262144,
  "QUERY_BYTES": 4096,
  "QUERY_TERMS": 64,
  "QUERY_STAGES": 8,
  "REGEX_BYTES": 1024,
  "REGEX_MEMORY_BYTES": 8388608,
  "GROUPS": 10000,
  "TABLE_ROWS": 1000,
  "TABLE_SECONDS": 300,
  "FACETS": 16,
  "FACET_VALUES": 20,
  "HISTOGRAM_SECONDS": 900,
  "PATTERN_ROWS": 200,
  "FETCH_ROWS": 1000,
  "PROBES_A_SECOND": 10,
  "NEWEST_ROWS": 5000,
  "WATCHES": 50,
  "CONNECTIONS_PER_USER": 20,
  "CONNECTIONS_UNAUTHENTICATED": 64,
  "MEMBERS": 200,
  "CHAT_CHARS": 4000,
  "CHAT_TAIL": 100,
  "CHAT_TAIL_CHARS": 40000,
  "TITLE_CHARS": 120,
  "WINDOW_ROWS": 20000,
  "WINDOW_BYTES": 6291456,
  "WRITE_BUFFER_BYTES": 1048576,
  "CTL_QUEUE_BYTES": 1048576,
  "FLUSH_MS": 25,
  "ACK_MS": 250,
  "HEARTBEAT_MS": 20000,
  "QUIET_MS": 25000,
  "HELLO_SECONDS": 10,
  "PRESENCE_REFRESH_SECONDS": 10,
  "PRESENCE_DEAD_SECONDS": 30,
  "PRESENCE_QUERY_CHARS": 120,
  "ROSTER": 300,
  "CLIENT_BUFFER_ROWS": 20000,
  "PASSWORD_CHARS": 256
} as const;
