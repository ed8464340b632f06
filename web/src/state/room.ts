/** What one tab is: a line to the hub, the session on it, the stream, the metrics, and what somebody asks for. */
import { computed, signal } from '@preact/signals';
import { count, many, span } from '../core/format.ts';
import type { Command } from '../core/verbs.ts';
import { sessions } from '../net/auth.ts';
import { newId } from '../net/ids.ts';
import { Link, type LinkState } from '../net/link.ts';
import type { Done, Listed, Ok, Probed, ServerFrame, Welcome } from '../protocol/frames.ts';
import { Asides } from './asides.ts';
import { Commands, refusal } from './commands.ts';
import type { GapItem } from '../core/rows.ts';
import type { Loading } from './loading.ts';
import { Metrics } from './metrics.ts';
import { Session } from './session.ts';
import { Stream } from './stream.ts';
import { Watching } from './watching.ts';

export interface Note {
  tone: 'good' | 'bad' | 'plain';
  text: string;
}

export interface Identity {
  human: string;
  name: string;
  env: string;
}

export class Room {
  readonly link = signal<LinkState>({ at: 'connecting', attempt: 1 });
  readonly welcome = signal<Welcome | null>(null);
  /** The viewer's own query; null while they follow the shared one. */
  readonly own = signal<string | null>(null);
  readonly note = signal<Note | null>(null);
  readonly me: Identity;
  readonly session: Session;
  readonly stream: Stream;
  readonly watching: Watching;
  readonly asides: Asides;
  readonly metrics: Metrics;
  /** The query of what is shown. */
  readonly query = computed(() => this.own.value ?? this.session.shared.value);

  private wire: Link;
  private commands: Commands;
  private token: (fresh: boolean) => Promise<string>;
  private noteTimer = 0;
  private loading: Loading | null = null;
  /** How things stood when the line broke. */
  private broke: { at: number; taken: number; lost: number; unknown: number } | null = null;

  constructor(me: Identity, session: string, own: string | null, token: (fresh: boolean) => Promise<string>) {
    this.me = me;
    this.token = token;
    this.own.value = own;
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
    this.stream = new Stream((ch, o) => this.wire.send({ t: 'ack', ch, o }));
    this.asides = new Asides((frame) => this.wire.send(frame));
    this.commands = new Commands(this.wire);
    this.watching = new Watching(this.wire, this.stream, this.asides);
    this.metrics = new Metrics(this.wire);
    this.session = new Session(session, me.human, this.wire, {
      say: (tone, text) => this.say(tone, text),
      joinedLate: () => {
        this.note.value = null;
        void this.watch();
      },
      query: () => this.query.peek(),
    });
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
    const answer = await this.commands.run(p, this.session.ch);
    if ('seq' in answer) {
      if (this.note.peek()?.tone === 'bad') this.note.value = null;
      return answer;
    }
    if (answer.code === 'CUT') return null;
    if (p.name === 'filter' && answer.code === 'BAD_QUERY') this.watching.problem.value = { ...answer, query: p.query };
    this.say('bad', refusal(answer));
    return null;
  }

  /** Look at a query of one's own; null follows the shared one. Whoever drives sets it for everybody. */
  async look(query: string | null): Promise<boolean> {
    if (query !== null && this.session.drives.value) return (await this.run({ name: 'filter', query })) !== null;
    // Only a query that the hub took becomes this viewer's: a wrong one stays in the box, to be mended.
    const shown = await this.watching.show(query ?? this.session.shared.peek());
    if (shown) {
      this.own.value = query;
      void this.watch();
    }
    return shown;
  }

  /** Fetch the rows of a gap, or older ones than are here. */
  async load(gap: GapItem | null): Promise<void> {
    const loading = await this.loader();
    await (gap ? loading.gap(gap) : loading.older());
  }

  /** Show the rows received at a time, in milliseconds since 1970. */
  async goTo(ms: number): Promise<void> {
    await (await this.loader()).goTo(ms);
  }

  private async loader(): Promise<Loading> {
    const { Loading } = await import('./loading.ts');
    return (this.loading ??= new Loading(this.wire, this.stream, (why) => this.say('bad', why)));
  }

  /** What would this query show, and what could be typed at a place in it? Rejects with a Problem. */
  async probe(query: string, at: number): Promise<Probed> {
    return ((await this.wire.ask({ t: 'probe', id: newId(), query, at })) as Ok).p as Probed;
  }

  /** Show the query that holds now; somebody may have changed it while an answer was on its way. */
  private async watch(): Promise<void> {
    const query = this.query.peek();
    if (!(await this.watching.show(query))) return;
    this.session.tellHere();
    if (query !== this.query.peek()) void this.watch();
  }

  private linked(state: LinkState): void {
    const { stream } = this;
    if (state.at === 'waiting' && !this.broke && this.welcome.peek())
      this.broke = { at: Date.now(), taken: stream.taken, lost: stream.list.lost, unknown: stream.list.unknown };
    this.link.value = state;
  }

  private async enter(frame: Welcome): Promise<void> {
    this.welcome.value = frame;
    this.watching.begin();
    const { note } = this;
    const before = note.peek();
    if (!(await this.session.enter())) return;
    if (note.peek() === before) note.value = null;
    void this.metrics.watch();
    void this.commands.settle().then((lines) => lines.forEach((line) => this.say('bad', line)));
    await this.watch();
  }

  private take(frame: ServerFrame): void {
    switch (frame.t) {
      case 'ev':
        this.session.take(frame);
        if (frame.p.k === 'viewed') void this.watch();
        break;
      case 'roster':
        this.session.take(frame);
        break;
      case 'fetched':
        this.loading?.take(frame);
        break;
      case 'gap':
        if (!this.loading?.take(frame)) this.stream.take(frame);
        break;
      case 'rows':
      case 'reset':
      case 'flow':
        this.stream.take(frame);
        break;
      case 'rate':
        this.stream.take(frame);
        this.asides.take(frame);
        break;
      case 'histogram':
      case 'facets':
      case 'patterns':
      case 'table':
        if (frame.t === 'table') this.stream.replaying.value = false;
        this.asides.take(frame);
        break;
      case 'caught':
        this.stream.take(frame);
        if (frame.ch === this.stream.ch) this.caught();
        break;
      case 'ping':
        this.stream.heights(frame.hw ?? {});
        break;
      case 'points':
        this.metrics.take(frame);
        break;
      case 'err':
        if (frame.id) break;
        this.say('bad', refusal(frame.p));
        if (frame.p.code === 'LIMIT' && /suspended/.test(frame.p.why)) this.watching.suspended.value = refusal(frame.p);
        break;
    }
  }

  private caught(): void {
    if (!this.broke) return;
    const { at, taken, lost, unknown } = this.broke;
    const { stream } = this;
    this.broke = null;
    const after = span(Math.max(1, Math.round((Date.now() - at) / 1000)));
    const missing = stream.list.unknown > unknown ? 'an unknown number' : count(Math.max(0, stream.list.lost - lost));
    stream.mark(`reconnected after ${after}: ${many(stream.taken - taken, 'row')} filled, ${missing} lost`);
  }
}
