/** Matching rows over the last quarter of an hour, by level: bars to look at, to walk through, and as numbers. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { BANDS, bars, shape, type Bar } from '../core/bars.ts';
import { clockOf, count, many, short } from '../core/format.ts';
import type { Room } from '../state/room.ts';

const WIDTH = 15;
const HEIGHT = 40;

export function Histogram({ room }: { room: Room }) {
  const picked = useSignal<number | null>(null);
  const table = useSignal(false);
  const { match } = room.stream.rate.value;
  const histogram = room.asides.histogram.value;
  const all = histogram ? bars(histogram, WIDTH) : [];
  const sums = BANDS.map((_, band) => all.reduce((sum, bar) => sum + bar.by[band]!, 0));
  const at = all.findIndex(({ from }) => from === picked.value);
  const bar = all[at];
  const go = (chosen: Bar | undefined) => chosen && void room.goTo(chosen.from * 1000);
  const key = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -4, PageUp: 4, Home: -all.length, End: all.length }[event.key];
    if (event.key === 'Enter') go(bar);
    else if (step) picked.value = all[Math.max(0, Math.min(all.length - 1, (at < 0 ? all.length - 1 : at) + step))]?.from ?? null;
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const words = bar ? sentence(bar) : 'no time chosen';
  return (
    <figure class="histogram">
      <figcaption>
        <span class={bar ? undefined : 'rows-word'}>{bar ? words : 'Rows'}</span>
        {!bar && <b>{short(match)}/s</b>}
        {!bar && BANDS.map((each, band) => sums[band]! > 0 && <span key={each.name} class={`band ${each.name}`}>{`${each.short} ${short(sums[band]!)}`}</span>)}
        <button class="quiet" disabled={!all.length} onClick={() => (table.value = true)} aria-label="Histogram as a table">
          Table
        </button>
      </figcaption>
      <div
        id="histogram"
        class="bars"
        role="slider"
        tabIndex={0}
        aria-label="Rows over time; arrows choose a time, Enter goes there"
        aria-valuemin={0}
        aria-valuemax={Math.max(0, all.length - 1)}
        aria-valuenow={at < 0 ? Math.max(0, all.length - 1) : at}
        aria-valuetext={words}
        onKeyDown={key}
        onBlur={() => (picked.value = null)}
        onMouseMove={(event) => (picked.value = all[place(event, all.length)]?.from ?? null)}
        onMouseLeave={() => (picked.value = null)}
        onClick={(event) => go(all[place(event, all.length)])}
      >
        <svg viewBox={`0 0 ${Math.max(1, all.length)} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          {all.map(({ from, partial }, x) => partial && <rect key={from} class="partial" x={x} width="1" height={HEIGHT} />)}
          {at >= 0 && <rect class="picked" x={at} width="1" height={HEIGHT} />}
          {BANDS.map(({ name }, band) => <path key={name} class={name} d={shape(all, band, HEIGHT)} />)}
        </svg>
      </div>
      <p class="axis dim" aria-hidden="true">
        <span>{all[0] && clockOf(all[0].from * 1000).slice(0, 5)}</span>
        {all.some(({ partial }) => partial) && <span>shaded: not counted whole</span>}
        <span>now</span>
      </p>
      {table.value && <Numbers all={all} close={() => (table.value = false)} />}
    </figure>
  );
}

function place(event: MouseEvent, bars: number): number {
  const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
  return Math.floor(((event.clientX - box.left) / box.width) * bars);
}

function sentence({ from, by, all, partial }: Bar): string {
  const parts = BANDS.map(({ name }, band) => by[band] && `${count(by[band]!)} ${name}`).filter(Boolean);
  return `${clockOf(from * 1000)} ${many(all, 'row')}${parts.length ? `: ${parts.join(', ')}` : ''}${partial ? ' (not counted whole)' : ''}`;
}

function Numbers({ all, close }: { all: Bar[]; close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current!.showModal(), []);
  return (
    <dialog class="help" ref={dialog} onClose={close} aria-label="Rows over time">
      <form method="dialog">
        <h2>Rows over time</h2>
        <button aria-label="Close">Close</button>
      </form>
      <div class="body" tabIndex={0}>
        <table class="numbers dialog-numbers">
          <thead>
            <tr>
              <th>{WIDTH} s from (UTC)</th>
              {BANDS.map(({ name }) => <th key={name}>{name}</th>)}
              <th>all</th>
            </tr>
          </thead>
          <tbody>
            {[...all].reverse().map(({ from, by, all: sum, partial }) => (
              <tr key={from}>
                <th>{clockOf(from * 1000)}{partial && ' (part)'}</th>
                {by.map((n, band) => <td key={band}>{count(n)}</td>)}
                <td>{count(sum)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </dialog>
  );
}
