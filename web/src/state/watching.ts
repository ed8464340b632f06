/** The watch behind the rows: asked for, changed in flight without losing its place, and resumed where it stopped. */
import { signal } from '@preact/signals';
import { watching } from '../core/resume.ts';
import { newId } from '../net/ids.ts';
import type { Link } from '../net/link.ts';
import type { Ok, Place, Problem, Watched } from '../protocol/frames.ts';
import type { Asides } from './asides.ts';
import type { Stream } from './stream.ts';

export class Watching {
  /** What is wrong with the query that was asked for last; the one before it keeps running. */
  readonly problem = signal<(Problem & { query: string }) | null>(null);
  /** The query aggregates: there is a table instead of rows. */
  readonly table = signal(false);
  /** Why the hub stopped the query that is shown: it costs too much. */
  readonly suspended = signal<string | null>(null);
  /** Query of the watch on this connection. */
  private watched: string | null = null;
  /** Query whose rows are on the screen. */
  private shown: string | null = null;
  /** From where on the hub delivers: a line that is cut before the first row must resume here. */
  private start: Place | null = null;
  private latest = 0;
  private turn: Promise<boolean> = Promise.resolve(true);
  private wire: Link;
  private stream: Stream;
  private asides: Asides;

  constructor(wire: Link, stream: Stream, asides: Asides) {
    this.wire = wire;
    this.stream = stream;
    this.asides = asides;
  }

  /** There is a new connection: nothing is watched on it yet. */
  begin(): void {
    this.watched = null;
  }

  /** Show the rows of a query. False when the hub refused it, the line broke, or another one was asked for meanwhile. */
  show(query: string): Promise<boolean> {
    // One at a time, so that each replaces the one before it.
    const mine = ++this.latest;
    this.turn = this.turn.then(() => mine === this.latest && (query === this.watched || this.ask(query)));
    return this.turn;
  }

  private async ask(query: string): Promise<boolean> {
    const before = this.watched === null ? '' : this.stream.ch;
    const place = before || this.shown !== query ? null : (this.stream.place ?? this.start);
    try {
      const answer = (await this.wire.ask(watching({ query, place, replaces: before }, newId()))) as Ok;
      this.began(query, answer.p as Watched);
      return true;
    } catch (error) {
      const problem = error as Problem;
      if (problem.code === 'CUT') return false;
      if (problem.code === 'BAD_OFFSET' && place) {
        this.stream.list.reset('the stream was replaced; showing what it holds now');
        this.shown = null;
        return this.ask(query);
      }
      this.problem.value = { ...problem, query };
      return false;
    }
  }

  private began(query: string, { ch, ep, o, kind }: Watched): void {
    this.watched = query;
    this.shown = query;
    this.start = ep && o ? { epoch: ep, offset: o } : null;
    this.problem.value = null;
    this.suspended.value = null;
    this.table.value = kind === 'table';
    this.stream.begin(ch);
    this.asides.begin(ch);
  }
}
