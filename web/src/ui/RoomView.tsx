/** The room on one screen: header, filter, histogram and metrics, fields, stream, side panel, command bar; tabs on a phone. */
import { useSignal, type Signal } from '@preact/signals';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import { visible } from '../core/text.ts';
import { address, go, here } from '../state/place.ts';
import type { Room } from '../state/room.ts';
import { FilterBar } from './FilterBar.tsx';
import { Header } from './Header.tsx';
import { useKeys } from './keys.ts';
import { lazy } from './lazy.ts';
import { StateBar } from './StateBar.tsx';
import { StreamView } from './StreamView.tsx';

const Announcer = lazy(() => import('./Announcer.tsx'), 'Announcer');
const CommandBar = lazy(() => import('./CommandBar.tsx'), 'CommandBar');
const Detail = lazy(() => import('./Detail.tsx'), 'Detail');
const Fields = lazy(() => import('./Fields.tsx'), 'Fields');
const Help = lazy(() => import('./Help.tsx'), 'Help');
const Histogram = lazy(() => import('./Histogram.tsx'), 'Histogram');
const Metrics = lazy(() => import('./Metrics.tsx'), 'Metrics');
const Sessions = lazy(() => import('./Sessions.tsx'), 'Sessions');
const Side = lazy(() => import('./Side.tsx'), 'Side');
const TableView = lazy(() => import('./TableView.tsx'), 'TableView');

export type Tab = 'stream' | 'fields' | 'patterns' | 'metrics' | 'people';

const TABS: Tab[] = ['stream', 'fields', 'patterns', 'metrics', 'people'];
/** Room for the fields beside the stream, and for a side panel at all. */
const WIDE = matchMedia('(min-width: 1200px)');
const PHONE = matchMedia('(max-width: 900px)');

export function RoomView({ room, leave }: { room: Room; leave: (why?: string) => void }) {
  const tab = useSignal<Tab>('stream');
  const help = useSignal(false);
  const sessions = useSignal(false);
  const detail = useSignal(false);
  const commanding = useSignal(false);
  const early = useSignal('');
  const wide = useMedia(WIDE);
  const phone = useMedia(PHONE);
  const hidden = useSignal(document.hidden);
  const keys = useKeys(room, { help, detail, commanding, early, tab });

  useEffect(() => {
    const seen = () => {
      hidden.value = document.hidden;
      room.session.here(document.hidden ? 'idle' : 'active');
    };
    const walked = () => void room.look(here().query);
    document.addEventListener('visibilitychange', seen);
    addEventListener('popstate', walked);
    return () => {
      document.removeEventListener('visibilitychange', seen);
      removeEventListener('popstate', walked);
    };
  }, []);
  useAddress(room);

  const now = tab.value;
  const side = now === 'patterns' || (now === 'fields' && !wide.value) ? now : 'people';
  const charts = !phone.value || now === 'stream' || now === 'metrics';
  useEffect(() => {
    const shown = !hidden.value;
    room.asides.want({
      histogram: shown && charts,
      facets: shown && (wide.value || now === 'fields') ? ['*'] : [],
      patterns: shown && now === 'patterns',
    });
  }, [now, wide.value, charts, hidden.value]);

  return (
    <div class={`room tab-${now}${commanding.value ? ' commanding' : ''}`} ref={keys}>
      <Header room={room} help={help} sessions={sessions} leave={leave} />
      <StateBar room={room} leave={leave} />
      <FilterBar room={room} />
      <main>
        <section class="strip" aria-label="Histogram and metrics">
          <Histogram room={room} />
          <Metrics room={room} />
        </section>
        {wide.value && <Fields room={room} />}
        <div class="main">
          {room.watching.table.value ? <TableView room={room} /> : <StreamView room={room} detail={detail} />}
          {detail.value && <Detail room={room} close={() => (detail.value = false)} />}
        </div>
        <Side room={room} tab={tab} shown={side} wide={wide.value} />
      </main>
      <CommandBar room={room} open={commanding} early={early} help={help} leave={leave} />
      <nav class="tabs" aria-label="Panels">
        {TABS.map((name) => (
          <button key={name} aria-current={now === name && !commanding.value ? 'page' : undefined} onClick={() => (tab.value = name)}>
            {name[0]!.toUpperCase() + name.slice(1)}
          </button>
        ))}
        <button aria-label="Command bar" aria-current={commanding.value || undefined} onClick={() => (commanding.value = true)}>
          {'>'}
        </button>
      </nav>
      {sessions.value && <Sessions room={room} close={() => (sessions.value = false)} />}
      {help.value && <Help close={() => (help.value = false)} />}
      <Announcer room={room} />
    </div>
  );
}

function useMedia(query: MediaQueryList): Signal<boolean> {
  const matches = useSignal(query.matches);
  useEffect(() => {
    const changed = () => (matches.value = query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);
  return matches;
}

/** Keeps title and address what the room shows. */
function useAddress(room: Room): void {
  const snapshot = room.session.snapshot.value;
  const own = room.own.value;
  // At once: somebody may press Back before the next paint.
  useLayoutEffect(() => {
    if (!snapshot) return;
    const name = snapshot.slug || snapshot.id;
    document.title = `${visible(snapshot.title)} · ${snapshot.env} · debugterm`;
    const place = { session: name, query: own };
    // Another spelling of the same place is no step in the history.
    if (here().session !== name) history.replaceState(null, '', address(place));
    else go(place);
  }, [snapshot?.slug, snapshot?.title, own]);
}
