import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { count, short } from '../core/format.ts';
import type { RowList } from '../core/rows.ts';
import { visible } from '../core/text.ts';
import { LIMIT_QUERY_BYTES } from '../protocol/codes.ts';
import type { Room } from '../state/room.ts';

/** The query of what is shown: the shared one while following, one's own otherwise. */
export function FilterBar({ room }: { room: Room }) {
  const query = room.query.value;
  const text = useSignal(query);
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    text.value = query;
  }, [query]);
  const apply = async (event: Event) => {
    event.preventDefault();
    if (await room.look(text.value.trim())) box.current?.blur();
  };
  const escape = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    text.value = query;
    room.watching.problem.value = null;
    box.current?.blur();
  };
  const dirty = text.value.trim() !== query;
  return (
    <form class="filter" onSubmit={apply} role="search">
      <Whose room={room} />
      <div class="box">
        <input
          ref={box}
          id="filter"
          aria-label="Filter"
          aria-describedby={room.watching.problem.value ? 'filter-problem' : undefined}
          aria-invalid={room.watching.problem.value ? true : undefined}
          value={text.value}
          onInput={(event) => {
            text.value = event.currentTarget.value;
            room.watching.problem.value = null;
          }}
          onKeyDown={escape}
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
        <Trouble room={room} text={text.value} />
      </div>
      <Counts room={room} />
    </form>
  );
}

function Trouble({ room, text }: { room: Room; text: string }) {
  const problem = room.watching.problem.value;
  if (!problem) return null;
  const { column, why, fix } = problem;
  return (
    <p id="filter-problem" class="trouble" role="alert">
      {column ? (
        <span class="caret" aria-hidden="true">
          <span>{visible(text.slice(0, column - 1))}</span>^
        </span>
      ) : null}
      <span>
        {why}
        {column && !/column/.test(why) ? ` (column ${column})` : ''}
        {fix ? `; ${fix}` : ''}
      </span>
    </p>
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
  const { match, all } = stream.rate.value;
  return (
    <span class="counts">
      <span class="dim">
        <b>{count(stream.list.rows)}</b> rows
        <Lost list={stream.list} />
        <span class="of">{room.query.value ? `, ${short(match)}/s match of ${short(all)}/s` : `, ${short(all)}/s`}</span>
      </span>
      <button
        type="button"
        aria-pressed={!stream.tail.value}
        title="Space"
        onClick={() => (stream.tail.value ? stream.hold(stream.list.last?.key ?? null) : stream.live())}
      >
        {stream.tail.value ? 'Pause' : 'Go live'}
      </button>
    </span>
  );
}

/** What nobody on this page has seen of what matched; loading a gap takes from it. */
function Lost({ list: { lost, unknown } }: { list: RowList }) {
  const words = unknown ? (lost ? `${count(lost)} or more` : 'unknown') : count(lost);
  return <span class={lost || unknown ? 'lost' : undefined}>, lost {words}</span>;
}
