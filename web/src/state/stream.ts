/** The rows on the screen: taken in once per painted frame, acknowledged when painted, held still on request. */
import { signal } from '@preact/signals';
import { parseOffset } from '../core/offsets.ts';
import { BACKLOG_MS } from '../core/resume.ts';
import { RowList, type Item } from '../core/rows.ts';
import { LIMIT_ACK_MS, LIMIT_CLIENT_BUFFER_ROWS, LIMIT_WINDOW_ROWS } from '../protocol/codes.ts';
import type { Caught, Fetched, Flow, Gap, Rate, Reset, Rows } from '../protocol/frames.ts';

export interface Back {
  /** Milliseconds since 1970 down to which everything that matches is here. */
  ms: number;
  /** Everything behind this offset was looked at; empty where only the rows that are here tell. */
  to: string;
  /** The hub may hold older rows. */
  more: boolean;
}

export class Stream {
  readonly list = new RowList(LIMIT_CLIENT_BUFFER_ROWS);
  /** Counts up with every change of the list: what draws it depends on this. */
  readonly version = signal(0);
  /** The view follows the newest row. */
  readonly tail = signal(true);
  /** Rows that came since the view stands still. */
  readonly unseen = signal(0);
  readonly selected = signal<string | null>(null);
  readonly rate = signal({ all: 0, match: 0 });
  /** The backlog is still coming in. */
  readonly replaying = signal(true);
  /** How this tab keeps up with the stream. */
  readonly flow = signal<Flow | null>(null);
  /** Where the search back ended; null before it did. */
  readonly back = signal<Back | null>(null);
  /** Key of the gap whose rows are on their way, `older` for what is above, null for nothing. */
  readonly asked = signal<string | null>(null);
  /** When the last row came, in ms of this machine. */
  lastRow = 0;
  /** Where the stream stood when the past was through. */
  caughtAt = '';
  /** Rows taken in since the page was opened. */
  taken = 0;
  /** Channel of the watch whose rows are shown. */
  ch = '';
  epoch = '';
  /** Key of the first row in sight while the view stands still. */
  anchor: string | null = null;

  private pending: (Rows | Gap | Reset)[] = [];
  private pendingRows = 0;
  private scheduled = false;
  private acked = '';
  private unacked = 0;
  private ackTimer = 0;
  private send: (ch: string, offset: string) => void;

  constructor(ack: (ch: string, offset: string) => void) {
    this.send = ack;
  }

  /** A frame of the watch; frames of a watch that was given up are ignored. */
  take(frame: Rows | Gap | Reset | Caught | Rate | Flow): void {
    if (frame.ch !== this.ch) return;
    switch (frame.t) {
      case 'rate':
        this.rate.value = { all: frame.all, match: frame.match };
        return;
      case 'flow':
        this.flow.value = frame.state === 'live' ? null : frame;
        return;
      case 'caught':
        this.flush();
        this.replaying.value = false;
        this.caughtAt = frame.o;
        this.back.value ??= this.searched(frame);
        return;
      case 'reset':
        this.epoch = frame.ep;
        this.back.value = null;
        break;
      case 'rows':
        this.epoch = frame.ep;
        for (const group of frame.b) this.pendingRows += group.rows.length;
        break;
    }
    this.pending.push(frame);
    if (frame.t === 'rows' && frame.gap) this.pending.push(frame.gap);
    this.schedule();
  }

  /** Another query: what is shown goes when its rows come. */
  begin(ch: string): void {
    if (ch !== this.ch) {
      this.pending = [];
      this.pendingRows = 0;
      this.list.clear();
      this.selected.value = null;
      this.acked = '';
      this.unacked = 0;
      this.back.value = null;
      this.live();
    }
    this.ch = ch;
    this.flow.value = null;
    this.replaying.value = true;
    this.version.value += 1;
  }

  hold(anchor: string | null): void {
    this.anchor = anchor;
    this.tail.value = false;
  }

  live(): void {
    this.list.release();
    this.anchor = null;
    this.tail.value = true;
    this.unseen.value = 0;
    this.version.value += 1;
  }

  mark(text: string): void {
    this.flush();
    this.list.mark(text);
    this.version.value += 1;
  }

  /** Rows that were asked for: they take their places, and what is in sight stays where it is. */
  load(frame: Fetched): void {
    this.flush();
    this.list.load([frame]);
    this.version.value += 1;
  }

  /** Where the search back of the hub ended, from what it said or from the oldest row. */
  private searched({ more, back_to: to = '' }: Caught): Back {
    const oldest = this.list.oldest?.at[0];
    const ms = to ? parseOffset(to)[0] : more && oldest ? oldest : Date.now() - BACKLOG_MS;
    return { ms, to, more: true };
  }

  get place(): { epoch: string; offset: string } | null {
    this.flush();
    const offset = this.list.place;
    return offset && this.epoch ? { epoch: this.epoch, offset } : null;
  }

  /** How far the hub is with each watch: a place needs no row to be one. */
  heights(hw: Record<string, string>): void {
    const height = hw[this.ch];
    if (height) this.list.pass(height);
  }

  item(key: string | null): Item | undefined {
    return key === null ? undefined : this.list.items.find((item) => item.key === key);
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    // A hidden tab paints nothing, so it would never ask for a frame: a timer takes the rows in instead.
    if (document.hidden) setTimeout(() => this.flush(), LIMIT_ACK_MS);
    else requestAnimationFrame(() => this.flush());
  }

  private flush(): void {
    this.scheduled = false;
    if (this.pending.length === 0) return;
    const frames = this.pending;
    const rows = this.pendingRows;
    this.pending = [];
    this.pendingRows = 0;
    const hold = this.tail.value ? null : this.anchor;
    const { dropped } = this.list;
    let added = 0;
    let run: Rows[] = [];
    const close = () => {
      added += this.list.addRows(run, hold);
      run = [];
    };
    for (const frame of frames) {
      if (frame.t === 'rows') {
        run.push(frame);
        continue;
      }
      close();
      if (frame.t === 'gap') this.list.addGap(frame);
      else this.list.reset(`the stream was replaced: ${frame.why}`, frame.o);
    }
    close();
    if (added > 0) this.lastRow = Date.now();
    this.taken += added;
    if (!this.tail.value) this.unseen.value += added;
    if (this.list.dropped > dropped) this.back.value = { ms: this.list.oldest?.at[0] ?? 0, to: '', more: true };
    this.version.value += 1;
    this.painted(rows);
  }

  private painted(rows: number): void {
    this.unacked += rows;
    if (this.unacked >= LIMIT_WINDOW_ROWS / 4) return this.ack();
    if (!this.ackTimer) this.ackTimer = window.setTimeout(() => this.ack(), LIMIT_ACK_MS);
  }

  private ack(): void {
    clearTimeout(this.ackTimer);
    this.ackTimer = 0;
    const place = this.list.place;
    if (!place || place === this.acked) return;
    this.acked = place;
    this.unacked = 0;
    this.send(this.ch, place);
  }
}
