/** Numbers and times as people read them; the same words as the terminal. */

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** 1,204 */
export function count(n: number): string {
  return whole.format(n);
}

/** 1.2k, 34k, 5.6M: for places where digits would jump. */
export function short(n: number): string {
  const [size, unit] = n >= 1e9 ? [n / 1e9, 'G'] : n >= 1e6 ? [n / 1e6, 'M'] : n >= 1e3 ? [n / 1e3, 'k'] : [n, ''];
  const digits = size >= 100 || Number.isInteger(size) ? 0 : size >= 10 && unit === '' ? 0 : 1;
  return `${size.toFixed(digits).replace(/\.0$/, '')}${unit}`;
}

/** A value with the unit that OpenTelemetry gave it (UCUM): `1` is a share, `By` bytes, `By/s` bytes a second. */
export function measure(value: number, unit: string): string {
  if (unit === '1') return `${(value * 100).toFixed(value < 0.1 ? 1 : 0)} %`;
  if (unit === '%') return `${value.toFixed(value < 10 ? 1 : 0)} %`;
  if (unit === 'By' || unit === 'By/s') return `${bytes(value)}${unit === 'By' ? '' : '/s'}`;
  if (unit === 's') return value < 1 ? `${short(value * 1000)} ms` : `${value.toFixed(1)} s`;
  const digits = Math.abs(value) >= 1000 ? short(value) : value.toFixed(Math.abs(value) < 10 ? 2 : 0);
  return unit && !unit.startsWith('{') ? `${digits} ${unit}` : digits;
}

function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let step = 0;
  while (value >= 1000 && step < units.length - 1) {
    value /= 1000;
    step += 1;
  }
  return `${value.toFixed(step === 0 || value >= 100 ? 0 : 1)} ${units[step]}`;
}

/** The time of a row: `18:42:01.113` of today (UTC), else with its date. */
export function rowTime(ts: string, today: string): string {
  return ts.slice(0, 10) === today ? ts.slice(11, 23) : `${ts.slice(0, 10)} ${ts.slice(11, 19)}`;
}

/** `18:42:01` */
export function clock(ts: string): string {
  return ts.slice(11, 19);
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
