/** Metric points as small series: at most one value a second each, the newest 120 kept for the sparklines. */
import type { Point } from '../protocol/frames.ts';
import { measure } from './measure.ts';

const KEEP = 120;
/** Beyond this a value is nonsense, and its words would not fit. */
const SILLY = 1e15;

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
  /** Service or host, where there is more than one. */
  from: string;
  /** The whole name, where it comes from, and lowest and highest of what is drawn. */
  title: string;
  values: number[];
  /** The top of the scale, when the metric has one: a share ends at 1. */
  ceiling: number;
  /** The newest value, in words. */
  now: string;
}

interface Series {
  metric: string;
  from: string;
  unit: string;
  rank: number;
  label: string;
  /** Newest value of each part (direction, device, state). */
  parts: Map<string, number>;
  second: string;
  values: number[];
}

/** Amounts add up to the total; of shares and durations the highest counts: the fullest disk is the one that matters. */
function together(parts: number[], unit: string): number {
  return /^(1|%|m?s)$/.test(unit) ? Math.max(...parts) : parts.reduce((sum, part) => sum + part, 0);
}

/** `duration.p95` of `http.server.duration.p95`: the end tells names apart; the whole where it does not. */
function lastParts(metric: string, metrics: string[]): string {
  const end = metric.split('.').slice(-2).join('.');
  return metrics.some((other) => other !== metric && other.endsWith(end)) ? metric : end;
}

/** `state=used`: what tells series of one name apart. */
function told(attrs: Point['attrs'] = {}): string[] {
  return Object.entries(attrs).map(([key, value]) => `${key}=${value}`);
}

export class Board {
  private series = new Map<string, Series>();

  /** Parts of what a host is made of (directions, mounts) become one tile; of everything else each series has its own. */
  add(points: readonly Point[]): void {
    for (const { ts, metric, value, unit = '', host = '', service = '', attrs = {} } of points) {
      const known = KNOWN.findIndex(([test]) => test.test(metric));
      const from = known < 0 ? [[service, host].filter(Boolean).join(' on '), ...told(attrs)].filter(Boolean).join(' · ') : host || service;
      const key = `${metric}|${from}`;
      let series = this.series.get(key);
      if (!series) {
        if (this.series.size >= 200) continue;
        series = { metric, from, unit, label: KNOWN[known]?.[1] ?? '', rank: known < 0 ? KNOWN.length : known, parts: new Map(), second: '', values: [] };
        this.series.set(key, series);
      }
      const second = ts.slice(0, 19);
      if (series.second !== second) {
        series.second = second;
        series.values.push(0);
        if (series.values.length > KEEP) series.values.shift();
      }
      series.parts.set(JSON.stringify(attrs), Math.max(-SILLY, Math.min(SILLY, value)));
      series.values[series.values.length - 1] = together([...series.parts.values()], unit);
    }
  }

  /** The host's first, then what moves, then what lies flat. */
  tiles(): Tile[] {
    const all = [...this.series.entries()];
    const flat = ({ rank, values }: Series) => Number(rank === KNOWN.length && values.every((value) => value === values[0]));
    all.sort(([a, x], [b, y]) => x.rank - y.rank || flat(x) - flat(y) || a.localeCompare(b));
    const origins = new Set(all.map(([, { from }]) => from));
    const metrics = [...new Set(all.map(([, { metric }]) => metric))];
    return all.map(([key, { label, from, metric, unit, values }]) => ({
      key,
      label: label || lastParts(metric, metrics),
      from: origins.size > 1 ? from : '',
      title: `${metric}${from && ` of ${from}`}, ${measure(Math.min(...values), unit)} to ${measure(Math.max(...values), unit)}`,
      values: values.slice(),
      ceiling: unit === '1' ? 1 : unit === '%' ? 100 : 0,
      now: measure(values[values.length - 1] ?? 0, unit),
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
