// Generated from debugterm_protocol by `make gen`; do not edit.

export const SUBPROTOCOL = "debugterm.v1";
export const VERSION = "0.1.0";
export const LEVELS = [
  "trace",
  "debug",
  "info",
  "warn",
  "error",
  "fatal"
] as const;
export const CLOSE_INTERNAL = 4000;
export const CLOSE_DEPLOY = 4001;
export const CLOSE_TOKEN_EXPIRED = 4002;
export const CLOSE_SLOW = 4003;
export const CLOSE_NO_PONG = 4004;
export const CLOSE_STATE_LOST = 4005;
export const CLOSE_RATE = 4006;
export const CLOSE_MOVED = 4007;
export const CLOSE_BAD_PROTOCOL = 4500;
export const CLOSE_AUTHENTICATION = 4501;
export const CLOSE_FORBIDDEN = 4502;
export const CLOSE_SESSION_CLOSED = 4503;
export const CLOSE_KICKED = 4504;
export const CLOSE_LOCKED = 4505;
export const CLOSE_HANDSHAKE_TIMEOUT = 4506;
export const CLOSE_VERSION = 4507;
export const CLOSE_TOO_MANY_CONNECTIONS = 4508;
export const CLOSE_REPLACED = 4509;
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
/** Errors of the moment, in which trying again helps. */
export const PASSING: readonly string[] = [
  "RATE",
  "AUDIT_UNAVAILABLE",
  "UNAVAILABLE",
  "INTERNAL"
];
export const LIMIT_ROW_BYTES = 65536;
export const LIMIT_ROW_MESSAGE_BYTES = 32768;
export const LIMIT_ROW_ATTRS = 256;
export const LIMIT_ROW_DEPTH = 16;
export const LIMIT_ENTRY_ROWS = 1000;
export const LIMIT_ENTRY_BYTES = 524288;
export const LIMIT_INGEST_BODY_BYTES = 16777216;
export const LIMIT_BATCH_ID_BYTES = 128;
export const LIMIT_FRAME_IN_BYTES = 65536;
export const LIMIT_FRAME_OUT_BYTES = 262144;
export const LIMIT_QUERY_BYTES = 4096;
export const LIMIT_QUERY_TERMS = 64;
export const LIMIT_QUERY_STAGES = 8;
export const LIMIT_REGEX_BYTES = 1024;
export const LIMIT_REGEX_MEMORY_BYTES = 8388608;
export const LIMIT_SPAN_SECONDS = 31622400;
export const LIMIT_OVER_SECONDS = 86400;
export const LIMIT_CONTEXT_ROWS = 100;
export const LIMIT_LIMIT_ROWS = 100000;
export const LIMIT_GROUPS = 10000;
export const LIMIT_TABLE_ROWS = 1000;
export const LIMIT_TABLE_SECONDS = 300;
export const LIMIT_FACETS = 16;
export const LIMIT_FACET_VALUES = 20;
export const LIMIT_HISTOGRAM_SECONDS = 900;
export const LIMIT_PATTERN_ROWS = 200;
export const LIMIT_FETCH_ROWS = 1000;
export const LIMIT_PROBES_A_SECOND = 10;
export const LIMIT_NEWEST_ROWS = 5000;
export const LIMIT_WATCHES = 50;
export const LIMIT_QUERIES = 400;
export const LIMIT_STATEFUL_QUERIES = 40;
export const LIMIT_CONNECTIONS_PER_USER = 20;
export const LIMIT_CONNECTIONS_UNAUTHENTICATED = 64;
export const LIMIT_MEMBERS = 200;
export const LIMIT_CHAT_CHARS = 4000;
export const LIMIT_CHAT_TAIL = 100;
export const LIMIT_CHAT_TAIL_CHARS = 40000;
export const LIMIT_TITLE_CHARS = 120;
export const LIMIT_WINDOW_ROWS = 20000;
export const LIMIT_WINDOW_BYTES = 6291456;
export const LIMIT_WRITE_BUFFER_BYTES = 1048576;
export const LIMIT_CTL_QUEUE_BYTES = 1048576;
export const LIMIT_FLUSH_MS = 25;
export const LIMIT_ACK_MS = 250;
export const LIMIT_HEARTBEAT_MS = 20000;
export const LIMIT_QUIET_MS = 25000;
export const LIMIT_HELLO_SECONDS = 10;
export const LIMIT_PRESENCE_REFRESH_SECONDS = 10;
export const LIMIT_PRESENCE_DEAD_SECONDS = 30;
export const LIMIT_PRESENCE_QUERY_CHARS = 120;
export const LIMIT_ROSTER = 300;
export const LIMIT_CLIENT_BUFFER_ROWS = 20000;
export const LIMIT_PASSWORD_CHARS = 256;
