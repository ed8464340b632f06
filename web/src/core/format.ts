/** Numbers and times as people read them; the same words as the terminal. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 1,204 */
export function count(n: number): string {
  return whole.format(n);
}

/** A number below 1000 with its prefix. */
export function scaled(n: number): [size: number, prefix: string] {
  let step = 0;
  for (; Math.abs(n) >= 1000 && step < 5; step++) n /= 1000;
  return [n, ['', 'k', 'M', 'G', 'T', 'P'][step]!];
}

/** 1.2k, 34k, 5.6M: for places where digits would jump. */
export function short(n: number): string {
  const [size, prefix] = scaled(n);
  const digits = Math.abs(size) >= (prefix ? 100 : 10) || Number.isInteger(size) ? 0 : 1;
  return `${size.toFixed(digits).replace(/\.0$/, '')}${prefix}`;
}

/** The time of a row: `18:42:01.113` of today (UTC), else with its date. */
export function rowTime(ts: string, today: string): string {
  return ts.slice(0, 10) === today ? ts.slice(11, 23) : `${ts.slice(0, 10)} ${ts.slice(11, 19)}`;
}

/** `18:42:01` */
export function clock(ts: string): string {
  return ts.slice(11, 19);
}

/** `18:42:01` of milliseconds since 1970. */
export function clockOf(ms: number): string {
  return clock(new Date(ms).toISOString());
}

/** 42 s, 3 min, 2 h */
export function span(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

/** "1 row", "2 rows" */
export function many(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? '' : 's'}`;
}
