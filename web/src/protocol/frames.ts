// Generated from debugterm_protocol by `make gen`; do not edit.

/** First frame: who connects. The token may instead stand in the Authorization header, never in the URL. */
export interface Hello {
  t: "hello";
  id: string;
  env: string;
  token?: string | null;
  client?: string;
}

/** A newer access token for this connection, before the old one expires. */
export interface Refresh {
  t: "refresh";
  id: string;
  token: string;
}

/** Enter a session and receive its events. `session` is an id (`s_…`), a slug, or `lobby`. */
export interface Join {
  t: "join";
  id: string;
  session: string;
  from?: Place | null;
}

/** Where a client stopped: the epoch of the stream and the last row or event it has. */
export interface Place {
  epoch: string;
  offset: string;
}

/** Leave a session; a lost connection is not a leave. */
export interface Leave {
  t: "leave";
  id: string;
  ch: string;
}

/** Do something in a session (`ch`), or create one (no `ch`). */
export interface Cmd {
  t: "cmd";
  id: string;
  p: Create | Title | Chat | Filter | Drive;
  ch?: string;
}

/** Make a session. `slug` (`INC-42`) is an alias, unique among the open sessions of the environment. */
export interface Create {
  name: "create";
  title: string;
  slug?: string;
}

/** Rename the session. */
export interface Title {
  name: "title";
  text: string;
}

/** Say something to everybody in the session. */
export interface Chat {
  name: "chat";
  text: string;
}

/** Set the query of the shared view; only who drives may. */
export interface Filter {
  name: "filter";
  query: string;
}

/** Take the wheel of the shared view, or let go of it. */
export interface Drive {
  name: "drive";
  take?: boolean;
}

/** My presence in a session changed; best effort, never audited, at most 5 a second. */
export interface Here {
  t: "here";
  ch: string;
  state: "active" | "idle" | "typing";
  query?: string;
}

/** Stream the rows that match a query (`kind: log`) or the metric points of the environment (`met`).
 *
 * `from` is a Place to resume at, `now`, or a span back like `-15m`. With a span, `newest` asks for at most that
 * many of its newest matching rows; 0 asks for all of them, as fast as this client acknowledges.
 */
export interface Watch {
  t: "watch";
  id: string;
  query?: string;
  kind?: "log" | "met";
  from?: string | Place;
  newest?: number;
  replaces?: string;
}

/** What else to tell of a watch, once a second; the last one counts. Without it: rows and `rate` only. */
export interface Aside {
  t: "aside";
  ch: string;
  histogram?: boolean;
  facets?: string[];
  patterns?: boolean;
}

/** Rows of a watch from `from` to `to`, both included: fills a gap, or goes back. One at a time a connection.
 *
 * Newest first, cut to `limits.FETCH_ROWS`. Answered with `fetched` frames; they neither move the place of the watch
 * nor want an `ack`. A `gap` with the reason `retention` comes first when a part of the range is not kept any more.
 */
export interface Fetch {
  t: "fetch";
  id: string;
  ch: string;
  from: string;
  to: string;
}

/** What would this query show, and what could be typed at `at`? Answered with `ok` (`views.Probed`).
 *
 * Costs the hub a look at the last minute; at most `limits.PROBES_A_SECOND`, never audited.
 */
export interface Probe {
  t: "probe";
  id: string;
  query: string;
  at?: number | null;
}

/** Stop a watch. */
export interface Unwatch {
  t: "unwatch";
  id: string;
  ch: string;
}

/** The last row painted: frees the in-flight window and is the resume point. */
export interface Ack {
  t: "ack";
  ch: string;
  o: string;
}

/** What became of the command with this id: asked after a reconnect instead of sending it again. */
export interface Status {
  t: "status";
  id: string;
  cmd: string;
}

/** Are you there? Either side may ask; the hub adds `hw`, the newest offset of each watch. */
export interface Ping {
  t: "ping";
  ts: string;
  hw?: Record<string, string>;
}

/** Here; `ts` as it came. */
export interface Pong {
  t: "pong";
  ts: string;
}

/** Answer to `hello`: who you are here and what this hub promises. */
export interface Welcome {
  t: "welcome";
  id: string;
  conn: string;
  human: string;
  name: string;
  env: string;
  role: Role;
  server: string;
  epoch: string;
  durability: string;
  heartbeat_ms: number;
  limits: Record<string, number>;
}

/** Organisation role of a user in one environment; what each may do stands in `core/policy.py`. */
export type Role = "admin" | "auditor" | "commander" | "responder" | "viewer";

/** The request with this id is done; `p` depends on the request. */
export interface Ok {
  t: "ok";
  id: string;
  p?: unknown;
}

/** The request with this id was refused, or (without id) the connection has a problem. */
export interface Err {
  t: "err";
  p: Problem;
  id?: string;
}

