/** What the hub tells of the watch beside its rows; each panel that is in sight asks for its own, nobody for the rest. */
import { signal } from '@preact/signals';
import { extend } from '../core/histogram.ts';
import type { Aside, Facets, Histogram, Patterns, Rate, Table } from '../protocol/frames.ts';

export type Wanted = Required<Omit<Aside, 't' | 'ch'>>;

export class Asides {
  readonly histogram = signal<Histogram | null>(null);
  readonly facets = signal<Facets | null>(null);
  readonly patterns = signal<Patterns | null>(null);
  readonly table = signal<Table | null>(null);
  private wanted: Wanted = { histogram: false, facets: [], patterns: false };
  private ch = '';
  private send: (frame: Aside) => void;

  constructor(send: (frame: Aside) => void) {
    this.send = send;
  }

  /** There is a watch: what was told of another one goes, and this one is asked. */
  begin(ch: string): void {
    // The fields stay until others come: somebody may stand on one with the keyboard.
    if (ch !== this.ch) this.histogram.value = this.table.value = null;
    this.ch = ch;
    const { histogram, facets, patterns } = this.wanted;
    if (histogram || facets.length || patterns) this.ask();
  }

  /** What is in sight now. */
  want(wanted: Wanted): void {
    if (JSON.stringify(wanted) === JSON.stringify(this.wanted)) return;
    this.wanted = wanted;
    if (this.ch) this.ask();
  }

  take(frame: Histogram | Facets | Patterns | Table | Rate): void {
    if (frame.ch !== this.ch) return;
    switch (frame.t) {
      case 'histogram':
        this.histogram.value = frame;
        break;
      case 'facets':
        this.facets.value = frame;
        break;
      case 'patterns':
        this.patterns.value = frame;
        break;
      case 'table':
        this.table.value = frame;
        break;
      case 'rate':
        this.histogram.value = extend(this.histogram.peek(), frame);
    }
  }

  private ask(): void {
    this.send({ t: 'aside', ch: this.ch, ...this.wanted });
  }
}
