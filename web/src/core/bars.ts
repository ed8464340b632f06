/** Bars of the histogram: seconds gathered by level, as numbers and as shapes. */
import type { Histogram } from '../protocol/frames.ts';

/** Levels that are drawn alike, the worst first: they stand at the bottom, where they can be compared. */
export const BANDS = [
  { name: 'error', short: 'ERR', levels: ['error', 'fatal'] },
  { name: 'warn', short: 'WRN', levels: ['warn'] },
  { name: 'info', short: 'INF', levels: ['info'] },
  { name: 'debug', short: 'DBG', levels: ['debug', 'trace'] },
] as const;

export interface Bar {
  /** Unix second in which it begins. */
  from: number;
  /** Rows by band. */
  by: number[];
  all: number;
  /** Part of it was not counted. */
  partial: boolean;
}

/** Whole bars of `width` seconds, aligned to the clock; the last one is still growing. */
export function bars({ start, seconds, by, exact_from }: Histogram, width: number): Bar[] {
  const first = Math.floor(start / width) * width;
  const out: Bar[] = [];
  for (let from = first; from < start + seconds; from += width) {
    const [a, b] = [Math.max(0, from - start), from + width - start];
    const sums = BANDS.map(({ levels }) => levels.reduce((sum, level) => sum + total(by[level]?.slice(a, b)), 0));
    out.push({ from, by: sums, all: total(sums), partial: from < exact_from });
  }
  return out;
}

function total(numbers: readonly number[] = []): number {
  return numbers.reduce((sum, n) => sum + n, 0);
}

/** The shape of one band in a box of `bars.length` by `height`: each bar one unit wide, stacked on the bands before it. */
export function shape(all: readonly Bar[], band: number, height: number): string {
  const top = Math.max(1, ...all.map((bar) => bar.all));
  return all
    .map((bar, x) => {
      const n = bar.by[band]!;
      if (n === 0) return '';
      const below = total(bar.by.slice(0, band));
      // A single error among thousands of rows must still be seen.
      const tall = Math.max(1, (n / top) * height);
      const y = Math.max(0, height - (below / top) * height - tall);
      return `M${(x + 0.08).toFixed(2)} ${y.toFixed(2)}h.84v${tall.toFixed(2)}h-.84z`;
    })
    .join('');
}
