import { useSignal, type Signal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { count, short } from '../core/format.ts';
import type { RowList } from '../core/rows.ts';
import { visible } from '../core/text.ts';
import { LIMIT_QUERY_BYTES } from '../protocol/codes.ts';
import type { Room } from '../state/room.ts';
import { lazy } from './lazy.ts';

const Assist = lazy(() => import('./Assist.tsx'), 'Assist');

/** What the box and the help below it share; the help has code of its own. */
export interface Typing {
  room: Room;
  text: Signal<string>;
  box: { current: HTMLInputElement | null };
  /** The list of completions is open. */
  open: Signal<boolean>;
  /** Which completion is picked; -1 for none. */
  picked: Signal<number>;
  /** The text is no query. */
  wrong: Signal<boolean>;
  /** Whether the help took the key. */
  key: (event: KeyboardEvent) => boolean;
}

/** The query of what is shown: the shared one while following, one's own otherwise. */
export function FilterBar({ room }: { room: Room }) {
  const query = room.query.value;
  const { problem } = room.watching;
  const text = useSignal(query);
  const open = useSignal(false);
  const picked = useSignal(-1);
  const wrong = useSignal(false);
  const focused = useSignal(false);
  const box = useRef<HTMLInputElement>(null);
  const typing = useMemo<Typing>(() => ({ room, text, box, open, picked, wrong, key: () => false }), []);
  useEffect(() => {
    text.value = query;
  }, [query]);
  useEffect(() => void Assist.fetch(), []);
  const apply = async (event: Event) => {
    event.preventDefault();
    if (await room.look(text.value.trim())) box.current?.blur();
  };
  const key = (event: KeyboardEvent) => {
    if (typing.key(event)) return event.preventDefault();
    if (event.key !== 'Escape') return;
    text.value = query;
    problem.value = null;
    box.current?.blur();
  };
  const dirty = text.value.trim() !== query;
  const bad = problem.value !== null || wrong.value;
  return (
    <form class="filter" onSubmit={apply} role="search">
      <Whose room={room} />
      <div class="box">
        <input
          ref={box}
          id="filter"
          role="combobox"
          aria-label="Filter"
          aria-autocomplete="list"
          aria-expanded={open.value}
          aria-controls={open.value ? 'filter-list' : undefined}
          aria-activedescendant={open.value && picked.value >= 0 ? `filter-${picked.value}` : undefined}
          aria-describedby={bad ? 'filter-problem' : undefined}
          aria-invalid={bad || undefined}
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
            problem.value = null;
          }}
          onKeyDown={key}
          onFocus={() => (focused.value = true)}
          onBlur={() => (focused.value = open.value = false)}
          placeholder="Filter, for example level>=error service:pay"
          maxLength={LIMIT_QUERY_BYTES}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="none"
          enterkeyhint="search"
        />
        {dirty && <button class="apply">Apply ⏎</button>}
        {!dirty && query && (
          <button type="button" class="clear" aria-label="Clear the filter" onClick={() => void room.look('')}>
            ×
          </button>
        )}
        {(focused.value || problem.value) && <Assist typing={typing} />}
      </div>
      <Counts room={room} />
    </form>
  );
}
function Whose({ room }: { room: Room }) {
  const snapshot = room.session.snapshot.value;
  const driver = snapshot?.members[snapshot.driver]?.name;
  if (room.session.drives.value)
    return (
      <span class="whose">
        <b class="wheel">You drive</b>
        <button type="button" onClick={() => void room.run({ name: 'drive', take: false })}>
          Let go
        </button>
      </span>
    );
  if (room.own.value !== null)
    return (
      <span class="whose">
        <b class="free">Your own filter</b>
        <button type="button" onClick={() => void room.look(null)}>
          Follow{driver ? ` ${visible(driver)}` : ''}
        </button>
      </span>
    );
  return (
    <span class="whose">
      <b>{driver ? `Following ${visible(driver)}` : 'Shared filter'}</b>
      <button type="button" onClick={() => void room.run({ name: 'drive', take: true })}>
        Drive
      </button>
    </span>
  );
}

function Counts({ room }: { room: Room }) {
  const { stream } = room;
  void stream.version.value;
  const table = room.watching.table.value;
  const { match, all } = stream.rate.value;
  return (
    <span class="counts">
      <span class="dim">
        {!table && (
          <>
            <b>{count(stream.list.rows)}</b> rows
            <Lost list={stream.list} />
          </>
        )}
        <span class="of">{`${table ? '' : ', '}${room.query.value ? `${short(match)}/s of ` : ''}${short(all)}/s`}</span>
      </span>
      {!table && <button
        type="button"
        aria-pressed={!stream.tail.value}
        title="Space"
        onClick={() => (stream.tail.value ? stream.hold(stream.list.last?.key ?? null) : stream.live())}
      >
        {stream.tail.value ? 'Pause' : 'Go live'}
      </button>}
    </span>
  );
}

/** What nobody on this page has seen of what matched; loading a gap takes from it. */
function Lost({ list: { lost, unknown } }: { list: RowList }) {
  const words = unknown ? (lost ? `${count(lost)} or more` : 'unknown') : count(lost);
  return (
    <>
      , <span class={lost || unknown ? 'lost' : undefined}>lost {words}</span>
    </>
  );
}
