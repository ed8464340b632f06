import { memo } from './memo.ts';
import { count, rowTime } from '../core/format.ts';
import { headline, pairs, visible } from '../core/text.ts';
import type { GapItem, Item, StoredRow } from '../core/rows.ts';

interface Props {
  item: Item;
  top: number;
  place: number;
  today: string;
  selected: boolean;
  pick: () => void;
}

const WHY: Record<string, string> = {
  slow: 'this browser was too slow',
  retention: 'the hub no longer has them',
  reset: 'the stream was replaced',
  sampled: 'only a sample was sent',
  quota: 'not kept while paused',
  redacted: 'your role may not see them',
};

function gapWords({ n, by, why }: GapItem): string {
  const parts = Object.entries(by).map(([level, each]) => `${count(each)} ${level}`);
  const rows = n === null ? 'an unknown number of rows' : `${count(n)} ${n === 1 ? 'row' : 'rows'}`;
  return `${rows} not shown${parts.length ? ` (${parts.join(', ')})` : ''}: ${WHY[why] ?? why}`;
}

/** One row of the list, at its place; the same height whatever is in it. */
export const Line = memo(function Line({ item, top, place, today, selected, pick }: Props) {
  const common = {
    role: 'listitem' as const,
    style: { transform: `translateY(${top}px)` },
    'aria-posinset': place,
    'aria-setsize': -1,
  };
  if (item.kind !== 'row')
    return (
      <div {...common} class={item.kind}>
        <span>{item.kind === 'gap' ? gapWords(item) : visible(item.text)}</span>
      </div>
    );
  const { row } = item;
  return (
    <div {...common} class={`row ${level(row)}${selected ? ' selected' : ''}`} onClick={pick} data-id={item.id}>
      <time dateTime={row.ts}>{rowTime(row.ts, today)}</time>
      <span class="level">{LETTERS[row.level] ?? visible(String(row.level)).slice(0, 5)}</span>
      <bdi class="service">{visible(row.service ?? '')}</bdi>
      <bdi class="text">
        {row.parse_error && <i class="flag">not parsed</i>}
        {row.truncated && <i class="flag">cut</i>}
        {row.ts_skewed && <i class="flag">clock off</i>}
        {headline(row.message)}
        <span class={row.message ? 'attrs after' : 'attrs'}>{pairs(row.attrs)}</span>
      </bdi>
    </div>
  );
});

const LETTERS: Record<string, string> = { trace: 'TRC', debug: 'DBG', info: 'INF', warn: 'WRN', error: 'ERR', fatal: 'FTL' };

function level(row: StoredRow): string {
  return row.level in LETTERS ? row.level : 'info';
}
