/** Everything one tab knows and does: the session, the stream, the people, and what somebody asks for. */
import { batch, computed, signal } from '@preact/signals';
import { span } from '../core/format.ts';
import { applyEvent, author, people, sentence, tail } from '../core/session.ts';
import { joining, watching, type Standing } from '../core/resume.ts';
import { Board } from '../core/series.ts';
import type { Command } from '../core/verbs.ts';
import { sessions } from '../net/auth.ts';
import { newId } from '../net/ids.ts';
import { Link, type LinkState } from '../net/link.ts';
import type { Done, Ev, Here, Joined, Listed, Ok, Presence, Problem, ServerFrame, Snapshot, Welcome } from '../protocol/frames.ts';
import { Commands, passes, refusal } from './commands.ts';
import { Stream } from './stream.ts';

/** One line of the timeline: what somebody said, or what happened. */
export interface Line {
  seq: number;
  at: string;
  name: string;
  text: string;
  said: boolean;
}

export interface Note {
  tone: 'good' | 'bad' | 'plain';
  text: string;
}

export interface Identity {
  human: string;
  name: string;
  env: string;
}

const HAPPENINGS = 200;
const AGAIN_MS = 3000;

export class Room {
  readonly link = signal<LinkState>({ at: 'connecting', attempt: 1 });
  readonly welcome = signal<Welcome | null>(null);
  readonly snapshot = signal<Snapshot | null>(null);
  readonly presence = signal<Presence[]>([]);
  readonly happenings = signal<Line[]>([]);
  /** The viewer's own query; null while they follow the shared one. */
  readonly own = signal<string | null>(null);
  readonly queryProblem = signal<(Problem & { query: string }) | null>(null);
  readonly note = signal<Note | null>(null);
  /** Why the session did not let this person in. */
  readonly shut = signal<Problem | null>(null);
  readonly points = signal(0);
  readonly board = new Board();
  readonly stream: Stream;
  readonly me: Identity;

  readonly shared = computed(() => this.snapshot.value?.view.query ?? '');
  /** The query of what is shown. */
  readonly query = computed(() => this.own.value ?? this.shared.value);
  readonly drives = computed(() => this.snapshot.value?.driver === this.me.human && this.me.human !== '');
  readonly people = computed(() => people(this.snapshot.value, this.presence.value));
  readonly timeline = computed<Line[]>(() => {
    const said = (this.snapshot.value?.chat ?? []).map(({ seq, at, name, text }) => ({ seq, at, name, text, said: true }));
    return [...said, ...this.happenings.value].sort((a, b) => a.seq - b.seq || a.at.localeCompare(b.at));
  });

  private wire: Link;
  private ctl = '';
  private metCh = '';
  private rev: { epoch: string; offset: string } | null = null;
  /** Query of the watch on this connection. */
  private watched: string | null = null;
  /** Query whose rows are on the screen. */
  private shown: string | null = null;
  private session: string;
  private token: (fresh: boolean) => Promise<string>;
  private commands: Commands;
  private noteTimer = 0;
  private mood: Here['state'] = 'active';
  /** When the line broke. */
  private back: number | null = null;

