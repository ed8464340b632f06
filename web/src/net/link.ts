/** The one WebSocket of this tab: opens, says hello, answers pings, notices silence, comes back by itself. */
import { pause } from '../core/backoff.ts';
import { readFrame } from '../core/json.ts';
import { CLOSE_AUTHENTICATION, CLOSE_BAD_PROTOCOL, CLOSE_TOKEN_EXPIRED, CLOSE_WORDS, LIMIT_HEARTBEAT_MS, LIMIT_QUIET_MS, SUBPROTOCOL, VERSION } from '../protocol/codes.ts';
import { newId } from './ids.ts';
import type { ClientFrame, Ok, Problem, ServerFrame, Welcome } from '../protocol/frames.ts';

export type LinkState =
  | { at: 'connecting'; attempt: number }
  | { at: 'open' }
  /** Open, but nothing was heard for longer than the heartbeat allows. */
  | { at: 'silent' }
  | { at: 'waiting'; attempt: number; until: number; why: string }
  | { at: 'stopped'; code: number; why: string };

export interface Owner {
  url: string;
  env: string;
  /** A token that is good for a while; `fresh` when the hub refused the last one. */
  token(fresh: boolean): Promise<string>;
  state(state: LinkState): void;
  /** The hub knows us: join and watch now. */
  welcome(frame: Welcome): void;
  frame(frame: ServerFrame): void;
}

type Answer = { done(frame: Ok | ServerFrame): void; refused(problem: Problem): void };

/** After this much silence the line is given up: two heartbeats. */
const DEAD_MS = 2 * LIMIT_HEARTBEAT_MS + 5_000;

export class Link {
  private socket: WebSocket | null = null;
  private attempt = 0;
  private heard = 0;
  private bye: { code: number; reason: string; reconnect_after_ms?: number | null } | null = null;
  private timer = 0;
  private watchdog = 0;
  private waiting = new Map<string, Answer>();
  private refusedToken = false;
  private closed = false;
  private owner: Owner;

  constructor(owner: Owner) {
    this.owner = owner;
  }

  start(): void {
    this.closed = false;
    void this.connect();
  }

  /** Leave for good: nothing comes back by itself. */
  stop(): void {
    this.closed = true;
    this.forget();
    this.socket?.close(1000);
    this.socket = null;
  }

  /** Try at once instead of waiting. */
  hurry(): void {
    if (this.socket || this.closed) return;
    clearTimeout(this.timer);
    void this.connect();
  }

  /** Whether it was sent; a frame for a closed line is not kept. */
  send(frame: ClientFrame): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** Send and wait for `ok`, `err`, `joined` or the last `fetched` with the same id. Rejects with a Problem. */
  ask(frame: ClientFrame & { id: string }): Promise<Ok | ServerFrame> {
    return new Promise((done, refused) => {
      this.waiting.set(frame.id, { done, refused });
      if (!this.send(frame)) {
        this.waiting.delete(frame.id);
        refused({ code: 'UNAVAILABLE', why: 'there is no connection to the hub', fix: 'wait until it is back, then repeat' });
      }
    });
  }

  private async connect(): Promise<void> {
    this.attempt += 1;
    this.owner.state({ at: 'connecting', attempt: this.attempt });
    let token: string;
    try {
      token = await this.owner.token(this.refusedToken);
    } catch (error) {
      const problem = (error as { status?: number }).status;
      if (problem === 401 || problem === 403) return this.end(CLOSE_AUTHENTICATION, CLOSE_WORDS[CLOSE_AUTHENTICATION]!);
      return this.later(null, 'the hub cannot be reached');
    }
    if (this.closed) return;
    const socket = new WebSocket(this.owner.url, SUBPROTOCOL);
    this.socket = socket;
    this.bye = null;
    socket.onopen = () => {
      this.listen();
      socket.send(JSON.stringify({ t: 'hello', id: newId(), env: this.owner.env, token, client: `browser/${VERSION}` }));
    };
    socket.onmessage = (event) => this.take(readFrame<ServerFrame>(event.data as string));
    socket.onclose = (event) => this.gone(socket, event.code);
  }

  private take(frame: ServerFrame): void {
    this.heard = Date.now();
    switch (frame.t) {
      case 'welcome':
        this.attempt = 0;
        this.refusedToken = false;
        this.owner.state({ at: 'open' });
        return this.owner.welcome(frame);
      case 'ping':
        this.send({ t: 'pong', ts: frame.ts });
        break;
      case 'bye':
        this.bye = frame;
        break;
      case 'ok':
      case 'joined':
        this.settle(frame.id)?.done(frame);
        break;
      case 'fetched':
        if (frame.done) this.settle(frame.id)?.done(frame);
        break;
      case 'err':
        this.settle(frame.id ?? '')?.refused(frame.p);
        break;
    }
    this.owner.frame(frame);
  }

  private settle(id: string): Answer | undefined {
    const answer = this.waiting.get(id);
    this.waiting.delete(id);
    return answer;
  }

  private listen(): void {
    this.heard = Date.now();
    clearInterval(this.watchdog);
    let silent = false;
    this.watchdog = window.setInterval(() => {
      const quiet = Date.now() - this.heard;
      if (quiet > DEAD_MS) this.socket?.close(4999);
      if (quiet > LIMIT_QUIET_MS !== silent) {
        silent = !silent;
        this.owner.state({ at: silent ? 'silent' : 'open' });
      }
    }, 1000);
  }

  private gone(socket: WebSocket, wire: number): void {
    if (this.socket !== socket) return;
    this.socket = null;
    this.forget();
    // Proxies eat close codes; the bye that came before says what was meant.
    const code = this.bye?.code ?? (wire === 4999 ? 1006 : wire);
    if (code === CLOSE_AUTHENTICATION && !this.refusedToken) {
      this.refusedToken = true;
      return this.later(0, 'renewing the login');
    }
    if (code === CLOSE_TOKEN_EXPIRED) this.refusedToken = true;
    const why = this.bye?.reason || CLOSE_WORDS[code] || 'the connection broke';
    if (code >= CLOSE_BAD_PROTOCOL) return this.end(code, why);
    this.later(this.bye?.reconnect_after_ms ?? null, why);
  }

  private forget(): void {
    clearInterval(this.watchdog);
    clearTimeout(this.timer);
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { refused } of waiting) refused({ code: 'CUT', why: 'the connection broke before the answer came' });
  }

  private later(wait: number | null, why: string): void {
    const ms = wait ?? pause(this.attempt + 1);
    this.owner.state({ at: 'waiting', attempt: this.attempt + 1, until: Date.now() + ms, why });
    this.timer = window.setTimeout(() => void this.connect(), ms);
  }

  private end(code: number, why: string): void {
    this.owner.state({ at: 'stopped', code, why });
  }
}
