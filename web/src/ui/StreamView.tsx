/** The rows: only those in sight are in the page; what comes later never moves what somebody reads. */
import { useSignal, type Signal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { many } from '../core/format.ts';
import type { Item } from '../core/rows.ts';
import type { Room } from '../state/room.ts';
import { lazy } from './lazy.ts';
import { Line } from './Line.tsx';

const Back = lazy(() => import('./Edges.tsx'), 'Back');
const Empty = lazy(() => import('./Edges.tsx'), 'Empty');
const OVERSCAN = 12;

export function StreamView({ room, detail }: { room: Room; detail: Signal<boolean> }) {
  const { stream } = room;
  const box = useRef<HTMLDivElement>(null);
  const probe = useRef<HTMLDivElement>(null);
  const sight = useSignal({ top: 0, height: 800, row: 24 });
  const ours = useRef(0);
  const version = stream.version.value;
  const tail = stream.tail.value;
  const selected = stream.selected.value;
  const { items } = stream.list;
  const { row } = sight.value;

  useLayoutEffect(() => {
    const measure = () => {
      sight.value = { top: box.current!.scrollTop, height: box.current!.clientHeight, row: probe.current!.offsetHeight || 24 };
    };
    const observer = new ResizeObserver(measure);
    observer.observe(box.current!);
    observer.observe(probe.current!);
    measure();
    return () => observer.disconnect();
  }, []);

  // Put the view where it belongs after every change: at the end, or with the same row at the same place.
  useLayoutEffect(() => {
    const el = box.current!;
    let top = el.scrollTop;
    if (stream.tail.value) top = items.length * row - el.clientHeight;
    else if (stream.anchor !== null) {
      const at = stream.list.indexOf(stream.anchor);
      const first = Math.floor(el.scrollTop / row);
      if (at >= 0 && at !== first) top = el.scrollTop + (at - Math.max(first, 0)) * row;
    }
    top = Math.max(0, Math.min(top, items.length * row - el.clientHeight));
    if (Math.abs(top - el.scrollTop) > 1) {
      ours.current = top;
      el.scrollTop = top;
    }
    if (sight.value.top !== el.scrollTop || sight.value.height !== el.clientHeight)
      sight.value = { top: el.scrollTop, height: el.clientHeight, row };
  }, [version, tail, row, sight.value.height]);

  // A selected row comes into sight, and the focus goes with it.
  useLayoutEffect(() => {
    if (selected === null) return;
    const el = box.current!;
    const at = stream.list.indexOf(selected);
    if (at < 0) return;
    if (at * row < el.scrollTop) el.scrollTop = at * row;
    else if ((at + 1) * row > el.scrollTop + el.clientHeight) el.scrollTop = (at + 1) * row - el.clientHeight;
  }, [selected, detail.value]);

  const scrolled = () => {
    const el = box.current!;
    // Behind another tab of a phone: nobody scrolled.
    if (el.clientHeight === 0) return;
    const top = el.scrollTop;
    sight.value = { top, height: el.clientHeight, row };
    if (Math.abs(top - ours.current) <= 1) return;
    ours.current = -1;
    const end = top + el.clientHeight >= items.length * row - 2;
    if (end && !stream.tail.value) stream.live();
    else if (!end) stream.hold(items[Math.floor(top / row)]?.key ?? null);
  };

  const busy = stream.asked.value;
  const load = (item: Item) => item.kind === 'gap' && void room.load(item);
  const first = Math.max(0, Math.floor(sight.value.top / row) - OVERSCAN);
  const last = Math.min(items.length, Math.ceil((sight.value.top + sight.value.height) / row) + OVERSCAN);
  const today = new Date().toISOString().slice(0, 10);
  const shown = items.slice(first, last);
  const dated = shown.some((item) => item.kind === 'row' && item.row.ts?.startsWith(today) === false);
  return (
    <div class={`stream${dated ? ' dated' : ''}`}>
      <div class="columns" aria-hidden="true">
        <span>time</span>
        <span>level</span>
        <span>service</span>
        <span>message</span>
      </div>
      <Back room={room} />
      <div class="rows" ref={box} role="log" aria-live="off" aria-label="Stream" tabIndex={0} onScroll={scrolled}>
        <div class="probe" ref={probe} aria-hidden="true" />
        <div class="canvas" role="list" style={{ height: `${items.length * row}px` }}>
          {shown.map((item, i) => (
            <Line
              key={item.key}
              item={item}
              top={(first + i) * row}
              place={first + i + 1}
              today={today}
              selected={item.key === selected}
              loading={busy === item.key}
              load={() => {
                load(item);
                // The button goes when the rows come: the focus stays in the list.
                box.current!.focus({ preventScroll: true });
              }}
              stay={() => stream.tail.value && stream.hold(items[Math.floor(sight.value.top / row)]?.key ?? null)}
              pick={() => {
                const same = item.key === selected && detail.value;
                stream.selected.value = item.key;
                detail.value = !same && item.kind === 'row';
              }}
            />
          ))}
        </div>
        {items.length === 0 && <Empty room={room} />}
      </div>
      {!tail && (
        <button class="pill" onClick={() => stream.live()}>
          {stream.unseen.value > 0 ? `${many(stream.unseen.value, 'new row')}` : 'Paused'} <span>press End or tap</span>
        </button>
      )}
    </div>
  );
}
