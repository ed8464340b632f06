/** Metric points as small series: at most one value a second each, the newest 120 kept for the sparklines. */
import type { Point } from '../protocol/frames.ts';
import { measure } from './format.ts';

const KEEP = 120;

/** What every on-call engineer looks at first; the rest follow by name. */
const KNOWN: [test: RegExp, label: string][] = [
  [/^system\.cpu\.utilization$/, 'CPU'],
  [/^system\.memory\.utilization$/, 'Memory'],
  [/^system\.(disk|filesystem)\.utilization$/, 'Disk'],
  [/^system\.disk\.(io|rate)/, 'Disk I/O'],
  [/^system\.network\.(io|rate)/, 'Network'],
  [/^system\.cpu\.load_average\.1m$/, 'Load'],
  [/^system\.paging\.utilization$/, 'Swap'],
];

export interface Tile {
  key: string;
  label: string;
  host: string;
  metric: string;
  values: number[];
  /** The top of the scale, when the metric has one: a share ends at 1. */
  ceiling: number;
  /** The newest value, in words. */
  now: string;
  /** Lowest and highest of what is drawn, in words. */
  range: string;
}

interface Series {
  metric: string;
  host: string;
  unit: string;
  rank: number;
  label: string;
  /** Newest value of each part (direction, device, state). */
  parts: Map<string, number>;
  second: string;
  values: number[];
}

const isShare = (unit: string) => unit === '1' || unit === '%';

/** Amounts add up to the host's total; of shares the highest counts: the fullest disk is the one that matters. */
function together(parts: number[], unit: string): number {
  return isShare(unit) ? Math.max(...parts) : parts.reduce((sum, part) => sum + part, 0);
}

export class Board {
  private series = new Map<string, Series>();

  /** Parts of one metric and host (directions, mounts) become one tile. */
  add(points: readonly Point[]): void {
    for (const { ts, metric, value, unit = '', host = '', service = '', attrs = {} } of points) {
      const key = `${metric}|${host || service}`;
      let series = this.series.get(key);
      if (!series) {
        if (this.series.size >= 200) continue;
        const rank = KNOWN.findIndex(([test]) => test.test(metric));
        const label = KNOWN[rank]?.[1] ?? metric;
        series = { metric, host: host || service, unit, label, rank: rank < 0 ? KNOWN.length : rank, parts: new Map(), second: '', values: [] };
        this.series.set(key, series);
      }
      const second = ts.slice(0, 19);
      if (series.second !== second) {
        series.second = second;
        series.values.push(0);
        if (series.values.length > KEEP) series.values.shift();
      }
      series.parts.set(JSON.stringify(attrs), value);
      series.values[series.values.length - 1] = together([...series.parts.values()], unit);
    }
  }

  tiles(): Tile[] {
    const all = [...this.series.entries()];
    all.sort(([a, x], [b, y]) => x.rank - y.rank || a.localeCompare(b));
    const hosts = new Set(all.map(([, series]) => series.host));
    return all.map(([key, { label, host, metric, unit, values }]) => ({
      key,
      label,
      host: hosts.size > 1 ? host : '',
      metric,
      values: values.slice(),
      ceiling: unit === '1' ? 1 : unit === '%' ? 100 : 0,
      now: measure(values[values.length - 1] ?? 0, unit),
      range: `${measure(Math.min(...values), unit)} to ${measure(Math.max(...values), unit)}`,
    }));
  }

  clear(): void {
    this.series.clear();
  }
}

/** An SVG path of the values in a box: the floor is zero unless values go below it, the top at least `ceiling`. */
export function line(values: readonly number[], width: number, height: number, ceiling = 0, slots = KEEP): string {
  if (values.length === 0) return '';
  const top = Math.max(...values, ceiling);
  const floor = Math.min(...values, 0);
  const scale = top === floor ? 0 : (height - 2) / (top - floor);
  const step = width / Math.max(1, slots - 1);
  const left = width - (values.length - 1) * step;
  return values
    .map((value, i) => `${i ? 'L' : 'M'}${(left + i * step).toFixed(1)} ${(height - 1 - (value - floor) * scale).toFixed(1)}`)
    .join('');
}
