/** What stands above the rows, and where there are none. */
import { clockOf, count } from '../core/format.ts';
import { refusal } from '../state/commands.ts';
import type { Room } from '../state/room.ts';

/** How far back the rows go, and the way to go further. */
export function Back({ room }: { room: Room }) {
  const { stream } = room;
  const back = stream.back.value;
  void stream.version.value;
  if (!back || stream.list.items.length === 0) return null;
  const busy = stream.asked.value === 'older';
  return (
    <p class="back dim">
      <span>{back.more ? `searched back to ${clockOf(back.ms)}` : 'everything the hub holds is here'}</span>
      {back.more && (
        <button class="quiet" disabled={busy} onClick={() => void room.load(null)}>
          {busy ? 'Loading …' : 'More'}
        </button>
      )}
    </p>
  );
}

/** Silence explained: no connection, no rows at all, or none that match. */
export function Empty({ room }: { room: Room }) {
  const { stream } = room;
  const shut = room.session.shut.value;
  if (shut)
    return (
      <div class="empty" role="alert">
        <p>{refusal(shut)}</p>
        <a href="/s/lobby">Go to the lobby</a>
      </div>
    );
  if (stream.replaying.value) return <p class="empty dim">Looking back 15 minutes …</p>;
  const query = room.query.value;
  const flow = `${count(stream.rate.value.all)} rows a second arrive`;
  return (
    <div class="empty">
      <p>{query ? `No rows match in the last 15 minutes; ${flow}.` : 'No rows in the last 15 minutes.'}</p>
      {query && <button onClick={() => void room.look('')}>Remove the filter</button>}
      {!query && <p class="dim">Send some: debugterm ship FILE --url {location.origin}</p>}
    </div>
  );
}
