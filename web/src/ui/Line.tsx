import { memo } from './memo.ts';
import { clockOf, count, many, rowTime } from '../core/format.ts';
import { parseOffset } from '../core/offsets.ts';
import { headline, pairs, visible } from '../core/text.ts';
import { LEVELS } from '../protocol/codes.ts';
import type { GapItem, Item } from '../core/rows.ts';

interface Props {
  item: Item;
  top: number;
  place: number;
  today: string;
  selected: boolean;
  /** The rows of this gap are on their way. */
  loading: boolean;
  pick: () => void;
  load: () => void;
  /** The focus is here: the row must not go away. */
  stay: () => void;
}

const WHY: Record<string, string> = {
  slow: 'this browser was too slow',
  retention: 'the hub no longer has them',
  reset: 'the stream was replaced',
  sampled: 'only a sample was sent',
  quota: 'not kept while paused',
  redacted: 'your role may not see them',
};

/** "1,204 rows not shown 18:42:02–18:42:05 (3 of 5 warn, 1,201 info; every error is here): this browser was too slow" */
function gapWords({ n, by, shown, why, from, to }: GapItem): string {
  const parts = LEVELS.filter((level) => by[level])
    .map((level) => `${count(by[level]!)}${shown[level] ? ` of ${count(by[level]! + shown[level]!)}` : ''} ${level}`)
    .reverse();
  const here = LEVELS.filter((level) => shown[level] && !by[level]).map((level) => `every ${level} is here`);
  const [start, end] = [from, to].map((offset) => clockOf(parseOffset(offset)[0]));
  const when = n === null ? '' : ` ${start}${start === end ? '' : `–${end}`}`;
  const rows = n === null ? 'an unknown number of rows' : many(n, 'row');
  return `${rows} not shown${when}${parts.length ? ` (${[parts.join(', '), ...here.slice(-1)].join('; ')})` : ''}: ${WHY[why] ?? why}`;
}

/** Rows of such a gap may still be on the hub. */
export function loadable(item: Item | undefined): item is GapItem {
  return item?.kind === 'gap' && /^(slow|quota|sampled)$/.test(item.why);
}

/** One row of the list, at its place; the same height whatever is in it. */
export const Line = memo(function Line({ item, top, place, today, selected, loading, pick, load, stay }: Props) {
  const common = {
    role: 'listitem' as const,
    style: { transform: `translateY(${top}px)` },
    'aria-posinset': place,
    'aria-setsize': -1,
  };
  if (item.kind !== 'row')
    return (
      <div {...common} class={`${item.kind}${selected ? ' selected' : ''}`} onClick={item.kind === 'gap' ? pick : undefined}>
        <span>{item.kind === 'gap' ? gapWords(item) : visible(item.text)}</span>
        {loadable(item) && (
          <button disabled={loading} onFocus={stay} onClick={load} aria-label={`Load ${gapWords(item)}`}>
            {loading ? 'Loading …' : 'Load'}
          </button>
        )}
      </div>
    );
  const { row } = item;
  const { ts = '', level = '' } = row;
  return (
    <div {...common} class={`row ${level in LETTERS ? level : 'info'}${selected ? ' selected' : ''}`} onClick={pick} data-id={item.id}>
      <time dateTime={ts}>{rowTime(ts, today)}</time>
      <span class="level">{LETTERS[level] ?? visible(String(level)).slice(0, 5)}</span>
      <bdi class="service">{visible(row.service ?? '')}</bdi>
      <bdi class="text">
        {row.parse_error && <i class="flag">not parsed</i>}
        {row.truncated && <i class="flag">cut</i>}
        {row.ts_skewed && <i class="flag">clock off</i>}
        {row.late && <i class="flag">late</i>}
        {headline(row.message)}
        <span class={row.message ? 'attrs after' : 'attrs'}>{pairs(row.attrs)}</span>
      </bdi>
    </div>
  );
});

const LETTERS: Record<string, string> = { trace: 'TRC', debug: 'DBG', info: 'INF', warn: 'WRN', error: 'ERR', fatal: 'FTL' };
