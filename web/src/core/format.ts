/** Numbers and times as people read them; the same words as the terminal. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 1,204 */
export function count(n: number): string {
  return whole.format(n);
}

/** A number below 1000 with its prefix. */
function scaled(n: number): [size: number, prefix: string] {
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

/** A value with the unit that OpenTelemetry gave it (UCUM): `1` is a share, `By` bytes, `1/s` so many a second. */
export function measure(value: number, unit: string): string {
  if (unit === '1') return measure(value * 100, '%');
  if (unit === 'ms') return measure(value / 1000, 's');
  if (unit === 's') return duration(value);
  const size = Math.abs(value);
  if (unit === '%') return `${size < 1000 ? value.toFixed(size < 10 ? 1 : 0) : short(value)} %`;
  if (unit === 'By' || unit === 'By/s') return bytes(value) + unit.slice(2);
  const digits = size >= 1000 || Number.isInteger(value) ? short(value) : value.toFixed(size < 10 ? 2 : 0);
  const rest = unit.replace(/^(1|\{[^}]*\})(?=\/|$)/, '').slice(0, 8);
  return rest && !rest.startsWith('/') ? `${digits} ${rest}` : digits + rest;
}

function duration(seconds: number): string {
  const size = Math.abs(seconds);
  if (size < 1) return `${short(seconds * 1000)} ms`;
  if (size < 120) return `${seconds.toFixed(1)} s`;
  return size < 7200 ? `${short(seconds / 60)} min` : `${short(seconds / 3600)} h`;
}

function bytes(value: number): string {
  const [size, prefix] = scaled(value);
  return `${size.toFixed(prefix && Math.abs(size) < 100 ? 1 : 0)} ${prefix}B`;
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
