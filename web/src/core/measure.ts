/** Values of metrics in the words of people. */
import { scaled, short } from './format.ts';

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
