/** The rows a viewer holds: in offset order, each once, bounded, with gaps in their place. */
import type { Gap, Group } from '../protocol/frames.ts';
import { compareOffsets, parseOffset, type Offset } from './offsets.ts';

/** A row as stored at ingest, or what stages like `fields` left of it: nothing is sure to be there. */
export interface StoredRow {
  ts?: string;
  level?: string;
  service?: string;
  host?: string;
  message?: string;
  trace_id?: string;
  span_id?: string;
  attrs?: Record<string, unknown>;
  parse_error?: boolean;
  truncated?: boolean;
  ts_skewed?: boolean;
  late?: boolean;
}

interface Placed {
  /** Unique on the screen. */
  key: string;
  /** How often the stream was replaced before this came: offsets of different epochs do not compare. */
  age: number;
  at: Offset;
}
export interface RowItem extends Placed {
  kind: 'row';
  /** `<entry>-<index>`. */
  id: string;
  row: StoredRow;
}
export interface GapItem extends Placed {
  kind: 'gap';
  from: string;
  to: string;
  /** Rows still missing; null when nobody knows. */
  n: number | null;
  by: Record<string, number>;
  /** Rows of the range that are here, by level. */
  shown: Record<string, number>;
  why: string;
}
export interface MarkItem extends Placed {
  kind: 'mark';
  text: string;
}
export type Item = RowItem | GapItem | MarkItem;

const RANK = { row: 0, gap: 1, mark: 2 } as const;

function order(a: Item, b: Item): number {
  return a.age - b.age || compareOffsets(a.at, b.at) || RANK[a.kind] - RANK[b.kind];
}

function later(a: string, b: string): string {
  return b !== '' && compareOffsets(parseOffset(b), parseOffset(a)) > 0 ? b : a;
}

export class RowList {
  items: Item[] = [];
  /** Rows that arrived while the view was held and the list was full: they become a gap when it is let go. */
  held: { from: string; to: string; n: number } | null = null;
  /** Rows the cap pushed out at the top. */
  dropped = 0;
  /** Rows that gaps tell of and that are not here. */
  lost = 0;
  /** Gaps of which nobody knows how many rows they hide. */
  unknown = 0;
  private age = 0;
  /** Up to here nothing else comes in this epoch: the end of a gap, or where the hub said that it stands. */
  private passed = '';
  private marks = 0;
  /** Rows that were asked for: they stay beyond the cap until the view moves on. */
  private extra = 0;
  private cap: number;

  constructor(cap: number) {
    this.cap = cap;
  }

  /** So many rows were asked for that more would be too much for the page. */
  get full(): boolean {
    return this.extra >= 2 * this.cap;
  }

  get last(): Item | undefined {
    return this.items[this.items.length - 1];
  }

  /** How many rows are here, without gaps and marks. */
  get rows(): number {
    return this.items.reduce((sum, { kind }) => sum + Number(kind === 'row'), 0);
  }

  /** The oldest row of the present epoch. */
  get oldest(): RowItem | undefined {
    return this.items.find((item): item is RowItem => item.kind === 'row' && item.age === this.age);
  }

  /** Where to resume: the newest row or gap of the present epoch, or what was passed without any. */
  get place(): string | null {
    if (this.held) return this.held.to;
    for (let i = this.items.length - 1; i >= 0; i--) {
      const item = this.items[i]!;
      if (item.age !== this.age) break;
      if (item.kind !== 'mark') return later(item.kind === 'row' ? item.id : item.to, this.passed);
    }
    return this.passed || null;
  }

  /** The hub stands here, and sent everything before it. */
  pass(offset: string): void {
    this.passed = later(offset, this.passed);
  }

  /**
   * Take rows in; a row that is already here is not taken twice. `hold` keeps everything from that key on: when
   * the list is full then, new rows are only counted. Returns how many rows are new.
   */
  addRows(frames: readonly { b: Group[] }[], hold: string | null = null): number {
    const fresh: Item[] = [];
    for (const frame of frames)
      for (const group of frame.b)
        group.i.forEach((index, place) => {
          const id = `${group.e}-${index}`;
          const row = group.rows[place] as StoredRow;
          fresh.push({ kind: 'row', key: `${this.age}:${id}`, age: this.age, at: parseOffset(id), id, row });
        });
    return this.add(fresh, hold);
  }

