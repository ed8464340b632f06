/** The session as this tab knows it: joined, kept up to date by events, and joined again after every break. */
import { batch, computed, signal } from '@preact/signals';
import { joining } from '../core/resume.ts';
import { applyEvent, author, people, sentence, tail } from '../core/session.ts';
import { newId } from '../net/ids.ts';
import type { Link } from '../net/link.ts';
import type { Ev, Here, Joined, Place, Presence, Problem, Roster, Snapshot } from '../protocol/frames.ts';
import { passes, refusal } from './commands.ts';

/** One line of the timeline: what somebody said, or what happened. */
export interface Line {
  seq: number;
  at: string;
  name: string;
  text: string;
  said: boolean;
}

/** What a session tells the room. */
export interface Listener {
  say(tone: 'bad' | 'plain', text: string): void;
  /** The session was joined after all, later than the connection. */
  joinedLate(): void;
  query(): string;
}

const HAPPENINGS = 200;
const AGAIN_MS = 3000;

export class Session {
  readonly snapshot = signal<Snapshot | null>(null);
  readonly presence = signal<Presence[]>([]);
  /** Why the session did not let this person in. */
  readonly shut = signal<Problem | null>(null);
  /** Query of the shared view. */
  readonly shared = computed(() => this.snapshot.value?.view.query ?? '');
  readonly drives = computed(() => this.snapshot.value?.driver === this.human && this.human !== '');
  readonly people = computed(() => people(this.snapshot.value, this.presence.value));
  readonly timeline = computed<Line[]>(() => {
    const said = (this.snapshot.value?.chat ?? []).map(({ seq, at, name, text }) => ({ seq, at, name, text, said: true }));
    return [...said, ...this.happenings.value].sort((a, b) => a.seq - b.seq || a.at.localeCompare(b.at));
  });
  /** Channel of its events; empty until it was joined. */
  ch = '';
  private happenings = signal<Line[]>([]);
  private rev: Place | null = null;
  private mood: Here['state'] = 'active';
  /** Counts connections: a late answer belongs to an old one. */
  private connection = 0;
  private name: string;
  private human: string;
  private wire: Link;
  private listener: Listener;

  constructor(name: string, human: string, wire: Link, listener: Listener) {
    this.name = name;
    this.human = human;
    this.wire = wire;
    this.listener = listener;
  }

  /** Join on a new connection. Whether the stream may be watched: it goes on when the session is only away for a while. */
  enter(): Promise<boolean> {
    this.connection += 1;
    return this.join();
  }

  take(frame: Ev | Roster): void {
    if (frame.ch !== this.ch) return;
    if (frame.t === 'roster') this.presence.value = frame.presence;
    else this.happened(frame);
  }

  /** Tell the others what this person is up to; best effort. */
  here(state: Here['state']): void {
    if (state === this.mood) return;
    this.mood = state;
    this.tellHere();
  }

  tellHere(): void {
    if (this.ch) this.wire.send({ t: 'here', ch: this.ch, state: this.mood, query: this.listener.query() });
  }

  private async join(): Promise<boolean> {
    const { connection } = this;
    const id = this.snapshot.peek()?.id ?? null;
    try {
      this.joined((await this.wire.ask(joining({ session: this.name, id, rev: this.rev }, newId()))) as Joined);
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
      this.listener.say('bad', `${refusal(problem)} · the stream goes on; trying to join again`);
      setTimeout(() => void this.joinLate(connection), problem.retry_ms ?? AGAIN_MS);
      return true;
    }
  }

  private async joinLate(connection: number): Promise<void> {
    if (this.connection === connection && (await this.join())) this.listener.joinedLate();
  }

  private joined(frame: Joined): void {
    batch(() => {
      this.ch = frame.ch;
      this.rev = { epoch: frame.epoch, offset: frame.o };
      this.presence.value = frame.presence;
      if (frame.snapshot) this.snapshot.value = { ...frame.snapshot, chat: tail(frame.snapshot.chat) };
    });
    this.mood = document.hidden ? 'idle' : 'active';
    this.tellHere();
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
      if (!text || !name) return;
      const line = { seq: frame.seq ?? 0, at: new Date().toISOString(), name, text, said: false };
      this.happenings.value = [...this.happenings.peek().slice(1 - HAPPENINGS), line];
      this.listener.say('plain', `${name} ${text}`);
    });
  }
}
