/** Rows by second and level: kept up to date by rates, and gathered into bars. */
import type { Histogram, Rate } from '../protocol/frames.ts';

/** The histogram with one more second, which the oldest makes room for; a second that is in it is not added twice. */
export function extend(histogram: Histogram | null, { s = 0, by = {} }: Rate): Histogram | null {
  if (!histogram) return null;
  const { start, seconds } = histogram;
  const step = s - (start + seconds - 1);
  if (step < 1 || step > seconds) return histogram;
  const levels = new Set([...Object.keys(histogram.by), ...Object.keys(by)]);
  const next: Record<string, number[]> = {};
  for (const level of levels) {
    const old = histogram.by[level] ?? new Array<number>(seconds).fill(0);
    next[level] = [...old.slice(step), ...new Array<number>(step - 1).fill(0), by[level] ?? 0];
  }
  return { ...histogram, start: start + step, by: next };
}