/** What went wrong, in words for a person: `code` for programs, `fix` says what to do, `who` can help. */
export interface Problem {
  code: string;
  why: string;
  fix?: string;
  who?: string;
  retry_ms?: number | null;
  column?: number | null;
}

/** Answer to `join`.
 *
 * With `recovered` the missed events follow as `ev`, and there is no snapshot; otherwise `snapshot` is the
 * whole truth and replaces what the client had.
 */
export interface Joined {
  t: "joined";
  id: string;
  ch: string;
  epoch: string;
  o: string;
  recovered: boolean;
  presence: Presence[];
  snapshot?: Snapshot;
}

/** One connection of a member: best effort, at most 30 s stale. */
export interface Presence {
  conn: string;
  human: string;
  name: string;
  role: Role;
  client: string;
  state: "active" | "idle" | "typing";
  query?: string;
}

/** The whole state of one session at revision `rev`. */
export interface Snapshot {
  v: 1;
  rev: number;
  id: string;
  env: string;
  slug: string;
  title: string;
  created_by: string;
  created_at: string;
  members: Record<string, Member>;
  driver: string;
  view: SharedView;
  chat: ChatLine[];
}

/** A person in the session, from join to leave; whether they are here now is presence. */
export interface Member {
  human: string;
  name: string;
  role: Role;
  at: string;
}

/** What followers render from their own stream: never pixels. */
export interface SharedView {
  query?: string;
  by?: string;
  at?: string;
}

/** One thing somebody said; `seq` is its audit record and its place. */
export interface ChatLine {
  seq: number;
  at: string;
  human: string;
  name: string;
  text: string;
}

/** One thing that happened in a session: `p` says what (its `k` names the kind, see `sessions.py`). */
export interface Ev {
  t: "ev";
  ch: string;
  o: string;
  p: Created | Entered | Left | Titled | Said | Viewed | Drove;
  seq?: number;
}

/** The session exists; comes again when its state had to be rebuilt: the snapshot is the whole truth. */
export interface Created {
  k: "created";
  snapshot: Snapshot;
}

/** Somebody joined. */
export interface Entered {
  k: "entered";
  member: Member;
}

/** Somebody left; when they drove, nobody drives now. */
export interface Left {
  k: "left";
  human: string;
  name: string;
  driver: string;
}

/** The session was renamed. */
export interface Titled {
  k: "titled";
  title: string;
  by: string;
}

/** Somebody said something. */
export interface Said {
  k: "said";
  line: ChatLine;
}

/** The shared view changed; whoever sets it while nobody drives takes the wheel with it. */
export interface Viewed {
  k: "viewed";
  view: SharedView;
  driver: string;
}

/** The wheel changed hands; `driver` is empty when it was let go. */
export interface Drove {
  k: "drove";
  driver: string;
  name: string;
  at: string;
}

/** Who is here now, whole: replaces the last one. */
export interface Roster {
  t: "roster";
  ch: string;
  presence: Presence[];
}

/** Rows of a watch, in offset order, each the bytes encoded once at ingest. */
export interface Rows {
  t: "rows";
  ch: string;
  ep: string;
  b: Group[];
  gap?: Gap | null;
}

/** Rows of one stream entry: `i` are their indexes in it, so a row's id is `<e>-<i>`. */
export interface Group {
  e: string;
  i: number[];
  rows: unknown[];
}

/** Rows that are not shown, in their place: first and last offset, how many, and why.
 *
 * `n` is null when nobody can know it (retention and reset under a filter). Any row of the range that the
 * client does have counts as shown, not as missing. A `slow` gap between rows that are sent comes inside their
 * `rows` frame, so that no cut of the line can part them; one behind which nothing was sent comes by itself.
 */
export interface Gap {
  t: "gap";
  ch: string;
  from: string;
  to: string;
  n?: number | null;
  by?: Record<string, number>;
  shown?: Record<string, number>;
  why?: "quota" | "redacted" | "reset" | "retention" | "sampled" | "slow";
}

/** Metric points of a watch: at most one per series and second, the last wins. */
export interface Points {
  t: "points";
  ch: string;
  ep: string;
  o: string;
  p: Point[];
}

/** One metric sample, named as OpenTelemetry does; `attrs` tell series apart. */
export interface Point {
  ts: string;
  metric: string;
  value: number;
  unit?: string;
  service?: string;
  host?: string;
  attrs?: Record<string, string | number | number | boolean>;
}

/** The stream was replaced: offsets of the old epoch mean nothing any more. Comes before any new row. */
export interface Reset {
  t: "reset";
  ch: string;
  ep: string;
  why: string;
  o?: string;
}

/** The backlog of a watch is through; what follows is live. */
export interface Caught {
  t: "caught";
  ch: string;
  o: string;
  more?: boolean;
  back_to?: string;
}