  constructor(me: Identity, session: string, own: string | null, token: (fresh: boolean) => Promise<string>) {
    this.me = me;
    this.session = session;
    this.token = token;
    this.own.value = own;
    this.stream = new Stream((ch, o) => this.wire.send({ t: 'ack', ch, o }));
    const url = new URL('/ws', location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    this.wire = new Link({
      url: url.href,
      env: me.env,
      token,
      state: (state) => this.linked(state),
      welcome: (frame) => void this.enter(frame),
      frame: (frame) => this.take(frame),
    });
    this.commands = new Commands(this.wire);
  }

  start(): void {
    this.wire.start();
  }

  stop(): void {
    this.wire.stop();
  }

  hurry(): void {
    this.wire.hurry();
  }

  /** The open sessions of this environment. Rejects with Refused. */
  async others(): Promise<Listed[]> {
    return (await sessions(await this.token(false))).sessions;
  }

  /** A newer token for the open line. */
  renew(token: string): void {
    this.wire.send({ t: 'refresh', id: newId(), token });
  }

  /** Show something for a while; problems stay until something else is said. */
  say(tone: Note['tone'], text: string): void {
    clearTimeout(this.noteTimer);
    this.note.value = { tone, text };
    if (tone !== 'bad') this.noteTimer = window.setTimeout(() => (this.note.value = null), 6000);
  }

  /** Ask for something to be done in the session. Resolves to its answer, or null when it was refused. */
  async run(p: Command): Promise<Done | null> {
    const answer = await this.commands.run(p, this.ctl);
    if ('seq' in answer) {
      if (this.note.peek()?.tone === 'bad') this.note.value = null;
      return answer;
    }
    if (answer.code === 'CUT') return null;
    if (p.name === 'filter' && answer.code === 'BAD_QUERY') this.queryProblem.value = { ...answer, query: p.query };
    this.say('bad', refusal(answer));
    return null;
  }

  /** Look at a query of one's own; null follows the shared one. Whoever drives sets it for everybody. */
  async look(query: string | null): Promise<boolean> {
    if (query !== null && this.drives.value) return (await this.run({ name: 'filter', query })) !== null;
    // Only a query that the hub took becomes this viewer's: a wrong one stays in the box, to be mended.
    return this.watch(query ?? this.shared.peek(), query);
  }

  /** Tell the others what this person is up to; best effort. */
  here(state: Here['state']): void {
    if (state === this.mood) return;
    this.mood = state;
    this.tellHere();
  }

  private tellHere(): void {
    if (this.ctl) this.wire.send({ t: 'here', ch: this.ctl, state: this.mood, query: this.query.peek() });
  }

  private linked(state: LinkState): void {
    if (state.at === 'waiting' && this.link.peek().at === 'open') this.back = Date.now();
    this.link.value = state;
  }

  private async enter(frame: Welcome): Promise<void> {
    this.welcome.value = frame;
    this.watched = null;
    if (!(await this.join())) return;
    void this.watchMetrics();
    void this.commands.settle().then((lines) => lines.forEach((line) => this.say('bad', line)));
    await this.watch();
  }

  /** Whether the stream may be watched: it goes on when the session is only away for a while. */
  private async join(): Promise<boolean> {
    const conn = this.welcome.peek();
    try {
      this.joined((await this.wire.ask(joining(this.standing(), newId()))) as Joined);
      this.shut.value = null;
      return true;
    } catch (error) {
      const problem = error as Problem;
      if (problem.code === 'CUT') return false;
      // A resume that the hub cannot serve begins anew.
      if (problem.code === 'BAD_OFFSET' && this.rev) {
        this.rev = null;
        return this.join();
      }
      if (!passes(problem)) {
        this.shut.value = problem;
        return false;
      }
      this.say('bad', `${refusal(problem)} · the stream goes on; trying to join again`);
      setTimeout(() => this.welcome.peek() === conn && void this.join().then((good) => good && this.watch()), problem.retry_ms ?? AGAIN_MS);
      return true;
    }
  }

  private standing(): Standing {
    const { id } = this.snapshot.peek() ?? { id: null };
    return { session: this.session, id, rev: this.rev, query: this.query.peek(), rows: this.stream.place };
  }

  private joined(frame: Joined): void {
    batch(() => {
      this.ctl = frame.ch;
      this.rev = { epoch: frame.epoch, offset: frame.o };
      this.presence.value = frame.presence;
      this.note.value = null;
      if (frame.snapshot) this.snapshot.value = { ...frame.snapshot, chat: tail(frame.snapshot.chat) };
    });
    this.mood = document.hidden ? 'idle' : 'active';
    this.tellHere();
  }

  /** Watch the present query: on a new connection from where the rows end, else from the backlog. */
  private async watch(query = this.query.peek(), own = this.own.peek()): Promise<boolean> {
    if (query === this.watched) {
      this.own.value = own;
      return true;
    }
    const fresh = this.watched === null;
    const rows = fresh && this.shown === query ? this.stream.place : null;
    try {
      const answer = (await this.wire.ask(watching({ ...this.standing(), query, rows }, newId()))) as Ok;
      this.own.value = own;
      this.watching(query, (answer.p as { ch: string }).ch);
      return true;
    } catch (error) {
      const problem = error as Problem;
      if (problem.code === 'CUT') return true;
      if (problem.code === 'BAD_OFFSET' && rows) {
        this.stream.list.reset('the stream was replaced; showing what it holds now');
        this.shown = null;
        return this.watch(query, own);
      }
      this.queryProblem.value = { ...problem, query };
      return false;
    }
  }

  private watching(query: string, ch: string): void {
    const before = this.watched === null ? ch : this.stream.ch;
    this.watched = query;
    this.shown = query;
    this.queryProblem.value = null;
    this.stream.begin(ch);
    if (before && before !== ch) this.wire.send({ t: 'unwatch', id: newId(), ch: before });
    this.tellHere();
    // Somebody changed the query while the answer was on its way.
    if (query !== this.query.peek()) void this.watch();
  }

  private async watchMetrics(): Promise<void> {
    try {
      const answer = (await this.wire.ask({ t: 'watch', id: newId(), kind: 'met', from: '-2m' })) as Ok;
      this.metCh = (answer.p as { ch: string }).ch;
      this.board.clear();
    } catch {
      // Without metrics the room still works; the strip says that there are none.
    }
  }

  private take(frame: ServerFrame): void {
    switch (frame.t) {
      case 'ev':
        if (frame.ch === this.ctl) this.happened(frame);
        break;
      case 'roster':
        if (frame.ch === this.ctl) this.presence.value = frame.presence;
        break;
      case 'rows':
      case 'gap':
      case 'reset':
      case 'rate':
        this.stream.take(frame);
        break;
      case 'caught':
        this.stream.take(frame);
        if (frame.ch === this.stream.ch) this.caught();
        break;
      case 'points':
        if (frame.ch === this.metCh || this.metCh === '') {
          this.board.add(frame.p);
          this.points.value += 1;
        }
        break;
      case 'err':
        if (!frame.id) this.say('bad', refusal(frame.p));
        break;
    }
  }

  private caught(): void {
    if (!this.back) return;
    const seconds = Math.max(1, Math.round((Date.now() - this.back) / 1000));
    this.back = null;
    this.stream.mark(`reconnected after ${span(seconds)}`);
  }

  private happened(frame: Ev): void {
    const state = this.snapshot.peek();
    if (!state) return;
    const rev = Number(frame.o);
    const text = sentence(frame.p);
    const name = author(frame.p, state);
    if (rev <= state.rev) return;
    batch(() => {
      this.snapshot.value = applyEvent(state, frame.p, rev);
      if (this.rev) this.rev = { ...this.rev, offset: frame.o };
      if (text && name) {
        const at = new Date().toISOString();
        this.happenings.value = [...this.happenings.peek().slice(1 - HAPPENINGS), { seq: frame.seq ?? 0, at, name, text, said: false }];
        this.say('plain', `${name} ${text}`);
      }
    });
    if (frame.p.k === 'viewed') void this.watch();
  }
}
