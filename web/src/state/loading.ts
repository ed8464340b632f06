/** Rows that are not here and that somebody wants to see: those of a gap, or older ones. One question at a time. */
import { parseOffset } from '../core/offsets.ts';
import type { GapItem } from '../core/rows.ts';
import { newId } from '../net/ids.ts';
import type { Link } from '../net/link.ts';
import type { Fetched, Gap, Problem } from '../protocol/frames.ts';
import { refusal } from './commands.ts';
import type { Stream } from './stream.ts';

const ORIGIN = '0-0-0';
/** So many times older rows are fetched to get to a time. */
const FAR = 10;

export class Loading {
  private id = '';
  /** Part of what was asked for is not kept any more. */
  private gone = false;
  private wire: Link;
  private stream: Stream;
  private say: (why: string) => void;

  constructor(wire: Link, stream: Stream, say: (why: string) => void) {
    this.wire = wire;
    this.stream = stream;
    this.say = say;
  }

  /** A frame of the present question; whether it belongs to it. */
  take(frame: Fetched | Gap): boolean {
    if (this.stream.asked.peek() === null || frame.ch !== this.stream.ch) return false;
    if (frame.t === 'fetched') {
      if (frame.id === this.id) this.stream.load(frame);
      return true;
    }
    this.gone ||= frame.why === 'retention';
    return frame.why === 'retention';
  }

  /** Fetch the rows of a gap; what is left of it stays in its place. */
  async gap({ key, from, to, n, by, shown }: GapItem): Promise<void> {
    const { list } = this.stream;
    const before = list.levels(from, to);
    const end = await this.ask(key, from, to);
    if (!end) return;
    const after = list.levels(from, to);
    const left = { ...by };
    let came = 0;
    for (const [level, all] of Object.entries(after)) {
      const more = all - (before[level] ?? 0);
      came += more;
      if (left[level]) left[level] = Math.max(0, left[level] - more);
    }
    const rest = n === null ? null : Math.max(0, n - came);
    const known = { n: rest, by: left, shown: { ...shown, ...after } };
    if (end.back_to && !this.gone) list.mend(key, { ...known, to: end.back_to });
    else list.mend(key, rest || this.gone ? { ...known, why: 'retention' } : null);
    this.stream.version.value += 1;
  }

  /** Fetch rows older than the oldest that is here. */
  async older(): Promise<void> {
    const { stream } = this;
    const back = stream.back.peek();
    if (!back?.more) return;
    if (stream.list.full) return this.say('enough rows are on this page; narrow the filter, or press End');
    const end = await this.ask('older', ORIGIN, back.to || (stream.list.oldest?.id ?? stream.caughtAt));
    if (!end) return;
    const to = end.back_to ?? '';
    stream.back.value = { ms: to ? parseOffset(to)[0] : 0, to, more: to !== '' && !this.gone };
  }

  /** Stand at the first row received at a time (ms since 1970) or later; rows that are not here yet are fetched. */
  async goTo(ms: number): Promise<void> {
    const { stream } = this;
    for (let tries = 0; tries < FAR; tries++) {
      const back = stream.back.peek();
      if (!back?.more || back.ms <= ms) break;
      await this.older();
      if (stream.back.peek() === back) break;
    }
    const { oldest } = stream.list;
    const row = stream.list.items.find((item) => item.kind === 'row' && item.age === oldest?.age && item.at[0] >= ms);
    if (!row) return this.say('there is no row at that time or after it');
    if ((stream.back.peek()?.ms ?? 0) > ms && row === oldest) this.say('this is as far back as the page can go; “debugterm search” goes further');
    stream.hold(row.key);
    stream.selected.value = row.key;
  }

  private async ask(key: string, from: string, to: string): Promise<Fetched | null> {
    if (this.stream.asked.peek() !== null) return null;
    const { ch } = this.stream;
    this.stream.asked.value = key;
    this.gone = false;
    this.id = newId();
    try {
      const end = (await this.wire.ask({ t: 'fetch', id: this.id, ch, from, to })) as Fetched;
      return ch === this.stream.ch ? end : null;
    } catch (error) {
      this.say(refusal(error as Problem));
      return null;
    } finally {
      this.stream.asked.value = null;
    }
  }
}