  addGap(gap: Gap): void {
    const { from, to, n = null, by = {}, shown = {}, why = 'slow' } = gap;
    const key = `${this.age}:gap:${from}:${to}`;
    this.passed = later(to, this.passed);
    if (!this.add([{ kind: 'gap', key, age: this.age, at: parseOffset(from), from, to, n, by, shown, why }], null)) return;
    if (n === null) this.unknown += 1;
    else this.lost += n;
  }

  /** Rows that were asked for; returns how many are new. */
  load(frames: readonly { b: Group[] }[]): number {
    for (const { b } of frames) for (const { i } of b) this.extra += i.length;
    return this.addRows(frames);
  }

  /** Rows between two offsets, both included, by level. */
  levels(from: string, to: string): Record<string, number> {
    const [first, last] = [parseOffset(from), parseOffset(to)];
    const by: Record<string, number> = {};
    for (const item of this.items)
      if (item.kind === 'row' && item.age === this.age && compareOffsets(item.at, first) >= 0 && compareOffsets(item.at, last) <= 0)
        by[item.row.level ?? ''] = (by[item.row.level ?? ''] ?? 0) + 1;
    return by;
  }

  /** What became of a gap after its rows were asked for: null when nothing is missing any more. */
  mend(key: string, rest: Partial<GapItem> | null): void {
    const at = this.indexOf(key);
    const old = this.items[at];
    if (old?.kind !== 'gap') return;
    const next = rest && { ...old, ...rest };
    this.lost += (next?.n ?? 0) - (old.n ?? 0);
    this.unknown += Number(next?.n === null) - Number(old.n === null);
    this.items = [...this.items.slice(0, at), ...(next ? [next] : []), ...this.items.slice(at + 1)];
  }

  /** A line of our own at the end: reconnected, stream replaced. */
  mark(text: string): void {
    const at = this.last?.age === this.age ? this.last.at : parseOffset('');
    this.items.push({ kind: 'mark', key: `mark:${this.marks++}`, age: this.age, at, text });
  }

  /** The stream was replaced: what comes now stands after everything that is here. */
  reset(text: string, passed = ''): void {
    this.release();
    this.age += 1;
    this.passed = passed;
    this.mark(text);
  }

  /** The view moves again: what was only counted becomes a gap in its place. */
  release(): void {
    this.extra = 0;
    if (!this.held) return;
    const { from, to, n } = this.held;
    this.held = null;
    this.addGap({ t: 'gap', ch: '', from, to, n, why: 'quota' });
  }

  clear(): void {
    this.items = [];
    this.held = null;
    this.passed = '';
    this.dropped = this.lost = this.unknown = this.extra = 0;
  }

  indexOf(key: string): number {
    return this.items.findIndex((item) => item.key === key);
  }

  private add(fresh: Item[], hold: string | null): number {
    if (fresh.length === 0) return 0;
    fresh.sort(order);
    const kept = this.items;
    const first = fresh[0]!;
    const appends = kept.length === 0 || order(kept[kept.length - 1]!, first) < 0;
    if (hold !== null && appends && (this.held || kept.length + fresh.length > this.cap + this.extra)) return this.count(fresh);
    const before = kept.length;
    const unique = fresh.filter((item, i) => i === 0 || item.key !== fresh[i - 1]!.key);
    this.items = appends ? kept.concat(unique) : merge(kept, unique);
    const added = this.items.length - before;
    const over = this.items.length - this.cap - this.extra;
    if (over > 0) {
      this.dropped += over;
      this.items = this.items.slice(over);
    }
    return added;
  }

  private count(fresh: Item[]): number {
    const rows = fresh.filter((item) => item.kind === 'row');
    if (rows.length === 0) return 0;
    const to = rows[rows.length - 1]!.id;
    this.held = { from: this.held?.from ?? rows[0]!.id, to, n: (this.held?.n ?? 0) + rows.length };
    return rows.length;
  }
}

function merge(left: Item[], right: Item[]): Item[] {
  const out: Item[] = [];
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const a = left[i];
    const b = right[j];
    const which = a === undefined ? 1 : b === undefined ? -1 : order(a, b);
    if (which <= 0) out.push(a!);
    else out.push(b!);
    if (which <= 0) i += 1;
    if (which > 0) j += 1;
    // The same row again: what we have stays.
    if (which === 0 && a!.key === b!.key) j += 1;
  }
  return out;
}