/** Rows that a `fetch` asked for, in offset order within the frame; frames come newest first. */
export interface Fetched {
  t: "fetched";
  id: string;
  ch: string;
  ep: string;
  b: Group[];
  done?: boolean;
  back_to?: string;
}

/** Rows of one second: `all` of the environment, `match` of this watch. Counted before shedding.
 *
 * A second to which rows were added late is told again; the last one counts.
 */
export interface Rate {
  t: "rate";
  ch: string;
  all: number;
  match: number;
  s?: number;
  by?: Record<string, number>;
}

/** Matching rows by second of receipt and level, oldest first; `rate` adds the seconds that follow, or tells one anew. */
export interface Histogram {
  t: "histogram";
  ch: string;
  start: number;
  by: Record<string, number[]>;
  seconds: number;
  exact_from: number;
}

/** The fields of the matching rows since a unix second, at most once a second. */
export interface Facets {
  t: "facets";
  ch: string;
  since: number;
  fields: Facet[];
}

/** The most frequent values of one field; `other` rows have another value, `missing` rows have none. */
export interface Facet {
  field: string;
  values: FacetValue[];
  other: number;
  missing: number;
}

/** A value of a field and the matching rows that have it. */
export interface FacetValue {
  value: string | number | number | boolean | null;
  n: number;
}

/** The templates of the environment's rows: marked ones first, then by number. */
export interface Patterns {
  t: "patterns";
  ch: string;
  window: number;
  baseline: number;
  items: Pattern[];
  total: number;
  behind?: boolean;
}

/** One log template of the environment and how often it came in the window, and before in the baseline. */
export interface Pattern {
  id: string;
  text: string;
  level: string;
  service: string;
  n: number;
  before: number;
  mark?: "" | "gone" | "new" | "up";
  sample?: string;
}

/** The result of an aggregating query over its window, once a second. */
export interface Table {
  t: "table";
  ch: string;
  columns: string[];
  rows: ((string | number | number | boolean | null)[])[];
  since: number;
  groups: number;
  other?: boolean;
}

/** How this viewer keeps up; told when it changes and once a second while it is not `live`. */
export interface Flow {
  t: "flow";
  ch: string;
  state: "lagging" | "live" | "summary";
  behind_ms?: number;
  floor?: string;
}

/** The close that follows, in words: proxies eat close reasons. */
export interface Bye {
  t: "bye";
  code: number;
  reason: string;
  reconnect_after_ms?: number | null;
}

/** Answer to `status`: what became of a command.
 *
 * `finished` carries the first answer; `accepted` is recorded but has not happened (yet); `refused` and
 * `cancelled` never happened; `unknown` never arrived, so it may be sent again.
 */
export interface Fate {
  state: "accepted" | "cancelled" | "finished" | "refused" | "unknown";
  answer?: Done | null;
}

/** Answer to a command that took effect. */
export interface Done {
  seq: number;
  rev?: number;
  session?: string;
}

/** Body of `GET /v1/sessions`: the lobby first, then the newest. */
export interface Listing {
  sessions: Listed[];
}

/** An open session as `GET /v1/sessions` lists it. */
export interface Listed {
  id: string;
  slug: string;
  title: string;
  created_by: string;
  created_at: string;
  members: Member[];
  here: string[];
}

/** The answer to all of them but logout. */
export interface Granted {
  access_token: string;
  expires_in: number;
  human: string;
  name: string;
  env: string;
  role: Role;
  refresh_token?: string;
}

/** Answer to `watch`: its channel, and the place from which on it delivers. */
export interface Watched {
  ch: string;
  ep?: string;
  o?: string;
  kind?: "met" | "rows" | "table";
  recovered?: boolean;
  query?: string;
}

/** Answer to `probe`: what is wrong with the query, or what it would show; and what could be typed next. */
export interface Probed {
  suggestions: Suggestion[];
  match?: number;
  all?: number;
  seconds?: number;
  why?: string;
  column?: number;
  hint?: string;
  near?: string[];
  sampled?: boolean;
}

/** One completion: `text` replaces the characters from `start` to `end` (0-based) of the query. */
export interface Suggestion {
  text: string;
  start: number;
  end: number;
  kind: "field" | "function" | "operator" | "recent" | "stage" | "time" | "value";
  help?: string;
  n?: number | null;
}

export type ClientFrame = Hello | Refresh | Join | Leave | Cmd | Here | Watch | Aside | Fetch | Probe | Unwatch | Ack | Status | Ping | Pong;

export type ServerFrame = Welcome | Ok | Err | Joined | Ev | Roster | Rows | Points | Gap | Reset | Caught | Fetched | Rate | Histogram | Facets | Patterns | Table | Flow | Ping | Pong | Bye;
